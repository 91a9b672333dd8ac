// A further system is a file of the sandbox's, and nothing here: what is said of a system comes from what the sandbox lists.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { createSandbox } from "../../js/sandbox/index.js";

/** The files that must not know a system by name. */
async function sources() {
	const files = ["../../js/cli/sandbox.js", "../../web/page.js"].map((path) => new URL(path, import.meta.url));
	for (const folder of ["../../js/sandbox/", "../../tools/demo/"].map((path) => new URL(path, import.meta.url))) {
		files.push(...(await readdir(folder)).map((name) => new URL(name, folder)));
	}
	return files;
}

test("no file of the sandbox's JavaScript, of the demonstration and of the page names a system", async (t) => {
	const sandbox = await createSandbox();
	t.after(() => sandbox.close());
	const names = sandbox.systems.map(({ name }) => name.toLowerCase());
	assert.ok(names.length >= 5);
	const files = await sources();
	assert.ok(files.length >= 11);
	for (const file of files) {
		const text = (await readFile(file, "utf8")).toLowerCase();
		assert.deepEqual(
			names.filter((name) => text.includes(name)),
			[],
			file.pathname,
		);
	}
});
