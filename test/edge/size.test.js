// What the documents say of the Worker's size is its size.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const root = new URL("../../", import.meta.url);
const files = await Promise.all(["dist/edge.js", "dist/keeper.wasm"].map((path) => readFile(new URL(path, root))));
const megabytes = (/** @type {Uint8Array[]} */ all) => all.reduce((sum, { length }) => sum + length, 0) / 1e6;

for (const [page, expression, is] of /** @type {[string, RegExp, () => number][]} */ ([
	["README.md", /the edge's Worker is ([\d.]+) MB/, () => megabytes(files)],
	["README.zh-CN.md", /Worker 占\s+([\d.]+) MB/, () => megabytes(files)],
	["docs/edge.md", /The Worker is ([\d.]+) MB/, () => megabytes(files)],
	["docs/edge.md", /The Worker is [\d.]+ MB, ([\d.]+) MB compressed/, () => megabytes(files.map((file) => gzipSync(file)))],
])) {
	test(`${page} says how large the Worker is: ${expression.source}`, async () => {
		const [, said] = expression.exec(await readFile(new URL(page, root), "utf8")) ?? assert.fail(`${page} does not say it`);
		assert.ok(Math.abs(Number(said) - is()) < 0.1, `${said} MB; it is ${is()}`);
	});
}
