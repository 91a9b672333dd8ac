// The signature of machines, as another implementation computes it.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { sign, signedFetch } from "../../js/edge/sign.js";

const key = { keyId: "robot", secret: "0123456789abcdef0123456789abcdef" };

test("the header holds an HMAC-SHA-256 over method, path with query, time, nonce and the body's hash", async () => {
	const body = new TextEncoder().encode('{"connection":"reports"}');
	const header = await sign(
		key,
		{ method: "post", url: "https://edge.test/v1/call/reports/a%20b?c=d&e", body },
		{ timestamp: 1_790_000_000, nonce: "nonce-nonce-nonce" },
	);
	const text = [
		"CCTOKEN-HMAC-SHA256",
		"POST",
		"/v1/call/reports/a%20b?c=d&e",
		"1790000000",
		"nonce-nonce-nonce",
		createHash("sha256").update(body).digest("base64url"),
	].join("\n");
	const signature = createHmac("sha256", key.secret).update(text).digest("base64url");
	assert.equal(header, `CCTOKEN-HMAC-SHA256 key="robot", timestamp="1790000000", nonce="nonce-nonce-nonce", signature="${signature}"`);
});

test("no two signatures share a nonce", async () => {
	const headers = await Promise.all(Array.from({ length: 100 }, () => sign(key, { method: "GET", url: "https://edge.test/" })));
	assert.equal(new Set(headers.map((header) => /nonce="([^"]+)"/.exec(header)?.[1])).size, 100);
});

test("a short secret, and a key ID that could break the header, are refused", async () => {
	await assert.rejects(sign({ ...key, secret: "short" }, { method: "GET", url: "https://edge.test/" }), TypeError);
	await assert.rejects(sign({ ...key, keyId: 'a", nonce="b' }, { method: "GET", url: "https://edge.test/" }), TypeError);
});

test("a signed fetch sends what it signed, follows no redirect, and keeps the caller's headers", async () => {
	/** @type {any[]} */
	const sent = [];
	const edge = signedFetch(key, async (url, init) => {
		sent.push({ url, ...init });
		return new Response();
	});
	await edge("https://edge.test/v1/token", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
	await edge(new Request("https://edge.test/v1/call/a/b"));
	const [post, get] = sent;
	assert.deepEqual(
		[post.url, post.method, post.redirect, new TextDecoder().decode(post.body)],
		["https://edge.test/v1/token", "POST", "manual", "{}"],
	);
	assert.equal(post.headers.get("content-type"), "application/json");
	assert.deepEqual([get.method, get.body], ["GET", undefined]);
	for (const { headers } of sent) {
		assert.match(
			headers.get("authorization"),
			/^CCTOKEN-HMAC-SHA256 key="robot", timestamp="\d+", nonce="[A-Za-z0-9_-]{24}", signature="[A-Za-z0-9_-]{43}"$/,
		);
	}
});
