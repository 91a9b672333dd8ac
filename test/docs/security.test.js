// SECURITY.md claims nothing that no test shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const page = await readFile(new URL("SECURITY.md", root), "utf8");
const sections = new Map(
	page
		.split(/^## /m)
		.slice(1)
		.map((section) => [section.slice(0, section.indexOf("\n")), section]),
);
const defended = sections.get("What is defended, and the test that shows it") ?? "";

/** The rows of the tables of claims: what is claimed, and what shows it. */
const claims = defended
	.split("\n")
	.filter((line) => /^\| (?!claim|---)/.test(line))
	.map((line) =>
		line
			.slice(1, -1)
			.split(" | ")
			.map((cell) => cell.trim()),
	);

const escape = (/** @type {string} */ text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/**
 * Whether a file has a test, a suite or a case of this name: the whole name, as its run would print it.
 * @param {string} path
 * @param {string} text of the file
 * @param {string} name
 */
function hasTest(path, text, name) {
	if (path.endsWith(".json")) {
		return new RegExp(`^\\s*"name": ${escape(JSON.stringify(name))},?$`, "m").test(text);
	}
	if (path.endsWith("_test.go")) {
		// A function; or a row of a table that a function runs, by its own name.
		return /^(Test|Fuzz)\w+$/.test(name)
			? text.includes(`\nfunc ${name}(`)
			: /\bt\.Run\(\w/.test(text) && new RegExp(`^\\s*(?:\\{|name:\\s*|t\\.Run\\()?${escape(JSON.stringify(name))}[,:]`, "m").test(text);
	}
	for (const [, plain, template] of text.matchAll(/\b(?:test|it|describe|onConsole)\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g)) {
		if (plain !== undefined) {
			if (JSON.parse(`"${plain}"`) === name) {
				return true;
			}
		} else if (
			new RegExp(
				`^${template
					.split(/\$\{[^}]*\}/)
					.map(escape)
					.join(".+")}$`,
			).test(name)
		) {
			return true;
		}
	}
	// Where a table holds the names, they come first in its rows, or are called so.
	return (
		/\btest\((?:name|what|title)\b/.test(text) &&
		new RegExp(`(?:\\[|name: |what: |^\\s*)${escape(JSON.stringify(name))}[,:]`, "m").test(text)
	);
}

test("each claim names a file, and a test in it, that is there", async () => {
	assert.ok(claims.length > 50);
	const absent = [];
	for (const [claim, shown, ...more] of claims) {
		assert.deepEqual(more, [], claim);
		for (const one of shown.split(/; (?=`)/)) {
			const [, path, name] = /^`([^`]+)` "([^"]+)"$/.exec(one) ?? [];
			assert.ok(path, `${claim}: ${one}`);
			const text = await readFile(new URL(path, root), "utf8");
			assert.match(path, /_test\.go$|\.test\.js$|^core\/vectors\/\w+\.json$/);
			if (!hasTest(path, text, name)) {
				absent.push(`${path} "${name}"`);
			}
		}
	}
	assert.deepEqual(absent, []);
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
