// The installed package in Workers, with the compatibility dates and flags that make a difference.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { install } from "./packed.js";
import { seen } from "./seen.js";
import { bundle, serve } from "./workerd.js";

let program, server;
before(async () => {
	program = await install();
	server = await startServer("127.0.0.1:0");
});
after(async () => {
	await server?.stop();
	await program?.remove();
});

for (const [what, setting] of /** @type {[string, import("./workerd.js").Setting][]} */ ([
	["without nodejs_compat", { date: "2026-04-01" }],
	["with nodejs_compat", { date: "2026-04-01", flags: ["nodejs_compat"] }],
	["with the newest date", { date: "2026-11-17" }],
	["with an old date, before fetch knew `cache` and promises knew their request", { date: "2023-03-01" }],
])) {
	describe(`workerd ${what}`, () => {
		let out, worker;
		before(async () => {
			out = await bundle(program.folder, setting);
			worker = await serve(out, setting, { SANDBOX: server.url });
		});
		after(() => worker?.stop());

		const get = async (path) => (await fetch(`${worker.url}/${path}`, { signal: AbortSignal.timeout(20_000) })).json();

		// The first of all, so that the request that ends too early is also the one that starts the core.
		test("what one request began and left, another one gets", async () => {
			const sandbox = controls(server.url);
			await sandbox.reset();
			await sandbox.fault({ system: "appcube", endpoint: "login", fault: "delay", delayMs: 700 });
			assert.deepEqual(await get("begin?system=appcube"), {});
			const all = Array.from({ length: 10 }, () => get("wait?system=appcube"));
			assert.deepEqual(await Promise.all(all), Array(10).fill({ system: "appcube" }));
			assert.equal((await sandbox.state()).counts.appcube.logins, 1);
		});

		test("so it is where the login waits for its second try", async () => {
			const sandbox = controls(server.url);
			await sandbox.reset();
			await sandbox.fault({ system: "isales", endpoint: "login", fault: "503" });
			assert.deepEqual(await get("begin?system=isales"), {});
			assert.deepEqual(await get("wait?system=isales"), { system: "isales" });
			const { faulted } = (await sandbox.state()).counts.isales;
			assert.equal(faulted, 1);
		});

		test("a token of each system", async () => {
			assert.deepEqual(await get("program"), seen);
		});

		test("what would have to be compiled at run time is a typed error that says what to do", async () => {
			for (const path of ["inline", "inlineBytes"]) {
				const { code, message } = await get(path);
				assert.equal(code, "module_invalid", path);
				assert.match(message, /never compile at run time: import "cctoken" there/);
			}
		});

		test("initialize({ wasmUrl }) is a typed error that says what there is instead", async () => {
			const fresh = await serve(out, setting, { SANDBOX: server.url });
			try {
				const { code, message } = await (await fetch(`${fresh.url}/url`)).json();
				assert.equal(code, "module_invalid");
				assert.match(message, /compiles no WebAssembly at run time, .* Leave it out: .* initialize\(\{ wasmModule \}\)/);
			} finally {
				await fresh.stop();
			}
		});
	});
}
