// The installed package on a site of plain files, under a strict Content-Security-Policy, in Chromium, or in the browsers
// that BROWSERS names.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { stamp } from "../../tools/build/stamp.js";
import { launch, names } from "../browser/browsers.js";
import { serve } from "../server.js";
import { install } from "./packed.js";
import { seenInPages } from "./seen.js";
import { pages, startSite } from "./site.js";

const patienceMs = 60_000;

/** @type {Awaited<ReturnType<typeof install>>} */
let program;
/** @type {Awaited<ReturnType<typeof startSite>>} */
let site;
before(async () => {
	program = await install();
	site = await startSite(program);
	await writeFile(
		join(site.folder, "web/worker.js"),
		`importScripts("/dist/cctoken.js");
		const identity = { system: "isales", baseUrl: location.origin, user: "abcd", passwd: "123456" };
		cctoken.getToken(identity).catch(async ({ code, message }) => {
			await cctoken.initialize({ wasmUrl: "/dist/core.wasm" });
			postMessage({ code, message, system: (await cctoken.getToken(identity)).system });
		});`,
	);
});
after(async () => {
	await site?.stop();
	await program?.remove();
});

/**
 * What the program on a page saw.
 * @param {import("../browser/driver.js").Tab} tab
 */
async function output(tab) {
	for (const until = performance.now() + patienceMs; performance.now() < until; await wait(50)) {
		const text = await tab.evaluate(() => document.querySelector("output")?.textContent);
		if (text) {
			const saw = JSON.parse(text);
			// What drives WebKit leaves its own name in the page when it first looks there, which may be meanwhile.
			return saw.globals
				? { ...saw, globals: saw.globals.filter((/** @type {string} */ name) => name !== "Symbol(automationSessionProxy)") }
				: saw;
		}
	}
	throw new Error(`The page shows nothing. The browser says: ${(await tab.complaints()).join("; ")}`);
}

for (const name of names) {
	describe(name, () => {
		/** @type {import("../browser/driver.js").Browser} */
		let browser;
		before(async () => (browser = await launch(name)));
		after(() => browser?.close());

		/**
		 * @param {import("node:test").TestContext} t
		 * @param {string} url
		 */
		async function open(t, url) {
			const tab = await browser.open();
			t.after(() => tab.close());
			await tab.goto(url);
			return tab;
		}

		for (const path of pages) {
			test(`${path}: a token of each system, and no request but to its own origin`, async (t) => {
				const { headers } = await fetch(`${site.url}/${path}`);
				assert.match(String(headers.get("content-security-policy")), /script-src 'self' 'wasm-unsafe-eval';/);
				const tab = await open(t, `${site.url}/${path}`);
				assert.deepEqual(await output(tab), seenInPages);
				/** @type {string[]} */
				const requests = await tab.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
				assert.ok(requests.length > 10, requests.join());
				assert.deepEqual(
					requests.filter((url) => !url.startsWith(`${site.url}/`)),
					[],
				);
				const paths = requests.map((url) => url.slice(site.url.length));
				const own = paths.filter((path) => /^\/(dist|js)\//.test(path) && path !== "/js/sandbox/systems.js"); // the program asks for that
				if (path === "module.html") {
					assert.deepEqual(own, ["/dist/browser.js", "/dist/core.wasm"], "one script and one module");
				}
				const fetched = requests.filter((url) => url.endsWith("/dist/core.wasm")).length;
				assert.equal(fetched, path === "inline.html" ? 0 : 1, "fetches of core.wasm");
				// What the vendors and the sandbox refuse on purpose is in the console of some browsers, and nothing else.
				assert.deepEqual(
					(await tab.complaints()).filter((problem) => !/status of 40[13]|status of 500/.test(problem)),
					[],
				);
			});
		}

		test("the classic script sets window.cctoken and no other name, and that has what the ES module exports", async (t) => {
			const tab = await open(t, `${site.url}/script.html`);
			assert.deepEqual(await output(tab), seenInPages);
			assert.equal(await tab.evaluate(() => document.documentElement.dataset.added), "cctoken");
			const [script, module] = await tab.evaluate(async () => [
				Object.entries(window.cctoken)
					.map(([name, value]) => `${name}: ${typeof value}`)
					.sort(),
				Object.entries(await import("/dist/browser.js"))
					.map(([name, value]) => `${name}: ${typeof value}`)
					.sort(),
			]);
			assert.ok(script.includes("getToken: function"));
			assert.deepEqual(script, module);
		});

		test("the classic script in a Worker does not know its address: a typed error says what to do, and initialize does it", async (t) => {
			const tab = await open(t, `${site.url}/script.html`);
			await output(tab);
			const { code, message, system } = await tab.evaluate(
				() => new Promise((resolve) => (new Worker("/worker.js").onmessage = ({ data }) => resolve(data))),
			);
			assert.deepEqual([code, system], ["module_not_found", "isales"]);
			assert.match(message, /does not know its own address.*initialize\(\{ wasmUrl \}\)/);
		});

		test("a core.wasm of another build beside the package is refused, and the right one is taken at the next try", async (t) => {
			const core = join(site.folder, "dist/core.wasm");
			const own = await readFile(core);
			t.after(() => writeFile(core, own));
			await writeFile(core, otherBuild(own));
			const tab = await open(t, `${site.url}/script.html`);
			assert.match((await output(tab)).failed, /is of cctoken 0\.0\.1, build [0-9a-f]{12}, and the JavaScript of /);
			await writeFile(core, own);
			await tab.evaluate(() => window.cctoken.initialize());
		});

		// A WebKit that is driven keeps nothing in its cache that could be old.
		name !== "webkit" &&
			test("an old core.wasm in the browser's cache is not the end: the new one is fetched", async (t) => {
				const own = await readFile(join(site.folder, "dist/core.wasm"));
				let core = otherBuild(own);
				const server = await serve(async (path) => {
					if (path === "/") {
						return { headers: { "content-type": "text/html" }, body: "<!doctype html>" };
					}
					if (path === "/dist/core.wasm") {
						return { headers: { "content-type": "application/wasm", "cache-control": "max-age=3600" }, body: core };
					}
					if (/^\/(js|dist)\/[\w/-]+\.js$/.test(path)) {
						return { headers: { "content-type": "text/javascript" }, body: await readFile(join(site.folder, path)) };
					}
				});
				t.after(server.close);
				const tab = await open(t, server.url);
				const fetched = () => server.requests.filter((path) => path === "/dist/core.wasm").length;
				const read = () => tab.evaluate(async () => (await (await fetch("/dist/core.wasm")).arrayBuffer()).byteLength);
				await read();
				core = own;
				await read();
				assert.equal(fetched(), 1, "the old one is in the cache: else this test proves nothing");
				await tab.evaluate(() => import("/dist/browser.js").then(({ initialize }) => initialize()));
				assert.equal(fetched(), 2);
			});
	});
}

/** The same program, as one of other sources. @param {Buffer} own */
function otherBuild(own) {
	const bare = own.subarray(0, own.lastIndexOf("cctoken") - 3); // its identity begins with an id and two lengths
	return stamp(bare, { version: "0.0.1", core: "0".repeat(64) });
}
