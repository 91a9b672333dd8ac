// The package against the sandbox over real HTTP.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createClient, Token, TokenError } from "../js/node.js";
import { sandboxed } from "./sandboxed.js";

const sandbox = sandboxed();
let all;
let clients;

beforeEach(() => {
	all = Object.fromEntries(structuredClone(sandbox.listed).map((entry) => [entry.identity.system, entry]));
	clients?.forEach((client) => client.close());
	clients = [];
});

function make(options) {
	const client = createClient(options);
	clients.push(client);
	return client;
}

const logins = async (system) => (await sandbox.state()).counts[system].logins;
const code =
	(wanted, more = {}) =>
	(error) => {
		assert.ok(error instanceof TokenError, `a TokenError, not ${error}`);
		assert.equal(error.code, wanted, error.message);
		for (const [name, value] of Object.entries(more)) {
			assert.equal(error[name], value, name);
		}
		return true;
	};
const systems = ["appcube", "ccmessaging", "isales", "cubedrive"];

for (const system of systems) {
	test(`${system}: ten thousand callers on an empty cache make one login and get one token`, async () => {
		const client = make();
		const { identity } = all[system];
		const tokens = await Promise.all(Array.from({ length: 10_000 }, (_, i) => client.getToken(i % 2 ? identity : { ...identity })));
		assert.equal(new Set(tokens).size, 1);
		assert.equal(await logins(system), 1);
		assert.ok(tokens[0] instanceof Token);
		assert.equal(tokens[0].system, system);
		assert.ok(tokens[0].issuedAt instanceof Date);
		assert.equal(tokens[0].expiresAt === null, system === "cubedrive");
	});

	test(`${system}: a business call carries the token, and after a 401 is sent once more with a new one`, async () => {
		const events = [];
		const client = make({ onEvent: ({ type }) => events.push(type) });
		const { identity, path, init } = all[system];
		assert.equal((await client.fetch(identity, path, init)).status, 200);
		const { value } = await client.getToken(identity);
		await sandbox.revoke({ system, all: true });
		const response = await client.fetch(identity, path, init);
		assert.equal(response.status, 200);
		assert.equal(typeof (await response.json()), "object", "the response is still the caller's to read");
		assert.notEqual((await client.getToken(identity)).value, value);
		assert.equal(events.filter((type) => type === "replayed").length, 1);
		assert.equal(events.filter((type) => type === "rejected").length >= 1, true);
	});

	test(`${system}: a business call survives the death of all that it carried`, async () => {
		const client = make();
		const { identity, path, init } = all[system];
		await client.getToken(identity);
		await sandbox.revoke({ all: true }); // of ccmessaging the AccessToken too, which is told first
		assert.equal((await client.fetch(identity, path, init)).status, 200);
	});

	test(`${system}: a hundred callers who say that the same token was rejected cause one renewal`, async () => {
		const client = make();
		const { identity } = all[system];
		const old = await client.getToken(identity);
		const renewed = await Promise.all(Array.from({ length: 100 }, () => client.getToken(identity, { rejected: old })));
		assert.equal(new Set(renewed).size, 1);
		assert.notEqual(renewed[0].value, old.value);
		assert.equal((await client.getToken(identity, { rejected: old.value })).value, renewed[0].value, "said late, it changes nothing");
		const { counts } = await sandbox.state();
		assert.equal(counts[system].logins + counts[system].refreshes, 2);
	});
}

test("identities are compared by value: order of fields, object and spelling of the base URL do not matter", async () => {
	const client = make();
	const { identity } = all.ccmessaging;
	const reversed = Object.fromEntries(Object.entries(identity).reverse());
	const spelt = { ...identity, baseUrl: `${sandbox.url.toUpperCase().replace("HTTP", "http")}/` };
	assert.equal(await client.getToken(identity), await client.getToken(reversed));
	assert.equal(await client.getToken(identity), await client.getToken(spelt));
	assert.equal(await logins("ccmessaging"), 1);
});

test("an identity object that is changed is another identity, never served with the former one's token", async () => {
	const client = make();
	const identity = { ...all.ccmessaging.identity };
	const first = await client.getToken(identity);
	identity.userId = "user002";
	const second = await client.getToken(identity);
	assert.notEqual(second.value, first.value);
	identity.userId = "user001";
	assert.equal(await client.getToken(identity), first);
	const drive = { ...all.cubedrive.identity, params: { ...all.cubedrive.identity.params } };
	const third = await client.getToken(drive);
	drive.params.user = "somebody else";
	assert.notEqual((await client.getToken(drive)).value, third.value);
	const { counts } = await sandbox.state();
	assert.equal(counts.apifabric.logins, 1, "one AccessToken serves all users of the app");
});

test("one caller's abort ends that caller's wait and nobody else's", async () => {
	const client = make();
	const { identity } = all.isales;
	await sandbox.fault({ system: "isales", endpoint: "login", fault: "delay", delayMs: 300 });
	const controller = new AbortController();
	const aborted = client.getToken(identity, { signal: controller.signal });
	const other = client.getToken(identity);
	await Promise.all([
		assert.rejects(aborted, code("aborted")),
		new Promise((resolve) => setTimeout(resolve, 50)).then(() => controller.abort()),
	]);
	assert.equal((await other).system, "isales");
	assert.equal(await logins("isales"), 1);
});

