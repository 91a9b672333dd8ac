// Business calls: how they carry the token, where they may go, and what their answers mean.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

const module = createModule(load);
const { appcube, ccmessaging, cubedrive, isales } = identities;

/**
 * A client whose logins always succeed. What it calls besides is collected, and answered by the test.
 * @param {(request: any, number: number) => Response | Promise<Response>} answer
 */
function calling(answer = () => json({ fine: true })) {
	const logins = lenient();
	const calls = vendor(answer);
	const fetch = (url, init) =>
		(/\/call|\/send|\/poll|\/lite\/?$|\?/.test(url) && !/verifyAuthToken/.test(url) ? calls : logins).fetch(url, init);
	return { client: createClient(module, { fetch }), calls: calls.requests, logins: logins.requests };
}

const text = async (body) => new Response(body).text();

describe("a call carries", () => {
	for (const [identity, token, headers, body] of [
		[ccmessaging, "T2", { "ccmessaging-token": "T2", "x-app-key": "key", authorization: "Bearer A1" }, '{"a":1}'],
		[isales, "T1", { authentication: "Bearer T1", authorization: "Bearer T1" }, '{"a":1}'],
		[cubedrive, "T1", { "x-auth-token": "T1" }, '{"a":1}'],
		[appcube, "T1", { "content-type": "application/json; charset=UTF-8" }, '{"authToken":"T1","a":1}'],
	]) {
		test(`${identity.system}: what the system wants, beside what the caller gave`, async () => {
			const { client, calls } = calling();
			const response = await client.fetch(identity, "/call?q=1&r=%20", {
				method: "PUT",
				headers: { "X-Own": "own", ...(identity !== appcube && { "content-type": "text/x-own" }) },
				body: '{"a":1}',
			});
			assert.deepEqual(await response.json(), { fine: true });
			const [call] = calls;
			assert.equal(call.url.href, `${identity.baseUrl}/call?q=1&r=%20`);
			assert.equal(call.method, "PUT");
			assert.deepEqual(Object.fromEntries(call.headers), {
				"x-own": "own",
				...(identity !== appcube && { "content-type": "text/x-own" }),
				...headers,
			});
			assert.equal(await text(call.body), body);
			assert.equal((await client.getToken(identity)).value, token);
		});
	}

	test("the token in place of one that the caller left in its headers or its body", async () => {
		const { client, calls } = calling();
		await client.fetch(isales, "/call", { headers: { Authentication: "Bearer old" } });
		await client.fetch(appcube, "/call", { body: '{"authToken":"old","a":{"authToken":"kept"}}' });
		assert.equal(calls[0].headers.get("authentication"), "Bearer T1");
		assert.deepEqual(JSON.parse(await text(calls[1].body)), { authToken: "T2", a: { authToken: "kept" } });
	});

	test("appcube's token in the body, made where there is none, by POST where no method is named", async () => {
		const { client, calls } = calling();
		for (const body of [
			undefined,
			null,
			"",
			"{}",
			new TextEncoder().encode("{}"),
			new TextEncoder().encode("{}").buffer,
			new TextEncoder().encode("x{}x").subarray(1, 3),
			new DataView(new TextEncoder().encode("{}").buffer),
			new Blob(["{}"]),
			runInNewContext("Uint8Array.of(0x7b, 0x7d).buffer"),
			runInNewContext("Uint8Array.of(0x7b, 0x7d)"),
		]) {
			await client.fetch(appcube, "/call", { body });
			const call = calls.pop();
			assert.equal(call.method, "POST");
			assert.equal(await text(call.body), '{"authToken":"T1"}');
			assert.equal(call.headers.get("content-type"), "application/json; charset=UTF-8");
		}
	});

	test("neither a method nor a body into the other systems' calls", async () => {
		const { client, calls } = calling();
		await client.fetch(isales, "/call");
		assert.deepEqual([calls[0].method, calls[0].body], ["GET", undefined]);
	});

	for (const [what, field, init] of [
		["FormData", "body", { body: new FormData() }],
		["URLSearchParams", "body", { body: new URLSearchParams("a=1") }],
		["a Blob that is no JSON", "body", { body: new Blob(["x"]) }],
		["a stream", "body", { body: new Blob(["{}"]).stream(), duplex: "half" }],
		["an object that is not text yet", "body", { body: { a: 1 } }],
		["text that is no JSON", "body", { body: "a=1" }],
		["JSON that is no object", "body", { body: "[1]" }],
		["JSON that is cut", "body", { body: '{"a":' }],
		["two JSON objects", "body", { body: "{}{}" }],
		["GET", "method", { method: "GET" }],
		["head", "method", { method: "head" }],
	]) {
		test(`no appcube token into ${what}: a typed error, and no call`, async () => {
			const { client, calls } = calling();
			await assert.rejects(client.fetch(appcube, "/call", init), tokenError("invalid_request", { field, step: "call" }));
			assert.equal(calls.length, 0);
		});
	}
});

