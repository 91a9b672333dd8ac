// The life of a WebAssembly module in a real browser, on a page with a strict Content-Security-Policy.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { buildFixture } from "../fixture/build.js";
import { serve } from "../server.js";
import { launchChromium, openPage } from "./chromium.js";

const strict = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const html = { headers: { "content-type": "text/html" } };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof buildFixture>>} */
let fixture;

before(async () => {
	fixture = await buildFixture();
	server = await serve(async (path) => {
		switch (path) {
			case "/strict":
				return { headers: { ...html.headers, "content-security-policy": strict }, body: "<!doctype html>" };
			case "/no-wasm":
				return {
					headers: { ...html.headers, "content-security-policy": strict.replace("'wasm-unsafe-eval'", "") },
					body: "<!doctype html>",
				};
			case "/dist/core.wasm":
			case "/typed.wasm":
				return { headers: { "content-type": "application/wasm" }, body: fixture.bytes };
			case "/untyped.wasm":
				return { headers: { "content-type": "text/plain" }, body: fixture.bytes };
			case "/page.wasm":
				return { ...html, body: "<!doctype html>" };
		}
		if (/^\/(js|dist)\/[\w-]+\.js$/.test(path)) {
			return {
				headers: { "content-type": "text/javascript" },
				body: await readFile(new URL(`../../..${path}`, import.meta.url)),
			};
		}
	});
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await server?.close();
	await fixture?.remove();
});

/** @param {string} path */
async function open(path) {
	const opened = await openPage(browser);
	await opened.page.goto(server.url + path);
	return opened;
}

test("it starts from where the package has it, and adds nothing to the page", async (t) => {
	const { page, problems } = await open("/strict");
	t.after(() => page.close());
	const result = await page.evaluate(async () => {
		const keys = () => Reflect.ownKeys(globalThis).map(String).sort().join();
		const atFirst = keys();
		const { createModule } = await import("/js/module.js");
		const { load } = await import("/js/load-browser.js");
		const afterImport = keys();
		const core = await createModule(load).start();
		const pointer = core.write("żółw 🐢");
		const text = core.read(pointer, core.call("upper", new TextEncoder().encode("żółw 🐢").length));
		core.call("say");
		try {
			core.call("boom");
		} catch (error) {
			return { code: error.code, text, clean: keys() === atFirst && afterImport === atFirst };
		}
	});
	assert.deepEqual(result, { code: "module_failed", text: "żółW 🐢", clean: true });
	assert.deepEqual(problems, []);
});

test("it is fetched once, whatever type the server says", async (t) => {
	const { page, problems } = await open("/strict");
	t.after(() => page.close());
	for (const path of ["/typed.wasm", "/untyped.wasm"]) {
		const calls = await page.evaluate(async (wasmUrl) => {
			const { createModule } = await import("/js/module.js");
			const { load } = await import("/js/load-browser.js");
			const module = createModule(load);
			await module.initialize({ wasmUrl });
			return (await module.start()).call("next");
		}, path);
		assert.equal(calls, 1);
		assert.equal(server.requests.filter((request) => request === path).length, 1, path);
	}
	assert.deepEqual(problems, []);
});

for (const [name, from, path, code, pattern] of /** @type {const} */ ([
	["no file", "/strict", "/missing.wasm", "module_not_found", /answered 404/],
	["a page instead of the file", "/strict", "/page.wasm", "module_invalid", /not WebAssembly/],
	["another origin, which the policy forbids", "/strict", "http://127.0.0.1:9/core.wasm", "module_not_found", /could not be fetched/],
	["a policy without 'wasm-unsafe-eval'", "/no-wasm", "/typed.wasm", "module_invalid", /must have 'wasm-unsafe-eval'/],
	["the same, compiled from memory", "/no-wasm", "/untyped.wasm", "module_invalid", /must have 'wasm-unsafe-eval'/],
])) {
	test(`a typed error tells of ${name}`, async (t) => {
		const { page } = await open(from);
		t.after(() => page.close());
		const error = await page.evaluate(async (wasmUrl) => {
			const { createModule } = await import("/js/module.js");
			const { load } = await import("/js/load-browser.js");
			return createModule(load)
				.initialize({ wasmUrl })
				.then(() => undefined, ({ code, message }) => ({ code, message }));
		}, path);
		assert.equal(error?.code, code);
		assert.match(error.message, pattern);
	});
}
