import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf } from "./steps.js";

const page = (...blocks) => blocks.map(([info, text]) => `Words.\n\n\`\`\`${info}\n${text}\n\`\`\`\n`).join("\n");

test("a page's blocks become steps, in its order, with their lines", () => {
	const steps = stepsOf(
		page(
			["js title=src/main.js", "one();\n\ntwo();"],
			["sh run", "npm install cctoken"],
			["text prints", "done"],
			["sh run", "npx vitest run"],
			["text tells", "Tests  9 passed (9)"],
			["sh serve with=node.md", "node server.js dist"],
			["text shows", "valid"],
			["text shows popup=dist", "valid"],
			["sh serve", "npx vite"],
		),
	);
	assert.deepEqual(steps, [
		{ kind: "file", path: "src/main.js", text: "one();\n\ntwo();\n", line: 3 },
		{ kind: "run", text: "npm install cctoken\n", line: 11 },
		{ kind: "prints", text: "done\n", line: 17 },
		{ kind: "run", text: "npx vitest run\n", line: 23 },
		{ kind: "tells", text: "Tests  9 passed (9)\n", line: 29 },
		{ kind: "serve", text: "node server.js dist\n", line: 35, with: "node.md" },
		{ kind: "shows", text: "valid\n", line: 41, popup: undefined },
		{ kind: "shows", text: "valid\n", line: 47, popup: "dist" },
		{ kind: "serve", text: "npx vite\n", line: 53, with: undefined },
	]);
});

test("a longer fence holds a shorter one, and tildes do as well", () => {
	assert.equal(stepsOf("````md title=a.md\n```js\n```\n````\n")[0].text, "```js\n```\n");
	assert.equal(stepsOf("~~~js title=a.js\n```\n~~~\n")[0].text, "```\n");
});

for (const [rule, markdown, message] of [
	["that says nothing of itself", page(["js", "x"]), /^Error: line 3: a code block must say what it is/],
	["without a language", page(["", "x"]), /line 3: a code block must say/],
	["whose role is misspelt", page(["sh runs", "x"]), /line 3: a code block must say/],
	["whose role does not fit its language", page(["js run", "x"]), /line 3: a code block must say/],
	["with more words than are understood", page(["js title=a.js hidden", "x"]), /line 3: a code block must say/],
	["for a file outside the project", page(["js title=src/../../a.js", "x"]), /line 3: src\/..\/..\/a.js is outside the project/],
	["for a file of the whole machine", page(["js title=/etc/a.js", "x"]), /outside the project/],
	["that would print what nothing printed", page(["sh serve", "x"], ["text prints", "x"]), /line 9: nothing was run just before/],
	["that would tell what nothing said", page(["sh serve", "x"], ["text tells", "x"]), /line 9: nothing was run just before/],
	["that would show what nothing serves", page(["sh run", "x"], ["text shows", "x"]), /line 9: nothing was served just before/],
	["without an end", "```js title=a.js\nx\n", /line 1: the code block has no end/],
]) {
	test(`a code block ${rule} is refused`, () => {
		assert.throws(() => stepsOf(markdown), message);
	});
}
