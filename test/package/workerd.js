// Workers on this machine: bundled by wrangler as for a deployment, and served by workerd.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { tools } from "./tools.js";

const run = promisify(execFile);
const wrangler = createRequire(import.meta.url).resolve("wrangler/bin/wrangler.js");

/**
 * @typedef {object} Setting
 * @property {string} date the compatibility date
 * @property {string[]} [flags] compatibility flags
 */

/**
 * Bundles worker.js as wrangler deploys it, and goes no further.
 * @param {string} folder
 * @param {Setting} setting
 * @returns {Promise<string>} the folder with the bundle
 */
export async function bundle(folder, { date, flags = [] }) {
	const name = ["out", date, ...flags].join("-");
	const config = { name: "worker", main: "worker.js", compatibility_date: date, compatibility_flags: flags };
	await writeFile(join(folder, `${name}.json`), JSON.stringify(config));
	return dryRun(folder, `${name}.json`, name);
}

/**
 * Lets wrangler do all of a deployment but the deployment.
 * @param {string} folder the project's
 * @param {string} config its configuration, a file there
 * @param {string} name of the folder, below it, that gets the bundle
 * @returns {Promise<string>} that folder
 */
export async function dryRun(folder, config, name) {
	await run(process.execPath, [wrangler, "deploy", "--dry-run", "--config", join(folder, config), "--outdir", name], {
		cwd: folder,
		env: { ...process.env, HOME: folder, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: folder },
		timeout: 120_000,
	});
	return join(folder, name);
}

/**
 * Serves a bundle on a free port. The worker may reach this machine and nothing else.
 * @param {string} out
 * @param {Setting} setting
 * @param {Record<string, string>} bindings texts that the worker finds in its environment
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function serve(out, { date, flags = [] }, bindings) {
	const files = (await readdir(out)).filter((file) => /\.(js|wasm)$/.test(file));
	files.sort((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js"))); // the first one is the worker itself
	const text = JSON.stringify; // in a Cap'n Proto text a string is written as in JSON
	const modules = files.map((file) => `(name = ${text(file)}, ${file.endsWith(".js") ? "esModule" : "wasm"} = embed ${text(file)})`);
	const texts = Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
	const config = join(out, "config.capnp");
	await writeFile(
		config,
		`using Workerd = import "/workerd/workerd.capnp";
		const config :Workerd.Config = (
			services = [(name = "worker", worker = .worker), (name = "network", network = (allow = ["local"]))],
			sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
		);
		const worker :Workerd.Worker = (
			modules = [${modules}],
			compatibilityDate = ${text(date)},
			compatibilityFlags = [${flags.map((flag) => text(flag))}],
			bindings = [${texts}],
			globalOutbound = "network",
		);`,
	);
	const binary = createRequire(join(await tools("workers"), "workerd/"))("workerd").default;
	const child = spawn(binary, ["serve", "--control-fd=3", config], {
		stdio: ["ignore", "pipe", "pipe", "pipe"],
	});
	let said = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream?.on("data", (data) => (said += data));
	}
	const end = () => child.kill("SIGKILL");
	process.once("exit", end);
	const ended = once(child, "close").then(() => process.off("exit", end));
	const lines = createInterface(/** @type {import("node:stream").Readable} */ (child.stdio[3]));
	const line = await Promise.race([once(lines, "line").then(([line]) => String(line)), ended.then(() => "")]);
	const port = /"port":(\d+)/.exec(line)?.[1];
	if (!port) {
		throw new Error(`workerd does not start: ${said}`);
	}
	return {
		url: `http://127.0.0.1:${port}`,
		async stop() {
			end();
			await ended;
		},
	};
}
