// Whoever may not, gets nothing: each attack is refused, in words that do not help it, and the log says what it was.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";
import { sign, signedFetch } from "../../js/edge/sign.js";
import { consoleOrigin, secrets, startEdge } from "./edge.js";
import { raw } from "./raw.js";
import { json, startVendor } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
/** @type {string} a console's own token that is good */
let good;

/** So many other people have a session in the same keeper while all this happens (security.slow.test.js). */
const others = Number(process.env.OTHERS ?? 0);
/** @type {string[]} the tokens of those */
let theirs = [];

/** Where there are others, they are in the same keeper. @param {Record<string, object>} connections */
const inOneKeeper = (connections) =>
	others === 0
		? connections
		: Object.fromEntries(Object.entries(connections).map(([name, connection]) => [name, { ...connection, keepers: { count: 1 } }]));

async function tokensOfOthers() {
	/** @type {string[]} */
	const tokens = [];
	const numbers = Array.from({ length: others }, (_, i) => i);
	const one = async () => {
		for (let i = numbers.pop(); i !== undefined; i = numbers.pop()) {
			const response = await edge.post("/v1/token", await edge.tokenFor(`other-${i}`), { connection: "open-messaging" });
			assert.equal(response.status, 200);
			tokens[i] = (await response.json()).token;
		}
	};
	await Promise.all(Array.from({ length: 20 }, one));
	return tokens;
}

before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			origins: [consoleOrigin, "https://other.test"],
			authentication: {
				...config.authentication,
				access: { ...config.authentication.staff, audience: "access", header: "Cf-Access-Jwt-Assertion" },
			},
			connections: inOneKeeper({
				...connections,
				"messaging": { ...connections.messaging, allow: [...connections.messaging.allow, { by: "access" }] },
				"leaders-only": { ...connections["open-isales"], allow: [{ by: "staff", claim: "groups", values: ["leaders"] }] },
				"one-subject": { ...connections["open-isales"], allow: [{ by: "staff", subjects: ["agent-1"] }] },
				"one-origin": { ...connections["open-isales"], origins: ["https://other.test"] },
				"machines-only": { ...connections["open-isales"], allow: [{ by: "machines" }] },
			}),
		}),
	});
	good = await edge.tokenFor("agent-7");
	assert.equal((await edge.post("/v1/token", good, { connection: "open-isales" })).status, 200, "the edge works at all");
	theirs = await tokensOfOthers();
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});
beforeEach(() => {
	vendor.business = (_request, response) => json(response, {});
});

/**
 * Asserts that a request is refused, what its answer says, what the log says, and that no vendor has heard of it.
 * @param {() => Promise<Response | { status: number, headers: Record<string, string>, body: string }>} send
 * @param {{ status: number, code: string, reason?: string, calls?: number }} expected
 */
async function refused(send, { status, code, reason, calls = 0 }) {
	const called = vendor.calls.length;
	const logins = vendor.tokens.length;
	const answer = await send();
	const text = typeof answer.body === "string" ? answer.body : await /** @type {Response} */ (answer).text();
	const header = (/** @type {string} */ name) => (answer.headers instanceof Headers ? answer.headers.get(name) : answer.headers[name]);
	assert.equal(answer.status, status, text);
	assert.equal(header("content-type"), "application/problem+json");
	assert.equal(header("cache-control"), "no-store");
	const problem = JSON.parse(text);
	assert.equal(problem.type, `urn:cctoken:error:${code}`);
	assert.equal(problem.code, code);
	assert.equal(problem.status, status);
	assert.ok(!("reason" in problem), "the exact reason is for the log only");
	const line = await edge.lineOf(header("cctoken-request"));
	assert.deepEqual({ code: line.code, reason: line.reason, status: line.status }, { code, reason, status });
	assert.equal(vendor.calls.length - called, calls, "business calls that the vendor has seen");
	assert.equal(calls === 0 ? vendor.tokens.length : logins, logins, "logins that the vendor has seen");
	return { problem, header };
}

const ask =
	(/** @type {string} */ token, /** @type {Record<string, string>} */ headers = {}) =>
	() =>
		edge.post("/v1/token", token, { connection: "open-isales" }, headers);

