// session.adopt takes over a rolled token that came with an answer which somebody else fetched.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import axios from "axios";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock } from "./clock.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";
import { identities, json, lenient } from "./vendor.js";

const module = createModule(load);
const { ccmessaging } = identities;

/** @param {any} [clock] */
async function start(clock) {
	const { fetch, requests } = lenient();
	const events = [];
	const client = createClient(module, { fetch, onEvent: ({ type }) => events.push(type) }, clock);
	const session = client.session(ccmessaging);
	return { session, client, requests, events, token: await session.getToken() };
}

const name = "ccmessaging-token";
const own = Buffer.from(JSON.stringify({ tenantId: "t", channelId: "c1", userId: "u1", n: 2 })).toString("base64");

for (const [what, response] of [
	["a Response", json({}, { headers: { [name]: "R2" } })],
	["a Response of which the body was read", Object.assign(json({}, { headers: { [name]: "R2" } }), {})],
	["axios's answer", { status: 200, headers: new axios.AxiosHeaders({ [name]: "R2" }), data: {} }],
	["headers as a plain object", { status: 200, headers: { [name]: "R2" } }],
	["headers in another case", { status: 200, headers: { "CCMessaging-Token": "R2" } }],
	["a Map", { status: 200, headers: new Map([[name, "R2"]]) }],
	["another success", { status: 204, headers: { [name]: "R2" } }],
]) {
	test(`the next caller gets the token that came with ${what}, without a login`, async () => {
		const { session, client, token, requests, events } = await start();
		const sent = requests.length;
		assert.equal(session.adopt(token, response), true);
		assert.equal((await session.getToken()).value, "R2");
		assert.equal((await client.getToken({ ...ccmessaging })).value, "R2");
		assert.equal(requests.length, sent);
		assert.equal(events.at(-1), "rolled");
	});
}

test("a Response's body is not read, and stays its caller's", async () => {
	const { session, token } = await start();
	const response = json({ token: own });
	assert.equal(session.adopt(token, response), false);
	assert.deepEqual(await response.json(), { token: own });
	assert.equal(
		session.adopt(token, { status: 200, headers: {}, body: JSON.stringify({ token: own }) }),
		true,
		"where its text is shown, it counts",
	);
	assert.equal((await session.getToken()).value, own);
});

test("an answer to an older token, one that brings none, and a refusal change nothing", async () => {
	const { session, token, requests } = await start();
	const next = await session.getToken({ rejected: token });
	const sent = requests.length;
	assert.equal(session.adopt(token, json({}, { headers: { [name]: "R1" } })), false);
	assert.equal(session.adopt(next, json({})), false);
	for (const status of [401, 403, 500]) {
		assert.equal(session.adopt(next, json({}, { status, headers: { [name]: "R1" } })), false);
	}
	assert.equal(await session.getToken(), next);
	assert.equal(requests.length, sent);
});

test("the life of what it brought is counted from when the call was sent, where that is said", async () => {
	for (const say of [(/** @type {number} */ ms) => ms, (/** @type {number} */ ms) => new Date(ms)]) {
		const clock = manualClock();
		const { session, token } = await start(clock);
		const sentAt = clock.wall();
		await clock.pass(10_000);
		assert.ok(session.adopt(token, json({}, { headers: { [name]: "R2" } }), { sentAt: say(sentAt) }));
		const rolled = await session.getToken();
		assert.equal(rolled.issuedAt.getTime(), sentAt);
		assert.ok(session.adopt(rolled, json({}, { headers: { [name]: "R3" } })));
		assert.equal((await session.getToken()).issuedAt.getTime(), clock.wall());
		assert.ok(session.adopt(await session.getToken(), json({}, { headers: { [name]: "R4" } }), { sentAt: clock.wall() + 5000 }));
		assert.equal((await session.getToken()).issuedAt.getTime(), clock.wall(), "nothing is sent in the future");
	}
});

test("what cannot be is a typed error with the option's name, and changes nothing", async () => {
	const { session, token } = await start();
	const other = await start();
	const good = json({}, { headers: { [name]: "R2" } });
	for (const wrong of [undefined, null, token.value, {}, await other.client.getToken({ ...ccmessaging, userId: "u2" })]) {
		assert.throws(() => session.adopt(wrong, good), tokenError("invalid_option", { field: "token" }));
	}
	for (const wrong of [undefined, null, {}, "200", { headers: {} }, { status: "200", headers: {} }]) {
		assert.throws(() => session.adopt(token, wrong), tokenError("invalid_option", { field: "response" }));
	}
	for (const sentAt of [NaN, "soon", {}]) {
		assert.throws(() => session.adopt(token, good, { sentAt }), tokenError("invalid_option", { field: "sentAt" }));
	}
	assert.throws(() => session.adopt(token, good, { sent: 1 }), tokenError("invalid_option", { field: "sent" }));
	assert.equal(await session.getToken(), token);
});

describe("over the sandbox", () => {
	const sandbox = sandboxed();

	test("a program with a fetch of its own loses no rolled token, and makes one login", async () => {
		const { identity, path } = sandbox.own("ccmessaging");
		const session = createClient(module).session(identity);
		const values = new Set();
		for (let i = 0; i < 3; i++) {
			const token = await session.getToken();
			await sandbox.post("roll", { system: "ccmessaging" });
			values.add(token.value);
			const response = await fetch(identity.baseUrl + path, { headers: token.headers });
			assert.equal(response.status, 200);
			assert.equal(session.adopt(token, { status: 200, headers: response.headers, body: await response.text() }), true);
		}
		assert.equal(values.size, 3);
		assert.equal((await sandbox.state()).counts.ccmessaging.logins, 1);
	});
});
