// How often a store is asked, and when.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mock, test } from "node:test";
import { createClient } from "../../js/node.js";
import { sealedStore } from "../../js/store/index.js";
import { memoryBackend } from "../../js/store/memory.js";
import { identities, lenient } from "../vendor.js";

const keys = `k1:${randomBytes(32).toString("base64url")}`;

test("a login asks the store once before it is sent, and tells it once what came of it", async () => {
	/** @type {string[]} */
	const steps = [];
	const store = sealedStore(memoryBackend(), { keys });
	const vendor = lenient();
	const client = createClient({
		store: {
			...store,
			async take(...args) {
				const answer = await store.take(...args);
				steps.push(answer.written ? "take and write" : "take");
				return answer;
			},
			async write(name, write) {
				steps.push(write.free ? "write and free" : "write");
				return store.write(name, write);
			},
			async free(...args) {
				steps.push("free");
				await store.free(...args);
			},
		},
		fetch: (url, init) => {
			steps.push("login");
			return vendor.fetch(url, init);
		},
	});
	await client.getToken(/** @type {any} */ (identities.appcube));
	await client.getToken(/** @type {any} */ ({ ...identities.appcube, appKey: "another" }));
	await client.close();
	const first = ["take", "write", "login", "write and free"]; // it is not known yet what time it is there
	assert.deepEqual(steps, [...first, "take and write", "login", "write and free"]);
});

test("what is written with a lock is as old as it is: who does not know the backend's time, or has not heard it for a minute, does not write", async () => {
	const backend = memoryBackend();
	const [store, other] = [sealedStore(backend, { keys }), sealedStore(backend, { keys })];
	const name = await store.name("identity");
	const first = { state: "state", version: "v1", expected: "" };
	assert.equal((await store.take(name, "lock", 60_000, first)).written, false);
	assert.equal(await other.read(name), undefined);
	assert.equal((await store.take(name, "lock", 60_000, first)).written, true);
	const kept = await other.read(name);
	assert.deepEqual([kept?.state, kept?.version], ["state", "v1"]);
	assert.ok(Number(kept?.ageMs) < 30_000, `${kept?.ageMs} milliseconds`);
	const now = Date.now();
	for (const later of [3_600_000, -1]) {
		mock.method(Date, "now", () => now + later);
		const next = { state: "next", version: "v2", expected: "v1" };
		const { taken, written } = await store.take(name, "lock", 60_000, next);
		mock.restoreAll();
		assert.deepEqual([taken, written], [true, false], `${later} milliseconds later`);
		await store.read(name);
	}
});
