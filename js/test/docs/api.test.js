import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { entriesOf, reference } from "../../build/api.js";

const committed = await readFile(new URL("../../../docs/api.md", import.meta.url), "utf8");

test("docs/api.md is what `make api` makes of the sources", async () => {
	const made = await reference();
	const [now, then] = [made, committed].map((text) => text.split("\n"));
	const at = now.findIndex((line, i) => line !== then[i]);
	assert.ok(made === committed, `It is not current: run \`make api\`. Line ${at + 1} should be: ${now[at]}`);
});

test("every name that the package exports has a section", async () => {
	const exported = Object.keys(await import("../../node.js"));
	assert.ok(exported.length >= 7);
	for (const name of exported) {
		assert.match(committed, new RegExp(`^#### (?:class )?\`${name}(?:\\(\\))?\`$`, "m"));
	}
	const declared = await readFile(new URL("../../node.js", import.meta.url), "utf8");
	for (const [, name] of declared.matchAll(/@typedef \{.*\} (\w+) \*\//g)) {
		assert.match(committed, new RegExp(`^#### type \`${name}\`$`, "m"));
	}
});

test("every link within the page leads to a heading", () => {
	const headings = new Set(
		[...committed.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-")),
	);
	const links = [...committed.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
	assert.ok(links.length > 20);
	assert.deepEqual(links.filter((anchor) => !headings.has(anchor)), []);
});

test("what is internal is not on the page", () => {
	for (const name of ["Driver", "Reference", "Core", "constructor", "#view"]) {
		assert.ok(!committed.includes(`\`${name}`), name);
	}
});

test("the entries are those of package.json's exports that are scripts, whatever the nesting of their conditions", () => {
	assert.deepEqual(
		entriesOf({
			".": { types: "./dist/types/browser.d.ts", workerd: "./js/workerd.js", node: { import: "./js/node.js" }, default: "./js/browser.js" },
			"./edge": "./js/edge/index.js",
			"./core.wasm": "./dist/core.wasm",
			"./package.json": "./package.json",
		}, "p"),
		[
			{ name: "p", files: ["js/node.js", "js/workerd.js", "js/browser.js"] },
			{ name: "p/edge", files: ["js/edge/index.js"] },
		],
	);
});
