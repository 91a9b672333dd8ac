// What the package does to the program that it is in.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClient } from "../client.js";
import { load } from "../load-node.js";
import { createModule } from "../module.js";

const entry = new URL("../node.js", import.meta.url).href;
const run = (program) =>
	promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
		cwd: fileURLToPath(new URL("../..", import.meta.url)),
		timeout: 20_000,
	}).then((out) => ({ code: 0, ...out }), (error) => error);

const answer = `new Response(JSON.stringify({ errorCode: 0, authToken: "T", expireTime: 3600 }))`;
const identity = `{ system: "appcube", baseUrl: "https://a.example", appKey: "k", appSecret: "s" }`;

test("the import alone starts nothing and adds no global, and neither does use", async () => {
	const { code, stdout, stderr } = await run(`
		await fetch("data:,"); // Node's own fetch has a module and a global of its own
		const before = Reflect.ownKeys(globalThis);
		const compile = WebAssembly.compile;
		let compiled = 0;
		WebAssembly.compile = (...args) => (compiled++, compile(...args));
		const { createClient } = await import("${entry}");
		if (compiled) throw new Error("the import compiles");
		await createClient({ fetch: async () => ${answer} }).getToken(${identity});
		const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key));
		console.log(compiled, JSON.stringify(added));
	`);
	assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "1 []\n", stderr: "" });
});

test("a program that holds a live token ends by itself", async () => {
	const started = Date.now();
	const { code, stdout } = await run(`
		import { createClient } from "${entry}";
		const client = createClient({ fetch: async () => ${answer} });
		for (let i = 0; i < 3; i++) await client.getToken(${identity});
		console.log("done");
	`);
	assert.deepEqual({ code, stdout }, { code: 0, stdout: "done\n" });
	assert.ok(Date.now() - started < 15_000);
});

test("a watcher that throws stops nothing, and its error is not swallowed", async () => {
	const { code, stdout, stderr } = await run(`
		import { createClient } from "${entry}";
		const client = createClient({ fetch: async () => ${answer}, onEvent() { throw new Error("the watcher's own"); } });
		process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
		console.log(String(await client.getToken(${identity})));
	`);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
	assert.match(stdout, /uncaught: the watcher's own/);
	assert.match(stdout, /\[token of appcube\]/);
});

test("when the module dies those who wait are told, and the next call starts a fresh one", async () => {
	const module = createModule(load);
	let release;
	const held = new Promise((resolve) => (release = resolve));
	let requests = 0;
	const client = createClient(module, {
		fetch: async () => {
			requests++;
			await held;
			return new Response('{"errorCode":0,"authToken":"T","expireTime":3600}');
		},
	});
	const who = { system: "appcube", baseUrl: "https://a.example", appKey: "k", appSecret: "s" };
	const waiting = assert.rejects(client.getToken(who), { name: "TokenError", code: "module_failed", retryable: true });
	while (requests === 0) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	const instance = await module.start();
	assert.throws(() => instance.call("live", 999_999, 1, 0, 0), { code: "module_failed" }); // no such client: Go panics
	release();
	await waiting;
	assert.equal((await client.getToken(who)).value, "T");
	assert.equal(requests, 2);

	const session = client.session(who);
	const again = await module.start();
	assert.throws(() => again.call("live", 999_999, 1, 0, 0), { code: "module_failed" });
	await new Promise((resolve) => setTimeout(resolve, 1100)); // a live token's lease ends
	assert.equal((await session.getToken()).value, "T");
	assert.equal(requests, 3);
});
