// A light core is as light as the README says: only who has TinyGo can tell.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { press } from "../../tools/build/brotli.js";

const read = (/** @type {string} */ path) => readFile(new URL(`../../${path}`, import.meta.url));

test("it takes as much of a page's download as the README says", async () => {
	const kilobytes = (await press(await read("dist/core.tiny.wasm"))).length / 1000;
	const [, said] = /light core\*\*: what .* makes of the same sources, (\d+) kB by\s+brotli/.exec(String(await read("README.md"))) ?? [];
	assert.ok(Math.abs(Number(said) - kilobytes) < kilobytes / 50, `${said} and not ${kilobytes}`);
});
