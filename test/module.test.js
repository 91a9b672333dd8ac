// The life of a WebAssembly module, with one that fails on demand.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { TokenError } from "../js/client/error.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { buildFixture, light } from "./fixture/build.js";
import { serve } from "./server.js";

/** @type {Awaited<ReturnType<typeof buildFixture>>} */
let fixture;
/** @type {WebAssembly.Module} */
let compiled;
before(async () => {
	fixture = await buildFixture();
	compiled = await WebAssembly.compile(fixture.bytes);
});
after(() => fixture.remove());

const fromFixture = async () => compiled;

/** @returns {(error: unknown) => boolean} */
function tokenError(code, pattern = /./, fields = {}) {
	return (error) => {
		assert.ok(error instanceof TokenError, `not a TokenError: ${error?.stack}`);
		assert.equal(error.code, code);
		assert.match(error.message, pattern);
		for (const [name, value] of Object.entries(fields)) {
			assert.equal(error[name], value, name);
		}
		return true;
	};
}

let children = 0;

/**
 * Runs a script in a Node of its own.
 * @param {string} script a module's text, which may use createModule, load and the fixture's path
 */
async function inChild(script) {
	const url = (path) => JSON.stringify(new URL(path, import.meta.url).href);
	// From a file: `node --eval` puts fs, path and others on globalThis itself, and would hide a leak.
	const file = `${fixture.path}.${++children}.mjs`;
	await writeFile(
		file,
		`const keys = () => Reflect.ownKeys(globalThis).map(String).sort().join();
		const path = ${JSON.stringify(fixture.path)};
		const unchanged = (before, when) => { if (keys() !== before) throw new Error(when + " changed globalThis"); };
		const atFirst = keys();
		const { createModule } = await import(${url("../js/module/module.js")});
		const { load } = await import(${url("../js/module/load-node.js")});
		unchanged(atFirst, "import");
		${script}`,
	);
	const child = execFile(process.execPath, [file]);
	let output = "";
	child.stdout.on("data", (data) => (output += data));
	child.stderr.on("data", (data) => (output += data));
	const stuck = setTimeout(() => child.kill("SIGKILL"), 20_000);
	const [code, signal] = await once(child, "close");
	clearTimeout(stuck);
	return { code, signal, output };
}

const quiet = { code: 0, signal: null, output: "" };

describe("alone in a process", () => {
	test("an import starts nothing and prints nothing", async () => {
		assert.deepEqual(await inChild(""), quiet);
	});

	test("a started module leaves globalThis as it was and lets the process end", async () => {
		const script = `
			const module = createModule(load);
			await module.initialize({ wasmUrl: path });
			const core = await module.start();
			if (core.call("next") !== 1) throw new Error("next");
			core.call("churn", 50_000);
			core.call("keep", 64);
			unchanged(atFirst, "a start");
			if (typeof Go !== "undefined" || typeof fs !== "undefined") throw new Error("leak");`;
		assert.deepEqual(await inChild(script), quiet);
	});

	test("a process that only waits for the core ends at once", async () => {
		const started = performance.now();
		assert.deepEqual(await inChild(`await createModule(load).initialize({ wasmUrl: path });`), quiet);
		assert.ok(performance.now() - started < 10_000);
	});

	test("a panic, and what Go writes to stderr, is printed nowhere", async () => {
		const script = `
			const module = createModule(load);
			await module.initialize({ wasmUrl: path });
			const core = await module.start();
			core.call("say");
			try { core.call("boom"); } catch (error) {
				if (error.code !== "module_failed") throw error;
				const { inspect } = await import("node:util");
				if (/token-in/.test(inspect(error, { depth: 9, showHidden: true }))) throw new Error("the error tells");
				unchanged(atFirst, "a panic");
				process.exitCode = 7;
			}`;
		assert.deepEqual(await inChild(script), { code: 7, signal: null, output: "" });
	});

	test("a goroutine that sleeps sets no timer", async () => {
		const script = `
			globalThis.setTimeout = () => { throw new Error("a timer"); };
			const module = createModule(load);
			await module.initialize({ wasmUrl: path });
			(await module.start()).call("churn", 50_000);`;
		assert.deepEqual(await inChild(script), quiet);
	});

	test("Node's own fs, process and timers are not touched", async () => {
		const script = `
			const fs = (await import("node:fs")).default;
			const before = [fs.writeSync, process.stdout.write, setTimeout, console.log, globalThis.crypto, process];
			const module = createModule(load);
			await module.initialize({ wasmUrl: path });
			const after = [fs.writeSync, process.stdout.write, setTimeout, console.log, globalThis.crypto, process];
			if (before.some((value, i) => value !== after[i])) throw new Error("touched");
			await new Promise((resolve) => setTimeout(() => { console.log("alive"); resolve(); }, 1));`;
		assert.deepEqual(await inChild(script), { ...quiet, output: "alive\n" });
	});
});

