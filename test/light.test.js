// What the package makes of a light core, with one that is made by hand. Those that TinyGo makes are tested by `make test-tiny`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "../dist/build.js";
import { createClient } from "../js/client/client.js";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { stamp } from "../tools/build/stamp.js";
import { handmade } from "./handmade.js";

const light = await WebAssembly.compile(handmade());
const identity = { system: "isales", baseUrl: "https://vendor.example", user: "u", passwd: "p" };
const start = (/** @type {WebAssembly.Module} */ core) => createModule(async () => core).start();

test("a light core is told by what it imports, is begun by its own entry, and gets random numbers from the platform", async (t) => {
	t.mock.method(crypto, "getRandomValues", (/** @type {Uint32Array} */ numbers) => numbers.fill(7));
	const core = await start(light);
	assert.equal(core.call("seen"), 7);
	assert.equal(core.dead(), false);
});

test("what begins a core is no function of it", async () => {
	const core = await start(light);
	assert.throws(() => core.call("_initialize"), { code: "module_invalid" });
});

test("a light core that traps as it begins has failed, and may be started again", async () => {
	const [trap, calls] = [0x00, [0x41, 0, 0x10, 0, 0x36, 2, 0]];
	const module = createModule(() => assert.fail("the default was asked for"));
	await assert.rejects(module.initialize({ wasmBytes: handmade({ begin: [trap] }) }), { code: "module_failed", retryable: true });
	await module.initialize({ wasmBytes: handmade({ begin: calls }) });
});

test("a light core without its entry is no core, even with that of the other runtime", async () => {
	const core = await WebAssembly.compile(handmade({ entry: "run" }));
	await assert.rejects(start(core), { code: "module_invalid", message: /it has no function "_initialize"/ });
});

test("a light core that asks for more than it gets does not start", async () => {
	const core = await WebAssembly.compile(handmade({ imports: ["arc4random", "memcpy"] }));
	await assert.rejects(start(core), { code: "module_invalid" });
});

test("a light core of other sources is refused like any other, and one of the same sources is not", async () => {
	for (const other of [handmade(), stamp(handmade(), { ...build, core: "0".repeat(64) })]) {
		await assert.rejects(entry(load).initialize({ wasmBytes: other }), {
			code: "module_stale",
			message: /A light core is built anew, of the sources of the same version/,
		});
	}
	await entry(load).initialize({ wasmBytes: stamp(handmade(), build) });
});

test("with a light core a client keeps 10,000 sessions at most, and says so at its first use", async () => {
	const module = createModule(async () => light);
	const tooMany = { code: "invalid_option", field: "maxSessions", message: /maxSessions must be at most 10,000 with a light core/ };
	const client = createClient(module, { maxSessions: 10_001 });
	await assert.rejects(client.getToken(identity), tooMany);
	await assert.rejects(client.getToken(identity), tooMany);
	// The one that is made by hand can do nothing: that it is asked is enough.
	await assert.rejects(createClient(module, { maxSessions: 10_000 }).getToken(identity), { message: /no function "create"/ });
});

test("with the package's own core a client may keep more", async () => {
	const resultData = { token: "T", tokenExpirationTime: 300, refreshToken: "R" };
	const module = createModule(load);
	await module.initialize({ wasmUrl: new URL("../dist/core.wasm", import.meta.url) });
	const client = createClient(module, {
		maxSessions: 10_001,
		fetch: async () => Response.json({ result: 0, resultCode: "0", resultDesc: "", resultData }),
	});
	assert.equal((await client.getToken(identity)).value, "T");
	client.close();
});