test("a signal that was aborted before sends nothing", async () => {
	const client = make();
	await assert.rejects(client.getToken(all.isales.identity, { signal: AbortSignal.abort() }), code("aborted"));
	assert.equal(await logins("isales"), 0);
});

test("forceRefresh gets a new token, and the same one for all who force at once", async () => {
	const client = make();
	const { identity } = all.appcube;
	const { value } = await client.getToken(identity);
	const [a, b] = await Promise.all([client.getToken(identity, { forceRefresh: true }), client.getToken(identity, { forceRefresh: true })]);
	assert.equal(a, b);
	assert.notEqual(a.value, value);
	assert.equal(await logins("appcube"), 2);
});

test("a session handle does what the client does, and forgets", async () => {
	const client = make();
	const { identity, path } = all.isales;
	const session = client.session(identity);
	const token = await session.getToken();
	assert.equal(await client.getToken(identity), token);
	assert.equal((await session.verifyToken()).valid, true);
	assert.equal((await session.fetch(path)).status, 200);
	session.forget();
	assert.notEqual((await session.getToken()).value, token.value);
	assert.equal(await logins("isales"), 2);
});

test("closing a client ends every wait, and its later calls, with `closed`", async () => {
	const client = make();
	await sandbox.fault({ system: "isales", endpoint: "login", fault: "delay", delayMs: 5000 });
	const waiting = assert.rejects(client.getToken(all.isales.identity), code("closed"));
	await new Promise((resolve) => setTimeout(resolve, 100));
	client.close();
	await waiting;
	await assert.rejects(client.getToken(all.isales.identity), code("closed"));
});

test("an evicted session is opened anew when it is asked again", async () => {
	const client = make({ maxSessions: 1 });
	const session = client.session(all.isales.identity);
	await session.getToken();
	await client.getToken(all.appcube.identity);
	assert.equal((await session.getToken()).system, "isales");
	assert.equal(await logins("isales"), 2);
});

test("clients share nothing", async () => {
	const [a, b] = [make(), make()];
	assert.notEqual((await a.getToken(all.isales.identity)).value, (await b.getToken(all.isales.identity)).value);
});

test("a rolled token is adopted, from header and body, and the old one is not used again", async () => {
	const events = [];
	const client = make({ onEvent: ({ type }) => events.push(type) });
	const { identity, path } = all.ccmessaging;
	const { value } = await client.getToken(identity);
	await sandbox.post("roll", { system: "ccmessaging" });
	assert.equal((await client.fetch(identity, path)).status, 200);
	assert.notEqual((await client.getToken(identity)).value, value);
	assert.equal((await client.fetch(identity, path)).status, 200);
	assert.ok(events.includes("rolled"));
	assert.ok(!events.includes("rejected"));
	assert.equal(await logins("ccmessaging"), 1);
});

test("verification: the vendor is asked where it can be, and nobody is vouched for by guesswork", async () => {
	const client = make();
	for (const system of systems) {
		const { identity } = all[system];
		const token = await client.getToken(identity);
		const source = system === "cubedrive" ? "vendor" : "core";
		assert.equal((await client.verifyToken(token)).valid, true, system);
		assert.equal((await client.verifyToken(token.value, identity)).source, source);
		assert.equal((await client.verifyToken("a-foreign-token", identity)).valid, system === "cubedrive" ? false : null, system);
		await client.getToken(identity, { rejected: token });
		assert.deepEqual((({ valid, source, reason }) => ({ valid, source, reason }))(await client.verifyToken(token)), {
			valid: false,
			source: "core",
			reason: "rejected",
		});
	}
	const other = await client.getToken({ ...all.ccmessaging.identity, userId: "user002" });
	const { valid, reason } = await client.verifyToken(other.value, all.ccmessaging.identity);
	assert.deepEqual([valid, reason], [false, "other_subject"]);
	await assert.rejects(client.verifyToken("value alone"), code("invalid_option", { field: "identity" }));
});

test("an AccessToken function may be an inline arrow at every call: still one session, asked once", async () => {
	const client = make();
	const { appSecret, ...rest } = all.ccmessaging.identity;
	let asked = 0;
	const supply = async () => {
		asked++;
		const response = await fetch(`${sandbox.url}/apigovernance/api/oauth/tokenByAkSk`, {
			method: "POST",
			headers: { "content-type": "application/json", "x-token-expire": "600" },
			body: JSON.stringify({ app_key: rest.appKey, app_secret: appSecret }),
		});
		return (await response.json()).AccessToken;
	};
	const tokens = await Promise.all(Array.from({ length: 50 }, () => client.getToken({ ...rest, accessToken: () => supply() })));
	assert.equal(new Set(tokens).size, 1);
	assert.equal(asked, 1);
	assert.equal((await make().getToken({ ...rest, accessToken: await supply() })).system, "ccmessaging");
	const cause = new Error("my own");
	await assert.rejects(
		make().getToken({
			...rest,
			accessToken: async () => {
				throw cause;
			},
		}),
		code("supplier_failed", { step: "access_token", cause }),
	);
});

