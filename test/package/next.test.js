// The installed package in the edge runtime, as Next builds and serves it, with no line of configuration.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "../../tools/demo/server.js";
import { install } from "./packed.js";
import { seen } from "./seen.js";
import { tools } from "./tools.js";

let program, server, next, url, ended;
before(async () => {
	program = await install();
	server = await startServer("127.0.0.1:0");
	const cwd = program.folder;
	// Next finds what it needs only in the program's own node_modules, and follows no link out of the folder.
	await cp(await tools("next"), join(cwd, "node_modules"), { recursive: true });
	for (const [from, to] of [
		["layout.js", "app/layout.js"],
		["edge.js", "app/edge/route.js"],
		["node.js", "app/node/route.js"],
	]) {
		await mkdir(join(cwd, to, ".."), { recursive: true });
		await cp(fileURLToPath(new URL(`next/${from}`, import.meta.url)), join(cwd, to));
	}
	const env = { ...process.env, SANDBOX: server.url, NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
	const bin = join(cwd, "node_modules/next/dist/bin/next");
	await promisify(execFile)(process.execPath, [bin, "build"], { cwd, env, timeout: 300_000, maxBuffer: 1 << 24 });
	next = spawn(process.execPath, [bin, "start", "--hostname", "127.0.0.1", "--port", "0"], {
		cwd,
		env,
		stdio: ["ignore", "pipe", "inherit"],
	});
	ended = once(next, "close");
	for await (const line of createInterface(next.stdout)) {
		url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
		if (/Ready/.test(line)) {
			break;
		}
	}
});
after(async () => {
	next?.kill("SIGTERM");
	await ended;
	await server?.stop();
	await program?.remove();
});

const get = async (path) => {
	const response = await fetch(`${url}/${path}`, { signal: AbortSignal.timeout(60_000) });
	assert.equal(response.status, 200, path);
	return response.json();
};

test("a route handler in the edge runtime: a token of each system, and the request waits for what was begun", async () => {
	assert.deepEqual(await get("edge"), { seen, held: true, url: "module_started" });
});

test("a route handler in Node: a token of each system", async () => {
	assert.deepEqual(await get("node"), { seen });
});
