// The conformance cases through the package in a real browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { serve } from "../server.js";
import { readVectors } from "../vector-files.js";
import { launchChromium, openPage } from "./chromium.js";

const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
const policy = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

let browser;
let server;

before(async () => {
	server = await serve(async (path) => {
		if (path === "/") {
			return { headers: { "content-type": types.html, "content-security-policy": policy }, body: "<!doctype html>" };
		}
		const [, extension] = path.match(/^\/(?:js|dist)\/[\w/-]+\.(js|wasm)$/) ?? [];
		return extension && {
			headers: { "content-type": types[extension] },
			body: await readFile(new URL(`../../..${path}`, import.meta.url)),
		};
	});
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await server?.close();
});

test("the conformance cases, through the package in Chromium", async (t) => {
	const { page, problems } = await openPage(browser);
	await page.goto(`${server.url}/`);
	const { identities, files } = await readVectors();
	const cases = files.flatMap(({ cases }) => cases);
	const results = await page.evaluate(
		async ({ identities, cases }) => {
			const [{ play }, { load }] = await Promise.all([import("/js/test/vectors.js"), import("/js/load-browser.js")]);
			return play(load, identities, cases);
		},
		{ identities, cases },
	);
	for (const { name, error } of results) {
		await t.test(name, () => assert.equal(error, undefined));
	}
	assert.equal(results.length, cases.length);
	assert.deepEqual(problems, []);
});
