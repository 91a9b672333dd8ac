// An issuer's keys: kept, fetched again for one that is new, and not for every token that names one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import { Issuer } from "../../edge/bearer.js";
import { startIssuer } from "../../edge/dev/issuer.js";

/** @param {import("node:test").TestContext} t */
async function setting(t) {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
	return {
		issuer,
		time: t.mock.timers,
		edge: new Issuer("staff", { type: "jwt", issuer: issuer.url, audience: "edge", algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` }),
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

test("tokens that name keys which nobody has cause one fetch in half a minute", async (t) => {
	const { edge, issuer, next, time } = await setting(t);
	for (let i = 0; i < 20; i++) {
		await assert.rejects(edge.check(await issuer.tokenFor("agent-1", { key: next.privateKey, header: { kid: `key-${i + 10}` } })), reason("unknown_key"));
	}
	assert.equal(issuer.counts.fetched, 1);
	later(time, 31_000);
	for (let i = 0; i < 20; i++) {
		await assert.rejects(edge.check(await issuer.tokenFor("agent-1", { key: next.privateKey, header: { kid: `key-${i + 30}` } })), reason("unknown_key"));
	}
	assert.equal(issuer.counts.fetched, 2);
});

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
