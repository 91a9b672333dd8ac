// What an isolate remembers is bounded, in bytes and in number, and goes when it has ended.
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "node:test";
import { claimsFor } from "../../js/edge/caller/access.js";
import { bearer, Issuer } from "../../js/edge/caller/bearer.js";
import { Cache } from "../../js/edge/cache.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { Sessions } from "../../js/edge/keeper/sessions.js";
import { Strangers } from "../../js/edge/caller/strangers.js";

const clock = (/** @type {import("node:test").TestContext} */ t) => (
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 }),
	t.mock.timers
);
const later = (/** @type {any} */ time, /** @type {number} */ ms) => time.setTime(Date.now() + ms);

test("whatever is remembered, its bytes stay under the bound, and the oldest goes first", (t) => {
	clock(t);
	const cache = new Cache({ maxBytes: 100_000, maxEntries: 1_000 });
	for (let i = 0; i < 5_000; i++) {
		cache.set(`key-${i}`, "x".repeat((i * 7919) % 9_000), { until: Date.now() + 1_000 });
		assert.ok(cache.bytes <= 100_000 && cache.size <= 1_000);
	}
	assert.equal(cache.get("key-4999")?.value.length, (4999 * 7919) % 9_000);
	assert.equal(cache.get("key-1"), undefined);
	cache.set("large", "x".repeat(60_000), { until: Date.now() + 1_000 });
	assert.equal(cache.get("large"), undefined, "what does not fit is not kept, and does not empty the rest");
	assert.ok(cache.size > 1);
	for (let i = 0; i < 5_000; i++) {
		cache.set(`same`, "x".repeat(i), { until: Date.now() + 1_000 });
	}
	cache.delete("same");
	while (cache.size > 0) {
		cache.set(`x`, "", { until: Date.now() + 1_000 });
		cache.delete("x");
		later(t.mock.timers, 1_000);
		cache.get("x");
	}
	assert.equal(cache.bytes, 0, "the sum is exact");
});