/** @param {any} input */
const named = (input) =>
	input instanceof Request ? `a Request for ${input.url}` : input instanceof URL ? `the URL ${input.href}` : JSON.stringify(input);

describe("a call goes", () => {
	for (const [path, where] of [
		["/call", "/lite/call"],
		["//evil.test/call", "/lite//evil.test/call"],
		["/@evil.test/call", "/lite/@evil.test/call"],
		["/\\evil.test/call", "/lite//evil.test/call"],
		["/https://evil.test/call", "/lite/https://evil.test/call"],
		["/:80@evil.test/call", "/lite/:80@evil.test/call"],
		["/a/../call", "/lite/call"],
		["/a/%2e%2E/call", "/lite/call"],
		["/?x=/../..", "/lite/?x=/../.."],
		["/call#/../..", "/lite/call"],
		["", "/lite/"],
		["call", "/lite/call"],
		[":8080/call", "/lite/:8080/call"],
		["@evil.test/call", "/lite/@evil.test/call"],
		[".evil.test/call", "/lite/.evil.test/call"],
		["a/../call", "/lite/call"],
		["?x=1", "/lite/?x=1"],
		["https://vendor.test/lite/call", "/lite/call"],
		["HTTPS://VENDOR.test:443/lite/./call", "/lite/call"],
		["https://vendor.test/lite", "/lite"],
		["https://vendor.test/lite?x=1", "/lite?x=1"],
		[new URL("https://vendor.test/lite/call?x=1"), "/lite/call?x=1"],
		[new Request("https://vendor.test/lite/call"), "/lite/call"],
	]) {
		test(`under the base URL, with ${named(path)}`, async () => {
			const { client, calls } = calling();
			for (const slash of ["", "/"]) {
				await client.fetch({ ...cubedrive, baseUrl: cubedrive.baseUrl + slash }, path);
				const { origin, pathname, search } = calls.pop().url;
				assert.deepEqual([origin, pathname + search], ["https://vendor.test", where]);
			}
		});
	}

	for (const path of [
		"https:/evil.test/call",
		"https://evil.test/call",
		"https://evil.test/lite/call",
		"http://vendor.test/lite/call",
		"https://vendor.test:8443/lite/call",
		"https://vendor.test.evil.test/lite/call",
		"https://vendor.test@evil.test/lite/call",
		"https://user@vendor.test/lite/call",
		"https://user:secret@vendor.test/lite/call",
		"https://vendor.test/litelike",
		"https://vendor.test/lite/../call",
		"https://vendor.test/call",
		"blob:https://vendor.test/lite/call",
		"javascript:alert(1)",
		"data:,/lite/call",
		"\\\\evil.test",
		"\\/evil.test/lite/",
		" //evil.test/lite/call",
		"\t//evil.test/lite/call",
		" /call",
		"/\t/evil.test/call",
		"/ca\nll",
		"..",
		"../call",
		"../litelike/call",
		"/..",
		"/../call",
		"/../other/call",
		"/../litelike/call",
		"/%2e%2e/call",
		"/.%2E/call",
		"/a/../../call",
		"\\..\\call",
		"/..\\call",
		"/\t../call",
		"/.\n./call",
		"/%2e%2e\\call",
		undefined,
		null,
		5,
		{},
		[],
		new URL("https://vendor.test/call"),
		new URL("https://evil.test/lite/call"),
		new Request("https://evil.test/lite/call"),
		{ url: 5 },
	]) {
		test(`nowhere else, and is not made, with ${named(path)}`, async () => {
			const { client, calls, logins } = calling();
			await assert.rejects(client.fetch(cubedrive, path), tokenError("invalid_request", { field: "input", step: "call" }));
			await assert.rejects(client.session(cubedrive).fetch(path), tokenError("invalid_request", { field: "input" }));
			await assert.rejects(client.fetcher(cubedrive)(path), tokenError("invalid_request", { field: "input" }));
			assert.deepEqual([calls.length, logins.length], [0, 0]);
		});
	}

	test("nowhere else by a redirect: it is handed to the caller, or an error where the caller asked for that", async () => {
		const { client, calls } = calling(() => new Response(null, { status: 307, headers: { location: "https://evil.test/" } }));
		assert.equal((await client.fetch(cubedrive, "/call")).status, 307);
		await client.fetch(cubedrive, "/call", { redirect: "error" });
		assert.equal((await client.fetch(cubedrive, "/call", { redirect: "follow" })).status, 307);
		assert.equal((await client.fetch(cubedrive, new Request("https://vendor.test/lite/call"))).status, 307);
		await assert.rejects(client.fetch(cubedrive, "/call", { redirect: "x" }), tokenError("invalid_request", { field: "redirect" }));
		assert.deepEqual(
			calls.map(({ redirect }) => redirect),
			["manual", "error", "manual", "manual"],
		);
	});
});

