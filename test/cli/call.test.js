// cctoken call refuses what cannot be sent before it logs in, and says what is wrong with it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given } from "./command.js";

let sandbox, folder, sales, cube;
before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-call-"));
	sales = given(sandbox.identities.isales);
	cube = given(sandbox.identities.appcube);
});
beforeEach(() => sandbox.reset());
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true });
});

/** That a call ends with 2 and these words, and that no vendor has seen anything of it. */
async function refused(args, { flags, env }, wanted, input) {
	const { code, stdout, stderr } = await command(["call", ...args, ...flags], { env, input });
	assert.deepEqual([code, stdout], [2, ""], `${args.join(" ")}: ${stderr}`);
	assert.match(stderr, wanted);
	const { counts } = await sandbox.state();
	const sent = Object.values(counts).filter(({ logins, business }) => logins + business > 0);
	assert.deepEqual(sent, [], `${args.join(" ")} has sent something`);
}

test("a method that fetch does not send, and a body where there is none, are refused before anything is sent", async () => {
	for (const method of ["CONNECT", "TRACE", "track"]) {
		await refused([method, "/y"], sales, new RegExp(`${method.toUpperCase()} cannot be sent: fetch lets no program use it\\.$`, "m"));
	}
	for (const method of ["GET", "head"]) {
		await refused([method, "/y", "-d", "x"], sales, new RegExp(`${method.toUpperCase()} has no body: leave out --data`));
	}
});

test("AppCube's token travels in the body: a call that can carry none is refused before anything is sent", async () => {
	const file = join(folder, "list.json");
	await writeFile(file, "[1]");
	for (const args of [
		["GET", "/path"],
		["HEAD", "/path"],
	]) {
		await refused(args, cube, /appcube's token travels in the body, and (GET|HEAD) has none: use POST/);
	}
	for (const [data, input] of [["notjson"], ["[1]"], ["null"], ['"text"'], [" "], [`@${file}`], ["-", "notjson"]]) {
		await refused(["POST", "/path", "-d", data], cube, /appcube's token travels in the body: --data must be a JSON object/, input);
	}
	const { path } = sandbox.business.appcube;
	for (const data of [["-d", "{}"], ["-d", ""], [], ["-d", "\uFEFF{}"]]) {
		const { code, stderr } = await command(["call", "POST", path, ...data, ...cube.flags], { env: cube.env });
		assert.deepEqual([code, stderr], [0, "200 OK\n"], "what the package takes is not refused here");
	}
});

test("a header is a name, a colon and a value, wherever it is written", async () => {
	for (const header of ["foo", ": foo", "a b: c"]) {
		await refused(["GET", "/y", "-H", header], sales, /A header must be written "Name: value"\.$/m);
	}
	const file = join(folder, "headers");
	await writeFile(file, "X-One: 1\n\nZx9-canary\n", { mode: 0o600 });
	await refused(["GET", "/y", "-H", `@${file}`], sales, /A header must be written "Name: value"; line 3 of the file is not\.$/m);
	await refused(["GET", "/y", "-H", "X-One: \u4f60"], sales, /The value of the header X-One has letters that no header can/);
});

test("a header that Node's fetch sets itself is refused, in any case and from a file", async () => {
	for (const header of [
		"Host: foo",
		"host: foo",
		"Content-Length: 3",
		"Transfer-Encoding: chunked",
		"Expect: 100-continue",
		"Keep-Alive: 5",
		"Upgrade: x",
		"Sec-Fetch-Mode: x",
		"Connection: upgrade",
	]) {
		const [name] = header.split(":");
		await refused(["GET", "/y", "-H", header], sales, new RegExp(`The header ${name} cannot be set: fetch sets it itself\\.$`, "m"));
	}
	const file = join(folder, "host");
	await writeFile(file, "Host: foo\n", { mode: 0o600 });
	await refused(["GET", "/y", "-H", `@${file}`], sales, /The header Host cannot be set/);
});

test("those headers are the ones that Node's fetch drops or fails at, and the others that browsers forbid are sent", async (t) => {
	let seen;
	const server = createServer((request, response) => {
		seen = request.headers;
		response.end();
	}).listen(0, "127.0.0.1");
	t.after(() => server.close().closeAllConnections());
	await once(server, "listening");
	const url = `http://127.0.0.1:${server.address().port}/`;
	const arrives = async (name, value) => {
		seen = {};
		await fetch(url, { headers: { [name]: value } }).catch(() => {});
		return seen[name] === value;
	};
	for (const name of ["host", "content-length", "transfer-encoding", "expect", "keep-alive", "upgrade", "sec-fetch-mode"]) {
		assert.equal(await arrives(name, name === "content-length" ? "3" : "foo"), false, name);
	}
	for (const [name, value] of [
		["connection", "close"],
		["date", "foo"],
		["origin", "foo"],
		["referer", "foo"],
		["te", "foo"],
		["via", "foo"],
		["user-agent", "foo"],
		["accept-encoding", "identity"],
	]) {
		assert.equal(await arrives(name, value), true, name);
	}
});

test("a lost call is told with host, port and code, and one that is cut short too", async (t) => {
	const server = createServer((request, response) => {
		if (request.url.endsWith("/login")) {
			response.setHeader("content-type", "application/json").end('{"result":0,"resultData":{"token":"a-token","tokenExpirationTime":300}}');
		} else if (request.url.endsWith("/reset")) {
			request.socket.resetAndDestroy();
		} else {
			response.writeHead(200, { "content-length": "100" }).write("short");
			setTimeout(() => response.destroy(), 50);
		}
	}).listen(0, "127.0.0.1");
	t.after(() => server.close().closeAllConnections());
	await once(server, "listening");
	const at = `127.0.0.1:${server.address().port}`;
	const { flags, env } = given({ system: "isales", baseUrl: `http://${at}`, user: "u", passwd: "p" });
	for (const [path, wanted] of [
		["/reset", `call: no connection to ${at}, or it was lost \\((ECONNRESET|UND_ERR_SOCKET)\\)`],
		["/short", `call: the answer of ${at} broke off \\(UND_ERR_SOCKET\\)`],
	]) {
		const { code, stderr } = await command(["call", "GET", path, ...flags], { env });
		assert.equal(code, 4, stderr);
		assert.match(stderr, new RegExp(`error: ${wanted}\\. cctoken doctor looks for the reason\\. \\[network\\]\\n$`));
	}
});

test("what fetch refuses to send is no lost connection", async () => {
	// A fetch that refuses the business call, as it refuses a request that it finds no way to send.
	const fetches =
		"const real = fetch; globalThis.fetch = async (url, init) => { if (String(url).includes('login')) return real(url, init); throw new TypeError('refused'); };";
	const { code, json } = await command(["call", "GET", sandbox.business.isales.path, ...sales.flags, "--json"], {
		env: sales.env,
		node: ["--import", `data:text/javascript,${encodeURIComponent(fetches)}`],
	});
	assert.deepEqual([code, json.error.code, json.error.name], [70, "internal", "TypeError"]);
});
