// Nothing falls between the suites.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { partsOf, suites } from "./suites.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const withFiles = suites.filter(({ folder }) => folder);
const filesOf = (/** @type {boolean} */ all) =>
	withFiles.filter(({ slow, named }) => all || !(slow || named)).flatMap((suite) => partsOf(suite, all).files ?? []);

test("each test file belongs to one suite", () => {
	const there = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".test.js"));
	assert.ok(there.length > 80);
	const twice = withFiles.flatMap(({ shared }) => shared?.() ?? []);
	assert.deepEqual(filesOf(true).sort(), [...there.map((path) => join(here, path)), ...twice].sort());
});

test("what an edge must do is tried in workerd and in Node: the same files are in both suites, security's among them", () => {
	const [inWorkerd, inNode] = ["edge", "edge-node"].map((name) => {
		const suite = suites.find((one) => one.name === name);
		return suite ? (partsOf(suite, false).files ?? []) : [];
	});
	const both = inWorkerd?.filter((file) => inNode?.includes(file)).map((file) => basename(file)) ?? [];
	assert.ok(both.length >= 14, String(both));
	assert.ok(["security.test.js", "call.test.js", "canary.test.js", "operator.test.js"].every((file) => both.includes(file)));
});

test("what is proved of the core is proved of a light one: the same files are run with it, the module's among them", () => {
	const tiny = suites.find(({ name }) => name === "tiny");
	const shared = tiny?.shared?.().map((file) => basename(file)) ?? [];
	assert.ok(shared.length >= 30, String(shared));
	assert.ok(
		["module.test.js", "vectors.test.js", "callers.test.js", "death.test.js", "input.test.js"].every((file) => shared.includes(file)),
	);
});

test("what make test leaves out is called slow, or is in a slow suite, or in one that needs what not everybody has", () => {
	const quick = new Set(filesOf(false));
	const slow = withFiles.filter(({ slow, named }) => slow || named).map(({ folder }) => join(here, String(folder)));
	for (const file of filesOf(true)) {
		assert.equal(quick.has(file), !file.endsWith(".slow.test.js") && !slow.some((folder) => file === join(folder, basename(file))), file);
	}
});

test("CI runs all of them, and lint, which says what go vet does", () => {
	const steps = readFileSync(new URL("../.ci/run", import.meta.url), "utf8")
		.split("\n")
		.filter((line) => !line.startsWith("#"))
		.join("\n");
	assert.match(steps, /\bmake test-all$/m);
	assert.match(steps, /^make test-store$/m);
	assert.match(steps, /^if command -v tinygo .*\n\tmake test-tiny$/m);
	assert.match(steps, /^make lint$/m);
});
