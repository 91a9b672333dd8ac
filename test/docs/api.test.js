import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { entriesOf, reference } from "../../tools/build/api.js";

const committed = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");

test("docs/api.md is what `make api` makes of the sources", async () => {
	const made = await reference();
	const [now, then] = [made, committed].map((text) => text.split("\n"));
	const at = now.findIndex((line, i) => line !== then[i]);
	assert.ok(made === committed, `It is not current: run \`make api\`. Line ${at + 1} should be: ${now[at]}`);
});

test("every name that the package exports has a section", async () => {
	const exported = await Promise.all(
		["node.js", "inline.js", "edge/sign.js", "sandbox/index.js", "store/index.js", "store/conformance.js"].map(
			(file) => import(`../../js/${file}`),
		),
	);
	// The edge runs in workerd alone.
	const names = [...exported.flatMap(Object.keys), "createEdge", "default", "Keeper", "Nonces", "ConfigError"];
	assert.ok(new Set(names).size >= 16);
	for (const name of names) {
		assert.match(committed, new RegExp(`^#### (?:class )?\`${name}(?:\\(\\))?\`$`, "m"));
	}
	const types = [];
	for (const file of ["client/public.js", "generated/public.js", "edge/index.js", "sandbox/index.js", "store/index.js"]) {
		const declared = await readFile(new URL(`../../js/${file}`, import.meta.url), "utf8");
		types.push(...[...declared.matchAll(/@typedef \{import\([^)]*\)\.\w+\} (\w+)/g)].map(([, name]) => name));
	}
	assert.ok(types.length >= 18);
	for (const name of types) {
		assert.match(committed, new RegExp(`^#### type \`${name}\`$`, "m"));
	}
});

test("what a class has without an instance is on the page, where it is public", () => {
	assert.match(committed, /^##### `TokenError\.is\(\)`$/m);
	assert.doesNotMatch(committed, /^##### `Token\.(is|view|identity)\(\)`$/m);
});

test("every link within the page leads to a heading", () => {
	const headings = new Set(
		[...committed.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
			text
				.toLowerCase()
				.replace(/[^\w -]/g, "")
				.replaceAll(" ", "-"),
		),
	);
	const links = [...committed.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
	assert.ok(links.length > 20);
	assert.deepEqual(
		links.filter((anchor) => !headings.has(anchor)),
		[],
	);
});

test("what is internal is not on the page", () => {
	for (const name of ["Driver", "Reference", "CoreClient", "constructor", "#view", "importKey", "fromBase64url", "stringToSign"]) {
		assert.ok(!committed.includes(`\`${name}`), name);
	}
});

test("the entries are those of package.json's exports that are scripts, whatever the nesting of their conditions", () => {
	assert.deepEqual(
		entriesOf(
			{
				".": {
					types: "./dist/types/browser.d.ts",
					workerd: "./dist/workerd.js",
					node: { import: "./dist/node.js" },
					default: "./js/browser.js",
				},
				"./edge": { types: "./dist/types/edge/index.d.ts", default: "./dist/edge.js" },
				"./bundled": { types: "./dist/edge.d.ts", node: "./js/edge/edge.js", default: "./dist/edge.js" },
				"./script": { types: "./dist/cctoken.d.ts", default: "./dist/cctoken.js" },
				"./core.wasm": "./dist/core.wasm",
				"./package.json": "./package.json",
			},
			"p",
		),
		[
			{ name: "p", files: ["js/node.js", "js/workerd.js", "js/browser.js"] },
			{ name: "p/edge", files: ["js/edge/index.js"] },
			{ name: "p/bundled", files: ["js/edge/index.js"] },
		],
	);
});