describe("start", () => {
	test("starts at the same time make one instance", async () => {
		let loads = 0;
		const module = createModule(async () => (loads++, compiled));
		const [a, b] = await Promise.all([module.start(), module.start(), module.initialize()]);
		assert.equal(a, b);
		assert.equal(await module.start(), a);
		assert.equal(module.running(), a);
		assert.equal(loads, 1);
	});

	test("nothing runs before it", () => {
		const module = createModule(() => assert.fail("loaded"));
		assert.equal(module.running(), undefined);
	});

	test("two modules know nothing of each other", async () => {
		const [a, b] = await Promise.all([createModule(fromFixture).start(), createModule(fromFixture).start()]);
		assert.deepEqual([a.call("next"), a.call("next"), b.call("next")], [1, 2, 1]);
		assert.throws(() => a.call("boom"), tokenError("module_failed"));
		assert.equal(b.call("next"), 2);
	});

	test("a start that failed is tried again", async () => {
		let loads = 0;
		const module = createModule(async () => {
			if (++loads === 1) {
				throw new TokenError("module_not_found", "not yet");
			}
			return compiled;
		});
		await assert.rejects(Promise.all([module.start(), module.start()]), tokenError("module_not_found"));
		assert.equal(loads, 1);
		assert.equal((await module.start()).call("next"), 1);
	});

	/** @type {("panic" | "return")[]} */
	const starts = light ? [] : ["panic", "return"];
	for (const start of starts) {
		test(`a program whose main begins with a ${start} fails the start, and may be tried again`, async () => {
			const broken = await buildFixture(start);
			const module = createModule(fromFixture);
			await assert.rejects(module.initialize({ wasmBytes: broken.bytes }), tokenError("module_failed", /./, { retryable: true }));
			assert.equal(module.running(), undefined);
			await module.initialize({ wasmBytes: fixture.bytes });
			assert.equal((await module.start()).call("next"), 1);
			await broken.remove();
		});
	}
});