describe("who is calling", () => {
	const unauthorized = (/** @type {string} */ reason) => ({ status: 401, code: "unauthorized", reason });

	test("no token", async () => {
		const { header } = await refused(() => edge.fetch("/v1/token", { method: "POST", body: "{}" }), unauthorized("missing"));
		assert.equal(header("www-authenticate"), "Bearer");
	});

	test("no token, on every interface", async () => {
		await refused(() => edge.fetch("/v1/verify", { method: "POST", body: "{}" }), unauthorized("missing"));
		await refused(() => edge.fetch("/v1/call/messaging/apiaccess/ccmessaging/poll"), unauthorized("missing"));
	});

	for (const [name, authorization, reason] of /** @type {[string, string, string][]} */ ([
		["another scheme", "Basic YTpi", "malformed"],
		["an empty token", "Bearer ", "malformed"],
		["what is no JWT", "Bearer abc", "malformed"],
		["three parts of nothing", "Bearer a.b.c", "malformed"],
		["two tokens", "Bearer a.b.c, Bearer a.b.c", "malformed"],
	])) {
		test(name, () =>
			refused(() => edge.fetch("/v1/token", { method: "POST", headers: { authorization }, body: "{}" }), unauthorized(reason)),
		);
	}

	test("a token that is longer than any", async () =>
		refused(ask(await edge.tokenFor("agent-7", { claims: { filler: "x".repeat(20_000) } })), unauthorized("too_long")));

	test("an expired token", async () => {
		const now = Math.floor(Date.now() / 1000);
		await refused(ask(await edge.tokenFor("agent-7", { issued: now - 100, expires: now - 30 })), unauthorized("expired"));
	});

	test("a token without an end", async () => {
		const token = await new SignJWT({ iss: edge.issuer.url, aud: "cctoken-edge", sub: "agent-7" })
			.setProtectedHeader({ alg: "ES256", kid: "key-1" })
			.setIssuedAt()
			.sign(edge.issuer.privateKey);
		await refused(ask(token), unauthorized("no_expiry"));
	});

	test("a token that was issued too long ago", async () => {
		await refused(
			ask(await edge.tokenFor("agent-7", { issued: Math.floor(Date.now() / 1000) - 2 * 86_400, expires: "1h" })),
			unauthorized("too_old"),
		);
	});

	test("a token from the future", async () => {
		const now = Math.floor(Date.now() / 1000);
		await refused(ask(await edge.tokenFor("agent-7", { issued: now + 3600, expires: now + 7200 })), unauthorized("issued_in_the_future"));
		await refused(ask(await edge.tokenFor("agent-7", { claims: { nbf: now + 3600 }, expires: now + 7200 })), unauthorized("not_yet_valid"));
	});

	test("a token for another audience", async () => {
		await refused(ask(await edge.tokenFor("agent-7", { claims: { aud: "another-app" } })), unauthorized("wrong_audience"));
		await refused(ask(await edge.tokenFor("agent-7", { claims: { aud: undefined } })), unauthorized("wrong_audience"));
	});

	test("a token of another issuer", async () => {
		await refused(ask(await edge.tokenFor("agent-7", { claims: { iss: "https://issuer.test" } })), unauthorized("wrong_issuer"));
		await refused(ask(await edge.tokenFor("agent-7", { claims: { iss: `${edge.issuer.url}/` } })), unauthorized("wrong_issuer"));
	});

	test("a token without a subject", async () => {
		const token = await new SignJWT({ iss: edge.issuer.url, aud: "cctoken-edge", sub: "" })
			.setProtectedHeader({ alg: "ES256", kid: "key-1" })
			.setIssuedAt()
			.setExpirationTime("5m")
			.sign(edge.issuer.privateKey);
		await refused(ask(token), unauthorized("subject"));
	});

	test("the algorithm none, in every spelling", async () => {
		const [, payload] = good.split(".");
		for (const alg of ["none", "None", "NONE", "nOnE"]) {
			const header = Buffer.from(JSON.stringify({ alg, kid: "key-1" })).toString("base64url");
			await refused(ask(`${header}.${payload}.`), unauthorized("algorithm"));
			await refused(ask(`${header}.${payload}.${good.split(".")[2]}`), unauthorized("algorithm"));
		}
	});

	test("a signature with the public key as an HMAC secret (algorithm confusion)", async () => {
		const [, payload] = good.split(".");
		const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "key-1" })).toString("base64url");
		const key = await importJWK(edge.issuer.publicKey, "ES256", { extractable: true });
		for (const secret of [
			await exportSPKI(/** @type {any} */ (key)),
			JSON.stringify(edge.issuer.publicKey),
			edge.issuer.publicKey.x ?? "",
		]) {
			const signature = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
			await refused(ask(`${header}.${payload}.${signature}`), unauthorized("algorithm"));
		}
	});

	test("an asymmetric algorithm that is not pinned", async () => {
		const { privateKey } = await generateKeyPair("RS256");
		await refused(ask(await edge.tokenFor("agent-7", { key: privateKey, header: { alg: "RS256" } })), unauthorized("algorithm"));
	});

	test("a signature by a stranger's key, under the issuer's key ID or another, or with the key in the token", async () => {
		const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
		const jwk = await crypto.subtle.exportKey("jwk", /** @type {CryptoKey} */ (publicKey));
		await refused(ask(await edge.tokenFor("agent-7", { key: privateKey })), unauthorized("signature"));
		await refused(ask(await edge.tokenFor("agent-7", { key: privateKey, header: { kid: "key-2" } })), unauthorized("unknown_key"));
		await refused(ask(await edge.tokenFor("agent-7", { key: privateKey, header: { jwk } })), unauthorized("signature"));
		await refused(
			ask(await edge.tokenFor("agent-7", { key: privateKey, header: { jku: `${vendor.url}/keys` } })),
			unauthorized("signature"),
		);
	});

	test("a token whose claims were changed", async () => {
		const [header, payload = "", signature] = good.split(".");
		const changed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, "base64url").toString()), sub: "agent-1" })).toString(
			"base64url",
		);
		await refused(ask(`${header}.${changed}.${signature}`), unauthorized("signature"));
	});

	test("a token for one way in does not open another: where it stands matters", async () => {
		const forAccess = await edge.tokenFor("agent-7", { claims: { aud: "access" } });
		await refused(ask(forAccess), unauthorized("wrong_audience"));
		await refused(
			() => edge.fetch("/v1/token", { method: "POST", headers: { "cf-access-jwt-assertion": good }, body: "{}" }),
			unauthorized("wrong_audience"),
		);
		const path = "/v1/call/messaging/apiaccess/ccmessaging/poll";
		assert.equal((await edge.fetch(path, { headers: { "cf-access-jwt-assertion": forAccess } })).status, 200);
	});

	test("a bad authorization is not made good by a second one", async () => {
		const forAccess = await edge.tokenFor("agent-7", { claims: { aud: "access" } });
		await refused(ask("a.b.c", { "cf-access-jwt-assertion": forAccess }), unauthorized("malformed"));
	});
});

