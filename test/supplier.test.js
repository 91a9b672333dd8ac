// ccmessaging with an AccessToken from elsewhere: a string, or the caller's function.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, vendor } from "./vendor.js";

const module = createModule(load);
const { appSecret: _, ...user } = identities.ccmessaging;

/** A vendor that takes the AccessTokens that the test has not revoked. */
function start(options = {}, clock) {
	const dead = new Set();
	let issued = 0;
	const { fetch, requests } = vendor(({ url, headers }) => {
		assert.match(url.pathname, /applyToken$|\/call$/, "the AccessToken's own interface is not called");
		if (dead.has(headers.get("authorization"))) {
			return json({ errorCode: "1", exceptionInfo: "auth fail! illegal or expired token info." }, { status: 403 });
		}
		return json({ resultCode: "0", token: `T${++issued}` });
	});
	return { client: createClient(module, { fetch, ...options }, clock), requests, kill: (token) => dead.add(`Bearer ${token}`) };
}

const used = (requests) => requests.map(({ headers }) => headers.get("authorization"));

test("a string is sent as it is, with each call", async () => {
	const { client, requests } = start();
	const token = await client.getToken({ ...user, accessToken: "GIVEN" });
	assert.equal(token.headers.Authorization, "Bearer GIVEN");
	await client.fetch({ ...user, accessToken: "GIVEN" }, "/call");
	assert.deepEqual(used(requests), ["Bearer GIVEN", "Bearer GIVEN"]);
});

test("a string that the vendor refuses is not tried again, and another one is tried at once", async () => {
	const { client, requests, kill } = start();
	kill("OLD");
	await assert.rejects(client.getToken({ ...user, accessToken: "OLD" }), tokenError("credentials_refused", { step: "access_token" }));
	await assert.rejects(
		client.getToken({ ...user, accessToken: "OLD" }),
		tokenError("cooling_down", { step: "access_token", retryable: false }),
	);
	assert.equal(requests.length, 1);
	assert.equal((await client.getToken({ ...user, accessToken: "NEW" })).headers.Authorization, "Bearer NEW");
});

test("a string that is changed inside the caller's object is another identity's, at once", async () => {
	const { client } = start();
	const identity = { ...user, accessToken: "FIRST" };
	const first = await client.getToken(identity);
	assert.equal(await client.getToken(identity), first);
	identity.accessToken = "SECOND";
	const second = await client.getToken(identity);
	assert.notEqual(second.value, first.value);
	assert.equal(second.headers.Authorization, "Bearer SECOND");
});

test("a function is asked once for all users of an app, however many callers there are", async () => {
	const { client, requests } = start();
	let asked = 0;
	const accessToken = async () => `A${++asked}`;
	await Promise.all(Array.from({ length: 1000 }, (_, i) => client.getToken({ ...user, userId: `u${i % 10}`, accessToken })));
	assert.deepEqual([asked, requests.length], [1, 10]);
});

test("a function that is written anew at each call is still one session", async () => {
	const { client, requests } = start();
	let asked = 0;
	const tokens = new Set();
	for (let i = 0; i < 5; i++) {
		tokens.add(await client.getToken({ ...user, accessToken: async () => `A${++asked}` }));
	}
	assert.deepEqual([tokens.size, asked, requests.length], [1, 1, 1]);
});

test("the function that was passed last is the one that is asked next", async () => {
	const { client, kill } = start();
	const from = (name) => ({ ...user, accessToken: async () => name });
	await client.getToken(from("FIRST"));
	await client.getToken(from("SECOND"));
	kill("FIRST");
	await client.fetch(from("THIRD"), "/call");
	assert.equal((await client.getToken(from("FOURTH"))).headers.Authorization, "Bearer THIRD");
});

test("functions of different apps are not mixed up", async () => {
	const { client } = start();
	const app = (appKey) => ({ ...user, appKey, accessToken: async () => `of-${appKey}` });
	const tokens = await Promise.all(["a", "b", "c"].map((key) => client.getToken(app(key))));
	assert.deepEqual(
		tokens.map(({ headers }) => headers.Authorization),
		["Bearer of-a", "Bearer of-b", "Bearer of-c"],
	);
});

test("a dead AccessToken is asked for once more, and the caller sees nothing of it", async () => {
	const { client, kill, requests } = start();
	let asked = 0;
	const identity = { ...user, accessToken: () => `A${++asked}` }; // not even a promise
	await client.getToken(identity);
	kill("A1");
	const other = await client.getToken({ ...identity, userId: "u2" });
	assert.equal(other.headers.Authorization, "Bearer A2");
	assert.deepEqual(used(requests), ["Bearer A1", "Bearer A1", "Bearer A2"]);
	assert.equal((await client.fetch(identity, "/call")).status, 200);
});

test("its AccessToken is taken for one of ten minutes, as nobody says how long it lives", async () => {
	const clock = manualClock();
	const { client } = start({}, clock);
	let asked = 0;
	const identity = { ...user, accessToken: async () => `A${++asked}` };
	await client.getToken(identity);
	await clock.pass(540_000);
	assert.equal((await client.getToken(identity)).headers.Authorization, "Bearer A2");
});

for (const [what, accessToken, cause] of [
	[
		"that throws",
		() => {
			throw new Error("SECRET-REASON");
		},
		/SECRET-REASON/,
	],
	[
		"that rejects",
		async () => {
			throw new Error("SECRET-REASON");
		},
		/SECRET-REASON/,
	],
	["that rejects with a text", () => Promise.reject("SECRET-REASON"), /SECRET-REASON/],
	["that gives nothing", async () => undefined],
	["that gives an empty text", async () => ""],
	["that gives an object", async () => ({ value: "T" })],
	["that gives what no header can hold", async () => "a\r\nb", /no header can hold/],
]) {
	test(`a function ${what} is a typed error with the function's own as cause, which no printed form shows`, async () => {
		const { client, requests } = start();
		await assert.rejects(client.getToken({ ...user, accessToken }), (error) => {
			tokenError("supplier_failed", { system: "ccmessaging", step: "access_token" })(error);
			cause ? assert.match(String(error.cause), cause) : assert.equal(error.cause, undefined);
			assert.doesNotMatch(
				[inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error), error.stack].join(),
				/SECRET/,
			);
			return true;
		});
		await assert.rejects(client.getToken({ ...user, accessToken }), tokenError("cooling_down"));
		assert.equal(requests.length, 0);
	});
}

test("a function that never ends is a timeout, and what it gives too late is not used", async () => {
	const late = held();
	const { client, requests } = start({ timeoutMs: 30 });
	const identity = { ...user, accessToken: () => late.promise };
	const silent = tokenError("timeout", { step: "access_token", field: "accessToken" });
	await assert.rejects(client.getToken(identity), (error) => {
		assert.match(error.message, /^ccmessaging: accessToken is a function that gave nothing in time/);
		return silent(error);
	});
	late.resolve("LATE");
	await assert.rejects(client.getToken(identity), (error) => {
		assert.match(error.message, /cause: accessToken is a function/);
		return tokenError("cooling_down")(error);
	});
	assert.equal(requests.length, 0);
});

test("a mistake of the caller's function leaves no rejection unhandled", async () => {
	const unhandled = [];
	const watch = (error) => unhandled.push(error);
	process.on("unhandledRejection", watch);
	const { client } = start();
	await client.getToken({ ...user, accessToken: () => Promise.reject(new Error("no")) }).catch(() => {});
	await new Promise((resolve) => setTimeout(resolve, 10));
	process.off("unhandledRejection", watch);
	assert.deepEqual(unhandled, []);
});
