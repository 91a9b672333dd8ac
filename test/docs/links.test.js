// Links within the documents lead to files, and to headings in them, that are there.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { anchors, brokenLinks, pagesOf, prose } from "./links.js";

const root = new URL("../../", import.meta.url);
const pages = await pagesOf(root);

for (const name of pages) {
	test(`${name}: every link leads somewhere`, async () => {
		assert.deepEqual(await brokenLinks(root, name), []);
	});
}

test("there are pages with links to look at, and a broken one is noticed", async () => {
	assert.ok(pages.length >= 20);
	assert.ok(pages.includes("docs/guides/node.md") && pages.includes("README.zh-CN.md"));
	assert.deepEqual([...anchors("# A `b()`: c\n## A b c\n```sh\n# no heading\n```\n## A b c\n")], ["a-b-c", "a-b-c-1", "a-b-c-2"]);
	assert.match(prose("[a](b.md) `[c](d.md)`\n```js\n[e](f.md)\n```\n"), /^\[a\]\(b\.md\) `+\n\n$/);
	const folder = await mkdtemp(join(tmpdir(), "cctoken-links-"));
	try {
		await writeFile(join(folder, "a.md"), "# A\n[a](#a) [b](#b) [c](c.md) [d](../d.md) [e](https://e.test/) ![f](f.png)\n");
		assert.deepEqual(await brokenLinks(pathToFileURL(`${folder}/`), "a.md"), ["#b", "c.md", "../d.md", "f.png"]);
	} finally {
		await rm(folder, { recursive: true });
	}
});
