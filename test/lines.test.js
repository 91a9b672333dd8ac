// The modules that ship do not know the lines of their sources: nobody prints them, and they weigh. All else is as it was.
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
import { withoutLines } from "../tools/build/lines.js";
import { active, memoryOf, module, moduleOf, section, segmentsOf } from "./segments.js";

const read = (path) => readFile(new URL(`../dist/${path}`, import.meta.url));
const run = promisify(execFile);

for (const name of ["core", "console", "keeper", "sandbox"]) {
	test(`${name}.wasm is what the linker wrote but for its lines, which are zeros`, async () => {
		const linked = await read(`linked/${name}.wasm`);
		const [joined, light] = [join(linked), await read(name === "core" ? ".unstamped.wasm" : `${name}.wasm`)];
		assert.ok(lighten(linked).equals(light), "this is how it was made");
		assert.deepEqual(sectionsBut(light), sectionsBut(joined));
		const [before, after] = [await memoryOf(joined), await memoryOf(light)];
		let [cleared, changed] = [0, 0];
		for (let at = 0; at < before.length; at++) {
			cleared += before[at] !== after[at] && after[at] === 0;
			changed += before[at] !== after[at] && after[at] !== 0;
		}
		assert.equal(changed, 0);
		assert.ok(cleared > 50_000, `${cleared} bytes are gone`);
		assert.ok(!after.includes("runtime/proc.go") && before.includes("runtime/proc.go"), "no file is named");
		assert.ok(after.includes("runtime.gcStart"), "functions are");
	});
}

/** @param {Uint8Array} wasm */
function sectionsBut(wasm) {
	return moduleOf(wasm)
		.filter(({ id }) => id !== section.data)
		.map(({ id, content }) => [id, Buffer.from(content).toString("base64")]);
}

for (const [how, flags] of [
	["as what ships is", ["-gcflags=all=-l"]],
	["with functions inside others", []],
]) {
	test(`a program compiled ${how} grows its stacks, collects and recovers as before, and knows no line`, async () => {
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
			assert.match(before.printed, /^line main\.go \d\d$/m);
			assert.equal(after.printed, before.printed.replace(/^line .*$/m, "line ? 0"));
			assert.match(before.trace, /panic: the end[^]*^main\.main\(\)\n\t\S*main\.go:\d+/m);
			assert.equal(after.trace, before.trace.replace(/^\t\S+:\d+/gm, "\t?:0"));
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

describe("a table that is not as known is refused", async () => {
	const wasm = join(await read("linked/core.wasm"));
	const memory = await memoryOf(wasm);
	const mark = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);
	let header = memory.indexOf(mark);
	while (memory.readUInt32LE(header + 32) !== 72) {
		header = memory.indexOf(mark, header + 1);
	}
	const offset = (of) => header + memory.readUInt32LE(header + of);
	const [tables, records] = [offset(56), offset(64)];
	const first = records + memory.readUInt32LE(records + 4);
	/** The module with another number at a place in its memory. */
	const changed = (at, change) => {
		const copy = Buffer.from(memory);
		copy.writeUInt32LE(change(copy.readUInt32LE(at)) >>> 0, at);
		return module([segmentsOf(wasm).map(({ at, bytes }) => active(at, [...copy.subarray(at, at + bytes.length)]))], { pages: 64 });
	};
	test("and the case that is not changed is read", () => assert.ok(withoutLines(changed(header, (n) => n))));
	/** @type {[string, number, (n: number) => number, RegExp][]} */
	const cases = [
		["the mark of another layout", header, (n) => n - 1, /0 tables of functions/],
		["a longer header", header + 32, (n) => n + 8, /0 tables of functions/],
		["fewer functions than there are tables", header + 8, (n) => n - 1, /does not fit/],
		["more functions", header + 8, (n) => n + 1, /does not fit/],
		["parts in another order", header + 40, (n) => n + 0x100000, /does not fit/],
		["a function that begins elsewhere", first, (n) => n + 1, /does not fit/],
		["another number of tables", first + 28, (n) => n + 2, /does not fit/],
		["lines in the middle of a table", first + 24, (n) => n + 1, /does not fit/],
		["a table that ends early", tables + 1, () => 0, /does not fit/],
	];
	for (const [what, at, change, message] of cases) {
		test(what, () => assert.throws(() => withoutLines(changed(at, change)), { message }));
	}
	test("no table", () => assert.throws(() => withoutLines(module([[active(0, [1])]])), { message: /0 tables of functions/ }));
	test("a second one", () => {
		const two = [0, 80].map((at) => active(at, [...mark, ...Array(24).fill(0), 72, ...Array(47).fill(0)]));
		assert.throws(() => withoutLines(module([two])), { message: /2 tables of functions/ });
	});
});