describe("machines that sign", () => {
	const key = { keyId: "robot", secret: secrets.MACHINE_KEY };
	const body = new TextEncoder().encode(JSON.stringify({ connection: "open-isales" }));
	const unauthorized = (/** @type {string} */ reason) => ({ status: 401, code: "unauthorized", reason });
	const send =
		(/** @type {string} */ authorization, { path = "/v1/token", method = "POST", content = body } = {}) =>
		() =>
			edge.fetch(path, {
				method,
				headers: { authorization, "content-type": "application/json" },
				body: method === "GET" ? undefined : content,
			});
	const url = () => `${edge.url}/v1/token`;

	test("a signed request is let in", async () => {
		const response = await signedFetch(key)(url(), { method: "POST", headers: { "content-type": "application/json" }, body });
		assert.equal(response.status, 200, await response.text());
	});

	test("a signed call passes with its body", async () => {
		const response = await signedFetch(key)(`${edge.url}/v1/call/messaging/apiaccess/ccmessaging/send`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"content":"hello"}',
		});
		assert.equal(response.status, 200, await response.text());
		assert.equal(vendor.calls.at(-1)?.body, '{"content":"hello"}');
	});

	test("a nonce that was used before, also when the process has died in between", async () => {
		const authorization = await sign(key, { method: "POST", url: url(), body });
		assert.equal((await send(authorization)()).status, 200);
		await refused(send(authorization), unauthorized("nonce_replayed"));
		await edge.restart();
		await refused(send(authorization), unauthorized("nonce_replayed"));
	});

	test("of a hundred copies sent at once, one is let in", async () => {
		const authorization = await sign(key, { method: "POST", url: url(), body });
		const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await send(authorization)()).status));
		assert.deepEqual(statuses.sort().slice(0, 2), [200, 401]);
	});

	test("a signature over another body, path, query or method", async () => {
		await refused(send(await sign(key, { method: "POST", url: url(), body: new TextEncoder().encode("{}") })), unauthorized("signature"));
		await refused(send(await sign(key, { method: "POST", url: `${edge.url}/v1/verify`, body })), unauthorized("signature"));
		await refused(send(await sign(key, { method: "POST", url: `${url()}?a=b`, body })), unauthorized("signature"));
		await refused(send(await sign(key, { method: "PUT", url: url(), body })), unauthorized("signature"));
		await refused(
			send(await sign(key, { method: "GET", url: url() }), { path: "/v1/call/isales/rest/isales/v1/openapi/obs/x", method: "GET" }),
			unauthorized("signature"),
		);
	});

	test("a clock that is off by more than the window", async () => {
		const now = Math.floor(Date.now() / 1000);
		for (const timestamp of [now - 400, now + 400, 0]) {
			await refused(send(await sign(key, { method: "POST", url: url(), body }, { timestamp })), unauthorized("timestamp"));
		}
	});

	test("a wrong secret, and a key that nobody knows", async () => {
		await refused(send(await sign({ ...key, secret: "0".repeat(64) }, { method: "POST", url: url(), body })), unauthorized("signature"));
		await refused(
			send(await sign({ keyId: "stranger", secret: "0".repeat(64) }, { method: "POST", url: url(), body })),
			unauthorized("unknown_key"),
		);
		await refused(
			send(await sign({ keyId: "constructor", secret: "0".repeat(64) }, { method: "POST", url: url(), body })),
			unauthorized("unknown_key"),
		);
	});

	test("a header that is not of the form", async () => {
		const authorization = await sign(key, { method: "POST", url: url(), body });
		for (const wrong of [
			authorization.replace(/, signature=.*/, ""),
			authorization.replace(/nonce="[^"]*"/, 'nonce="short"'),
			authorization.replace(/signature="[^"]*"/, 'signature=""'),
			`${authorization}, key="other"`,
			authorization.replace('timestamp="', 'timestamp="-'),
			"CCTOKEN-HMAC-SHA256 ",
		]) {
			await refused(send(wrong), unauthorized("malformed"));
		}
	});

	test("a nonce is remembered for signatures that were valid only: strangers cannot use up one that is to come", async () => {
		const nonce = "a-nonce-that-is-to-come";
		await refused(
			send(await sign({ ...key, secret: "0".repeat(64) }, { method: "POST", url: url(), body }, { nonce })),
			unauthorized("signature"),
		);
		assert.equal((await send(await sign(key, { method: "POST", url: url(), body }, { nonce }))()).status, 200);
	});
});

