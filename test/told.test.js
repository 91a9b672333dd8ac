// Mistakes of everyday that are told exactly: what is wrong, and not only that something is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { fetch as undici, ProxyAgent } from "undici";
import { createClient } from "../js/client/client.js";
import { load as loadInPage } from "../js/module/load-browser.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { identities, lenient } from "./vendor.js";

const module = createModule(load);
const { appSecret, ...user } = identities.ccmessaging;

test("a port that fetch goes to for nobody", async () => {
	const client = createClient(module);
	await assert.rejects(client.getToken({ ...identities.appcube, baseUrl: "http://127.0.0.1:6000" }), (error) => {
		tokenError("network")(error);
		assert.match(error.message, /\(PORT_BLOCKED_BY_FETCH\)$/);
		return true;
	});
});

test("a proxy that wants to know who calls, whose 407 lies two causes deep", async (t) => {
	const proxy = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
	await once(proxy.listen(0, "127.0.0.1"), "listening");
	const dispatcher = new ProxyAgent(`http://127.0.0.1:${proxy.address().port}`);
	t.after(() => (proxy.close(), dispatcher.destroy()));
	const client = createClient(module, { fetch: (url, init) => undici(url, { ...init, dispatcher }) });
	await assert.rejects(client.getToken(identities.appcube), (error) => {
		tokenError("network")(error);
		assert.match(error.message, /\(PROXY_ANSWERED_407\)$/);
		assert.equal(error.toJSON().cause.code, "PROXY_ANSWERED_407");
		return true;
	});
});

for (const [given, words] of [
	["SECRET\n", /white space around it, perhaps the line break/],
	[" SECRET", /white space around it/],
	["Bearer SECRET", /begins with "Bearer "/],
	["bearer SECRET", /begins with "Bearer "/],
	["SEC RET", /no header can hold/],
	["SECRÉT", /no header can hold/],
]) {
	test(`a function that gives ${JSON.stringify(given)}`, async () => {
		const client = createClient(module, { fetch: lenient().fetch });
		for (const accessToken of [() => given, async () => ({ token: given, expiresIn: 60 })]) {
			const error = await client.getToken({ ...user, appKey: `k${Math.random()}`, accessToken }).catch((error) => error);
			tokenError("supplier_failed")(error);
			assert.match(error.message, words);
			assert.match(error.message, /Give the token alone\.$/);
			assert.doesNotMatch(error.message + JSON.stringify(error), /SEC/);
		}
	});
}

test("a CommonJS bundle, which does not know where it is", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-cjs-"));
	t.after(() => rm(folder, { recursive: true }));
	const entry = new URL("../js/node.js", import.meta.url).pathname;
	await build({
		stdin: {
			resolveDir: folder,
			contents: `import { initialize } from ${JSON.stringify(entry)}; initialize().catch((e) => console.log(JSON.stringify(e)));`,
		},
		...{ bundle: true, platform: "node", format: "cjs", logLevel: "silent", outfile: join(folder, "bundle.cjs") },
	});
	const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "bundle.cjs")]);
	const { code, message } = JSON.parse(stdout);
	assert.equal(code, "module_not_found");
	assert.match(
		message,
		/bundle, which does not know its own address, as CommonJS does not\..*initialize\(\{ wasmUrl \}\).*cctoken\/inline/,
	);
});

