// Links within the documents lead to files, and to headings in them, that are there.
import assert from "node:assert/strict";
import { access, readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../../", import.meta.url);
const pages = [
	...(await readdir(root)).filter((name) => name.endsWith(".md")),
	...(await readdir(new URL("docs/", root), { recursive: true })).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];

/** The page without its code, in which brackets mean something else. */
const prose = (/** @type {string} */ page) => page.replace(/^```[^]*?^```$/gm, "").replace(/`[^`\n]*`/g, (span) => "`".repeat(span.length));

/** The anchors of a page's headings, as GitHub makes them: equal ones are numbered. */
function anchors(/** @type {string} */ page) {
	const seen = new Map();
	return new Set(
		[...page.replace(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
			const anchor = heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
			const times = seen.get(anchor) ?? 0;
			seen.set(anchor, times + 1);
			return times === 0 ? anchor : `${anchor}-${times}`;
		}),
	);
}

for (const name of pages) {
	test(`${name}: every link leads somewhere`, async () => {
		const here = new URL(name, root);
		const broken = [];
		for (const [, target] of prose(await readFile(here, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)) {
			if (/^https:\/\//.test(target)) {
				continue;
			}
			const there = new URL(target, here);
			const [file, anchor] = [new URL(there.pathname, there), decodeURIComponent(there.hash.slice(1))];
			const found = await access(file).then(() => true, () => false);
			if (!found || (anchor && !anchors(await readFile(file, "utf8")).has(anchor))) {
				broken.push(target);
			}
		}
		assert.deepEqual(broken, []);
	});
}

test("there are pages with links to look at, and a broken one is noticed", async () => {
	assert.ok(pages.length >= 20);
	assert.ok(pages.includes("docs/guides/node.md") && pages.includes("README.zh-CN.md"));
	assert.deepEqual([...anchors("# A `b()`: c\n## A b c\n```sh\n# no heading\n```\n## A b c\n")], ["a-b-c", "a-b-c-1", "a-b-c-2"]);
	assert.match(prose("[a](b.md) `[c](d.md)`\n```js\n[e](f.md)\n```\n"), /^\[a\]\(b\.md\) `+\n\n$/);
});
