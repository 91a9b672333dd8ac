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

test("a caller gets a token when it is stored, so that a process may end at once", async () => {
	/** @type {(value?: undefined) => void} */
	let goOn = () => {};
	const held = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (goOn = resolve));
	/** @type {(value?: undefined) => void} */
	let reached = () => {};
	const writing = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (reached = resolve));
	const vendor = lenient();
	let asked = false;
	const store = sealedStore(memoryBackend(), { keys });
	const client = createClient({
		fetch: (url, init) => ((asked = true), vendor.fetch(url, init)),
		store: {
			...store,
			async write(name, write) {
				if (asked) {
					reached();
					await held;
				}
				return store.write(name, write);
			},
		},
	});
	let here = false;
	const token = client.getToken(/** @type {any} */ (identities.appcube)).then((it) => ((here = true), it));
	await writing;
	await new Promise((resolve) => setImmediate(resolve));
	assert.equal(here, false);
	goOn();
	assert.ok((await token).value);
	await client.close();
});

for (const [what, sent, early] of /** @type {[string, () => Promise<void>, boolean][]} */ ([
	["tells that what it was asked is on its way is not waited for any longer", async () => {}, true],
	["fails to tell so is waited for", async () => Promise.reject(new Error("nobody knows")), false],
	["never tells so is waited for", () => new Promise(() => {}), false],
])) {
	test(`a store that ${what}`, async () => {
		const vendor = lenient();
		/** @type {(value?: undefined) => void} */
		let goOn = () => {};
		const held = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (goOn = resolve));
		let asked = false;
		let writes = 0;
		const store = sealedStore(memoryBackend(), { keys });
		const client = createClient({
			fetch: (url, init) => ((asked = true), vendor.fetch(url, init)),
			store: {
				...store,
				sent,
				async write(name, write) {
					if (asked) {
						writes++;
						await held;
					}
					return store.write(name, write);
				},
			},
		});
		let here = false;
		const token = client.getToken(/** @type {any} */ (identities.appcube)).then((it) => ((here = true), it));
		while (writes === 0) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(here, early);
		goOn();
		assert.ok((await token).value);
		await client.close();
		assert.equal(writes, 1);
	});
}

test("a token is handed out in time where the store does not say that it is stored", async () => {
	const vendor = lenient();
	let asked = false;
	const store = sealedStore(memoryBackend(), { keys });
	const client = createClient({
		fetch: (url, init) => ((asked = true), vendor.fetch(url, init)),
		store: { ...store, write: (name, write) => (asked ? new Promise(() => {}) : store.write(name, write)) },
	});
	assert.ok((await client.getToken(/** @type {any} */ (identities.appcube))).value);
	await client.close();
});

test("a store that is full, and can only be read, is lost once, and is back when it has room again", async () => {
	const store = sealedStore(memoryBackend(), { keys });
	const vendor = lenient();
	let full = false;
	/** How often it was tried while it was full. */
	let tries = 0;
	/** @type {string[]} */
	const told = [];
	const room = () => {
		tries += Number(full);
		return full ? Promise.reject(new Error("OOM command not allowed")) : undefined;
	};
	const back = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
		const client = createClient({
			fetch: vendor.fetch,
			store: {
				...store,
				take: async (...args) => (await room(), store.take(...args)),
				write: async (...args) => (await room(), store.write(...args)),
			},
			onStore: ({ type }) => {
				told.push(type);
				if (type === "store_back") {
					void client.close().then(() => resolve());
				}
			},
		});
		full = true;
		void client.getToken(/** @type {any} */ (identities.appcube));
	});
	const awake = setInterval(() => {
		full &&= tries < 4;
	}, 10);
	await back;
	clearInterval(awake);
	assert.deepEqual(told, ["store_lost", "store_back"]);
	assert.equal(tries, 4);
});

for (const [how, fails] of /** @type {[string, () => Promise<string>][]} */ ([
	["is rejected", async () => Promise.reject(new Error("no name"))],
	["throws", () => assert.fail("no name")],
	["never answers", () => new Promise(() => {})],
])) {
	test(`a store whose name for a session ${how} is lost, holds nobody up, and has the session when it is back`, async () => {
		const store = sealedStore(memoryBackend(), { keys });
		const vendor = lenient();
		let broken = true;
		/** @type {(value?: undefined) => void} */
		let stored = () => {};
		const known = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (stored = resolve));
		/** @type {string[]} */
		const told = [];
		const client = createClient({
			fetch: vendor.fetch,
			store: {
				...store,
				name: (identity) => (broken ? fails() : store.name(identity)),
				async write(...args) {
					const answer = await store.write(...args);
					stored();
					return answer;
				},
			},
			onStore: ({ type }) => told.push(type),
		});
		const { value } = await client.getToken(/** @type {any} */ (identities.appcube));
		assert.deepEqual(told, ["store_lost"]);
		broken = false;
		const awake = setInterval(() => {}, 1000); // a client that waits for its store keeps no program running
		await known;
		clearInterval(awake);
		assert.deepEqual(told, ["store_lost", "store_back"]);
		await client.close();
		const other = createClient({ fetch: vendor.fetch, store });
		assert.equal((await other.getToken(/** @type {any} */ (identities.appcube))).value, value);
		await other.close();
	});
}
