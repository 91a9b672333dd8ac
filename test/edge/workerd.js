// Runs a Worker in real workerd, on loopback, for the tests of the edge.
//
//	const worker = await startWorker({ entry: new URL("worker.js", import.meta.url), bindings: { STORAGE_KEYS } });
//	await worker.fetch("/v1/token", { method: "POST" });
//	await worker.close();
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { compatibilityDate, compatibilityFlags } from "../../tools/edge/compatibility.js";

/**
 * @typedef {object} WorkerOptions
 * @property {URL} entry the main module; what it imports is bundled as wrangler would, WebAssembly files become modules
 * @property {Record<string, unknown>} [bindings] variables and secrets
 * @property {Record<string, string>} [durableObjects] class names by binding; each has SQLite storage. Default: KEEPER
 * @property {string} [persist] the folder that holds the objects' storage; without it the Worker has one for its life
 * @property {object} [miniflare] further options of Miniflare, such as `ratelimits` or `serviceBindings`
 */

/**
 * A running Worker.
 * @typedef {object} Worker
 * @property {string} url its origin, on loopback
 * @property {string} persist the folder of the objects' storage
 * @property {(path: string, init?: RequestInit) => Promise<Response>} fetch a request over HTTP; redirects are not followed
 * @property {() => string} output all that the Worker has logged, and what the runtime had to say
 * @property {(bindings?: Record<string, unknown>) => Promise<void>} restart ends the process and starts another over
 *   the same storage: whatever was in memory is gone. The bindings given replace those of the same name
 *   until the next restart; undefined takes one away
 * @property {() => Promise<void>} close
 */

/**
 * Bundles a Worker and starts it in a process of its own.
 * @param {WorkerOptions} options
 * @returns {Promise<Worker>}
 */
export async function startWorker({ entry, bindings = {}, durableObjects = { KEEPER: "Keeper" }, persist, miniflare = {} }) {
	const modules = await bundle(entry);
	const folder = persist ?? (await mkdtemp(join(tmpdir(), "cctoken-workerd-")));
	let output = "";
	const options = {
		...miniflare,
		modules,
		bindings,
		compatibilityDate,
		compatibilityFlags,
		durableObjects: Object.fromEntries(Object.entries(durableObjects).map(([name, className]) => [name, { className, useSQLite: true }])),
		durableObjectsPersist: folder,
		host: "127.0.0.1",
		port: 0,
		// Nothing is fetched from, or told to, anybody.
		cf: false,
		telemetry: { enabled: false },
		log: new Log(LogLevel.NONE),
		handleRuntimeStdio(/** @type {import("node:stream").Readable} */ out, /** @type {import("node:stream").Readable} */ err) {
			for (const stream of [out, err]) {
				stream.setEncoding("utf8").on("data", (text) => (output += text));
			}
		},
	};
	let running = new Miniflare(options);
	let url;
	try {
		url = (await running.ready).origin;
	} catch (cause) {
		await running.dispose();
		throw new Error(`workerd does not start:\n${output.replaceAll(/[^\n -~]/g, "?")}`, { cause });
	}
	return {
		get url() {
			return url;
		},
		persist: folder,
		// Each over a connection of its own: workerd ends one that is idle just when a busy test may want it again.
		fetch: (path, init) => fetch(new URL(path, url), { redirect: "manual", ...init, headers: { ...init?.headers, connection: "close" } }),
		output: () => output,
		async restart(changed = {}) {
			await running.dispose();
			const merged = Object.entries({ ...options.bindings, ...changed }).filter(([, value]) => value !== undefined);
			running = new Miniflare({ ...options, bindings: Object.fromEntries(merged) });
			url = (await running.ready).origin;
		},
		async close() {
			await running.dispose();
			if (persist === undefined) {
				await rm(folder, { recursive: true, force: true });
			}
		},
	};
}

/**
 * The bytes of all files below a folder, for tests that look for what must not be in them.
 * @param {string} folder
 * @returns {Promise<Buffer>}
 */
export async function contentsOf(folder) {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

/**
 * One ES module of an entry and all that it imports, beside the WebAssembly modules among that.
 * @param {URL} entry
 */
async function bundle(entry) {
	/** @type {Map<string, string>} */
	const wasm = new Map();
	const { outputFiles } = await build({
		entryPoints: [fileURLToPath(entry)],
		bundle: true,
		write: false,
		format: "esm",
		target: "es2022",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*", "node:*"],
		logLevel: "silent",
		plugins: [
			{
				name: "wasm",
				setup({ onResolve }) {
					onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
						const name = basename(path);
						wasm.set(name, join(resolveDir, path));
						return { path: `./${name}`, external: true };
					});
				},
			},
		],
	});
	return [
		{ type: "ESModule", path: "worker.js", contents: outputFiles[0].text },
		...(await Promise.all([...wasm].map(async ([name, path]) => ({ type: "CompiledWasm", path: name, contents: await readFile(path) })))),
	];
}
