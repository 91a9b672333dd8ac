// An issuer's keys: kept, fetched again for one that is new, and not for every token that names one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import { bearer, Issuer } from "../../js/edge/caller/bearer.js";
import { startIssuer } from "../../tools/edge/issuer.js";

/** @param {Issuer} issuer */
const edgeOf = (issuer) => ({ check: (/** @type {string} */ token) => bearer(token, [issuer]) });

/** @param {import("node:test").TestContext} t */
async function setting(t) {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
	return {
		issuer,
		time: t.mock.timers,
		edge: edgeOf(
			new Issuer("staff", { type: "jwt", issuer: issuer.url, audience: "edge", algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` }),
		),
		next: { jwk: { ...(await exportJWK(publicKey)), kid: "key-2", alg: "ES256", use: "sig" }, privateKey },
	};
}

const later = (/** @type {any} */ time, /** @type {number} */ ms) => time.setTime(Date.now() + ms);
const reason = (/** @type {string} */ expected) => (/** @type {any} */ error) => (assert.equal(error.reason, expected), true);

test("keys are fetched once for many tokens, and again after ten minutes", async (t) => {
	const { edge, issuer, time } = await setting(t);
	await Promise.all(Array.from({ length: 20 }, async (_, i) => edge.check(await issuer.tokenFor(`agent-${i}`))));
	assert.equal(issuer.counts.fetched, 1);
	later(time, 599_000);
	await edge.check(await issuer.tokenFor("agent-x"));
	assert.equal(issuer.counts.fetched, 1);
	later(time, 2_000);
	await edge.check(await issuer.tokenFor("agent-y"));
	assert.equal(issuer.counts.fetched, 2);
});

test("a key that the issuer has just published is fetched when it is met", async (t) => {
	const { edge, issuer, next, time } = await setting(t);
	await edge.check(await issuer.tokenFor("agent-1"));
	later(time, 31_000);
	issuer.keys.push(next.jwk);
	const token = () => issuer.tokenFor("agent-1", { key: next.privateKey, header: { kid: "key-2" } });
	assert.equal((await edge.check(await token())).subject, "agent-1");
	assert.equal(issuer.counts.fetched, 2);
});

test(
	"after a stranger's token with a key that nobody has, a new key of the issuer's is found within seconds",
	{ timeout: 20_000 },
	async (t) => {
		const { edge, issuer, next, time } = await setting(t);
		await edge.check(await issuer.tokenFor("agent-1"));
		later(time, 31_000);
		const stranger = () => issuer.tokenFor("x", { key: next.privateKey, header: { kid: "made-up" } });
		await assert.rejects(edge.check(await stranger()), reason("unknown_key"));
		issuer.keys.push(next.jwk);
		const token = await issuer.tokenFor("agent-2", {
			issued: Math.floor(Date.now() / 1000),
			key: next.privateKey,
			header: { kid: "key-2" },
		});
		const waiting = [edge.check(token), edge.check(await stranger()).catch((error) => error)];
		await new Promise((resolve) => setTimeout(resolve, 50));
		assert.equal(issuer.counts.fetched, 2, "the stranger cannot make the edge ask at will, nor can a console");
		later(time, 3_000);
		const [principal, refused] = await Promise.all(waiting);
		assert.equal(principal.subject, "agent-2");
		assert.equal(refused.reason, "unknown_key");
		assert.equal(issuer.counts.fetched, 3);
	},
);

test(
	"of tokens that name keys which nobody has, a hundred wait, the others are put off, and three seconds have one fetch",
	{ timeout: 20_000 },
	async (t) => {
		const { edge, issuer, next, time } = await setting(t);
		await edge.check(await issuer.tokenFor("agent-1"));
		const tokens = await Promise.all(
			Array.from({ length: 130 }, (_, i) => issuer.tokenFor("agent-1", { key: next.privateKey, header: { kid: `key-${i + 10}` } })),
		);
		for (let round = 1; round <= 2; round++) {
			const all = tokens.map((token) =>
				edge.check(token).then(
					() => "let in",
					(error) => `${error.code} ${error.reason}`,
				),
			);
			await new Promise((resolve) => setTimeout(resolve, 50));
			later(time, 3_000);
			const outcomes = await Promise.all(all);
			assert.equal(outcomes.filter((one) => one === "unauthorized unknown_key").length, 100);
			assert.equal(outcomes.filter((one) => one === "unavailable issuer_keys").length, 30);
			assert.equal(issuer.counts.fetched, 1 + round);
		}
		assert.equal((await edge.check(await issuer.tokenFor("agent-1"))).subject, "agent-1");
	},
);

test("keys that were good stay good while the issuer is down, for a day", async (t) => {
	const { edge, issuer, next, time } = await setting(t);
	const token = await issuer.tokenFor("agent-1", { expires: Math.floor(Date.now() / 1000) + 200_000 });
	await edge.check(token);
	let tries = 0;
	t.mock.method(globalThis, "fetch", async () => {
		tries++;
		throw new TypeError("no connection");
	});
	later(time, 601_000);
	for (let i = 0; i < 20; i++) {
		assert.equal((await edge.check(await issuer.tokenFor(`agent-${i}`, { issued: Math.floor(Date.now() / 1000) }))).subject, `agent-${i}`);
	}
	assert.equal(tries, 1, "it is left alone meanwhile");
	await assert.rejects(edge.check(await issuer.tokenFor("x", { key: next.privateKey, header: { kid: "key-2" } })), reason("issuer_keys"));
	later(time, 85_000_000);
	assert.equal((await edge.check(await issuer.tokenFor("agent-2", { issued: Math.floor(Date.now() / 1000) }))).subject, "agent-2");
	later(time, 1_000_000);
	await assert.rejects(edge.check(await issuer.tokenFor("agent-3", { issued: Math.floor(Date.now() / 1000) })), reason("issuer_keys"));
});

test("an issuer whose answer hangs costs those nothing whose key is there", async (t) => {
	const { edge, issuer, time } = await setting(t);
	await edge.check(await issuer.tokenFor("agent-1"));
	later(time, 601_000);
	/** @type {(error: Error) => void} */
	let late = () => {};
	t.mock.method(globalThis, "fetch", () => new Promise((_, reject) => (late = reject)));
	const asks = edge.check(await issuer.tokenFor("agent-2"));
	await new Promise((resolve) => setTimeout(resolve, 20));
	assert.equal((await edge.check(await issuer.tokenFor("agent-3"))).subject, "agent-3", "one asks, and the others go on");
	late(new Error("timed out"));
	assert.equal((await asks).subject, "agent-2");
});

for (const [name, answer] of /** @type {[string, (keys: object[]) => Response][]} */ ([
	["of more than 256 KiB", (keys) => Response.json({ keys, filler: "x".repeat(257 << 10) })],
	[
		"that never ends",
		(keys) =>
			new Response(
				new ReadableStream({
					type: "bytes",
					pull: (controller) => controller.enqueue(new TextEncoder().encode(JSON.stringify({ keys }).padEnd(16 << 10))),
				}),
			),
	],
	["that is no set of keys", () => Response.json({ keys: "none" })],
	["that is no JSON", () => new Response("<html>")],
	["that redirects", () => new Response(null, { status: 302, headers: { location: "https://elsewhere.test" } })],
	["of an error", (keys) => Response.json({ keys }, { status: 500 })],
])) {
	test(`an answer of the issuer's ${name} is no keys, and read no further`, async (t) => {
		const { edge, issuer } = await setting(t);
		const token = await issuer.tokenFor("agent-1");
		const answered = answer(issuer.keys);
		t.mock.method(globalThis, "fetch", async () => answered);
		await assert.rejects(edge.check(token), reason("issuer_keys"));
		await assert.rejects(edge.check(token), reason("issuer_keys"));
	});
}

test("a key that was withdrawn is not accepted any more when the keys were fetched again", async (t) => {
	const { edge, issuer, next, time } = await setting(t);
	await edge.check(await issuer.tokenFor("agent-1"));
	issuer.keys.splice(0, 1, next.jwk);
	later(time, 601_000);
	await assert.rejects(edge.check(await issuer.tokenFor("agent-2")), reason("unknown_key"));
});

test("an issuer that cannot be reached is the edge's trouble, not the console's, and is left alone for a moment", async (t) => {
	const { edge, issuer, time } = await setting(t);
	const token = await issuer.tokenFor("agent-1");
	await issuer.close();
	issuer.close = async () => {};
	let tries = 0;
	t.mock.method(globalThis, "fetch", async () => {
		tries++;
		throw new TypeError("no connection");
	});
	for (let i = 0; i < 5; i++) {
		await assert.rejects(edge.check(token), (error) => (assert.equal(/** @type {any} */ (error).code, "unavailable"), true));
	}
	assert.equal(tries, 1);
	later(time, 1_001);
	await assert.rejects(edge.check(token), reason("issuer_keys"));
	assert.equal(tries, 2);
});

test("a token that was checked a moment ago is not checked again, but not past its end", async (t) => {
	const { edge, issuer, time } = await setting(t);
	const now = Math.floor(Date.now() / 1000);
	const token = await issuer.tokenFor("agent-1", { issued: now, expires: now + 30 });
	const first = await edge.check(token);
	assert.equal(await edge.check(token), first, "the same principal");
	later(time, 29_000);
	assert.equal(await edge.check(token), first);
	later(time, 7_000); // past the end and the tolerance
	await assert.rejects(edge.check(token), reason("expired"));
});