test("what has ended is dropped, and a clock that was set back ends it too", (t) => {
	const time = clock(t);
	const cache = new Cache({ maxBytes: 100_000, maxEntries: 100 });
	for (let i = 0; i < 50; i++) {
		cache.set(`key-${i}`, i, { until: Date.now() + 1_000 });
	}
	later(time, 1_000);
	assert.equal(cache.get("none"), undefined);
	assert.equal(cache.size, 0);
	cache.set("a", 1, { until: Date.now() + 1_000 });
	later(time, -1);
	assert.equal(cache.get("a"), undefined);
	assert.equal(cache.bytes, 0);
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

test("10,000 tokens of 9.7 kB take no more than the bound, whatever is in them", { timeout: 300_000 }, async (t) => {
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const settings = {
		type: /** @type {const} */ ("jwt"),
		issuer: issuer.url,
		audience: "edge",
		algorithms: ["ES256"],
		jwks: { keys: [issuer.publicKey] },
	};
	for (const [name, claims] of /** @type {[string, Set<string>][]} */ ([
		["unused claims", new Set(["name"])],
		["claims that are used", new Set(["name", "filler"])],
	])) {
		const edge = new Issuer("staff", settings, claims);
		collect();
		const before = process.memoryUsage().heapUsed;
		for (let i = 0; i < 10_000; i += 100) {
			await Promise.all(
				Array.from({ length: 100 }, async (_, j) => {
					const token = await issuer.tokenFor(`agent-${i + j}`, { claims: { filler: `${i + j} `.padEnd(7_000, "x") } });
					assert.ok(token.length > 9_500);
					assert.deepEqual(Object.keys((await bearer(token, [edge])).claims), [...claims]);
				}),
			);
		}
		collect();
		const grown = process.memoryUsage().heapUsed - before;
		assert.ok(edge.bytes > 1 << 20 && edge.bytes <= 8 << 20, `${name}: ${edge.bytes}`);
		assert.ok(grown < 24 << 20, `${name}: ${Math.round(grown / (1 << 20))} MiB`);
	}
});

test("a token that was checked is known by its digest alone: one whose claims were changed is not", async (t) => {
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const edge = new Issuer("staff", {
		type: "jwt",
		issuer: issuer.url,
		audience: "edge",
		algorithms: ["ES256"],
		jwks: { keys: [issuer.publicKey] },
	});
	const token = await issuer.tokenFor("agent-1");
	assert.equal(await bearer(token, [edge]), await bearer(token, [edge]), "the same principal");
	const [head, , signature] = token.split(".");
	const [, claims] = (await issuer.tokenFor("agent-2")).split(".");
	await assert.rejects(bearer(`${head}.${claims}.${signature}`, [edge]), (error) => /** @type {any} */ (error).reason === "signature");
});

test("of a JWT's claims those are kept that rules and identities speak of", () => {
	const connection = (/** @type {object} */ more) =>
		/** @type {any} */ ({ system: "isales", baseUrl: "https://v.test", identity: {}, allow: [{ by: "staff" }], ...more });
	const claims = (/** @type {Record<string, any>} */ connections) => [...claimsFor("staff", connections)].sort();
	assert.deepEqual(claims({ a: connection({}) }), []);
	assert.deepEqual(
		claims({
			a: connection({
				allow: [
					{ by: "staff", claim: "groups", values: ["x"] },
					{ by: "others", claim: "roles", values: ["x"] },
				],
			}),
		}),
		["groups"],
	);
	assert.deepEqual(
		claims({
			a: connection({ identity: { user: { claim: "login" }, passwd: { secret: "S" } } }),
			c: connection({ system: "cubedrive", identity: { params: { x: { claim: "tenant" }, y: { subject: true }, z: "text" } } }),
			b: connection({ identity: { user: { claim: "foreign" } }, allow: [{ by: "others" }] }),
		}),
		["login", "tenant"],
	);
});

test("the sessions and leases of 20,000 large identities, with their users and calls, stay under the bound", async () => {
	const token = (/** @type {string} */ user) => ({
		system: "isales",
		value: `${user}-${"t".repeat(4_000)}`,
		serial: 1,
		headers: { authentication: `${user}-${"t".repeat(4_000)}` },
		leaseMs: 60_000,
	});
	const sessions = new Sessions(
		/** @type {any} */ ({
			idFromName: (/** @type {string} */ name) => name,
			get: () => ({
				fetch: async (/** @type {string} */ _url, /** @type {any} */ { body }) =>
					Response.json(token(JSON.parse(body).identity.user.slice(0, 20))),
			}),
		}),
		"name-key-for-tests-0123456789abcdef",
	);
	collect();
	const before = process.memoryUsage().heapUsed;
	for (let i = 0; i < 20_000; i++) {
		const name = `agent-${i} `.padEnd(2_000, "x");
		const session = await sessions.session({ baseUrl: "https://v.test", system: "isales", user: name });
		const user = await sessions.user({ by: "staff", subject: name });
		sessions.accepted(session, (await sessions.token(session)).serial, user, `GET /${"p".repeat(4_000)}`);
	}
	collect();
	const grown = process.memoryUsage().heapUsed - before;
	assert.ok(sessions.bytes > 16 << 20 && sessions.bytes <= 32 << 20, String(sessions.bytes));
	assert.ok(grown < 48 << 20, `${Math.round(grown / (1 << 20))} MiB`);
});

test("what is held for strangers is counted exactly, ends with each of them, and cannot be held by one that was abandoned", (t) => {
	const time = clock(t);
	const strangers = new Strangers(10_000);
	const all = Array.from({ length: 16 }, () => strangers.begin());
	all.forEach((one) => [4096, 8192, 1 << 20].forEach(one.grow));
	assert.equal(strangers.bytes, 16 << 20);
	const further = strangers.begin();
	assert.throws(
		() => further.grow(1024),
		(error) => /** @type {any} */ (error).status === 503 && /** @type {any} */ (error).retryAfter === 1,
	);
	all[0]?.end();
	all[0]?.end();
	further.grow(1 << 20);
	assert.equal(strangers.bytes, 16 << 20);
	const gone = new AbortController();
	all[1]?.end();
	const leaving = strangers.begin(gone.signal);
	leaving.grow(1 << 20);
	gone.abort();
	assert.equal(strangers.bytes, 15 << 20);
	later(time, 10_000);
	strangers.begin().grow(1024);
	assert.equal(strangers.bytes, 1024, "none of the others has said that it has ended");
	assert.throws(() => all[2]?.grow(1024), "one that comes back later is not let in again");
});
