// Starts and ends the local server (web/serve) for the demonstration and for tests.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts dist/serve, which `make dist/serve` builds.
 * @param {string} addr such as "127.0.0.1:8787"; port 0 takes a free one
 * @param {string[]} [flags] further flags of the server
 * @returns {Promise<{ url: string, stop: () => Promise<void>, ended: Promise<number | null> }>}
 */
export async function startServer(addr, flags = []) {
	const child = spawn(`${root}/dist/serve`, ["-addr", addr, "-root", root, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
	const end = () => child.kill("SIGTERM");
	process.once("exit", end); // whatever the reason, it leaves no server behind
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
	const ended = new Promise((resolve, reject) => {
		child.once("error", (cause) =>
			reject(new Error("The local server does not start: build it with `make dist/serve`, which needs Go.", { cause })),
		);
		child.once("close", (code) => {
			process.off("exit", end);
			resolve(code);
		});
	});
	const lines = createInterface(child.stdout);
	const first = await Promise.race([once(lines, "line").then(([line]) => line), ended]);
	const url = /^listening on (http:\/\/\S+)$/.exec(String(first))?.[1];
	if (!url) {
		throw new Error(said.trim() || "The local server ended before it was ready.");
	}
	return {
		url,
		ended,
		async stop() {
			end();
			await ended;
		},
	};
}

/**
 * The sandbox's control endpoints.
 * @param {string} url
 */
export function controls(url) {
	const post = async (/** @type {string} */ name, /** @type {object} */ body) => {
		const response = await fetch(`${url}/_sandbox/${name}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body),
		});
		if (!response.ok) {
			throw new Error(`The sandbox refused ${name}: ${await response.text()}`);
		}
		return response.json();
	};
	return {
		post,
		state: async () => (await fetch(`${url}/_sandbox/state`)).json(),
		reset: () => post("reset", {}),
		fault: (/** @type {object} */ fault) => post("faults", fault),
		revoke: (/** @type {object} */ target) => post("revoke", target),
	};
}
