import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createGo } from "../dist/go.js";
import { wrap } from "../tools/build/glue.js";

const source = await readFile(new URL("../wasm_exec.js", import.meta.url), "utf8");

test("the glue that ships is made of the wasm_exec.js at hand", async () => {
	assert.equal(await readFile(new URL("../dist/go.js", import.meta.url), "utf8"), wrap(source));
});

test("a wasm_exec.js without a landmark is refused", () => {
	for (const landmark of [
		"globalThis.Go = class {",
		"if (!globalThis.fs) {",
		"if (!globalThis.process) {",
		"if (!globalThis.path) {",
		"fs.writeSync(fd, new Uint8Array(",
		"setTimeout(",
		"clearTimeout(",
		"const timeOrigin = Date.now() - performance.now();",
		"this.exited = true;",
	]) {
		assert.throws(() => wrap(source.replace(landmark, "gone(")), /wasm_exec\.js has changed: expected .* found it 0 times/);
	}
});

test("a wasm_exec.js with a second timer is refused", () => {
	assert.throws(() => wrap(source + "\nsetTimeout(() => {});"), /found it 2 times/);
});

test("a wasm_exec.js that reads another global is refused", () => {
	assert.throws(() => wrap(source + "\nglobalThis.fetch();"), /names globalThis\.fetch, which/);
});

test("the glue holds nothing that a strict Content-Security-Policy forbids", () => {
	assert.doesNotMatch(wrap(source), /\beval\b|\bFunction\(/);
});

test("each runtime has a class of its own", () => {
	const [a, b] = [createGo(), createGo()];
	assert.notEqual(a, b);
	assert.notEqual(a.constructor, b.constructor);
	assert.notEqual(a.importObject, b.importObject);
});

test("what a program is given to see stays unseen by all others", () => {
	createGo({ given: 1 });
	assert.equal("given" in globalThis, false);
	assert.throws(
		() =>
			createGo({
				get given() {
					throw new Error("looked at");
				},
			}),
		/looked at/,
		"it is taken at the start",
	);
});