describe("after a 401", () => {
	/** Rejects every token below that number. */
	const rejecting =
		(below) =>
		({ headers }) =>
			json({}, { status: Number(headers.get("authentication")?.slice(8)) < below ? 401 : 200 });

	test("the token is renewed, and the call made once more", async () => {
		const { client, calls, logins } = calling(({ headers }) => json({}, { status: headers.get("x-auth-token") === "T1" ? 401 : 200 }));
		const init = { method: "POST", body: "text", headers: { "x-own": "own" } };
		assert.equal((await client.fetch(cubedrive, "/call", init)).status, 200);
		assert.deepEqual(
			calls.map(({ headers }) => headers.get("x-auth-token")),
			["T1", "T2"],
		);
		assert.equal(logins.length, 2);
		for (const { method, body, headers } of calls) {
			assert.deepEqual([method, body, headers.get("x-own")], ["POST", "text", "own"]);
		}
		assert.deepEqual(init, { method: "POST", body: "text", headers: { "x-own": "own" } }, "the caller's own object is left alone");
	});

	test("twice, the answer is the caller's, and nothing is made a third time", async () => {
		const { client, calls, logins } = calling(() => json({ why: "no" }, { status: 401 }));
		const response = await client.fetch(cubedrive, "/call");
		assert.deepEqual([response.status, await response.json()], [401, { why: "no" }]);
		assert.deepEqual([calls.length, logins.length <= 3], [2, true]);
	});

	test("a call in flight that comes back late with its own 401 leaves the newer token alone", async () => {
		const late = held();
		const { client, calls, logins } = calling(({ headers }, number) =>
			number === 1 ? late.promise : json({}, { status: headers.get("x-auth-token") === "T1" ? 401 : 200 }),
		);
		const first = client.fetch(cubedrive, "/call");
		await settled();
		assert.equal((await client.fetch(cubedrive, "/call")).status, 200);
		assert.equal(logins.length, 2);
		late.resolve(json({}, { status: 401 }));
		assert.equal((await first).status, 200);
		assert.deepEqual(
			calls.map(({ headers }) => headers.get("x-auth-token")),
			["T1", "T1", "T2", "T2"],
		);
		assert.equal(logins.length, 2);
	});

	test("of a hundred calls at once, one login follows", async () => {
		const { client, calls, logins } = calling(({ headers }) => json({}, { status: headers.get("x-auth-token") === "T1" ? 401 : 200 }));
		const all = await Promise.all(Array.from({ length: 100 }, () => client.fetch(cubedrive, "/call")));
		assert.ok(all.every(({ status }) => status === 200));
		assert.deepEqual([calls.length, logins.length], [200, 2]);
	});

	for (const [what, body] of [
		["a stream", () => new Blob(["once"]).stream()],
		[
			"an async iterable",
			() =>
				(async function* () {
					yield new TextEncoder().encode("once");
				})(),
		],
		["a stream of another realm", () => ({ getReader() {} })],
	]) {
		test(`a call whose body is ${what} is not made again, as it is used up, but the token is renewed`, async () => {
			const { client, calls, logins } = calling(() => json({}, { status: 401 }));
			const response = await client.fetch(cubedrive, "/call", { method: "POST", body: body(), duplex: "half" });
			assert.deepEqual([response.status, calls.length], [401, 1]);
			assert.equal((await client.getToken(cubedrive)).value, "T2");
			assert.equal(logins.length, 2);
		});
	}

	for (const [what, body] of [
		["FormData", () => Object.assign(new FormData(), {})],
		["URLSearchParams", () => new URLSearchParams("a=1")],
		["a Blob", () => new Blob(["a"])],
		["bytes", () => new Uint8Array([97])],
		["an ArrayBuffer", () => new ArrayBuffer(1)],
	]) {
		test(`a call whose body is ${what} is made again with all of it`, async () => {
			const bodies = [];
			const { client } = calling(async ({ body }, number) => {
				bodies.push((await new Response(body).arrayBuffer()).byteLength);
				return json({}, { status: number === 1 ? 401 : 200 });
			});
			assert.equal((await client.fetch(cubedrive, "/call", { method: "POST", body: body() })).status, 200);
			assert.equal(bodies.length, 2);
			assert.ok(what === "FormData" || bodies[0] === bodies[1]);
		});
	}

	test("whose body breaks off, the call is made again all the same", async () => {
		for (const type of ["application/json", "text/html"]) {
			const { client, calls } = calling((_, number) =>
				number === 1
					? new Response(new ReadableStream({ pull: (c) => c.error(new TypeError("terminated")) }), {
							status: 401,
							headers: { "content-type": type },
						})
					: json({}),
			);
			assert.equal((await client.fetch(cubedrive, "/call")).status, 200);
			assert.equal(calls.length, 2);
		}
	});

	test("where no token is to be had, the caller gets the typed error", async () => {
		const logins = vendor((_, number) => (number === 1 ? json({ success: true, "x-auth-token": "T1" }) : json({ success: false })));
		const client = createClient(module, {
			fetch: (url, init) => (url.endsWith("/call") ? Promise.resolve(json({}, { status: 401 })) : logins.fetch(url, init)),
		});
		await assert.rejects(client.fetch(cubedrive, "/call"), tokenError("credentials_refused", { step: "login" }));
		assert.equal(logins.requests.length, 2);
	});

	test("an isales token is renewed by a refresh", async () => {
		const { client, calls } = calling(rejecting(2));
		assert.equal((await client.fetch(isales, "/call")).status, 200);
		assert.ok(calls.length <= 2);
	});
});

