// Strange surroundings: builtins that are frozen or missing or have been added to. Each makes a typed error, or none. Every
// program runs in a Node of its own, whose builtins are its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";

/**
 * Runs a module's text, which has the package and a lenient vendor, and answers what it leaves in `seen`.
 * @param {string} script
 * @param {string[]} [flags] of Node
 */
async function run(script, flags = []) {
	const from = (path) => JSON.stringify(new URL(path, import.meta.url).href);
	const text = `
		import { createClient, getToken, TokenError } from ${from("../js/node.js")};
		import { identities, json, lenient, vendor } from ${from("./vendor.js")};
		const seen = [];
		const failed = (error) => ({ error: error.name, code: error.code, typed: error instanceof TokenError, message: error.message });
		const client = (fetch = lenient().fetch) => createClient({ fetch, onEvent: () => {} });
		const all = Object.entries(identities);
		${script}
		process.stdout.write(JSON.stringify(seen));`;
	const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--input-type=module", "--eval", text], { timeout: 60_000 });
	return JSON.parse(stdout);
}

/** Uses all of it: tokens of all systems, a verification, a business call, and an error of each kind. */
const everything = `
	for (const [system, identity] of all) {
		const own = client();
		const token = await own.getToken(identity).catch(failed);
		const verified = await own.verifyToken(token).catch(failed);
		seen.push([system, token.value ?? token, token.headers !== undefined, verified.valid ?? verified]);
		own.close();
	}
	const refusing = client(vendor(() => json({}, { status: 401 })).fetch);
	seen.push((await refusing.getToken(identities.appcube).catch(failed)).code, (await refusing.getToken(identities.appcube).catch(failed)).code);
	seen.push((await client().getToken({}).catch(failed)).code, (await client().getToken(identities.appcube, { no: 1 }).catch(failed)).code);
	const carried = [];
	const calling = client((url, init) => (url.endsWith("/call") ? (carried.push(init.method, init.body), json({})) : lenient().fetch(url, init)));
	await calling.fetch(identities.appcube, "/call", { method: "POST", body: '{"a":1}' });
	seen.push(...carried);
`;
const usual = await run(everything);

test("the surroundings that all others are compared with are right", () => {
	assert.deepEqual(usual, [
		["appcube", "T1", true, true],
		["ccmessaging", "T2", true, true],
		["isales", "T1", true, true],
		["cubedrive", "T1", true, true],
		"credentials_refused",
		"cooling_down",
		"invalid_identity",
		"invalid_option",
		"POST",
		usual.at(-1),
	]);
	assert.match(usual.at(-1), /^\{.*"a":1\}$/);
});

test("builtins that are frozen, Error.prototype with them", async () => {
	const freeze = `for (const made of [Error, TypeError, Object, Array, Function, Promise, Map, WeakMap, String, Number, Date, RegExp, Uint8Array]) {
		Object.freeze(made.prototype);
		Object.freeze(made);
	}`;
	assert.deepEqual(await run(freeze + everything), usual);
});

test("an Object.prototype to which somebody has added names: of fields, of options, and of what an answer may leave out", async () => {
	const pollute = `
		await client().getToken(identities.isales); // what Node loads late it has loaded
		const evil = { toString: () => "evil" };
		for (const name of ["polluted", "accessToken", "authorization", "authUrl", "edge", "subject", "tenantSpaceId", "forceRefresh", "rejected",
			"timeoutMs", "maxSessions", "token", "error", "acquisition", "verdict", "verification", "replay", "rolled", "supplier", "query", "form", "share"]) {
			Object.prototype[name] = evil;
		}
	`;
	const restore = `for (const name of Object.keys(Object.prototype)) delete Object.prototype[name];`;
	assert.deepEqual(await run(pollute + everything + restore), usual);
});

for (const [what, before, flags] of /** @type {const} */ ([
	["as in Lockdown Mode", "delete globalThis.WebAssembly;", []],
	["as under --jitless", "", ["--jitless", "--no-warnings"]],
])) {
	test(`without WebAssembly, ${what}, the error says so`, async () => {
		const [error] = await run(`${before} seen.push(await getToken(identities.appcube).catch(failed));`, flags);
		assert.deepEqual({ ...error, message: "" }, { error: "TokenError", code: "module_invalid", typed: true, message: "" });
		assert.match(error.message, /no WebAssembly here.*Lockdown Mode.*--jitless/);
	});
}

test("in a context of its own that has Node's Response and no ReadableStream, as jsdom's, an answer that was looked into is whole", async () => {
	const file = new URL("../js/client/answer.js", import.meta.url);
	const { outputFiles } = await build({
		entryPoints: [fileURLToPath(file)],
		bundle: true,
		format: "iife",
		globalName: "own",
		write: false,
	});
	const context = { Response, Headers, TextEncoder, TextDecoder, setTimeout, clearTimeout };
	const { lookInto } = runInNewContext(`${outputFiles[0].text}; own`, context);
	const timer = (wake, ms) => clearTimeout.bind(null, setTimeout(wake, ms));
	const { answer, meaning } = await lookInto(Response.json({ fine: true }), true, { timer }, null);
	assert.equal(String.fromCharCode(...meaning), '{"fine":true}', "it was looked into");
	assert.ok(answer instanceof Response);
	assert.deepEqual(await answer.json(), { fine: true });
});
