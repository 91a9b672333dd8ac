// Sessions in which nothing but a person's act brings a token: signing in and out, signs of life, and what ends them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, vendor } from "./vendor.js";

const agent = { system: "ccgateway", baseUrl: "https://vendor.test", agentId: 101, password: "secret", phonenum: "70000" };
const poll = "/agentgateway/resource/agentevent/101";

const done = (guid) => json({ message: "", retcode: "0", result: {} }, guid ? { headers: { "Set-GUID": `JSESSIONID=${guid}` } } : {});
const refused = (retcode) => json({ message: "", retcode, result: "" });

/** A client whose gateway does what the test says; by default each sign-in and each sign of life brings another GUID. */
async function gateway(answer = () => undefined) {
	const module = createModule(load);
	await module.start();
	const clock = manualClock();
	const events = [];
	let issued = 0;
	const { fetch, requests } = vendor(
		(request) => answer(request) ?? done(/logout|agentevent/.test(request.url.pathname) ? undefined : `G${++issued}`),
	);
	const client = createClient(module, { fetch, onEvent: (event) => events.push(event) }, clock);
	return {
		client,
		clock,
		events,
		session: client.session(agent),
		/** The last part of each path that was called. */
		calls: () => requests.map(({ url }) => url.pathname.split("/").at(-1)),
		types: () => events.map(({ type }) => type),
		requests,
	};
}

test("a sign-in resolves with the token, for all who asked, and nothing but a sign-in makes one", async () => {
	const { session, client, calls } = await gateway();
	await assert.rejects(session.getToken(), tokenError("signed_out", { reason: "never_signed_in", retryable: false }));
	await assert.rejects(session.fetch(poll), tokenError("signed_out"));
	const tokens = await Promise.all([session.signIn(), client.signIn(agent), session.getToken(), session.signIn({ force: false })]);
	assert.equal(new Set(tokens).size, 1);
	assert.equal(tokens[0].value, "G1");
	assert.deepEqual(tokens[0].headers, { Guid: "G1" });
	assert.equal(tokens[0].renewAt, null);
	assert.equal(tokens[0].usableUntil - tokens[0].issuedAt, 120_000);
	assert.equal((await session.signIn()).value, "G1");
	assert.deepEqual(calls(), ["101"]);
	assert.equal((await session.signIn({ force: true })).value, "G2");
	assert.deepEqual(calls(), ["101", "forcelogin"]);
	client.close();
});

test("whoever leaves a sign-in does not end it", async () => {
	const answer = held();
	const { session, client, calls } = await gateway(() => answer.promise);
	const leaver = new AbortController();
	const left = session.signIn({ signal: leaver.signal });
	const waits = session.getToken();
	await settled();
	leaver.abort();
	await assert.rejects(left, tokenError("aborted"));
	answer.resolve(done("G1"));
	assert.equal((await waits).value, "G1");
	assert.deepEqual(calls(), ["101"]);
	client.close();
});

test("a sign-in by force that fails is that caller's error, though a token is there", async () => {
	const { session, client } = await gateway(({ url }) => (url.pathname.endsWith("forcelogin") ? refused("000-004") : undefined));
	await session.signIn();
	await assert.rejects(session.signIn({ force: true }), tokenError("unavailable", { vendorCode: "000-004" }));
	assert.equal((await session.getToken()).value, "G1");
	client.close();
});

test("why nobody is signed in is in the error and in the event, and in all forms of both", async () => {
	const { session, client, events } = await gateway(({ url }) =>
		url.pathname.endsWith("101") && url.pathname.includes("agentevent") ? refused("100-006") : undefined,
	);
	await session.signIn();
	assert.equal((await session.fetch(poll)).status, 200);
	const error = await session.getToken().then(assert.fail, (error) => error);
	assert.ok(tokenError("signed_out", { reason: "token_dead", vendorCode: "100-006" })(error));
	assert.equal(JSON.parse(JSON.stringify(error)).reason, "token_dead");
	assert.match(inspect(error), /reason: "token_dead"/);
	const [, event, ...more] = events;
	assert.deepEqual([event.type, event.reason, event.vendorCode], ["signed_out", "token_dead", "100-006"]);
	assert.deepEqual(more, []);
	client.close();
});

test("an end by time alone is told when it comes, by a timer that keeps no program running", async () => {
	const { session, client, clock, types } = await gateway();
	await session.signIn();
	assert.ok(clock.timers.length > 0 && clock.timers.every(({ idle }) => idle));
	await clock.pass(119_999);
	assert.deepEqual(types(), ["acquired"]);
	await clock.pass(1);
	assert.deepEqual(types(), ["acquired", "signed_out"]);
	client.close();
});

test("a sign of life is given at once and every 30 seconds, and its GUID is taken", async () => {
	const { session, client, clock, calls } = await gateway();
	await session.signIn();
	const stop = session.keepAlive();
	await settled();
	assert.deepEqual(calls(), ["101", "handshake"]);
	assert.equal((await session.getToken()).value, "G2");
	assert.ok(clock.timers.every(({ idle }) => idle));
	await clock.pass(29_999);
	assert.equal(calls().length, 2);
	await clock.pass(1);
	assert.equal(calls().length, 3);
	await clock.pass(600_000);
	assert.equal(calls().length, 23);
	assert.equal((await session.getToken()).value, "G23");
	stop();
	await clock.pass(119_999);
	assert.equal(calls().length, 23);
	client.close();
});

test("those who want signs of life share them, and the last one who does not ends them", async () => {
	const { session, client, clock, calls } = await gateway();
	await session.signIn();
	const [first, second] = [session.keepAlive(), client.keepAlive({ ...agent })];
	await settled();
	assert.equal(calls().length, 2);
	first();
	first();
	await clock.pass(30_000);
	assert.equal(calls().length, 3);
	second();
	await clock.pass(30_000);
	assert.equal(calls().length, 3);
	client.close();
});