describe("initialize", () => {
	test("takes the source as a URL, a path, a compiled module or bytes", async () => {
		const url = pathToFileURL(fixture.path);
		const view = new Uint8Array(fixture.bytes);
		const offset = new Uint8Array([0, 0, ...fixture.bytes]).subarray(2);
		for (const options of [
			{ wasmUrl: url },
			{ wasmUrl: url.href },
			{ wasmUrl: fixture.path },
			{ wasmModule: compiled },
			{ wasmBytes: view },
			{ wasmBytes: offset },
			{ wasmBytes: view.buffer },
		]) {
			const module = createModule(load);
			await module.initialize(options);
			assert.equal((await module.start()).call("next"), 1);
		}
	});

	test("the same source again joins; another is refused, and changes nothing", async () => {
		const module = createModule(load);
		const starting = module.initialize({ wasmUrl: fixture.path });
		await assert.rejects(module.initialize({ wasmModule: compiled }), tokenError("module_started"));
		await Promise.all([starting, module.initialize({ wasmUrl: fixture.path }), module.initialize({}), module.initialize()]);
		const core = await module.start();
		await assert.rejects(module.initialize({ wasmUrl: "elsewhere.wasm" }), tokenError("module_started"));
		assert.equal(await module.start(), core);
	});

	test("an option of initialize that there is not is refused, as the core would come from elsewhere than was meant", async () => {
		const module = createModule(load);
		await assert.rejects(
			module.initialize({ wasmURL: fixture.path }),
			tokenError("invalid_option", /^wasmURL is not an option here; there are: wasmUrl/),
		);
	});

	test("several sources at once are refused", async () => {
		const module = createModule(load);
		await assert.rejects(
			module.initialize({ wasmModule: compiled, wasmUrl: fixture.path }),
			tokenError("invalid_option", /^wasmModule cannot be given beside wasmUrl: the core has one source/),
		);
	});

	test("after a failure another source is taken, and a start without options repeats the last one", async () => {
		const module = createModule(() => Promise.reject(new Error("the default was asked for")));
		await assert.rejects(module.initialize({ wasmBytes: new Uint8Array(8) }), tokenError("module_invalid"));
		await assert.rejects(module.start(), tokenError("module_invalid"));
		await module.initialize({ wasmModule: compiled });
		assert.equal((await module.start()).call("next"), 1);
	});

	test("what is no module of this kind is told apart", async () => {
		const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
		const damaged = fixture.bytes.subarray(0, fixture.bytes.length / 2);
		/** @type {[any, RegExp][]} */
		const cases = [
			[{ wasmBytes: new TextEncoder().encode("<!doctype html>") }, /is not WebAssembly/],
			[{ wasmBytes: new Uint8Array() }, /is not WebAssembly/],
			[{ wasmBytes: damaged }, /could not be compiled/],
			[{ wasmBytes: empty }, /not the token core: it has no memory "mem"/],
			[{ wasmModule: {} }, /not a WebAssembly\.Module/],
			[{ wasmBytes: otherRuntime() }, /another version of Go/],
		];
		for (const [options, pattern] of cases) {
			await assert.rejects(createModule(load).initialize(options), tokenError("module_invalid", pattern));
		}
	});

	test("a policy that forbids WebAssembly is told where it first shows at the start, as in WebKit", async (t) => {
		const refusal = new WebAssembly.CompileError("Refused to create a WebAssembly object because …");
		t.mock.method(WebAssembly, "instantiate", () => Promise.reject(refusal));
		await assert.rejects(createModule(fromFixture).start(), (error) => {
			assert.equal(error.cause, refusal);
			return tokenError("module_invalid", /must have 'wasm-unsafe-eval'/)(error);
		});
	});
});

