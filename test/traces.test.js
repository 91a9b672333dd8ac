// The modules that ship do not know the lines of their sources, the names of their functions and what was compiled into which:
// nobody prints that, and it weighs. All else is as it was.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { join } from "../tools/build/join.js";
import { lighten } from "../tools/build/lighten.js";
import { withoutTraces } from "../tools/build/traces.js";
import { active, memoryOf, module, moduleOf, section, segmentsOf } from "./segments.js";

const read = (path) => readFile(new URL(`../dist/${path}`, import.meta.url));
const run = promisify(execFile);

for (const name of ["core", "console", "keeper", "sandbox"]) {
	test(`${name}.wasm is what the linker wrote but for what traces print, which is zeros`, async () => {
		const linked = await read(`linked/${name}.wasm`);
		const [joined, light] = [join(linked), await read(name === "core" ? ".light.wasm" : `${name}.wasm`)];
		assert.ok(lighten(linked).equals(light), "this is how it was made");
		assert.deepEqual(sectionsBut(light), sectionsBut(joined));
		const [before, after] = [await memoryOf(joined), await memoryOf(light)];
		let cleared = 0;
		/** Of the numbers that are not cleared, those that changed, of four bytes each. @type {Set<number>} */
		const changed = new Set();
		for (let at = 0; at < before.length; at++) {
			cleared += before[at] !== after[at] && after[at] === 0;
			before[at] !== after[at] && after[at] !== 0 && changed.add(at >> 2);
		}
		assert.ok(cleared > 130_000, `${cleared} bytes are gone`);
		const { functions, names, data } = tableIn(before);
		const inside = [...functions.values()]
			.filter(({ kind, inlined }) => kind !== 0 && inlined !== none)
			.map(({ inlined }) => data + inlined);
		for (const number of changed) {
			const at = 4 * number;
			const renamed = functions.has(at - 4) || inside.some((call) => at > call && at < call + 1024 && (at - call) % 16 === 4);
			const left = [...functions.values()].some(({ slots }) => slots.includes(at)) && after.readUInt32LE(at) === none;
			assert.ok(
				renamed || left || (at >= names - 3 && at < names + 90),
				`${at} is a function's name, a number that it has no more, or where the first names were`,
			);
		}
		for (const kept of ["reflect.makeFuncStub\0", "reflect.methodValueCall\0"]) {
			assert.equal(after.includes(kept), before.includes(kept), `the runtime asks for ${kept}`);
		}
		for (const gone of ["runtime/proc.go", "runtime.gcStart"]) {
			assert.ok(!after.includes(gone) && before.includes(gone), `${gone} is not named`);
		}
	});
}

/** @param {Uint8Array} wasm */
function sectionsBut(wasm) {
	return moduleOf(wasm)
		.filter(({ id }) => id !== section.data)
		.map(({ id, content }) => [id, Buffer.from(content).toString("base64")]);
}

for (const [how, flags] of [
	["as what ships is", []],
	["without functions inside others", ["-gcflags=all=-l"]],
]) {
	test(`a program compiled ${how} grows its stacks, collects and recovers as before, and knows no line and no name`, async () => {
		const folder = await mkdtemp(path(tmpdir(), "cctoken-traced-"));
		try {
			const linked = path(folder, "traced.wasm");
			await run("go", ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", ...flags, "-o", linked, "."], {
				cwd: fileURLToPath(new URL("./traced", import.meta.url)),
				env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
			});
			const light = path(folder, "light.wasm");
			await writeFile(light, lighten(await readFile(linked)));
			const [before, after] = [await outcome(linked), await outcome(light)];
			const known = [
				[/^line main\.go \d+$/m, "line ? 0"],
				[/^function main\.main /m, "function ?.? "],
				[/value method main\.square\.area called using nil \*square /, "value method ?.?.? called using nil *? "],
			];
			assert.ok(known.every(([what]) => before.printed.match(what)));
			assert.equal(
				after.printed,
				known.reduce((printed, [what, instead]) => printed.replace(what, instead), before.printed),
			);
			assert.match(before.trace, /^panic: the end[^]*^main\.main\(\)\n\t\S*main\.go:\d+/m);
			assert.equal(after.trace, before.trace.replace(/^\t\S+:\d+/gm, "\t?:0").replace("main.main", "?.?"));
		} finally {
			await rm(folder, { recursive: true });
		}
	});
}

const goRoot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

