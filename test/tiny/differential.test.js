// A light core answers as the package's own does, to whatever is asked, in Node. platforms.test.js looks elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "../../js/module/load-node.js";
import { readVectors } from "../vector-files.js";
import { differ, toldIn } from "./differential.js";

/** The seed is printed, and may be given: SEED=1. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const calls = 200_000;

test(`${calls.toLocaleString("en")} random calls are answered with the same texts (SEED=${seed})`, async () => {
	const told = toldIn((await readVectors()).flatMap(({ cases }) => cases));
	const from = (/** @type {string} */ file) => () => load({ wasmUrl: fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)) });
	const { difference, texts, tokens } = await differ([from("core.wasm"), from("core.tiny.wasm")], told, seed, calls);
	assert.equal(difference, undefined);
	assert.ok(texts > calls / 20 && tokens > calls / 200, `${texts} different answers, ${tokens} tokens: too few to prove anything`);
});
