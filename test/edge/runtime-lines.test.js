// What workerd says of what it was sent: quoted as it came, and shown without.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { randomBytes } from "node:crypto";
import { shown } from "../../tools/edge/runtime-lines.js";
import { freshKeys } from "../../tools/edge/keys.js";
import { demoConfig } from "../../tools/edge/demo.js";
import { connectionsTo, sandboxSecrets } from "./connections.js";

/** Requests that the runtime does not give to the Worker, or cannot read to their end, around a text. @type {[string, (canary: string) => string][]} */
const strange = [
	["a host that is none", (canary) => `GET / HTTP/1.1\r\nHost: ${canary}\r\n\r\n`],
	["a host with a password", (canary) => `GET / HTTP/1.1\r\nHost: user:${canary}@x\r\n\r\n`],
	["a URL that is none", (canary) => `GET http://x:99999/?token=${canary} HTTP/1.1\r\nHost: x\r\n\r\n`],
	["a path that is none", (canary) => `GET ${canary}?x=${canary} HTTP/1.1\r\nHost: x\r\n\r\n`],
	["a transfer encoding", (canary) => `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${canary}\r\n\r\n`],
	["a length", (canary) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${canary}\r\n\r\n`],
	["CONNECT", (canary) => `CONNECT ${canary}:443 HTTP/1.1\r\nHost: x\r\n\r\n`],
	["a path that is read", (canary) => `GET /${canary} HTTP/1.1\r\nHost: x\r\n\r\n`],
];

test("a self-hosted edge prints no text of a caller's, and no control character, whatever it is sent", { timeout: 120_000 }, async () => {
	const config = demoConfig({
		connections: connectionsTo("http://127.0.0.1:9", ["staff"]),
		issuer: "http://127.0.0.1:9",
		origin: "https://console.test",
	});
	const child = spawn(process.execPath, [fileURLToPath(new URL("../../tools/edge/self-host.js", import.meta.url))], {
		env: { PATH: process.env.PATH, ...sandboxSecrets, ...freshKeys(), CCTOKEN_CONFIG: JSON.stringify(config) },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let printed = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => (printed += text));
	}
	const until = Date.now() + 60_000;
	const printsWhat = async (/** @type {RegExp} */ what) => {
		for (;;) {
			const found = what.exec(printed);
			if (found) {
				return found;
			}
			assert.ok(Date.now() < until && child.exitCode === null, printed);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	};
	try {
		const [, port] = await printsWhat(/The edge is at http:\/\/127\.0\.0\.1:(\d+)/);
		const canary = `canary${randomBytes(8).toString("hex")}`;
		for (const [, text] of strange) {
			for (const around of ["", "\x1b[31m", "\x07", "\x9b2J", " "]) {
				const socket = connect(Number(port), "127.0.0.1");
				socket.on("error", () => {}).resume();
				socket.write(Buffer.from(text(`${around}${canary}${around}`), "latin1"));
				await Promise.race([once(socket, "close"), once(socket, "data"), new Promise((resolve) => setTimeout(resolve, 500))]);
				socket.destroy();
			}
		}
		await printsWhat(/invalid hostname when stringifying URL/);
		await printsWhat(/invalid URL|tryParse/);
		await printsWhat(/unknown transfer encoding/);
		await printsWhat(/"code":"not_found"/);
		await new Promise((resolve) => setTimeout(resolve, 200));
		assert.ok(!printed.includes(canary), "a text of a caller's");
		assert.doesNotMatch(printed, /[^\n -~]/, "a control character");
	} finally {
		child.kill("SIGTERM");
		await once(child, "close");
	}
});

for (const [line, expected] of [
	['{"event":"request","status":200}', '{"event":"request","status":200}'],
	[
		"workerd/server/server.c++:1: error: Uncaught exception: kj/compat/url.c++:4: failed: invalid hostname; host = a; b = c",
		"workerd/server/server.c++:1: error: Uncaught exception: kj/compat/url.c++:4: failed: invalid hostname",
	],
	[
		"workerd/jsg/util.c++:4: error: e = kj/x.c++:1: failed: remote.jsg.TypeError: Invalid URL: https://a.test/?token=b",
		"workerd/jsg/util.c++:4: error: e = kj/x.c++:1: failed: remote.jsg.TypeError",
	],
	["workerd/x.c++:4: warning: cannot connect to https://a.test/x?token=b now", "workerd/x.c++:4: warning: cannot connect to … now"],
	['workerd/x.c++:4: warning: bad "secret" \x1b[31m', "workerd/x.c++:4: warning: bad … \\u{1b}[31m"],
	[
		"stack: /home/me/bin/workerd@37503e1 /home/me/bin/workerd@1; sentryErrorContext = jsgInternalError; wdErrId = abc",
		"stack: workerd@37503e1 workerd@1; sentryErrorContext = jsgInternalError; wdErrId = abc",
	],
	["stack: a; te = secret", "(a line of 21 characters that is not shown)"],
	["*** Received signal #11: Segmentation fault", "*** Received signal #11: Segmentation fault"],
	['{"event":"request"}\x1b[31m', "(a line of 24 characters that is not shown)"],
	["secret", "(a line of 6 characters that is not shown)"],
]) {
	test(`it shows ${JSON.stringify(expected)}`, () => assert.equal(shown(line ?? ""), expected));
}
