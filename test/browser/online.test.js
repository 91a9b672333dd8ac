// A real browser that loses its network and has it again: its own events end the wait.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { serve } from "../server.js";
import { launchChromium, openPage } from "./chromium.js";

const types = { js: "text/javascript", wasm: "application/wasm" };

let browser, server;
let logins = 0;

before(async () => {
	server = await serve(async (path) => {
		if (path === "/page") {
			return { headers: { "content-type": "text/html" }, body: "<!doctype html>" };
		}
		if (path.endsWith("/getLogin")) {
			logins++;
			return { headers: { "content-type": "application/json" }, body: JSON.stringify({ success: true, "x-auth-token": "T1" }) };
		}
		const [, extension] = path.match(/^\/(?:js|dist)\/[\w/-]+\.(js|wasm)$/) ?? [];
		if (extension) {
			return { headers: { "content-type": types[extension] }, body: await readFile(new URL(`../..${path}`, import.meta.url)) };
		}
	});
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await server?.close();
});

/** What somebody in the page gets who asks: a token's value, or an error's code; and for how long nothing will be tried. */
const ask = (page, options) =>
	page.evaluate(
		({ options }) =>
			globalThis.client.getToken(globalThis.identity, options).then(
				({ value }) => ({ outcome: value }),
				({ code, retryAt }) => ({ outcome: code, left: retryAt && retryAt - Date.now() }),
			),
		{ options },
	);

test("a page that is online again logs in with its next call, though it had tried ten times without a network", async () => {
	const { page } = await openPage(browser);
	await page.goto(`${server.url}/page`);
	await page.evaluate(async () => {
		const { createClient } = await import("/js/browser.js");
		const baseUrl = `${location.origin}/lite`;
		globalThis.client = createClient();
		globalThis.identity = { system: "cubedrive", baseUrl, params: { app: "a", user: "u" }, method: "POST" };
		await globalThis.client
			.session(globalThis.identity)
			.verifyToken("x")
			.catch(() => {}); // the core is there before the network goes
		globalThis.online = new Promise((resolve) => addEventListener("online", resolve, { once: true }));
	});
	await page.context().setOffline(true);
	logins = 0;
	for (let n = 0; n < 10; n++) {
		assert.equal((await ask(page, { forceRefresh: true })).outcome, "network");
	}
	let waiting = await ask(page);
	while (waiting.outcome === "network") {
		waiting = await ask(page); // that wait was over by chance
	}
	assert.equal(waiting.outcome, "cooling_down");
	await page.context().setOffline(false);
	await page.evaluate(() => globalThis.online);
	assert.equal(logins, 0, "nobody has asked");
	assert.equal((await ask(page)).outcome, "T1");
	assert.equal(logins, 1);
	await page.context().close();
});
