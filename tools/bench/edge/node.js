// Servers in Node, each a process of its own, as workerd is one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * @param {URL} program whose first line tells where it listens
 * @param {string} log the file for its lines: were they a pipe's, it would wait for whoever loads it to read them
 * @param {Record<string, string>} [environment]
 * @returns {Promise<{ url: string, pid: number, stop: () => Promise<void> }>}
 */
export async function startNode(program, log, environment = {}) {
	const file = await open(log, "w");
	const child = spawn(process.execPath, [fileURLToPath(program)], {
		env: { PATH: process.env.PATH, ...environment },
		stdio: ["ignore", file.fd, "inherit"],
	});
	await file.close();
	const exited = once(child, "exit");
	let text = "";
	while (!text.includes("\n")) {
		if (child.exitCode !== null) {
			throw new Error(`${program.pathname} has ended before it listened`);
		}
		await sleep(20);
		text = await readFile(log, "utf8");
	}
	return {
		url: JSON.parse(text.slice(0, text.indexOf("\n"))).url,
		pid: child.pid ?? 0,
		async stop() {
			child.kill("SIGKILL");
			await exited;
		},
	};
}
