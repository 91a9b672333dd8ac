// The memory of a light core, whose collector moves nothing: what is let go must be found again by what comes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";

const lightUrl = new URL("../../dist/core.tiny.wasm", import.meta.url).href;

/** @param {number} count of users at once, over all of whom each round goes */
async function renew(client, identity, count, rounds) {
	for (let round = 0; round < rounds; round++) {
		for (let from = 0; from < count; from += 100) {
			const users = Array.from({ length: Math.min(100, count - from) }, (_, i) => from + i);
			await Promise.all(users.map((user) => client.getToken(identity(user), { forceRefresh: round > 0 })));
		}
	}
}

/** Random sizes, the same ones at each run. */
function sizes() {
	let seed = 1;
	return (/** @type {number} */ below) => {
		seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
		return (seed >>> 8) % below;
	};
}

/** @param {number} n @param {string} token @param {string} [padding] */
const login = (n, token, padding) =>
	Response.json({ padding, result: 0, resultData: { token, tokenExpirationTime: 3600, refreshToken: `refresh-${n}` } });

const isales = (/** @type {number} */ user) => ({
	system: "isales",
	baseUrl: "https://vendor.example",
	user: `user-${user}`,
	passwd: `password-${user}`,
});

test("10,000 sessions, the most that there may be, live in 32 MiB, however often they are renewed", async () => {
	const module = createModule(load);
	await module.initialize({ wasmUrl: lightUrl });
	let logins = 0;
	const count = 10_000;
	const client = createClient(module, { maxSessions: count, fetch: async () => login(++logins, `token-${logins}`.padEnd(200, "x")) });
	await renew(client, isales, count, 4);
	assert.ok(logins >= 4 * count, `${logins} logins`);
	const { length } = (await module.start()).memory();
	assert.ok(length <= 32 << 20, `${length / 2 ** 20} MiB`);
	client.close();
});

test("tokens and answers of all sizes, among sessions that come and go, live in 8 MiB", async () => {
	const module = createModule(load);
	await module.initialize({ wasmUrl: lightUrl });
	const below = sizes();
	let logins = 0;
	const client = createClient(module, {
		maxSessions: 50,
		fetch: async () => login(++logins, `token-${logins}`.padEnd(20 + below(16_000), "x"), "p".repeat(below(1_000_000))),
	});
	for (let i = 0; i < 6000; i++) {
		await client.getToken(isales(below(200)), { forceRefresh: below(2) === 0 });
	}
	assert.ok(logins > 4000, `${logins} logins`);
	const { length } = (await module.start()).memory();
	assert.ok(length <= 8 << 20, `${length / 2 ** 20} MiB`);
	client.close();
});

test("a client that is closed leaves its room to the next one", async () => {
	const module = createModule(load);
	await module.initialize({ wasmUrl: lightUrl });
	let logins = 0;
	for (let i = 0; i < 20; i++) {
		const client = createClient(module, { fetch: async () => login(++logins, `token-${logins}`.padEnd(200, "x")) });
		await renew(client, isales, 1000, 1);
		client.close();
	}
	assert.equal(logins, 20_000);
	const { length } = (await module.start()).memory();
	assert.ok(length <= 16 << 20, `${length / 2 ** 20} MiB`);
});
