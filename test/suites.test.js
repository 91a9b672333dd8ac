// Nothing falls between the suites.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { onEveryPlatform, partsOf, suites } from "./suites.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const withFiles = suites.filter(({ folder }) => folder);
const filesOf = (/** @type {boolean} */ all) =>
	withFiles.filter(({ slow, named }) => all || !(slow || named)).flatMap((suite) => partsOf(suite, all).files ?? []);

test("each test file belongs to one suite", () => {
	const there = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".test.js"));
	assert.ok(there.length > 80);
	const twice = onEveryPlatform();
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

test("what make test leaves out is called slow, or is in a slow suite, or in one that needs a server", () => {
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
	assert.match(steps, /^make lint$/m);
});