for (const [fault, wanted, more] of [
	["html", "malformed_response"],
	["types", "malformed_response"],
	["empty", "malformed_response"],
	["huge", "response_too_large"],
	["truncate", "network"],
	["reset", "network"],
	["401", "credentials_refused"],
	["403", "credentials_refused"],
	["500", "vendor_failure"],
	["503", "unavailable"],
	["redirect", "redirected"],
	["429", "rate_limited", { retryAfter: "60" }],
]) {
	test(`the fault "${fault}" is the error ${wanted}, and the next caller is told when to come back`, async () => {
		const client = make({ timeoutMs: 10_000 });
		for (const system of systems) {
			await sandbox.fault({ system, endpoint: "login", fault, count: 5, ...more });
			await assert.rejects(client.getToken(all[system].identity), code(wanted, { system }));
			await assert.rejects(client.getToken(all[system].identity), (error) => {
				assert.equal(error.code, "cooling_down");
				assert.equal(error.cause.code, wanted);
				assert.ok(error.retryAt > new Date());
				return true;
			});
		}
		assert.equal((await sandbox.state()).redirectsFollowed, 0);
	});
}

test("one lost connection is ridden out", async () => {
	const client = make();
	for (const system of ["appcube", "isales", "cubedrive"]) {
		await sandbox.fault({ system, endpoint: "login", fault: "reset" });
		assert.equal((await client.getToken(all[system].identity)).system, system);
	}
});

test("a vendor that hangs costs its callers the time limit and no more", async () => {
	const client = make({ timeoutMs: 200 });
	await sandbox.fault({ system: "appcube", endpoint: "login", fault: "delay", delayMs: 60_000 });
	await assert.rejects(client.getToken(all.appcube.identity), code("timeout", { retryable: true }));
});

test("a path cannot leave the base URL, nor a redirect carry the token away", async () => {
	const client = make();
	const { identity } = all.cubedrive;
	for (const path of ["https://evil.example/", "/../x", "/%2e%2e/x", "/a/../../x", "\\\\evil.example"]) {
		await assert.rejects(client.fetch(identity, path), code("invalid_request", { field: "input" }), path);
	}
	const seen = [];
	const spy = make({ fetch: (url, init) => (seen.push(new URL(url).host), fetch(url, init)) });
	await spy.fetch(identity, "//evil.example/x");
	assert.deepEqual([...new Set(seen)], [new URL(sandbox.url).host]);
	await sandbox.fault({ system: "cubedrive", endpoint: "business", fault: "redirect" });
	assert.equal((await client.fetch(identity, "/commonPage?page=x", { redirect: "follow" })).status, 307);
	assert.equal((await sandbox.state()).redirectsFollowed, 0);
});

test("appcube: what cannot carry a token in its body is refused before it is sent", async () => {
	const client = make();
	const { identity, path } = all.appcube;
	for (const [init, field] of [
		[{ method: "GET" }, "method"],
		[{ body: "[]" }, "body"],
		[{ body: "no JSON" }, "body"],
		[{ body: new FormData() }, "body"],
	]) {
		await assert.rejects(client.fetch(identity, path, init), code("invalid_request", { field }));
	}
	assert.equal((await sandbox.state()).counts.appcube.business, 0);
	const bytes = new TextEncoder().encode('{"a":1}');
	assert.equal((await client.fetch(identity, path, { body: bytes })).status, 200);
});

test("a body that is a stream is sent once, and its 401 handed to the caller", async () => {
	const client = make();
	const { identity } = all.ccmessaging;
	await client.getToken(identity);
	await sandbox.revoke({ system: "ccmessaging", all: true });
	const body = new Blob(['{"content":"x"}']).stream();
	const response = await client.fetch(identity, "/apiaccess/ccmessaging/send", {
		method: "POST",
		body,
		duplex: "half",
		headers: { "content-type": "application/json" },
	});
	assert.equal(response.status, 401);
});

test("options are checked, and the error names the one that is wrong", () => {
	for (const [options, field] of [
		[{ fetch: "x" }, "fetch"],
		[{ timeoutMs: 0 }, "timeoutMs"],
		[{ timeoutMs: Infinity }, "timeoutMs"],
		[{ maxSessions: 1.5 }, "maxSessions"],
		[{ maxSessions: 0 }, "maxSessions"],
		[{ onEvent: 1 }, "onEvent"],
	]) {
		assert.throws(() => createClient(options), code("invalid_option", { field }));
	}
});

test("what is no identity is a typed error, whatever it is", async () => {
	const client = make();
	const circular = { system: "isales" };
	circular.self = circular;
	for (const identity of [undefined, null, "isales", 7, circular, { system: "isales", user: 10n }]) {
		await assert.rejects(client.getToken(identity), code("invalid_identity"));
	}
});
