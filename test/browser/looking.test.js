// An answer that was looked into, in real browsers: it is its caller's as the browser's own would be.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { launch, names } from "./browsers.js";

const text = '{"errorCode":0,"text":"中文"}';
const most = 400 << 20;

/** @type {import("node:http").Server} */
let server;
/** @type {string} */
let url;
/** Of the large answer. */
let sent = 0;
let ended = false;

before(async () => {
	server = createServer(async (request, response) => {
		const path = new URL(request.url ?? "", "http://loopback").pathname;
		switch (path) {
			case "/":
				return response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><link rel=icon href=data:,>");
			case "/whole":
				return response.writeHead(200, { "content-type": "application/json" }).end(text);
			case "/begun":
				return response.writeHead(200, { "content-type": "application/json" }).write('{"a":1}');
			case "/large": {
				response
					.on("close", () => (ended = true))
					.writeHead(200, { "content-type": "application/octet-stream", "cache-control": "no-store" });
				response.write('{"a":"');
				const piece = Buffer.alloc(1 << 16, 120);
				while (sent < most && !response.destroyed) {
					sent += piece.length;
					response.write(piece) || (await once(response, "drain"));
				}
				return response.end();
			}
		}
		response.writeHead(200, { "content-type": "text/javascript" }).end(await readFile(new URL(`../..${path}`, import.meta.url)));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
});
after(() => {
	server.closeAllConnections();
	server.close();
});

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		/** @type {import("./driver.js").Tab} */
		let tab;
		before(async () => {
			browser = await launch(name);
			tab = await browser.open();
			await tab.goto(`${url}/`);
			await tab.evaluate(async () => {
				const { lookInto } = await import(/** @type {any} */ ("/js/client/answer.js"));
				const { platformClock } = await import(/** @type {any} */ ("/js/client/clock.js"));
				Object.assign(globalThis, {
					get: async (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) =>
						(await lookInto(await fetch(path, init), true, platformClock, init.signal)).answer,
				});
			});
		});
		after(() => browser?.close());

		test("it has the URL, the type and all of the body of the browser's own, and so have its clones", async () => {
			const seen = await tab.evaluate(async () => {
				const { get } = /** @type {any} */ (globalThis);
				const own = await fetch("/whole");
				const looked = await get("/whole");
				const clone = looked.clone();
				const shown = (/** @type {Response} */ { status, ok, url, type, redirected, bodyUsed, headers }) =>
					JSON.stringify([status, ok, url, type, redirected, bodyUsed, headers.get("content-type")]);
				const same = [shown(looked) === shown(own), shown(clone) === shown(own), looked instanceof Response];
				const blob = await (await get("/whole")).blob();
				const texts = [await clone.text(), JSON.stringify(await looked.json()), await blob.text()];
				return { same, texts, blob: blob.type };
			});
			assert.deepEqual(seen, { same: [true, true, true], texts: [text, text, text], blob: "application/json" });
		});

		test("an abort is an AbortError for who reads it, then or after, in every form", async () => {
			const seen = await tab.evaluate(async () => {
				const { get } = /** @type {any} */ (globalThis);
				const failures = [];
				for (const read of ["text", "json", "arrayBuffer", "blob", "formData", "stream"]) {
					for (const first of [true, false]) {
						const controller = new AbortController();
						const response = await get("/begun", { signal: controller.signal });
						const all = async () => {
							if (read !== "stream") {
								return response[read]();
							}
							const reader = response.body.getReader();
							while (!(await reader.read()).done);
						};
						const reading = first ? undefined : all().catch((/** @type {Error} */ error) => error);
						await new Promise((resolve) => setTimeout(resolve, 20));
						controller.abort();
						const error = await (reading ?? all().catch((/** @type {Error} */ error) => error));
						failures.push(error?.name);
					}
				}
				return failures;
			});
			assert.deepEqual(seen, Array(12).fill("AbortError"));
		});

		test("of a long one no more is taken into memory than the browser itself takes, and it ends where its caller cancels it", async () => {
			const taken = [];
			for (const how of ["fetch", "get"]) {
				sent = 0;
				ended = false;
				await tab.evaluate(async (/** @type {string} */ how) => {
					const page = /** @type {any} */ (globalThis);
					page.large = await page[how](`/large?${how}`);
				}, how);
				await new Promise((resolve) => setTimeout(resolve, 1_000));
				taken.push(sent);
				await tab.evaluate(() => /** @type {any} */ (globalThis).large.body.cancel());
				for (const until = Date.now() + 10_000; !ended && Date.now() < until;) {
					await new Promise((resolve) => setTimeout(resolve, 10));
				}
				assert.ok(ended, how);
			}
			const [own = 0, looked = 0] = taken;
			// Firefox takes what comes, whoever asks.
			assert.ok(looked < most >> 3 || own > most >> 3, `${looked} bytes were taken, and of the browser's own ${own}`);
		});
	});
}
