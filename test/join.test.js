// The data segments of the modules that ship are joined: the program finds the same bytes in its memory.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { join } from "../tools/build/join.js";
import { buildEmpty } from "../tools/bench/empty.js";
import { active, memoryOf, module, moduleOf, section, segmentsOf, u32 } from "./segments.js";

const read = (path) => readFile(new URL(`../dist/${path}`, import.meta.url));

for (const name of ["core", "console", "keeper", "sandbox"]) {
	test(`${name}.wasm as the linker wrote it is joined: the same memory in a tenth of the segments`, async () => {
		const linked = await read(`linked/${name}.wasm`);
		const joined = join(linked);
		await same(linked, joined);
		assert.ok(segmentsOf(joined).length < segmentsOf(linked).length / 10);
	});
}

test("a program that anybody's Go has linked is joined as well", async () => {
	const empty = await buildEmpty();
	const joined = join(empty);
	await same(empty, joined);
	assert.ok(segmentsOf(joined).length < segmentsOf(empty).length / 10);
});

/** Only the data section may differ; and of it, only how it is cut. */
async function same(before, after) {
	assert.deepEqual(sectionsBut(after), sectionsBut(before));
	const [one, other] = [await memoryOf(before), await memoryOf(after)];
	assert.ok(one.length > 0 && one.some((byte) => byte !== 0), "there is something to be compared");
	assert.ok(one.equals(other));
	assert.ok(join(after).equals(after), "there is nothing left to join");
}

/** @param {Uint8Array} wasm */
function sectionsBut(wasm) {
	return moduleOf(wasm)
		.filter(({ id }) => id !== section.data)
		.map(({ id, content }) => [id, Buffer.from(content).toString("base64")]);
}

test("a gap of 255 bytes is filled, and one of 256 is left", () => {
	const cut = (gap) => segmentsOf(join(module([[active(16, [1]), active(16 + 1 + gap, [2])]])));
	assert.deepEqual(cut(0), [{ at: 16, bytes: [1, 2] }]);
	assert.deepEqual(cut(255), [{ at: 16, bytes: [1, ...Array(255).fill(0), 2] }]);
	assert.deepEqual(cut(256), [
		{ at: 16, bytes: [1] },
		{ at: 16 + 257, bytes: [2] },
	]);
});

test("places and lengths of every size are written as the format asks", () => {
	for (const at of [0, 1, 63, 64, 127, 128, 8191, 8192, 0xfffff, 0x100000, 0x7ffffff, 0x8000000, 0x7ffffff0]) {
		for (const length of [0, 1, 127, 128, 16384]) {
			const bytes = Array(length).fill(7);
			assert.deepEqual(segmentsOf(join(module([[active(at, bytes)]], { pages: 65536 }))), [{ at, bytes }]);
		}
	}
});

// Random lists, each from a seed that the message names.
test("of any list of segments memory becomes the same, in any order, and no short gap is left", async () => {
	for (let seed = 1; seed <= 300; seed++) {
		const random = randomFrom(seed);
		/** @type {{ at: number, bytes: number[] }[]} */
		const segments = [];
		for (let at = random(300), left = random(60); left > 0; left--) {
			const bytes = Array.from({ length: random(4) === 0 ? 0 : random(400) }, () => random(3) && random(256));
			segments.push({ at, bytes });
			at += bytes.length + [0, random(8), random(256), 255, 256, 257, random(2000)][random(7)];
		}
		const shuffled = segments
			.map((segment) => ({ segment, key: random(1e9) }))
			.sort((a, b) => a.key - b.key)
			.map(({ segment }) => segment);
		const linked = module([shuffled.map(({ at, bytes }) => active(at, bytes))], { pages: 3 });
		const joined = join(linked);
		assert.ok(WebAssembly.validate(joined), `seed ${seed}`);
		assert.ok((await memoryOf(joined)).equals(await memoryOf(linked)), `seed ${seed}`);
		assert.ok(join(joined).equals(joined) && join(linked).equals(joined), `seed ${seed}`);
		let end = -Infinity;
		for (const { at, bytes } of segmentsOf(joined)) {
			assert.ok(at - end >= 256, `seed ${seed}`);
			end = at + bytes.length;
		}
	}
});

