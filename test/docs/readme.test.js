// The README, and its Chinese twin: the same sections, code, commands, links and numbers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { all } from "../../tools/bench/alternatives/ways.js";

const root = new URL("../../", import.meta.url);
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

test("the first block of code runs as it is", async () => {
	const [, language, code] = blocks(english)[0];
	assert.equal(language, "js");
	const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { cwd: fileURLToPath(root) });
	assert.equal(stdout, "200\ntrue\n"); // as its comments say
	assert.match(code, /status\); \/\/ 200\n[\s\S]*valid\); \/\/ true/);
});

test("both have the same sections, paragraphs, lists and tables, in their order", () => {
	const shape = (page) =>
		prose(page)
			.split("\n")
			.filter((line) => /^(#+ |- |\|)/.test(line))
			.map((line) => (line.startsWith("|") ? `|${line.split("|").length}` : line.match(/^(#+|-)/)[0]));
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
		assert.ok(
			/^https:/.test(target) ||
				(await access(new URL(target, root)).then(
					() => true,
					() => false,
				)),
			target,
		);
	}
});

/** Words that say a number, as far as these pages use them. "One" and 一 are left out: they are articles too. */
const numerals = {
	english: {
		two: "2",
		twice: "2",
		both: "2",
		three: "3",
		four: "4",
		five: "5",
		six: "6",
		seven: "7",
		eight: "8",
		nine: "9",
		ten: "10",
		tenth: "1/10",
		quarter: "1/4",
		"a third": "1/3",
		half: "1/2",
		hundred: "100",
		thousand: "1000",
	},
	// The longer ones first: they begin with shorter ones.
	chinese: {
		十分之一: "1/10",
		三分之一: "1/3",
		四分之一: "1/4",
		半: "1/2",
		两: "2",
		二: "2",
		三: "3",
		四: "4",
		五: "5",
		六: "6",
		七: "7",
		八: "8",
		九: "9",
		十: "10",
		百: "100",
		千: "1000",
	},
};

/**
 * The numbers of each paragraph, list item, row and heading, and of the comments in code, in whatever order: the languages
 * have their own. What stands between backquotes is compared above, and a link's target too.
 * @param {string} page
 * @param {"english" | "chinese"} language
 */
function numbers(page, language) {
	const values = numerals[language];
	const words = Object.keys(values).map((word) => (language === "english" ? `\\b${word}\\b` : word));
	const number = new RegExp(`\\d(?:[\\d,.]*\\d)?|${words.join("|")}`, "gi");
	const parts = page.replace(/^```.*$/gm, "").split(/\n\n+|\n(?=[-|#])/);
	return parts.map((part) => {
		const text = part.replace(/`[^`]*`/g, "").replace(/\]\([^)]*\)/g, "]");
		return { part: part.slice(0, 60), numbers: [...text.matchAll(number)].map(([word]) => values[word.toLowerCase()] ?? word).sort() };
	});
}

test("both have the same numbers, in figures or words, paragraph by paragraph", () => {
	const [ours, theirs] = [numbers(english, "english"), numbers(chinese, "chinese")];
	assert.equal(theirs.length, ours.length);
	ours.forEach(({ part, numbers }, i) => assert.deepEqual(theirs[i].numbers, numbers, `${part} … / ${theirs[i].part} …`));
	assert.ok(ours.flatMap(({ numbers }) => numbers).length > 150);
});

test("each command of `make` that they name is one", () => {
	const named = spans(english)
		.filter((text) => /^make [a-z-]+$/.test(text))
		.map((text) => text.slice(5));
	assert.ok(named.length >= 7);
	for (const target of named) {
		assert.match(makefile, new RegExp(`^${target}:.*## `, "m"));
	}
});

test("the comparison has a line for each way that `make bench-compare` measures", () => {
	for (const { name } of all) {
		assert.ok(english.includes(`\n| ${name} | `), name);
	}
});