describe("loading in Node", () => {
	test("a missing file is told with its path and what to do, and found once it is there", async () => {
		const path = `${fixture.path}.later`;
		const module = createModule(load);
		await assert.rejects(module.initialize({ wasmUrl: path }), (error) => {
			assert.ok(error.message.includes(path));
			assert.equal(error.cause.code, "ENOENT");
			return tokenError("module_not_found", /dist\/core\.wasm.*initialize\(\{ wasmUrl \}\)/)(error);
		});
		await copyFile(fixture.path, path);
		assert.equal((await module.start()).call("next"), 1);
	});

	test("a server is asked once, whatever type it says the file has", async (t) => {
		for (const type of ["application/wasm", "application/wasm; charset=utf-8", "application/octet-stream", "text/plain", ""]) {
			const server = await serve(() => ({ headers: type ? { "content-type": type } : {}, body: fixture.bytes }));
			t.after(server.close);
			const module = createModule(load);
			await module.initialize({ wasmUrl: `${server.url}/core.wasm` });
			assert.equal((await module.start()).call("next"), 1);
			assert.deepEqual(server.requests, ["/core.wasm"], type);
		}
	});

	test("what a server answers instead is told apart, without secrets of the address", async (t) => {
		const html = "<!doctype html><title>secret-page</title>";
		const server = await serve(
			(path) =>
				({
					"/page": { headers: { "content-type": "text/html; charset=utf-8" }, body: html },
					"/page-as-wasm": { headers: { "content-type": "application/wasm" }, body: html },
					"/page-as-text": { headers: { "content-type": "text/plain" }, body: html },
					"/down": { status: 503 },
					"/cut": { headers: { "content-type": "application/wasm" }, body: fixture.bytes, breakAfter: 1000 },
					"/cut-text": { headers: { "content-type": "text/plain" }, body: fixture.bytes, breakAfter: 1000 },
				})[path],
		);
		t.after(server.close);
		/** @type {[string, string, RegExp, object][]} */
		const cases = [
			["/page", "module_invalid", /not WebAssembly/, { httpStatus: 200 }],
			["/page-as-wasm", "module_invalid", /could not be compiled/, {}],
			["/page-as-text", "module_invalid", /not WebAssembly/, {}],
			["/missing", "module_not_found", /answered 404/, { httpStatus: 404, retryable: false }],
			["/down", "module_not_found", /answered 503/, { httpStatus: 503, retryable: true }],
			["/cut", "module_not_found", /broke off/, { retryable: true }],
			["/cut-text", "module_not_found", /broke off/, { retryable: true }],
		];
		for (const [path, code, pattern, fields] of cases) {
			const wasmUrl = `${server.url}${path}?sig=secret-query#secret-fragment`;
			await assert.rejects(createModule(load).initialize({ wasmUrl }), (error) => {
				assert.ok(error.message.includes(server.url + path), error.message);
				assert.doesNotMatch(error.message, /secret/);
				return tokenError(code, pattern, fields)(error);
			});
		}
		await server.close();
		await assert.rejects(createModule(load).initialize({ wasmUrl: server.url.replace("//", "//user:secret@") }), (error) => {
			assert.doesNotMatch(error.message, /secret/);
			return tokenError("module_not_found", /could not be fetched/, { retryable: true })(error);
		});
	});
});

describe("death", () => {
	/** @type {[string, number[], new () => Error | undefined][]} */
	const ways = [
		["boom", [], light ? WebAssembly.RuntimeError : undefined],
		["deep", [1e9], RangeError],
	];
	for (const [name, args, cause] of ways) {
		test(`of ${name}: a typed error, told once, and the next start is fresh`, async () => {
			/** @type {TokenError[]} */
			const deaths = [];
			let loads = 0;
			const module = createModule(async () => (loads++, compiled), { onDeath: (error) => deaths.push(error) });
			const first = await module.start();
			first.call("next");
			assert.equal(first.dead(), false);
			assert.throws(
				() => first.call(name, ...args),
				(error) => {
					assert.equal(deaths.length, 1, "told before the call throws");
					assert.equal(error.cause?.constructor, cause);
					return tokenError("module_failed", /./, { retryable: true })(error);
				},
			);
			assert.equal(first.dead(), true);
			assert.equal(module.running(), undefined);
			// A leaf function would still answer: the guard must not let it.
			assert.throws(() => first.call("next"), tokenError("module_failed"));
			assert.throws(() => first.exports.next(), tokenError("module_failed"));
			assert.throws(() => first.write("x"), tokenError("module_failed"));
			assert.throws(() => first.read(0, 1), tokenError("module_failed"));
			assert.throws(() => first.memory(), tokenError("module_failed"));
			assert.equal(deaths.length, 1);

			const second = await module.start();
			assert.notEqual(second, first);
			assert.equal(second.call("next"), 1);
			assert.equal(loads, 1, "the compiled module is kept");
		});
	}

	test("of an address outside the memory", async () => {
		const module = createModule(fromFixture);
		const core = await module.start();
		assert.throws(() => core.read(core.call("astray"), 128), tokenError("module_failed"));
		assert.equal(core.dead(), true);
	});

	test("of a trap", async () => {
		const module = createModule(load);
		await module.initialize({ wasmBytes: trapping() });
		const core = await module.start();
		assert.throws(
			() => core.call("input", 1),
			(error) => {
				assert.ok(error.cause instanceof WebAssembly.RuntimeError);
				return tokenError("module_failed")(error);
			},
		);
	});

	test("a listener may start the next one", async () => {
		/** @type {Promise<unknown> | undefined} */
		let next;
		const module = createModule(fromFixture, { onDeath: () => (next = module.start()) });
		const first = await module.start();
		assert.throws(() => first.call("boom"), tokenError("module_failed"));
		assert.equal(await next, await module.start());
		assert.notEqual(await next, first);
	});

	test("an unknown function is an error, and no death", async () => {
		const core = await createModule(fromFixture).start();
		for (const name of ["nothing", "run", "resume", "mem", "toString"]) {
			assert.throws(() => core.call(name), tokenError("module_invalid", new RegExp(`no function "${name}"`)));
		}
		assert.equal(core.call("next"), 1);
	});
});

