// The conformance cases through the package in real browsers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { serve } from "../server.js";
import { readVectors } from "../vector-files.js";
import { launch, names } from "./browsers.js";
import { instrument, tag } from "./instruments.js";
import { person } from "./person.js";

const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
const policy = "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

let server;

before(async () => {
	server = await serve(async (path) => {
		if (path === "/") {
			return { headers: { "content-type": types.html, "content-security-policy": policy }, body: `<!doctype html>${tag}` };
		}
		const [, extension] = path.match(/^\/(?:js|dist|test)\/[\w/-]+\.(js|wasm)$/) ?? [];
		return extension
			? { headers: { "content-type": types[extension] }, body: await readFile(new URL(`../..${path}`, import.meta.url)) }
			: instrument(path);
	});
});

after(() => server?.close());

for (const name of names) {
	test(`the conformance cases, through the package in ${name}`, async (t) => {
		const browser = await launch(name);
		t.after(() => browser.close());
		const tab = await browser.open();
		await tab.goto(`${server.url}/`);
		const cases = (await readVectors()).flatMap(({ cases }) => cases);
		const results = await tab.evaluate(async (cases) => {
			const [{ play }, { load }] = await Promise.all([import("/test/vectors.js"), import("/js/module/load-browser.js")]);
			return play(load, cases);
		}, cases);
		for (const { name, error } of results) {
			await t.test(name, () => assert.equal(error, undefined));
		}
		assert.equal(results.length, cases.length);
		assert.deepEqual(await person(tab).problems(), []);
		assert.deepEqual(await tab.complaints(), []);
	});
}