describe("what for, and as whom", () => {
	const forbidden = (/** @type {string} */ reason) => ({ status: 403, code: "forbidden", reason });
	const open =
		(/** @type {string} */ connection, token = good, /** @type {Record<string, string>} */ headers = {}) =>
		() =>
			edge.post("/v1/token", token, { connection }, headers);

	test("a connection that does not exist and one that is not open look the same", async () => {
		const { problem: unknown } = await refused(open("nothing"), forbidden("unknown_connection"));
		const { problem: closed } = await refused(open("machines-only"), forbidden("not_allowed"));
		assert.deepEqual(unknown, closed);
		const { problem: called } = await refused(
			() => edge.fetch("/v1/call/nothing/a", { headers: { authorization: `Bearer ${good}` } }),
			forbidden("unknown_connection"),
		);
		assert.deepEqual(unknown, called);
	});

	for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
		test(`${name} is no connection`, () => refused(open(name), forbidden("unknown_connection")));
	}

	test("a claim must have a listed value", async () => {
		await refused(open("leaders-only"), forbidden("not_allowed"));
		for (const groups of ["leader", ["agents"], { leaders: true }, null, 7, [["leaders"]]]) {
			await refused(open("leaders-only", await edge.tokenFor("agent-7", { claims: { groups } })), forbidden("not_allowed"));
		}
		for (const groups of ["leaders", ["agents", "leaders"]]) {
			assert.equal((await open("leaders-only", await edge.tokenFor("agent-7", { claims: { groups } }))()).status, 200);
		}
	});

	test("only the subjects that are listed", async () => {
		await refused(open("one-subject"), forbidden("not_allowed"));
		assert.equal((await open("one-subject", await edge.tokenFor("agent-1"))()).status, 200);
	});

	test("the body cannot ask for somebody else", async () => {
		for (const other of [
			{ userId: "agent-1" },
			{ subject: "agent-1" },
			{ identity: { userId: "agent-1" } },
			{ baseUrl: vendor.url },
			{ appSecret: "x" },
		]) {
			await refused(() => edge.post("/v1/token", good, { connection: "open-messaging", ...other }), {
				status: 400,
				code: "invalid_request",
				reason: "unknown_member",
			});
		}
	});

	test("two subjects have two sessions, and the vendor is told of each one's own", async () => {
		const tokens = await Promise.all(
			["agent-1", "agent-2", "agent-1"].map(async (subject) => {
				const response = await open("open-drive", await edge.tokenFor(subject))();
				return (await response.json()).token;
			}),
		);
		assert.equal(tokens[0], tokens[2]);
		assert.notEqual(tokens[0], tokens[1]);
	});

	test("a claim that the identity needs and the token lacks", async () => {
		for (const name of [undefined, "", 7, ["Agent"]]) {
			await refused(open("open-messaging", await edge.tokenFor("agent-7", { claims: { name } })), forbidden("claim_missing"));
		}
	});

	test("a sealed connection hands out nothing", async () => {
		await refused(open("messaging"), { status: 403, code: "sealed" });
		await refused(() => edge.post("/v1/verify", good, { connection: "messaging", token: "t" }), { status: 403, code: "sealed" });
	});

	test("a connection without calls makes none", async () => {
		await refused(
			() => edge.fetch("/v1/call/open-isales/rest/isales/v1/openapi/obs/x", { headers: { authorization: `Bearer ${good}` } }),
			forbidden("no_calls"),
		);
	});

	test("the app's AccessToken stays, unless the connection shares it", async () => {
		const own = await (await open("open-messaging")()).json();
		assert.deepEqual(Object.keys(own.headers).sort(), ["ccmessaging-token"]);
		const shared = await (await open("shared-messaging")()).json();
		assert.deepEqual(
			Object.keys(shared.headers)
				.map((name) => name.toLowerCase())
				.sort(),
			["authorization", "ccmessaging-token", "x-app-key"],
		);
	});
});

