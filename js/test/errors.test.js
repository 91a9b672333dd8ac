import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test("every code of the core and the wrapper is in the declared type and on the page about errors, and no other", async () => {
	const [core, wrapper, page, ...modules] = await Promise.all(
		["core/error.go", "js/error.js", "docs/errors.md", "js/client.js", "js/call.js", "js/driver.js", "js/compile.js", "js/load-node.js", "js/module.js", "js/identity.js"].map(read),
	);
	const declared = new Set(wrapper.match(/@typedef \{("[\s\S]*?)\} TokenErrorCode/)[1].match(/\w+/g));
	const used = new Set([...core.matchAll(/\bCode = "(\w+)"/g)].map(([, code]) => code));
	for (const text of modules) {
		for (const [, code] of text.matchAll(/new TokenError\(\s*"(\w+)"/g)) {
			used.add(code);
		}
	}
	const listed = new Set([...page.matchAll(/^\| `(\w+)` \| (?!string|number|boolean|Date|unknown)/gm)].map(([, code]) => code));
	assert.deepEqual([...used].sort(), [...declared].sort());
	assert.deepEqual([...listed].sort(), [...declared].sort());
});
