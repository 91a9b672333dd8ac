// Runs the edge in Node, in a process of its own, for the tests of the edge: as workerd.js runs it in workerd.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("node-edge.js", import.meta.url));

/**
 * @param {{ bindings?: Record<string, unknown> }} options bindings: variables and secrets
 * @returns {Promise<import("./workerd.js").Worker>}
 */
export async function startNode({ bindings = {} }) {
	const persist = await mkdtemp(join(tmpdir(), "cctoken-node-edge-"));
	let output = "";
	/** @param {Record<string, unknown>} given */
	const start = async (given) => {
		const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
		const child = spawn(process.execPath, [program], {
			env: { PATH: process.env.PATH, TEST_FOLDER: persist, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const url = await new Promise((resolve, reject) => {
			for (const stream of [child.stdout, child.stderr]) {
				stream.setEncoding("utf8").on("data", (text) => {
					output += text;
					const [, at] = /"event":"listening","url":"([^"]+)"/.exec(output.slice(output.lastIndexOf('{"event":"listening"'))) ?? [];
					at && resolve(at);
				});
			}
			child.once("exit", (code) => reject(new Error(`the edge in Node has ended (${code}):\n${output}`)));
		});
		return { child, url };
	};
	/** @param {import("node:child_process").ChildProcess} child */
	const end = async (child) => {
		if (child.exitCode === null && child.signalCode === null) {
			child.kill("SIGKILL");
			await once(child, "exit");
		}
	};
	let running = await start(bindings).catch(async (error) => {
		await rm(persist, { recursive: true, force: true });
		throw error;
	});
	return {
		persist,
		get url() {
			return running.url;
		},
		fetch: (path, init) =>
			fetch(new URL(path, running.url), { redirect: "manual", ...init, headers: { ...init?.headers, connection: "close" } }),
		output: () => output,
		async restart(changed = {}) {
			await end(running.child);
			output = output.replaceAll('"event":"listening"', '"event":"listened"');
			running = await start({ ...bindings, ...changed });
		},
		async close() {
			await end(running.child);
			await rm(persist, { recursive: true, force: true });
		},
	};
}
