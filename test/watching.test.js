// What a program that shows tokens' lives can learn from the package: marks, numbers and purposes, and no secret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { tokenError } from "./expect.js";
import { identities, lenient } from "./vendor.js";

const module = createModule(load);

/** The margins of a life in milliseconds, as README states them: not handed out, and renewed ahead of time. */
const margin = (life) => Math.min(60_000, life / 10);
const window = (life) => Math.min(900_000, life / 4);

for (const [system, identity] of Object.entries(identities)) {
	test(`${system}: a token says from when it is renewed, and until when it is handed out`, async () => {
		const client = createClient(module, { fetch: lenient().fetch });
		const token = await client.getToken(identity);
		if (system === "cubedrive") {
			assert.deepEqual([token.expiresAt, token.renewAt, token.usableUntil], [null, null, null]);
			return;
		}
		const life = token.expiresAt - token.issuedAt;
		assert.equal(token.expiresAt - token.usableUntil, margin(life));
		const ahead = token.expiresAt - token.renewAt;
		assert.ok(ahead >= window(life) * 0.8 && ahead <= window(life), `${ahead} ms ahead of the end`);
	});

	test(`${system}: events and requests name a session by the same number as its handle`, async () => {
		const seen = { events: new Set(), requests: [] };
		const vendor = lenient();
		const client = createClient(module, {
			fetch(input, init, purpose) {
				seen.requests.push(purpose);
				return vendor.fetch(input, init);
			},
			onEvent: ({ session, step }) => step !== "access_token" && seen.events.add(session),
		});
		const session = client.session(identity);
		assert.equal(session.id, null, "before its first use");
		await session.getToken();
		await session.fetch("/anything", { method: "POST", body: "{}" });
		assert.ok(session.id > 0);
		assert.deepEqual([...seen.events], [session.id]);
		const own = seen.requests.filter(({ step }) => step !== "access_token");
		assert.deepEqual(
			own.map(({ session }) => session),
			own.map(() => session.id),
		);
		assert.deepEqual(
			own.map(({ step }) => step),
			[system === "ccmessaging" ? "apply" : "login", "call"],
		);
		assert.equal(client.session({ ...identity }).id, session.id, "equal identities share a session, whatever the handles");
		client.close();
		assert.equal(session.id, null, "after its end");
	});
}

test("a fetch of the caller's own is called by itself, as a browser's must be", async () => {
	const vendor = lenient();
	const receivers = [];
	const client = createClient(module, {
		fetch: function (input, init) {
			receivers.push(this);
			return vendor.fetch(input, init);
		},
	});
	await client.fetch(identities.appcube, "/anything", { method: "POST", body: "{}" });
	assert.deepEqual(receivers, [undefined, undefined]);
});

test("a right identity passes the check, and nothing is sent", async () => {
	const { validateIdentity } = entry(load);
	for (const identity of Object.values(identities)) {
		assert.equal(await validateIdentity(identity), undefined);
	}
	const { appSecret, ...user } = identities.ccmessaging;
	await validateIdentity({ ...user, accessToken: async () => assert.fail("nobody asks for it") });
});

test("the check names the first field at fault, with what getToken would say", async () => {
	const { createClient, validateIdentity } = entry(load);
	const client = createClient({ fetch: () => assert.fail("nothing is sent") });
	for (const [system, wrong, field] of [
		["appcube", { appSecret: "" }, "appSecret"],
		["appcube", { baseUrl: "vendor.test" }, "baseUrl"],
		["ccmessaging", { userId: "u".repeat(33) }, "userId"],
		["ccmessaging", { locale: "en-US" }, "locale"],
		["isales", { password: "x" }, "password"],
		["cubedrive", { params: {} }, "params"],
	]) {
		const identity = { ...identities[system], ...wrong };
		const said = await validateIdentity(identity).then(
			() => assert.fail(`${system} ${field}`),
			(error) => error,
		);
		tokenError("invalid_identity")(said);
		assert.equal(said.field, field);
		const meant = await client.getToken(identity).catch((error) => error);
		assert.deepEqual(said.toJSON(), meant.toJSON());
	}
	await assert.rejects(validateIdentity(null), tokenError("invalid_identity"));
});

test("a thousand checks take no room among the sessions", async () => {
	const { createClient, validateIdentity } = entry(load);
	const events = [];
	const client = createClient({ fetch: lenient().fetch, maxSessions: 1, onEvent: ({ type }) => events.push(type) });
	const token = await client.getToken(identities.appcube);
	for (let i = 0; i < 1000; i++) {
		await validateIdentity({ ...identities.appcube, appKey: `key${i}` });
	}
	assert.equal(await client.getToken(identities.appcube), token);
	assert.deepEqual(events, ["acquired"]);
});
