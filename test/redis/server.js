// A server of Redis or Valkey, for one test file.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "../free-port.js";

/** The server that there is, or undefined. */
export function found() {
	return ["redis-server", "valkey-server"].find((program) => spawnSync(program, ["--version"]).status === 0);
}

/**
 * Starts one that keeps nothing when it ends.
 * @param {string[]} [more] arguments
 */
export async function startServer(more = []) {
	const program = found();
	if (program === undefined) {
		throw new Error("there is no redis-server and no valkey-server: make test-store finds or installs one");
	}
	const port = await freePort();
	/** @type {import("node:child_process").ChildProcess} */
	let running;
	const server = {
		port,
		url: `redis://127.0.0.1:${port}`,
		/** Starts it, empty, and waits until it answers. */
		async start() {
			const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning", ...more];
			running = spawn(program, args, { stdio: "ignore" });
			while (!(await answers(port))) {
				if (running.exitCode !== null) {
					throw new Error(`${program} has ended`);
				}
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
		/** @param {NodeJS.Signals} signal */
		signal(signal) {
			running.kill(signal);
		},
		/** Ends it without a word. */
		async kill() {
			if (running.exitCode === null && running.signalCode === null) {
				running.kill("SIGKILL");
				await once(running, "exit");
			}
		},
	};
	await server.start();
	return server;
}

/** @param {number} port */
function answers(port) {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
		socket.once("data", () => (socket.destroy(), resolve(true)));
		socket.once("error", () => resolve(false));
	});
}
