// The memory of used signatures.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "./workerd.js";

/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;
before(async () => {
	worker = await startWorker({ entry: new URL("nonces-worker.js", import.meta.url), durableObjects: { NONCES: "Counted" } });
});
after(() => worker?.close());

/** @param {string} key @param {string} nonce @param {number} seconds */
async function use(key, nonce, seconds) {
	return (await worker.fetch(`/${key}`, { method: "POST", headers: { connection: "close" }, body: JSON.stringify({ nonce, seconds }) }))
		.status;
}

/** @param {string} key */
async function remembered(key) {
	return (await (await worker.fetch(`/${key}`, { headers: { connection: "close" } })).json()).rows;
}

test("a nonce is good once for each key, also after the process has died", async () => {
	assert.deepEqual(
		[await use("a", "n1", 600), await use("a", "n1", 600), await use("a", "n2", 600), await use("b", "n1", 600)],
		[200, 409, 200, 200],
	);
	await worker.restart();
	assert.deepEqual([await use("a", "n1", 600), await use("a", "n3", 600)], [409, 200]);
});

test("what has ended is forgotten, and what has not is kept: the memory does not grow for ever", async () => {
	for (let i = 0; i < 20; i++) {
		assert.equal(await use("c", `short-${i}`, 1), 200);
	}
	assert.equal(await use("c", "long", 600), 200);
	const until = Date.now() + 60_000;
	while ((await remembered("c")) > 1 && Date.now() < until) {
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	assert.equal(await remembered("c"), 1);
	assert.equal(await use("c", "long", 600), 409);
});