/** What a program prints that ends with a panic. @param {string} wasm */
async function outcome(wasm) {
	const ended = await run(process.execPath, ["--stack-size=4000", path(goRoot, "lib/wasm/wasm_exec_node.js"), wasm], { env: {} }).catch(
		(error) => error,
	);
	assert.equal(ended.code, 2, ended.stderr);
	return { printed: ended.stdout, trace: ended.stderr };
}

const mark = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);

/** Where the table of functions and its parts are. @param {Buffer} memory */
function tableIn(memory) {
	let header = memory.indexOf(mark);
	while (memory.readUInt32LE(header + 32) !== 72) {
		header = memory.indexOf(mark, header + 1);
	}
	const offset = (of) => header + memory.readUInt32LE(header + of);
	const records = offset(64);
	const functions = new Map();
	for (let i = 0; i < memory.readUInt32LE(header + 8); i++) {
		const at = records + memory.readUInt32LE(records + 8 * i + 4);
		const last = at + 44 + 4 * memory.readUInt32LE(at + 28);
		// Of the numbers of a function's data, the fourth is of what was compiled into it, and the sixth of its arguments.
		const slots = [3, 5].filter((n) => n < memory[at + 43]).map((n) => last + 4 * n);
		functions.set(at, { kind: memory[at + 40], slots, inlined: slots[0] ? memory.readUInt32LE(slots[0]) : none });
	}
	const pointers = Buffer.alloc(16);
	pointers.writeUInt32LE(header);
	pointers.writeUInt32LE(header + 72, 8);
	const program = memory.indexOf(pointers);
	const data = memory.readUInt32LE(program + 320);
	return { header, names: offset(32), tables: offset(56), records, functions, program, data, first: functions.keys().next().value };
}

const none = 0xffffffff;

describe("a table that is not as known is refused", async () => {
	const wasm = join(await read("linked/core.wasm"));
	const memory = await memoryOf(wasm);
	const { header, names, tables, first, program, data, functions } = tableIn(memory);
	const calls = data + [...functions.values()].find(({ inlined }) => inlined !== none).inlined;
	/** The module with another number at a place in its memory. */
	const changed = (at, change) => {
		const copy = Buffer.from(memory);
		copy.writeUInt32LE(change(copy.readUInt32LE(at)) >>> 0, at);
		return module([segmentsOf(wasm).map(({ at, bytes }) => active(at, [...copy.subarray(at, at + bytes.length)]))], { pages: 64 });
	};
	test("and the case that is not changed is read", () => assert.ok(withoutTraces(changed(header, (n) => n))));
	/** @type {[string, number, (n: number) => number, RegExp][]} */
	const cases = [
		["the mark of another layout", header, (n) => n - 1, /0 tables of functions/],
		["a longer header", header + 32, (n) => n + 8, /0 tables of functions/],
		["fewer functions than there are tables", header + 8, (n) => n - 1, /does not fit/],
		["more functions", header + 8, (n) => n + 1, /does not fit/],
		["parts in another order", header + 40, (n) => n + 0x100000, /does not fit/],
		["a function that begins elsewhere", first, (n) => n + 1, /does not fit/],
		["a name that begins within another", first + 4, (n) => n + 1, /does not fit/],
		["a name beyond all names", first + 4, (n) => n + 0x1000000, /does not fit/],
		["a name that is empty", names, () => 0, /does not fit/],
		["another number of tables", first + 28, (n) => n + 2, /does not fit/],
		["lines in the middle of a table", first + 24, (n) => n + 1, /does not fit/],
		["a table that ends early", tables + 1, () => 0, /does not fit/],
		["a program that knows of another table", program, (n) => n + 8, /does not fit/],
		["a program that has its parts elsewhere", program + 56, (n) => n + 1, /does not fit/],
		["a program whose table ends before its data", program + 328, () => 0, /does not fit/],
		["data beyond the program's end", program + 320, (n) => n + 0x10000000, /does not fit/],
		["what was compiled into a function in another form", calls, (n) => n | 0x100, /does not fit/],
	];
	for (const [what, at, change, message] of cases) {
		test(what, () => assert.throws(() => withoutTraces(changed(at, change)), { message }));
	}
	test("no table", () => assert.throws(() => withoutTraces(module([[active(0, [1])]])), { message: /0 tables of functions/ }));
	test("a second one", () => {
		const two = [0, 80].map((at) => active(at, [...mark, ...Array(24).fill(0), 72, ...Array(47).fill(0)]));
		assert.throws(() => withoutTraces(module([two])), { message: /2 tables of functions/ });
	});
});