describe("a token that comes with the answer is adopted,", () => {
	const bearer = ({ headers }) => headers.get("ccmessaging-token");
	const own = Buffer.from(JSON.stringify({ tenantId: "t", channelId: "c1", userId: "u1" })).toString("base64");
	const foreign = Buffer.from(JSON.stringify({ tenantId: "t", channelId: "c1", userId: "u2" })).toString("base64");

	test("in the header that ccmessaging names", async () => {
		const { client, calls, logins } = calling(() => json({}, { headers: { "ccmessaging-token": "ROLLED" } }));
		await client.fetch(ccmessaging, "/call");
		await client.fetch(ccmessaging, "/call");
		assert.deepEqual(calls.map(bearer), ["T2", "ROLLED"]);
		assert.equal(logins.length, 2, "the AccessToken and the token, once");
	});

	test("in the body where it is a token of that user, and the body is still the caller's", async () => {
		const { client, calls } = calling((_, number) => json({ token: number === 1 ? own : foreign, more: "x" }));
		assert.deepEqual(await (await client.fetch(ccmessaging, "/call")).json(), { token: own, more: "x" });
		assert.equal((await client.getToken(ccmessaging)).value, own);
		await client.fetch(ccmessaging, "/call");
		assert.equal((await client.getToken(ccmessaging)).value, own, "another user's is not");
		assert.deepEqual(calls.map(bearer), ["T2", own]);
	});

	test("unless the call carried an older one", async () => {
		const late = held();
		const { client } = calling((_, number) => (number === 1 ? late.promise : json({}, { headers: { "ccmessaging-token": "NEWER" } })));
		const first = client.fetch(ccmessaging, "/call");
		await settled();
		await client.fetch(ccmessaging, "/call");
		late.resolve(json({}, { headers: { "ccmessaging-token": "LATE" } }));
		await first;
		assert.equal((await client.getToken(ccmessaging)).value, "NEWER");
	});

	test("and by no other system's answer", async () => {
		const { client } = calling(() => json({ token: own }, { headers: { "ccmessaging-token": "X", "x-auth-token": "X" } }));
		await client.fetch(cubedrive, "/call");
		assert.equal((await client.getToken(cubedrive)).value, "T1");
	});
});

