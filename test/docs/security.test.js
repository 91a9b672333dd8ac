// SECURITY.md claims nothing that no test shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { absentOf, claimsOf, hasTest } from "./claims.js";

const root = new URL("../../", import.meta.url);
const page = await readFile(new URL("SECURITY.md", root), "utf8");
const sections = new Map(
	page
		.split(/^## /m)
		.slice(1)
		.map((section) => [section.slice(0, section.indexOf("\n")), section]),
);
const defended = sections.get("What is defended, and the test that shows it") ?? "";

const claims = claimsOf(defended);

test("each claim names a file, and a test in it, that is there", async () => {
	assert.ok(claims.length > 50);
	assert.deepEqual(await absentOf(claims), []);
});

test("a name that is only a part of one, or stands elsewhere in the file, is no test", () => {
	const script = 'test("a whole name", () => {});\ntest(`a death in ${doom} is told`, () => {});\nconst said = "a message";\n';
	assert.ok(hasTest("a.test.js", script, "a whole name"));
	assert.ok(hasTest("a.test.js", script, "a death in the core is told"));
	for (const name of ["a whole", "whole name", "a message", "a death in  is", "said"]) {
		assert.ok(!hasTest("a.test.js", script, name), name);
	}
	assert.ok(hasTest("a.test.js", 'for (const [name, x] of [["a row", 1]]) test(name, () => {});', "a row"));
	assert.ok(!hasTest("a.test.js", 'for (const [name, x] of [["a row", 1]]) test(name, () => {});', "a"));
	const go = "package a\n\nfunc TestOne(t *testing.T) {}\n// func TestTwo( is a comment\n";
	assert.ok(hasTest("a_test.go", go, "TestOne"));
	assert.ok(!hasTest("a_test.go", go, "TestTwo") && !hasTest("a_test.go", go, "TestOn"));
	assert.ok(hasTest("core/vectors/a.json", '{\n\t"name": "a case",\n}', "a case"));
	assert.ok(!hasTest("core/vectors/a.json", '{\n\t"name": "a case",\n\t"doc": "a text",\n}', "a text"));
});

test("nothing is said to be defended outside of the tables but how versions are pinned and what the sandbox is", () => {
	const prose = defended.split("\n\n").filter((part) => !/^(\||#|What is defended)/.test(part) && part.trim() !== "");
	assert.deepEqual(
		prose.map((part) => part.slice(0, 30)),
		["Go modules are pinned by `go.s", "It is for development, with ma"],
	);
});

test("the edge has its claims, and says what it does not defend", () => {
	const parts = defended.split(/^### /m).filter((part) => part.startsWith("The edge: "));
	assert.ok(parts.length >= 4);
	for (const part of parts) {
		assert.ok((part.match(/^\| .*`test\/edge\//gm) ?? []).length >= 3, part);
	}
	assert.match(sections.get("What is not defended") ?? "", /^### At the edge$/m);
});
