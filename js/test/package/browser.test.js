// The installed package on a site of plain files, in Chromium, under a strict Content-Security-Policy.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stamp } from "../../build/stamp.js";
import { launchChromium, openPage } from "../browser/chromium.js";
import { serve } from "../server.js";
import { install } from "./packed.js";
import { seen } from "./seen.js";
import { pages, startSite } from "./site.js";

let program, site, browser;
before(async () => {
	program = await install();
	site = await startSite(program);
	browser = await launchChromium();
});
after(async () => {
	await browser?.close();
	await site?.stop();
	await program?.remove();
});

/** @param {string} path */
async function open(path) {
	const { page, problems } = await openPage(browser);
	/** @type {string[]} */
	const requests = [];
	page.on("request", (request) => requests.push(request.url()));
	const response = await page.goto(`${site.url}/${path}`);
	return { page, problems, requests, response, close: () => page.context().close() };
}

/** What the program on a page saw. */
async function output(page) {
	await page.locator("output:not(:empty)").waitFor();
	return JSON.parse(await page.locator("output").textContent());
}

for (const path of pages) {
	test(`${path}: a token of each system, and no request but to its own origin`, async () => {
		const { page, problems, requests, response, close } = await open(path);
		assert.deepEqual(await output(page), seen);
		assert.match(response.headers()["content-security-policy"], /script-src 'self' 'wasm-unsafe-eval';/);
		assert.deepEqual(requests.filter((url) => !url.startsWith(`${site.url}/`)), []);
		const fetched = requests.filter((url) => url.endsWith("/dist/core.wasm")).length;
		assert.equal(fetched, path === "inline.html" ? 0 : 1, "fetches of core.wasm");
		// What the vendors and the sandbox refuse on purpose is shown in the console, and nothing else.
		assert.deepEqual(problems.filter((problem) => !/status of 40[13]|status of 500/.test(problem)), []);
		await close();
	});
}

test("the classic script sets window.cctoken and no other name, and that has what the ES module exports", async () => {
	const { page, close } = await open("script.html");
	assert.deepEqual(await output(page), seen);
	assert.equal(await page.evaluate(() => document.documentElement.dataset.added), "cctoken");
	const [script, module] = await page.evaluate(async () => [
		Object.entries(window.cctoken).map(([name, value]) => `${name}: ${typeof value}`).sort(),
		Object.entries(await import("/js/browser.js")).map(([name, value]) => `${name}: ${typeof value}`).sort(),
	]);
	assert.deepEqual(script, module);
	await close();
});

test("the classic script in a Worker does not know its address: a typed error says what to do, and initialize does it", async () => {
	await writeFile(
		join(site.folder, "web/worker.js"),
		`importScripts("/dist/cctoken.js");
		const identity = { system: "isales", baseUrl: location.origin, user: "abcd", passwd: "123456" };
		cctoken.getToken(identity).catch(async ({ code, message }) => {
			await cctoken.initialize({ wasmUrl: "/dist/core.wasm" });
			postMessage({ code, message, system: (await cctoken.getToken(identity)).system });
		});`,
	);
	const { page, close } = await open("script.html");
	await output(page);
	const { code, message, system } = await page.evaluate(
		() => new Promise((resolve) => (new Worker("/worker.js").onmessage = ({ data }) => resolve(data))),
	);
	assert.deepEqual([code, system], ["module_not_found", "isales"]);
	assert.match(message, /does not know its own address.*initialize\(\{ wasmUrl \}\)/);
	await close();
});

test("a core.wasm of another build beside the package is refused, and the right one is taken at the next try", async () => {
	const core = join(site.folder, "dist/core.wasm");
	const own = await readFile(core);
	await writeFile(core, otherBuild(own));
	const { page, close } = await open("script.html");
	assert.match((await output(page)).failed, /is of cctoken 0\.0\.1, build [0-9a-f]{12}, and the JavaScript of /);
	await writeFile(core, own);
	await page.evaluate(() => window.cctoken.initialize());
	await close();
});

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
		if (/^\/(js|dist)\/[\w-]+\.js$/.test(path)) {
			return { headers: { "content-type": "text/javascript" }, body: await readFile(join(site.folder, path)) };
		}
	});
	t.after(server.close);
	const { page } = await openPage(browser);
	await page.goto(server.url);
	const fetched = () => server.requests.filter((path) => path === "/dist/core.wasm").length;
	const initialize = () => page.evaluate(() => import("/js/browser.js").then(({ initialize }) => initialize()));
	await page.evaluate(async () => (await fetch("/dist/core.wasm")).arrayBuffer());
	core = own;
	await page.evaluate(async () => (await fetch("/dist/core.wasm")).arrayBuffer());
	assert.equal(fetched(), 1, "the old one is in the cache: else this test proves nothing");
	await initialize();
	assert.equal(fetched(), 2);
	await page.context().close();
});

/** The same program, as another build of another version. */
function otherBuild(own) {
	const bare = own.subarray(0, own.lastIndexOf("cctoken") - 3); // its identity begins with an id and two lengths
	return stamp(Buffer.concat([bare, Buffer.from([0, 2, 1, 0x78])]), "0.0.1");
}
