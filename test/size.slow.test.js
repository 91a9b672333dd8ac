// What somebody downloads of each module stays as light as it has become.
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { weights } from "../tools/bench/weights.js";

for (const { file, most } of weights) {
	test(`${file} is below ${most} kB by brotli`, async () => {
		const { size } = await stat(new URL(`../dist/${file}.br`, import.meta.url));
		assert.ok(size < most * 1000, `it is ${size} bytes`);
		assert.ok(size > most * 900, `it is ${size} bytes, so much less that the bar is none: lower it`);
	});
}
