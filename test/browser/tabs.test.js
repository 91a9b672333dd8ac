// Several pages of one origin in a real browser: its own locks, channel and WebCrypto.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { serve } from "../server.js";
import { launchChromium } from "./chromium.js";
import { keepsNothing } from "./storage.js";

const types = { js: "text/javascript", wasm: "application/wasm" };

let browser, server;
const asked = [];

before(async () => {
	server = await serve(async (path) => {
		if (path === "/page") {
			return { headers: { "content-type": "text/html" }, body: "<!doctype html>" };
		}
		if (path === "/v1/token") {
			asked.push(path);
			await new Promise((resolve) => setTimeout(resolve, 200)); // so that the others come while it is on its way
			const token = `T${asked.length}`;
			return {
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ system: "ccmessaging", token, expiresIn: 3600, headers: { "ccmessaging-token": token } }),
			};
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

const jwt = (sub) => `e30.${Buffer.from(JSON.stringify({ sub, exp: Math.random() })).toString("base64url")}.x`;

/** The value of a token as a page gets it. */
const get = (page, authorization, rejected) =>
	page.evaluate(
		async ({ authorization, rejected }) => {
			const { getToken } = await import("/js/browser.js");
			const token = await getToken({ edge: location.origin, connection: "web", authorization }, rejected && { rejected });
			return token.value;
		},
		{ authorization, rejected },
	);

test("the pages of one user renew a token once, those of another user have their own, and nothing is stored", async () => {
	const context = await browser.newContext();
	const pages = await Promise.all(
		[1, 2, 3, 4].map(async () => {
			const page = await context.newPage();
			await page.goto(`${server.url}/page`);
			return page;
		}),
	);
	const mine = [jwt("agent-7"), jwt("agent-7"), jwt("agent-7")];
	const first = await Promise.all(mine.map((authorization, i) => get(pages[i], authorization)));
	assert.equal(new Set(first).size, 1, "one token");
	assert.equal(asked.length, 1, "asked for once");

	const renewed = await Promise.all(mine.map((authorization, i) => get(pages[i], authorization, first[0])));
	assert.equal(new Set(renewed).size, 1, "one new token");
	assert.notEqual(renewed[0], first[0]);
	assert.equal(asked.length, 2, "asked for once more");

	assert.notEqual(await get(pages[3], jwt("agent-8")), renewed[0]);
	assert.equal(asked.length, 3);

	await keepsNothing(pages[0]);
	await context.close();
});
