// SECURITY.md claims nothing that no test shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../../", import.meta.url);
const page = await readFile(new URL("SECURITY.md", root), "utf8");

/** The rows of the tables of claims: what is claimed, and what shows it. */
const claims = page
	.split(/^## /m)
	.find((section) => section.startsWith("What is defended"))
	.split("\n")
	.filter((line) => /^\| (?!claim|---)/.test(line))
	.map((line) => line.slice(1, -1).split(" | ").map((cell) => cell.trim()));

test("each claim names a file, and a test in it, that is there", async () => {
	assert.ok(claims.length > 30);
	for (const [claim, shown, ...more] of claims) {
		assert.deepEqual(more, [], claim);
		for (const one of shown.split("; ")) {
			const [, path, name] = /^`([^`]+)`(?: "([^"]+)")?$/.exec(one) ?? [];
			assert.ok(path, `${claim}: ${one}`);
			const text = await readFile(new URL(path, root), "utf8");
			assert.match(path, /_test\.go$|\.test\.js$|^core\/vectors\/\w+\.json$/);
			assert.ok(name && text.includes(name), `${path} has no test of that name: ${name}`);
		}
	}
});

test("nothing is said to be defended outside of the tables but how versions are pinned and what the sandbox is", () => {
	const prose = page
		.split(/^## /m)
		.find((section) => section.startsWith("What is defended"))
		.split("\n\n")
		.filter((part) => !part.startsWith("|") && !part.startsWith("#") && !part.startsWith("What is defended"));
	assert.equal(prose.filter((part) => part.trim() !== "").length, 2);
});
