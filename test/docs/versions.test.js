// The versions that package.json admits, and that the README says were tested, are those that the tests of the package take.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { compatibilityDate, compatibilityFlags } from "../../tools/edge/compatibility.js";
import { groups, nodes, requires } from "../package/tools.js";

const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => readFile(new URL(path, root), "utf8");
const [readme, workers, { engines, devDependencies }] = [
	await read("README.md"),
	await read("test/package/workers.test.js"),
	JSON.parse(await read("package.json")),
];

/** The cells of a row of "Where it runs", by how the row begins. @param {string} name */
function row(name) {
	const line = readme
		.split("\n### Where it runs\n")[1]
		?.split("\n")
		.find((line) => line.startsWith(`| ${name}`));
	assert.ok(line, name);
	return line
		.slice(1, -1)
		.split(" | ")
		.map((cell) => cell.trim());
}

/** The version of a package among those that the tests install. @param {string} name */
const installed = (name) =>
	Object.values(groups)
		.flat()
		.find((one) => one.startsWith(`${name}@`))
		?.slice(name.length + 1) ?? "";

/** Whether a version is written as its first parts: 20.20 for 20.20.2. */
const isShort = (/** @type {string} */ short, /** @type {string} */ version) => `${version}.`.startsWith(`${short}.`);

test("the oldest Node that package.json admits is the oldest one that is tested", () => {
	const [, oldest = ""] = /^>=(\d+(?:\.\d+){0,2})$/.exec(engines.node) ?? [];
	assert.equal(`${oldest}.0.0`.split(".").slice(0, 3).join("."), nodes[0]);
	assert.deepEqual(
		[...nodes].sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
		nodes,
	);
});

test("the README's versions of Node are the tested ones, and so are those from which require has the package", () => {
	const [, versions = "", how = ""] = row("Node");
	const said = versions.split(", ");
	assert.equal(said.length, nodes.length);
	nodes.forEach((version, i) => assert.ok(isShort(said[i] ?? "", version), `${said[i]} is not ${version}`));
	const from = [...how.matchAll(/\d+\.\d+/g)].map(([version]) => `${version}.0`);
	assert.deepEqual(from, requires);
});

for (const [name, packages] of /** @type {[string, string[]][]} */ ([
	["Deno", [installed("deno")]],
	["Bun", [installed("bun")]],
	["Cloudflare Workers", [installed("workerd")]],
	["Next", [installed("next")]],
	["browsers", [devDependencies["@sparticuz/chromium"]]],
	["TypeScript", [installed("typescript"), devDependencies.typescript]],
])) {
	test(`the README's version of ${name} is the tested one`, () => {
		const said =
			row(name)[1]
				?.match(/(?<![\w.-])\d+(?:\.\d+)*(?![\w.-]*-)/g)
				?.slice(0, packages.length) ?? [];
		assert.equal(said.length, packages.length);
		packages.forEach((version, i) => assert.ok(isShort(said[i] ?? "", version), `${said[i]} is not ${version}`));
	});
}

test("the README's compatibility dates of Workers are the first and the last of the tested ones", () => {
	const tested = [...workers.matchAll(/date: "([\d-]+)"/g)].map(([, date]) => date).sort();
	assert.deepEqual(row("Cloudflare Workers")[1]?.match(/\d{4}-\d\d-\d\d/g), [tested[0], tested.at(-1)]);
});

test("the Workers of the guides have the date of the edge's own, and its edge has the flags too", async () => {
	for (const name of ["docs/edge.md", "docs/guides/workers.md"]) {
		const dates = [...(await read(name)).matchAll(/"compatibility_date": "([\d-]+)"/g)].map(([, date]) => date);
		assert.ok(dates.length > 0, name);
		assert.deepEqual([...new Set(dates)], [compatibilityDate], name);
	}
	assert.ok((await read("docs/edge.md")).includes(`"compatibility_flags": ${JSON.stringify(compatibilityFlags)}`));
});
