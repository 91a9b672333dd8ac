// The README, and its Chinese twin: the same sections, code, commands, links and numbers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { access } from "node:fs/promises";
import { test } from "node:test";
import { ways } from "../../bench/alternatives/ways.js";

const root = new URL("../../../", import.meta.url);
const read = (name) => readFile(new URL(name, root), "utf8");
const [english, chinese, makefile] = await Promise.all(["README.md", "README.zh-CN.md", "Makefile"].map(read));

const blocks = (page) => [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
/** Code without its comments, which are in the reader's language, and without what stood before them. */
const bare = ([, language, code]) =>
	`${language}\n${code.replace(language === "sh" ? / *#.*$/gm : /(^|\s)\/\/.*$/gm, "").replace(/[ \t]+$/gm, "")}`;
const prose = (page) => page.replace(/^```\w+\n[\s\S]*?^```$/gm, "");
/** What stands between backquotes. A line may end within it. */
const spans = (page) => [...prose(page).matchAll(/`([^`]+)`/g)].map(([, text]) => text.replace(/\s+/g, " ")).sort();
const links = (page) => [...prose(page).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);

test("both have the same code", () => {
	assert.ok(blocks(english).length >= 8);
	assert.deepEqual(blocks(chinese).map(bare), blocks(english).map(bare));
});

test("both have the same sections, paragraphs, lists and tables, in their order", () => {
	const shape = (page) => prose(page).split("\n").filter((line) => /^(#+ |- |\|)/.test(line)).map((line) => (line.startsWith("|") ? `|${line.split("|").length}` : line.match(/^(#+|-)/)[0]));
	assert.deepEqual(shape(chinese), shape(english));
	const paragraphs = (page) => page.split(/\n\n+/).length;
	assert.equal(paragraphs(chinese), paragraphs(english));
});

test("both name the same commands, options and files", () => {
	assert.deepEqual([...new Set(spans(chinese))], [...new Set(spans(english))]);
});

test("both link to the same places, and to each other, and the places are there", async () => {
	assert.equal(links(english)[0], "README.zh-CN.md");
	assert.equal(links(chinese)[0], "README.md");
	assert.deepEqual(links(chinese).slice(1), links(english).slice(1));
	for (const target of links(english)) {
		assert.ok(/^https:/.test(target) || (await access(new URL(target, root)).then(() => true, () => false)), target);
	}
});

test("both have the same numbers", () => {
	const numbers = (page) => prose(page).split("\n").filter((line) => line.startsWith("|")).map((line) => line.match(/\d(?:[\d,.]*\d)?/g));
	assert.deepEqual(numbers(chinese), numbers(english));
});

test("each command of `make` that they name is one", () => {
	const named = spans(english).filter((text) => /^make [a-z-]+$/.test(text)).map((text) => text.slice(5));
	assert.ok(named.length >= 7);
	for (const target of named) {
		assert.match(makefile, new RegExp(`^${target}:.*## `, "m"));
	}
});

test("the comparison has a line for each way that `make bench-compare` measures", () => {
	for (const { name } of ways) {
		assert.ok(english.includes(`\n| ${name} | `), name);
	}
});