test("a page that may not read the WebAssembly of another origin", async (t) => {
	t.mock.method(globalThis, "fetch", async () => {
		throw new TypeError("Failed to fetch");
	});
	const wasmUrl = "https://cdn.test/core.wasm";
	const told = () => createModule(loadInPage).initialize({ wasmUrl });
	await assert.rejects(told(), (error) => tokenError("module_not_found")(error) && !/CORS/.test(error.message));
	globalThis.document = {};
	t.after(() => delete globalThis.document);
	await assert.rejects(told(), (error) => tokenError("module_not_found")(error) && /must allow the page's \(CORS\)/.test(error.message));
});

for (const baseUrl of ["https://vendor.test\n", "https://ven\ndor.test", " https://vendor.test", "https://vendor.test\t"]) {
	test(`a base URL with white space: ${JSON.stringify(baseUrl)}`, async () => {
		const client = createClient(module);
		await assert.rejects(client.getToken({ ...identities.appcube, baseUrl }), (error) => {
			tokenError("invalid_identity", { field: "baseUrl" })(error);
			assert.match(error.message, /baseUrl must have no white space in it or around it, such as a line break$/);
			return true;
		});
	});
}

test("a path or a URL that would lose its white space is not sent", async () => {
	const { fetch, requests } = lenient();
	const client = createClient(module, { fetch });
	for (const input of ["/a\nb", "/a\tb", "/a\r\n", "\n/a", " /a", "/a ", "https://vendor.test/a\n"]) {
		await assert.rejects(client.fetch(identities.isales, input), (error) => {
			tokenError("invalid_request", { field: "input" })(error);
			assert.match(error.message, /no line break or tab/);
			return true;
		});
	}
	assert.equal(requests.length, 0);
	assert.equal((await client.fetch(identities.isales, "/a b")).status, 404); // a space inside is escaped, not lost
});

for (const [how, accessToken] of [
	["that was given", "GIVEN"],
	["of a function", () => "GIVEN"],
]) {
	test(`an AccessToken ${how} which the vendor refuses`, async () => {
		const client = createClient(module, { fetch: async () => new Response("{}", { status: 401 }) });
		const told = (code) => (error) => {
			tokenError(code)(error);
			const { field, message } = code === "cooling_down" ? error.cause : error;
			assert.equal(field, "accessToken");
			assert.match(message, /accessToken is not accepted; supply another one/);
			assert.match(error.message, /accessToken is not accepted; supply another one/);
			assert.doesNotMatch(error.message, /key|secret/);
			return true;
		};
		await assert.rejects(client.getToken({ ...user, accessToken }), told("credentials_refused"));
		await assert.rejects(client.getToken({ ...user, accessToken }), told("cooling_down"));
	});
}

test("TLS that is spoken to what does not speak it is tried once, and is no matter of time", async (t) => {
	let connections = 0;
	const server = createServer(() => assert.fail("no request comes")).on("connection", () => connections++);
	await once(server.listen(0, "127.0.0.1"), "listening");
	t.after(() => server.close());
	const client = createClient(module);
	await assert.rejects(client.getToken({ ...identities.appcube, baseUrl: `https://127.0.0.1:${server.address().port}` }), (error) => {
		tokenError("network", { retryable: false })(error);
		assert.match(error.message, /\(ERR_SSL_WRONG_VERSION_NUMBER\)$/);
		return true;
	});
	assert.equal(connections, 1);
});

for (const [code, tries] of [
	["DEPTH_ZERO_SELF_SIGNED_CERT", 1],
	["ERR_TLS_CERT_ALTNAME_INVALID", 1],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", 1],
	["ECONNRESET", 3],
	["ENOTFOUND", 3],
]) {
	test(`${code} is tried ${tries === 1 ? "once, as it will be there the next time" : "again, as it may pass"}`, async () => {
		let sent = 0;
		const cause = Object.assign(new Error("x"), { code });
		const clock = manualClock();
		const fetch = async () => (sent++, Promise.reject(new TypeError("fetch failed", { cause })));
		await module.start();
		const asked = assert.rejects(
			createClient(module, { fetch }, clock).getToken(identities.appcube),
			tokenError("network", { retryable: tries > 1 }),
		);
		await settled();
		await clock.pass(10_000);
		await asked;
		assert.equal(sent, tries);
	});
}

test("an edge that is down is not called a vendor", async () => {
	const client = createClient(module, { fetch: () => Promise.reject(new TypeError("fetch failed")) });
	const error = await client.getToken({ edge: "https://edge.test", connection: "chat", authorization: "JWT" }).catch((error) => error);
	tokenError("network", { system: "edge" })(error);
	assert.equal(error.message, "edge: edge: no connection to the edge, or it was lost");
});
