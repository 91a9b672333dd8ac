// Clocks at zero, as fake timers set them (sinon, node:test, Jest and Vitest with `now: 0`): zero is a time.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { identities, json, lenient, vendor } from "./vendor.js";

/** @param {import("node:test").TestContext} t @param {number} wall @param {number} mono */
function clocks(t, wall, mono) {
	mock.timers.enable({ apis: ["Date"], now: Math.max(0, wall) });
	t.after(() => mock.timers.reset());
	t.mock.method(performance, "now", () => mono);
	if (wall < 0) {
		t.mock.method(Date, "now", () => wall);
	}
}

for (const [what, wall, mono] of /** @type {const} */ ([
	["both clocks at zero", 0, 0],
	["the time of day at zero", 0, 5000],
	["the monotonic clock at zero", 1_700_000_000_000, 0],
	["the time of day at minus one", -1, 0],
	["parts of a millisecond", 0.4, 0.4],
])) {
	test(`${what}: the core starts, and tokens have their dates`, async (t) => {
		clocks(t, wall, mono);
		const moments = [];
		for (const [system, identity] of Object.entries(identities)) {
			const client = createClient(createModule(load), { fetch: lenient().fetch, onEvent: ({ at }) => moments.push(at.getTime()) });
			const token = await client.getToken(identity);
			const at = Math.trunc(wall) + 0;
			assert.equal(token.issuedAt.getTime(), at, system);
			assert.equal(JSON.parse(JSON.stringify(token)).issuedAt, new Date(at).toISOString());
			if (system !== "cubedrive") {
				assert.equal(token.expiresAt.getTime(), at + (system === "isales" ? 300_000 : 3_600_000));
				for (const date of [token.renewAt, token.usableUntil]) {
					assert.ok(date > token.issuedAt && date < token.expiresAt, system);
				}
			}
			assert.equal((await client.verifyToken(token)).valid, true);
			client.close();
		}
		assert.deepEqual([...new Set(moments)], [Math.trunc(wall) + 0]);
	});
}

test("with both clocks at zero a failure says when the next attempt may be", async (t) => {
	clocks(t, 0, 0);
	const client = createClient(createModule(load), { fetch: vendor(() => json({}, { status: 401 })).fetch });
	const error = await client.getToken(identities.appcube).catch((error) => error);
	assert.deepEqual([error.code, error.retryAt], ["credentials_refused", new Date(300_000)]);
});

test("a core that started with clocks at zero outlives the true ones, and the other way round", async (t) => {
	for (const early of [true, false]) {
		const module = createModule(load);
		const client = createClient(module, { fetch: lenient().fetch });
		const set = () => (t.mock.method(performance, "now", () => 0), t.mock.method(Date, "now", () => 0));
		early && set();
		await client.getToken(identities.appcube);
		early ? t.mock.restoreAll() : set();
		const other = await client.getToken(identities.isales);
		assert.equal(other.issuedAt.getTime() < 1000, !early);
		t.mock.restoreAll();
		client.close();
	}
});