describe("memory", () => {
	test("bytes and text go in and come out", async () => {
		const core = await createModule(fromFixture).start();
		for (const text of ["", "plain", "\uFEFFwith a mark", "żółw 🐢", "x".repeat(300_000)]) {
			const { pointer, length } = core.write(text, new Uint8Array([104, 105]));
			assert.equal(length, Buffer.byteLength(text));
			assert.equal(core.read(pointer, core.call("upper", length + 2)), `${text.replace(/[a-z]/g, (c) => c.toUpperCase())}HI`);
		}
	});

	test("it may grow between any two calls", async () => {
		const core = await createModule(fromFixture).start();
		const old = core.memory();
		const { pointer } = core.write("before");
		core.call("keep", 64);
		assert.equal(old.length, 0, "growth empties the older view: else this test proves nothing");
		assert.equal(core.read(pointer, 6), "before");
		assert.ok(core.memory().length > 64 << 20);
		// Growth within the very call that makes room.
		const large = Buffer.alloc(200 << 20, "y");
		const { pointer: at } = core.write("", large);
		assert.equal(core.read(at, 3), "yyy");
		assert.equal(core.read(at + large.length - 3, 3), "yyy");
	});

	test("the collector keeps up, and keeps what is in use, without timers", async () => {
		const core = await createModule(fromFixture).start();
		for (let i = 0; i < 20; i++) {
			assert.equal(core.call("churn", 50_000), 0); // 20 times 50 MB
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.ok(core.memory().length < 64 << 20, `memory is ${core.memory().length >> 20} MiB`);
	});
});

/**
 * A module, by hand, with the three exports of a core (memory "mem", functions "run" and "input"), which are the function
 * with the given body.
 * @param {number[]} body instructions for "input"
 * @param {boolean} foreign import a function that Go's runtime does not have
 */
function handmade(body, foreign) {
	const name = (text) => [text.length, ...Buffer.from(text)];
	const section = (id, ...content) => [id, content.flat().length, ...content.flat()];
	const offset = foreign ? 1 : 0;
	return new Uint8Array([
		...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
		// Types: (i32, i32) -> (), and (i32) -> i32.
		...section(1, 2, [0x60, 2, 0x7f, 0x7f, 0], [0x60, 1, 0x7f, 1, 0x7f]),
		...(foreign ? section(2, 1, name("gojs"), name("runtime.unheardOf"), [0, 0]) : []),
		...section(3, 2, [0, 1]),
		...section(5, 1, [0, 1]),
		...section(7, 3, name("mem"), [2, 0], name("run"), [0, offset], name("input"), [0, offset + 1]),
		...section(10, 2, [2, 0, 0x0b], [body.length + 2, 0, ...body, 0x0b]),
	]);
}

/** A core whose "input" traps: the instruction is `unreachable`. */
function trapping() {
	return handmade([0x00], false);
}

/** A core whose runtime asks for a function that the glue does not have. */
function otherRuntime() {
	return handmade([0x20, 0], true);
}