/** A small generator: the same numbers for the same seed. @param {number} seed */
function randomFrom(seed) {
	return (/** @type {number} */ below) => {
		seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
		return ((seed ^ (seed >>> 16)) >>> 0) % below;
	};
}

test("a module without data is left as it is", () => {
	for (const wasm of [module([]), module([], { memory: [] }), module([[]])]) {
		assert.deepEqual([...join(wasm)], [...wasm]);
	}
});

describe("what the Go linker does not write is refused", () => {
	const one = active(0, [1]);
	const importing = (kind) => section.of(section.import, [1, 1, 0x61, 1, 0x62, ...kind]);
	const drops = [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, 0xfc, 9, 0, 0x0b]; // memory.init of segment 0, data.drop of it
	const code = { types: [1, 0x60, 0, 0], functions: [1, 0], code: [1, ...u32(drops.length + 1), 0, ...drops] };
	/** @type {[string, Uint8Array, RegExp][]} */
	const cases = [
		["a passive segment", module([[one, [1, 1, 7]]]), /not an active one/],
		["a segment that names its memory", module([[one, [2, 0, 0x41, 0, 0x0b, 1, 7]]]), /not an active one/],
		["a segment of another memory", module([[[2, 1, 0x41, 0, 0x0b, 1, 7]]]), /not an active one/],
		["two memories", module([[one]], { memory: [2, 0, 1, 0, 1] }), /exactly one memory/],
		["an imported memory", module([[one]], { imports: importing([2, 0, 1]), memory: [] }), /imports something that is no function/],
		[
			"a place that is imported",
			module([[[0, 0x23, 0, 0x0b, 1, 7]]], { imports: importing([3, 0x7f, 0]) }),
			/imports something that is no function/,
		],
		["a place that a global holds", module([[[0, 0x23, 0, 0x0b, 1, 7]]]), /not an i32\.const/],
		["a place that is calculated", module([[[0, 0x41, 1, 0x41, 2, 0x6a, 0x0b, 1, 7]]]), /more than an i32\.const/],
		["a place in 64 bits", module([[[0, 0x42, 1, 0x0b, 1, 7]]], { memory: [1, 4, 1] }), /not an i32\.const/],
		["a place above 2 GiB", module([[[0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x0b, 1, 7]]]), /upper half of memory/],
		["a place below zero", module([[[0, 0x41, 0x7f, 0x0b, 1, 7]]]), /upper half of memory/],
		["segments that overlap", module([[active(4, [1, 2, 3]), active(6, [4])]]), /overlap/],
		["segments that overlap, the higher first", module([[active(6, [4]), active(4, [1, 2, 3])]]), /overlap/],
		["a data count", module([[one]], { dataCount: [1] }), /data count/],
		["a data count that does not match", module([[one]], { dataCount: [2] }), /data count/],
		["memory.init and data.drop", module([[one]], { ...code, dataCount: [1] }), /data count/],
		["memory.init and data.drop without a data count", module([[one]], code), /no valid/],
		["two data sections", module([[one], [one]]), /no valid/],
		["what is cut off", module([[one]]).subarray(0, -1), /cut off/],
		["what is no module", Buffer.from("<!doctype html>"), /cut off|no valid/],
	];
	assert.ok(WebAssembly.validate(module([[one]], { ...code, dataCount: [1] })), "the case is as it says");
	for (const [what, wasm, message] of cases) {
		test(what, () => assert.throws(() => join(wasm), { message }));
	}
	test("and functions may be imported", async () => {
		assert.deepEqual(segmentsOf(join(module([[one]], { types: [1, 0x60, 0, 0], imports: importing([0, 0]) }))), [{ at: 0, bytes: [1] }]);
	});
});
