// The life of a WebAssembly module in real browsers, on a page with a strict Content-Security-Policy.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { buildFixture } from "../fixture/build.js";
import { serve } from "../server.js";
import { launch, names } from "./browsers.js";
import { instrument, tag } from "./instruments.js";
import { person } from "./person.js";

// Without img-src, a browser that looks for an icon by itself reports that it must not.
const strict = "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const html = { headers: { "content-type": "text/html" } };
const blank = `<!doctype html>${tag}`;

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof buildFixture>>} */
let fixture;

before(async () => {
	fixture = await buildFixture();
	server = await serve(async (path) => {
		switch (path) {
			case "/strict":
				return { headers: { ...html.headers, "content-security-policy": strict }, body: blank };
			case "/no-wasm":
				return {
					headers: { ...html.headers, "content-security-policy": strict.replace("'wasm-unsafe-eval'", "") },
					body: blank,
				};
			case "/dist/core.wasm":
			case "/typed.wasm":
				return { headers: { "content-type": "application/wasm" }, body: fixture.bytes };
			case "/untyped.wasm":
				return { headers: { "content-type": "text/plain" }, body: fixture.bytes };
			case "/page.wasm":
				return { ...html, body: "<!doctype html>" };
		}
		if (/^\/(js|dist)\/[\w/-]+\.js$/.test(path)) {
			return {
				headers: { "content-type": "text/javascript" },
				body: await readFile(new URL(`../..${path}`, import.meta.url)),
			};
		}
		return instrument(path);
	});
});

after(async () => {
	await server?.close();
	await fixture?.remove();
});

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		before(async () => (browser = await launch(name)));
		after(() => browser?.close());

		/** @param {string} path */
		async function open(path) {
			const tab = await browser.open();
			await tab.goto(server.url + path);
			return { ...person(tab), ...tab };
		}

		test("it starts from where the package has it, and adds nothing to the page", async (t) => {
			const page = await open("/strict");
			t.after(() => page.close());
			const result = await page.evaluate(async () => {
				const keys = () => Reflect.ownKeys(globalThis).map(String).sort().join();
				const atFirst = keys();
				const { createModule } = await import("/js/module/module.js");
				const { load } = await import("/js/module/load-browser.js");
				const afterImport = keys();
				const core = await createModule(load).start();
				const { pointer, length } = core.write("żółw 🐢");
				const text = core.read(pointer, core.call("upper", length));
				core.call("say");
				try {
					core.call("boom");
				} catch (error) {
					return { code: error.code, text, clean: keys() === atFirst && afterImport === atFirst };
				}
			});
			assert.deepEqual(result, { code: "module_failed", text: "żółW 🐢", clean: true });
			assert.deepEqual(await page.problems(), []);
			assert.deepEqual(await page.complaints(), []);
		});

		test("it is fetched once, whatever type the server says", async (t) => {
			const page = await open("/strict");
			t.after(() => page.close());
			server.requests.length = 0;
			for (const path of ["/typed.wasm", "/untyped.wasm"]) {
				const calls = await page.evaluate(async (wasmUrl) => {
					const { createModule } = await import("/js/module/module.js");
					const { load } = await import("/js/module/load-browser.js");
					const module = createModule(load);
					await module.initialize({ wasmUrl });
					return (await module.start()).call("next");
				}, path);
				assert.equal(calls, 1);
				assert.equal(server.requests.filter((request) => request === path).length, 1, path);
			}
			assert.deepEqual(await page.problems(), []);
			assert.deepEqual(await page.complaints(), []);
		});

		for (const [what, from, path, code, pattern] of /** @type {const} */ ([
			["no file", "/strict", "/missing.wasm", "module_not_found", /answered 404/],
			["a page instead of the file", "/strict", "/page.wasm", "module_invalid", /not WebAssembly/],
			["another origin, which the policy forbids", "/strict", "http://127.0.0.1:9/core.wasm", "module_not_found", /could not be fetched/],
			["a policy without 'wasm-unsafe-eval'", "/no-wasm", "/typed.wasm", "module_invalid", /must have 'wasm-unsafe-eval'/],
			["the same, compiled from memory", "/no-wasm", "/untyped.wasm", "module_invalid", /must have 'wasm-unsafe-eval'/],
		])) {
			test(`a typed error tells of ${what}`, async (t) => {
				const page = await open(from);
				t.after(() => page.close());
				const error = await page.evaluate(async (wasmUrl) => {
					const { createModule } = await import("/js/module/module.js");
					const { load } = await import("/js/module/load-browser.js");
					return createModule(load)
						.initialize({ wasmUrl })
						.then(
							() => undefined,
							({ code, message }) => ({ code, message }),
						);
				}, path);
				assert.equal(error?.code, code);
				assert.match(error.message, pattern);
			});
		}
	});
}