describe("from where", () => {
	const forbidden = (/** @type {string} */ reason) => ({ status: 403, code: "forbidden", reason });

	for (const origin of [
		"https://evil.test",
		"null",
		"http://console.test",
		"https://console.test:8443",
		"https://console.test.evil.test",
		"https://evil-console.test",
		"https://sub.console.test",
		"https://console.test/",
		"HTTPS://CONSOLE.TEST",
	]) {
		test(`an origin that is not listed: ${JSON.stringify(origin)}`, async () => {
			const { header } = await refused(
				() =>
					raw(
						edge.url,
						`
POST /v1/token HTTP/1.1
Host: edge
Origin: ${origin}
Authorization: Bearer ${good}
Content-Type: application/json
Content-Length: 28
Connection: close`,
						'{"connection":"open-isales"}',
					),
				forbidden("origin"),
			);
			assert.ok(!header("access-control-allow-origin"));
			assert.equal(header("vary"), "Origin");
		});
	}

	test("a listed origin is answered by name, and no other in its place", async () => {
		const response = await ask(good, { origin: consoleOrigin })();
		assert.equal(response.status, 200);
		assert.equal(response.headers.get("access-control-allow-origin"), consoleOrigin);
		assert.equal(response.headers.get("vary"), "Origin");
		const exposed = (response.headers.get("access-control-expose-headers") ?? "").split(", ");
		assert.ok(
			exposed.includes("retry-after") && exposed.includes("cctoken-replay") && exposed.includes("cctoken-request"),
			String(exposed),
		);
	});

	test("also a refusal can be read by the page it is for", async () => {
		const response = await ask("a.b.c", { origin: consoleOrigin })();
		assert.equal(response.status, 401);
		assert.equal(response.headers.get("access-control-allow-origin"), consoleOrigin);
	});

	test("a connection may be for one origin of several", async () => {
		await refused(
			() => edge.post("/v1/token", good, { connection: "one-origin" }, { origin: consoleOrigin }),
			forbidden("connection_origin"),
		);
		assert.equal((await edge.post("/v1/token", good, { connection: "one-origin" }, { origin: "https://other.test" })).status, 200);
	});

	test("a preflight says what may be sent, to listed origins only, and tells connections neither apart nor by name", async () => {
		const preflight = (/** @type {string} */ path, /** @type {string} */ origin) =>
			edge.fetch(path, {
				method: "OPTIONS",
				headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
			});
		const known = await preflight("/v1/call/messaging/apiaccess/ccmessaging/poll", consoleOrigin);
		assert.equal(known.status, 204);
		assert.equal(known.headers.get("access-control-allow-origin"), consoleOrigin);
		assert.match(known.headers.get("access-control-allow-headers") ?? "", /authorization/);
		assert.ok(!/[*]/.test([...known.headers.values()].join()));
		const unknown = await preflight("/v1/call/nothing/apiaccess/ccmessaging/poll", consoleOrigin);
		const without = (/** @type {Headers} */ headers) => [...headers].filter(([name]) => name !== "date" && name !== "cctoken-request");
		assert.deepEqual(without(unknown.headers), without(known.headers));
		await refused(() => preflight("/v1/token", "https://evil.test"), forbidden("origin"));
	});

	for (const [name, headers] of /** @type {[string, Record<string, string>][]} */ ([
		["another site's page", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
		["a sister site's page", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
		["the address bar", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
		["a link on the edge's own pages", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" }],
	])) {
		test(`what a browser sends by itself is not enough: from ${name}`, async () => {
			const token = await edge.tokenFor("agent-7", { claims: { aud: "access" } });
			await refused(
				() =>
					raw(
						edge.url,
						`
GET /v1/call/messaging/apiaccess/ccmessaging/poll HTTP/1.1
Host: edge
Cf-Access-Jwt-Assertion: ${token}
Cookie: CF_Authorization=x
${Object.entries(headers)
	.map(([name, value]) => `${name}: ${value}`)
	.join("\n")}
Connection: close`,
					),
				forbidden("fetch_site"),
			);
		});
	}

	for (const type of [
		"text/plain",
		"application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x",
		"application/jsonp",
		"text/json",
		"",
	]) {
		test(`a body that a form could send: ${JSON.stringify(type)}`, () =>
			refused(
				() =>
					raw(
						edge.url,
						`
POST /v1/token HTTP/1.1
Host: edge
Authorization: Bearer ${good}
Content-Type: ${type}
Content-Length: 28
Connection: close`,
						'{"connection":"open-isales"}',
					),
				{ status: 400, code: "invalid_request", reason: "content_type" },
			));
	}
});

describe("where a call goes", () => {
	const call =
		(/** @type {string} */ target, headers = "", method = "GET") =>
		() =>
			raw(
				edge.url,
				`
${method} ${target} HTTP/1.1
Host: edge.test
Authorization: Bearer ${good}
${headers}Connection: close`,
			);
	const base = "/v1/call/messaging";

	for (const [name, path] of /** @type {[string, string][]} */ ([
		["dot segments", "/apiaccess/ccmessaging/../../admin"],
		["dot segments that stay below", "/apiaccess/ccmessaging/x/../poll"],
		["escaped dots", "/apiaccess/ccmessaging/%2e%2e/%2e%2e/admin"],
		["half escaped dots", "/apiaccess/ccmessaging/.%2E/admin"],
		["an escaped slash", "/apiaccess/ccmessaging/..%2f..%2fadmin"],
		["a backslash", "/apiaccess/ccmessaging/..\\..\\admin"],
		["an escaped backslash", "/apiaccess/ccmessaging/..%5c..%5cadmin"],
		["escaped twice", "/apiaccess/ccmessaging/%252e%252e/admin"],
		["a path parameter", "/apiaccess/ccmessaging/..;/admin"],
		["another host after the base", "//evil.test/apiaccess/ccmessaging/poll"],
		["an empty segment", "/apiaccess//ccmessaging/poll"],
		["a user before another host", "/@evil.test/"],
		["an absolute URL", "/http://evil.test/"],
		["an escaped absolute URL", "/http:%2f%2fevil.test/"],
		["a zero byte", "/apiaccess/ccmessaging/poll%00"],
		["a line's end", "/apiaccess/ccmessaging/poll%0d%0aHost:%20evil.test"],
		["a query inside the path", "/apiaccess/ccmessaging/poll%3fx-auth-token=stolen"],
		["a slash by another name", "/apiaccess/ccmessaging/x%E2%88%95..%E2%88%95..%E2%88%95admin"],
		["dots by another name", "/apiaccess/ccmessaging/%EF%BC%8E%EF%BC%8E/%E2%80%A4%E2%80%A4/admin"],
		["what has no width between dots", "/apiaccess/ccmessaging/.%E2%80%8B./.%C2%AD./admin"],
		["a ticket of a session", "/apiaccess/ccmessaging/(S(x))/admin"],
	])) {
		test(`not out of its prefix: ${name}`, async () => {
			const called = vendor.calls.length;
			const answer = await call(base + path)();
			const line = await edge.lineOf(answer.headers["cctoken-request"]);
			if (answer.status === 200) {
				// Whatever stands in front of the edge may have resolved the path already, as Cloudflare and Miniflare do.
				assert.deepEqual(
					vendor.calls.slice(called).map(({ url }) => url),
					["/apiaccess/ccmessaging/poll"],
				);
				return;
			}
			assert.ok([400, 403, 404].includes(answer.status), `${answer.status}`);
			assert.ok(["path_not_canonical", "path_not_allowed", undefined].includes(line?.reason), JSON.stringify(line));
			assert.ok(["invalid_request", "forbidden", "not_found"].includes(line?.code), JSON.stringify(line));
			assert.equal(vendor.calls.length, called, "the vendor was called");
		});
	}

	test("another prefix of the same vendor", () =>
		refused(call(`${base}/rest/other`), { status: 403, code: "forbidden", reason: "path_not_allowed" }));

	test("the vendor's own interface for tokens, which would give one of any user", async () => {
		await refused(call(`${base}/apiaccess/ccmessaging/applyToken`, "", "POST"), {
			status: 403,
			code: "forbidden",
			reason: "path_not_allowed",
		});
		await refused(call("/v1/call/appcube/oifde/rest/appcube/api/getAppCubeToken", "", "POST"), {
			status: 403,
			code: "forbidden",
			reason: "path_not_allowed",
		});
		await refused(call("/v1/call/isales/rest/isales/v1/openapi/obs/auth/login", "", "POST"), {
			status: 403,
			code: "forbidden",
			reason: "path_not_allowed",
		});
		for (const name of [
			"APPLYTOKEN",
			"applyToken.json",
			"applyToken/",
			"applyToken%20",
			"applyToken:x",
			"%C3%A1pplyToken",
			"applyTo%CE%BAen",
			"applyTo%E2%84%AAen",
			"%E4%B8%ADapplyToken",
		]) {
			await refused(call(`${base}/apiaccess/ccmessaging/${name}`, "", "POST"), {
				status: 403,
				code: "forbidden",
				reason: "path_not_allowed",
			});
		}
		for (const name of [
			"%61pplyToken",
			"applyToke%6E",
			"%2561pplyToken",
			"applyToken%3Ba=b",
			"applyToken;a=b",
			"%u0061pplyToken",
			"apply%E2%80%8BToken",
			"%c1%a1pplyToken",
		]) {
			await refused(call(`${base}/apiaccess/ccmessaging/${name}`, "", "POST"), {
				status: 400,
				code: "invalid_request",
				reason: "path_not_canonical",
			});
		}
	});

	test("a request line in absolute form does not choose the host", async () => {
		const called = vendor.calls.length;
		const answer = await call(`http://evil.test${base}/apiaccess/ccmessaging/poll`)();
		// It names the edge by another host at most: either it is refused, or the call goes to the connection's own vendor.
		assert.ok(answer.status >= 400 || vendor.calls.length === called + 1, JSON.stringify(answer));
		const foreign = await call("http://evil.test/apiaccess/ccmessaging/poll")();
		assert.ok(foreign.status >= 400, JSON.stringify(foreign));
		for (const { headers } of vendor.calls) {
			assert.equal(headers.host, new URL(vendor.url).host);
		}
	});

	test("a method that is not listed", async () => {
		for (const method of ["PUT", "DELETE", "PATCH"]) {
			const { header } = await refused(call(`${base}/apiaccess/ccmessaging/poll`, "", method), { status: 405, code: "method_not_allowed" });
			assert.equal(header("allow"), "GET, POST");
		}
	});

	test("an upgrade of the connection", () =>
		refused(call(`${base}/apiaccess/ccmessaging/poll`, "Upgrade: websocket\n"), {
			status: 400,
			code: "invalid_request",
			reason: "upgrade",
		}));

	test("a token in the query, beside the edge's own, however it is hidden", async () => {
		for (const query of [
			"X-Auth-Token=stolen",
			"b=1;x-auth-token=stolen",
			"x-auth-token[]=stolen",
			"x-auth-token%5B%5D=stolen",
			"%78-auth-token=stolen",
			"+x-auth-token+=stolen",
			"x_auth_token=stolen",
			"x%E2%80%90auth%E2%80%90token=stolen",
			"a=1%26x-auth-token=stolen",
			"authToken=stolen",
			"access_token=stolen",
		]) {
			await refused(call(`/v1/call/drive/commonPage?${query}`), { status: 400, code: "invalid_request", reason: "token_in_query" });
		}
	});

	test("a vendor that redirects: the call ends there", async () => {
		for (const status of [301, 302, 303, 307, 308]) {
			vendor.business = (_request, response) => response.writeHead(status, { location: `${vendor.url}/elsewhere` }).end("elsewhere");
			const { header } = await refused(call(`${base}/apiaccess/ccmessaging/poll`), { status: 502, code: "redirected", calls: 1 });
			assert.ok(!header("location"));
		}
	});
});

describe("what a call carries", () => {
	const path = "/v1/call/messaging/apiaccess/ccmessaging/poll";

	test("credentials, cookies, hop-by-hop headers and whatever is not listed stay behind", async () => {
		const answer = await raw(
			edge.url,
			`
GET ${path} HTTP/1.1
Host: edge.test
Authorization: Bearer ${good}
Cookie: session=smuggled
ccmessaging-token: smuggled
X-App-Key: smuggled
X-Auth-Token: smuggled
Authentication: Bearer smuggled
X-Forwarded-For: smuggled
X-Forwarded-Host: smuggled
Forwarded: host=smuggled
X-HTTP-Method-Override: DELETE
Proxy-Authorization: smuggled
X-Custom: smuggled
Referer: https://console.test/smuggled
TE: trailers
Keep-Alive: smuggled
Accept: application/json
Accept-Language: zh
Connection: close, accept-language`,
		);
		assert.equal(answer.status, 200, answer.body);
		const { headers } = vendor.calls.at(-1) ?? assert.fail("no call");
		assert.ok(!JSON.stringify(headers).includes("smuggled"), JSON.stringify(headers));
		assert.ok(!JSON.stringify(headers).includes(good), "the console's own token went to the vendor");
		assert.match(String(headers.authorization), /^Bearer vendor-token-/);
		assert.match(String(headers["ccmessaging-token"]), /^vendor-token-/);
		assert.equal(headers["x-app-key"], "app001");
		assert.equal(headers.accept, "application/json");
		for (const name of ["cookie", "te", "keep-alive", "x-http-method-override", "x-auth-token", "authentication", "referer"]) {
			assert.equal(headers[name], undefined, name);
		}
	});

	for (const [name, head] of [
		["two lengths", "Content-Length: 5\nContent-Length: 6"],
		["a length and chunks", "Content-Length: 5\nTransfer-Encoding: chunked"],
		["chunks that are no chunks", "Transfer-Encoding: xchunked"],
		["a space before the colon", "Content-Length : 5"],
	]) {
		test(`a second request inside the first is never seen by a vendor: ${name}`, async () => {
			const called = vendor.calls.length;
			await raw(
				edge.url,
				`
POST /v1/call/messaging/apiaccess/ccmessaging/send HTTP/1.1
Host: edge.test
Authorization: Bearer ${good}
Content-Type: application/json
${head}
Connection: close`,
				"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: vendor\r\n\r\n",
			);
			assert.ok(!vendor.calls.slice(called).some(({ url }) => url.includes("smuggled")));
			assert.ok(vendor.calls.length - called <= 1);
		});
	}

	test("a vendor's cookies, CORS headers and unlisted headers stay behind; its own caching does too", async () => {
		vendor.business = (_request, response) =>
			json(
				response,
				{ a: 1 },
				{
					headers: {
						"set-cookie": ["a=b", "c=d"],
						"access-control-allow-origin": "*",
						"access-control-allow-credentials": "true",
						"cache-control": "public, max-age=99",
						"ccmessaging-token": "leaked",
						"x-internal": "leaked",
						"www-authenticate": "Basic",
						refresh: "0; url=https://evil.test",
						etag: '"1"',
						"content-security-policy": "default-src *",
						"clear-site-data": '"*"',
					},
				},
			);
		const response = await edge.fetch(path, { headers: { authorization: `Bearer ${good}`, origin: consoleOrigin } });
		assert.equal(response.status, 200);
		assert.equal(response.headers.get("cache-control"), "no-store");
		assert.equal(response.headers.get("access-control-allow-origin"), consoleOrigin);
		assert.equal(response.headers.get("etag"), '"1"');
		assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
		for (const name of [
			"set-cookie",
			"access-control-allow-credentials-x",
			"ccmessaging-token",
			"x-internal",
			"www-authenticate",
			"refresh",
			"clear-site-data",
		]) {
			assert.equal(response.headers.get(name), null, name);
		}
	});

	test("a vendor cannot speak in the edge's name", async () => {
		for (const type of ["application/problem+json", "Application/Problem+JSON; charset=utf-8"]) {
			vendor.business = (_request, response) =>
				json(response, { type: "urn:cctoken:error:unauthorized" }, { status: 404, headers: { "content-type": type } });
			const response = await edge.fetch(path, { headers: { authorization: `Bearer ${good}` } });
			assert.equal(response.status, 404);
			assert.equal(response.headers.get("content-type"), "application/json");
		}
	});
});

describe("how much", () => {
	const big = "x".repeat(70 << 10);
	const tooLarge = { status: 413, code: "too_large", reason: "body" };

	test("a body beyond the bound, with its length declared and without", async () => {
		await refused(() => edge.post("/v1/token", good, { connection: big }), tooLarge);
		await refused(
			() =>
				raw(
					edge.url,
					`
POST /v1/token HTTP/1.1
Host: edge
Authorization: Bearer ${good}
Content-Type: application/json
Transfer-Encoding: chunked`,
					`${big.length.toString(16)}\r\n${big}\r\n`,
				),
			tooLarge,
		);
	});

	test("a signed body beyond the bound is not read to its end", async () => {
		const authorization = await sign({ keyId: "robot", secret: secrets.MACHINE_KEY }, { method: "POST", url: `${edge.url}/v1/token` });
		await refused(() => edge.fetch("/v1/token", { method: "POST", headers: { authorization }, body: big }), tooLarge);
	});

	for (const [name, body] of [
		["no JSON", "{"],
		["a list", "[]"],
		["null", "null"],
		["nothing", ""],
	]) {
		test(`a body that is ${name}`, () =>
			refused(
				() =>
					edge.fetch("/v1/token", {
						method: "POST",
						headers: { authorization: `Bearer ${good}`, "content-type": "application/json" },
						body,
					}),
				{ status: 400, code: "invalid_request", reason: "body_not_json" },
			));
	}

	for (const [name, body] of /** @type {[string, object][]} */ ([
		["no connection", {}],
		["a connection that is no name", { connection: ["open-isales"] }],
		["a rejected token that breaks a header", { connection: "open-isales", rejected: "a\r\nb" }],
		["a rejected token that is none", { connection: "open-isales", rejected: { a: 1 } }],
		["a rejected token of endless length", { connection: "open-isales", rejected: "x".repeat(17 << 10) }],
		["force that is no truth value", { connection: "open-isales", force: "yes" }],
	])) {
		test(name, () => refused(() => edge.post("/v1/token", good, body), { status: 400, code: "invalid_request", reason: "field" }));
	}

	test("a method that is not understood", async () => {
		const { header } = await refused(() => edge.fetch("/v1/token", { headers: { authorization: `Bearer ${good}` } }), {
			status: 405,
			code: "method_not_allowed",
		});
		assert.equal(header("allow"), "POST");
	});

	test("a path that is not there", async () => {
		for (const path of ["/", "/v1", "/v1/tokens", "/v1/call", "/v1/call/", "/v1/call/messaging", "/.env", "/v2/token"]) {
			await refused(() => edge.fetch(path, { headers: { authorization: `Bearer ${good}` } }), { status: 404, code: "not_found" });
		}
	});
});

test("whoever else has a session there notices nothing of all this", async () => {
	const logins = vendor.tokens.length;
	assert.deepEqual(await tokensOfOthers(), theirs);
	assert.equal(vendor.tokens.length, logins);
});