describe("the answer", () => {
	for (const [what, status, type] of [
		["a success", 200, "application/json"],
		["a refusal", 403, "application/json"],
	]) {
		test(`of more than 1 MiB, ${what}, reaches the caller whole`, async () => {
			const large = JSON.stringify({ data: "x".repeat(3 << 20) });
			const { client } = calling(() => new Response(new Blob([large]).stream(), { status, headers: { "content-type": type } }));
			const response = await client.fetch(ccmessaging, "/call");
			assert.equal((await response.text()).length, large.length);
		});
	}

	test("that is no JSON is not waited for", async () => {
		const { client } = calling(() => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } }));
		for (const identity of [ccmessaging, cubedrive]) {
			assert.equal((await client.fetch(identity, "/call")).status, 200);
		}
	});

	test("without a body, or with a status that forbids one, is handed on", async () => {
		const { client } = calling((_, number) => (number === 1 ? new Response(null, { status: 204 }) : json("text", { status: 500 })));
		assert.equal((await client.fetch(ccmessaging, "/call")).status, 204);
		const failed = await client.fetch(ccmessaging, "/call");
		assert.deepEqual([failed.status, await failed.json()], [500, "text"]);
	});

	test("that does not come is the platform's own error", async () => {
		const failure = new TypeError("fetch failed");
		const { client } = calling(() => {
			throw failure;
		});
		await assert.rejects(client.fetch(cubedrive, "/call"), (error) => error === failure);
	});
});

describe("over the sandbox", () => {
	const sandbox = sandboxed();

	for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
		test(`${system}: a call succeeds, and again once with a new token after the old one was revoked`, async () => {
			const { identity, path, init } = sandbox.own(system);
			const client = createClient(module);
			assert.equal((await client.fetch(identity, path, init)).status, 200);
			const first = await client.getToken(identity);
			await sandbox.revoke({ system, all: true });
			const response = await client.fetch(identity, path, init);
			assert.equal(response.status, 200);
			assert.equal(typeof (await response.json()), "object");
			assert.notEqual((await client.getToken(identity)).value, first.value);
			const { counts, redirectsFollowed } = await sandbox.state();
			assert.deepEqual([counts[system].business, redirectsFollowed], [3, 0]);
		});

		test(`${system}: a redirect is not followed`, async () => {
			const { identity, path, init } = sandbox.own(system);
			const client = createClient(module);
			await sandbox.fault({ system, endpoint: "business", fault: "redirect" });
			assert.equal((await client.fetch(identity, path, init)).status, 307);
			assert.equal((await sandbox.state()).redirectsFollowed, 0);
		});
	}

	test("ccmessaging: a dead AccessToken is found by a call, renewed, and the call made again", async () => {
		const { identity, path } = sandbox.own("ccmessaging");
		const client = createClient(module);
		const { headers } = await client.getToken(identity);
		await sandbox.revoke({ system: "apifabric", all: true });
		assert.equal((await client.fetch(identity, path)).status, 200);
		assert.notEqual((await client.getToken(identity)).headers.Authorization, headers.Authorization);
		assert.equal((await sandbox.state()).counts.apifabric.logins, 2);
	});

	test("ccmessaging: a rolled token is adopted and used by the next call", async () => {
		const { identity, path } = sandbox.own("ccmessaging");
		const client = createClient(module);
		const first = await client.getToken(identity);
		await sandbox.post("roll", { system: "ccmessaging" });
		const { token } = await (await client.fetch(identity, path)).json();
		assert.notEqual(token, first.value);
		assert.equal((await client.getToken(identity)).value, token);
		assert.equal((await client.fetch(identity, path)).status, 200);
		assert.equal((await sandbox.state()).counts.ccmessaging.logins, 1);
	});
});
