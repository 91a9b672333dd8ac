// Runs Workers in plain workerd on this machine, without wrangler: one process, its configuration written as workerd
// wants it, the objects' storage on the local disk.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compatibilityDate, compatibilityFlags } from "./compatibility.js";
import { showLines } from "./runtime-lines.js";

/**
 * @typedef {object} PlainWorker
 * @property {string} folder that holds its modules; the configuration is written there, and the objects' storage is below it
 * @property {string} main its main module, a file in the folder
 * @property {string[]} [wasm] further modules, files in the folder
 * @property {string[]} [environment] names of bindings whose texts workerd takes from its environment, so that no file holds them
 * @property {Record<string, string>} [folders] folders whose files it may read, by binding
 * @property {Record<string, string>} [objects] Durable Object classes by binding
 * @property {string} [address] where it listens; port 0 takes a free one
 * @property {string[]} [egress] where it may connect to: "public", "private", or ranges such as "192.0.2.0/24". Default: both words
 */

/**
 * The configuration as a text in Cap'n Proto's language.
 * @param {PlainWorker} worker
 */
export function configuration({
	main,
	wasm = [],
	environment = [],
	folders = {},
	objects = {},
	address = "127.0.0.1:0",
	egress = ["public", "private"],
}) {
	const text = JSON.stringify; // Cap'n Proto writes texts as JSON does, as far as these go
	const list = (/** @type {string[]} */ items) => `[\n    ${items.join(",\n    ")}\n  ]`;
	return `# Generated. Run with: workerd serve config.capnp
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "internet", network = (allow = [${egress.map((range) => text(range)).join(", ")}], tlsOptions = (trustBrowserCas = true))),
    (name = "storage", disk = (path = "storage", writable = true))${Object.entries(folders)
			.map(([name, path]) => `,\n    (name = ${text(name)}, disk = (path = ${text(path)}))`)
			.join("")}
  ],
  sockets = [(name = "http", address = ${text(address)}, http = (), service = "edge")]
);

const edge :Workerd.Worker = (
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list(compatibilityFlags.map((flag) => text(flag)))},
  modules = ${list([
		`(name = ${text(main)}, esModule = embed ${text(main)})`,
		...wasm.map((name) => `(name = ${text(name)}, wasm = embed ${text(name)})`),
	])},
  bindings = ${list([
		...environment.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
		...Object.keys(folders).map((name) => `(name = ${text(name)}, service = ${text(name)})`),
		...Object.entries(objects).map(([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`),
	])},
  durableObjectNamespaces = ${list(
		Object.values(objects).map((name) => `(className = ${text(name)}, uniqueKey = ${text(`cctoken-${name}`)}, enableSql = true)`),
	)},
  durableObjectStorage = (localDisk = "storage")
);
`;
}

/** How much of what it has said is kept at least; characters. */
const kept = 4 << 20;

/**
 * @param {PlainWorker} worker
 * @param {Record<string, string>} [environment] its texts
 * @param {{ out?: (line: string) => void, err?: (line: string) => void }} [print] takes what it says, line by line and fit to be shown
 * @returns {Promise<{ url: string, pid: number, output: () => string, ended: Promise<number | null>, stop: () => Promise<void> }>} output:
 *   what it said last, as it came
 */
export async function startWorkerd(worker, environment = {}, { out = () => {}, err = () => {} } = {}) {
	await mkdir(join(worker.folder, "storage"), { recursive: true });
	await writeFile(join(worker.folder, "config.capnp"), configuration(worker));
	const bin = /** @type {{ default: string }} */ (createRequire(import.meta.url)("workerd")).default;
	const child = spawn(bin, ["serve", "--control-fd=3", "config.capnp"], {
		cwd: worker.folder,
		env: { PATH: process.env.PATH, ...environment },
		stdio: ["ignore", "pipe", "pipe", "pipe"],
	});
	const end = () => child.kill("SIGTERM");
	process.once("exit", end);
	let said = "";
	for (const [stream, print] of /** @type {[import("node:stream").Readable, (line: string) => void][]} */ ([
		[child.stdout, out],
		[child.stderr, err],
	])) {
		showLines(stream, print);
		stream.on("data", (text) => {
			said += text;
			if (said.length > 2 * kept) {
				// not for each piece: to cut a text is to copy it
				said = said.slice(-kept);
			}
		});
	}
	const ended = new Promise((resolve) =>
		child.once("close", (code) => {
			process.off("exit", end);
			resolve(code);
		}),
	);
	const control = createInterface(/** @type {import("node:stream").Readable} */ (child.stdio[3]));
	const listening = (async () => {
		for await (const line of control) {
			const event = JSON.parse(line);
			if (event.event === "listen" && event.socket === "http") {
				return event.port;
			}
		}
	})();
	const port = await Promise.race([listening, ended, once(child, "error")]);
	if (typeof port !== "number" || child.exitCode !== null) {
		throw new Error(`workerd does not start:\n${said.replaceAll(/[^\n -~]/g, "?")}`); // nobody has called it yet
	}
	const host = (worker.address ?? "127.0.0.1:0").replace(/:\d+$/, "");
	return {
		url: `http://${host}:${port}`,
		pid: /** @type {number} */ (child.pid),
		output: () => said,
		ended: /** @type {Promise<number | null>} */ (ended),
		async stop() {
			end();
			await ended;
		},
	};
}