test("a sign of life that fails is told by an event, and the next one is given all the same", async () => {
	let down = true;
	const { session, client, clock, events, types } = await gateway(({ url }) => {
		if (url.pathname.endsWith("handshake") && down) {
			throw new TypeError("fetch failed");
		}
	});
	await session.signIn();
	session.keepAlive();
	await settled();
	assert.deepEqual(types(), ["acquired", "failed"]);
	assert.deepEqual([events[1].step, events[1].error.code], ["keep_alive", "network"]);
	down = false;
	await clock.pass(30_000);
	assert.deepEqual(types(), ["acquired", "failed", "rolled"]);
	client.close();
});

for (const [what, end, after] of [
	["the sign-out", ({ session }) => session.signOut(), ["logout"]],
	[
		"a sign-out that the caller makes himself",
		({ session }) => session.fetch("/agentgateway/resource/onlineagent/101/logout", { method: "DELETE" }),
		["logout"],
	],
	["the vendor's word", ({ session }) => session.fetch(poll), ["101"]],
	["forget", ({ session }) => session.forget(), []],
	["close", ({ client }) => client.close(), []],
	["an abort", ({ controller }) => controller.abort(), []],
]) {
	test(`signs of life end with ${what}, and never sign in`, async () => {
		const made = await gateway(({ url }) => (url.pathname === poll ? refused("105-005") : undefined));
		const { session, client, clock, calls } = made;
		await session.signIn();
		const controller = new AbortController();
		session.keepAlive({ signal: controller.signal });
		await settled();
		await end({ ...made, controller });
		await clock.pass(600_000);
		assert.deepEqual(calls(), ["101", "handshake", ...after]);
		client.close();
	});
}

test("signs of life of before do not live on in the next session", async () => {
	const { session, client, clock, calls } = await gateway();
	await session.signIn();
	session.keepAlive();
	await settled();
	await session.signOut();
	await session.signIn();
	await clock.pass(90_000);
	assert.deepEqual(calls(), ["101", "handshake", "logout", "101"]);
	session.keepAlive();
	await settled();
	assert.equal(calls().length, 5);
	client.close();
});

test("signs of life where nobody is signed in end at once", async () => {
	const { session, client, clock, calls } = await gateway();
	session.keepAlive();
	await clock.pass(30_000);
	await session.signIn();
	await clock.pass(60_000);
	assert.deepEqual(calls(), ["101"]);
	const aborted = new AbortController();
	aborted.abort();
	session.keepAlive({ signal: aborted.signal })();
	await settled();
	assert.deepEqual(calls(), ["101"]);
	client.close();
});

test("a system whose tokens come when they are needed signs nobody in", async () => {
	const { client, requests } = await gateway();
	const other = client.session(identities.isales);
	await assert.rejects(other.signIn(), tokenError("invalid_request", { field: "system", system: "isales" }));
	await assert.rejects(other.signOut(), tokenError("invalid_request", { field: "system" }));
	assert.throws(() => other.keepAlive(), tokenError("invalid_request", { field: "system" }));
	assert.equal(requests.length, 0);
	client.close();
});

test("options that are none are refused", async () => {
	const { session, client } = await gateway();
	await assert.rejects(session.signIn({ forced: true }), tokenError("invalid_option", { field: "forced" }));
	await assert.rejects(session.signOut({ force: true }), tokenError("invalid_option", { field: "force" }));
	assert.throws(() => session.keepAlive({ every: 1 }), tokenError("invalid_option", { field: "every" }));
	for (const call of [(options) => session.signIn(options), (options) => session.signOut(options)]) {
		await assert.rejects(call({ signal: 1 }), tokenError("invalid_option", { field: "signal" }));
	}
	assert.throws(() => session.keepAlive({ signal: {} }), tokenError("invalid_option", { field: "signal" }));
	client.close();
});

test("at an edge a sign-in brings no token to the page, and its errors are the edge's", async () => {
	const problem = (code, status, more) =>
		new Response(
			JSON.stringify({ type: `urn:cctoken:error:${code}`, code, status, system: "ccgateway", step: "login", retryable: false, ...more }),
			{
				status,
				headers: { "content-type": "application/problem+json" },
			},
		);
	const answers = [
		problem("already_signed_in", 409, { vendorCode: "100-002" }),
		json({}),
		json({}),
		problem("signed_out", 409, { reason: "expired" }),
		json({}),
	];
	const { client, requests, clock } = await gateway(() => answers.shift());
	const session = client.session({ edge: "https://edge.test", connection: "agents", authorization: "JWT" });
	await assert.rejects(session.signIn(), tokenError("already_signed_in", { system: "ccgateway", vendorCode: "100-002" }));
	assert.equal(await session.signIn({ force: true }), null);
	session.keepAlive();
	await settled();
	await clock.pass(120_000); // the second one is told that nobody is signed in any more, and is the last
	await session.signOut();
	assert.deepEqual(
		requests.map(({ url, method, body, headers }) => [method, url.pathname, body, headers.get("authorization")]),
		[
			["POST", "/v1/sign-in", '{"connection":"agents"}', "Bearer JWT"],
			["POST", "/v1/sign-in", '{"connection":"agents","force":true}', "Bearer JWT"],
			["POST", "/v1/keep-alive", '{"connection":"agents"}', "Bearer JWT"],
			["POST", "/v1/keep-alive", '{"connection":"agents"}', "Bearer JWT"],
			["POST", "/v1/sign-out", '{"connection":"agents"}', "Bearer JWT"],
		],
	);
	client.close();
});
