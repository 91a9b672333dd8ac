// The core starts when it is built: what ships is the program as it is then, and a page does not wait for it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { buildEmpty } from "../tools/bench/empty.js";
import { join } from "../tools/build/join.js";
import { rehearse } from "../tools/build/rehearsal.js";
import { started } from "../tools/build/started.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { CoreClient } from "../js/module/wall.js";
import { memoryOf, moduleOf, section } from "./segments.js";

const read = (file) => readFile(new URL(`../dist/${file}`, import.meta.url));
const run = promisify(execFile);
const [light, core] = [await read(".light.wasm"), await read(".unstamped.wasm")];

test("core.wasm is the light module, started and rehearsed: each time the same", () => {
	assert.ok(started(light, rehearse).equals(core));
	assert.ok(!started(light).equals(core));
});

test("it answers as one that starts where it is used, whatever it was led through", async () => {
	const answers = [];
	for (const wasm of [light, core]) {
		const module = createModule(load);
		await module.initialize({ wasmBytes: wasm });
		const client = new CoreClient(module.running(), { seed: [3, 4], timeoutMs: 30_000, maxSessions: 10, onEvent: true });
		const now = { wall: 1_700_000_000_000, mono: 1000 };
		const identity = { system: "appcube", baseUrl: "https://oiap.example.com", appKey: "k", appSecret: "s" };
		const opened = client.open(JSON.stringify(identity), now);
		const got = client.get(opened.session, now, false, 0, "");
		const { id } = got.effects.find((effect) => effect.do === "send");
		const token = Buffer.from('{ "errorCode": 0, "authToken": "t", "expireTime": 3600 }');
		const answered = client.answered(id, now, { status: 200 }, token);
		assert.ok(answered.effects.some((effect) => effect.do === "settled" && effect.token?.value === "t"));
		const refused = client.open('{ "system": "appcube" }', now);
		answers.push(structuredClone([opened, got, answered, refused, client.live(opened.session, now.wall, now.mono)]));
	}
	assert.deepEqual(answers[1], answers[0]);
});

test("to start it again does nothing", async () => {
	const { exports, called } = await instanceOf(core);
	const before = Buffer.from(exports.mem.buffer).toString("latin1");
	assert.equal(exports.run(1, 4096), undefined);
	assert.ok(Buffer.from(exports.mem.buffer).toString("latin1") === before);
	assert.deepEqual(called, []);
});

test("before its rehearsal, its memory is from the outset what it becomes by a start", async () => {
	const { exports, called } = await instanceOf(light);
	// As wasm_exec.js does: the name, the environment, and a list of their addresses, of 8 bytes each.
	const memory = () => Buffer.from(exports.mem.buffer);
	memory().write("js\0", 4096);
	memory().write("GOGC=20\0", 4104);
	for (const [i, address] of [4096, 0, 4104, 0].entries()) {
		memory().writeUInt32LE(address, 4112 + 8 * i);
	}
	exports.run(1, 4112);
	assert.equal(called.filter((name) => name === "runtime.getRandomData").length, 1);
	assert.ok(memory().equals(await memoryOf(started(light))));
	assert.ok(!memory().equals(Buffer.concat([await memoryOf(light)], memory().length)), "there is something that a start does");
});

test("nothing else of it has changed: its functions, by the same numbers, and what it exports", () => {
	const [before, after] = [light, core].map((wasm) => new Map(moduleOf(wasm).map(({ id, content }) => [id, content])));
	assert.deepEqual([...after.keys()], [...before.keys()]);
	const changed = [section.function, section.memory, section.global, section.export, section.code, section.data];
	for (const [id, content] of before) {
		assert.equal(after.get(id).equals(content), !changed.includes(id), `section ${id}`);
	}
	const [less, more] = [before.get(section.code), after.get(section.code)];
	assert.ok(more.subarray(0, -3).subarray(3).equals(less.subarray(3)), "behind their number, which takes three bytes");
	assert.deepEqual([...more.subarray(-3)], [2, 0, 0x0b]);
	const exported = (wasm) => WebAssembly.Module.exports(new WebAssembly.Module(wasm));
	assert.deepEqual(exported(core), exported(light));
});

test("a program that anybody's Go has linked is started as well", async () => {
	const empty = started(join(await buildEmpty()));
	const { exports, called } = await instanceOf(empty);
	exports.run(1, 4096);
	assert.deepEqual(called, []);
});

describe("a program that does at its start what it must not do at the build is refused", () => {
	let folder;
	before(async () => {
		folder = await mkdtemp(path(tmpdir(), "cctoken-started-"));
		await writeFile(path(folder, "go.mod"), "module starts\n\ngo 1.26\n");
		await writeFile(path(folder, "empty.s"), ""); // with it, a function may be declared that is somewhere else
	});
	after(() => rm(folder, { recursive: true }));
	/** @type {[string, string, string][]} */
	const cases = [
		["it ends", "func main() {}", "runtime.wasmExit"],
		["it prints", 'func main() { println("hello") }', "runtime.wasmWrite"],
		["it sees an object of JavaScript's", 'import _ "syscall/js"\nfunc main() { select {} }', "syscall/js.valueGet"],
		["it asks for the time of day", `${of("walltime", "() (int64, int32)")}\nfunc main() { walltime(); select {} }`, "runtime.walltime"],
		[
			"it takes random bytes of its own",
			`${of("readRandom", "([]byte) int")}\nfunc main() { readRandom(make([]byte, 8)); select {} }`,
			"runtime.getRandomData",
		],
	];
	for (const [what, source, call] of cases) {
		test(what, async () => {
			await writeFile(path(folder, "main.go"), `package main\n\n${source}\n`);
			const linked = path(folder, "starts.wasm");
			await run("go", ["build", "-ldflags=-checklinkname=0", "-o", linked], {
				cwd: folder,
				env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
			});
			const joined = join(await readFile(linked));
			assert.throws(() => started(joined), { message: new RegExp(`calls ${call.replaceAll(".", "\\.")} at its start`) });
		});
	}
});

/** The declaration of a function of Go's runtime that is not for everybody. @param {string} name @param {string} signature */
function of(name, signature) {
	return `import _ "unsafe"\n\n//go:linkname ${name} runtime.${name}\nfunc ${name}${signature}`;
}

/** @param {Buffer} wasm */
async function instanceOf(wasm) {
	/** @type {string[]} */
	const called = [];
	/** @type {Record<string, (sp: number) => void>} */
	const gojs = {};
	const compiled = await WebAssembly.compile(wasm);
	for (const { name } of WebAssembly.Module.imports(compiled)) {
		gojs[name] = (sp) => {
			called.push(name);
			const view = new DataView(exports.mem.buffer);
			if (name === "runtime.nanotime1") {
				view.setBigInt64(sp + 8, 1n, true);
			} else if (name === "runtime.getRandomData") {
				new Uint8Array(exports.mem.buffer, view.getUint32(sp + 8, true), view.getUint32(sp + 16, true)).fill(1);
			}
		};
	}
	const { exports } = /** @type {any} */ (await WebAssembly.instantiate(compiled, { gojs }));
	return { exports, called };
}
