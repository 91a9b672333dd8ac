// The package as a console uses it, against the edge, over the sandbox.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { createClient, TokenError } from "../../js/node.js";
import { startEdge } from "./edge.js";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {ReturnType<typeof controls>} */
let sandbox;
before(async () => {
	server = await startServer("127.0.0.1:0");
	sandbox = controls(server.url);
	edge = await startEdge({ sandbox: server.url });
});
after(async () => {
	await edge?.close();
	await server?.stop();
});

/** @param {string} connection @param {string} subject */
const identity = (connection, subject) => ({ edge: edge.url, connection, subject, authorization: () => edge.tokenFor(subject) });

for (const [connection, system] of [
	["open-appcube", "appcube"],
	["shared-messaging", "ccmessaging"],
	["open-isales", "isales"],
	["open-drive", "cubedrive"],
]) {
	test(`${system}: a token that the vendor accepts, one login for many callers, and a new one after a rejection`, async () => {
		const client = createClient();
		const mine = identity(connection ?? "", "agent-1");
		const logins = async () => (await sandbox.state()).counts[system ?? ""].logins;
		const before = await logins();
		const tokens = await Promise.all(Array.from({ length: 50 }, () => client.getToken({ ...mine })));
		assert.equal(new Set(tokens.map(({ value }) => value)).size, 1);
		assert.equal((await logins()) - before, 1);
		const [token] = tokens;
		assert.equal(token?.system, system);
		assert.equal((await client.verifyToken(token ?? "", mine)).valid, true);
		await sandbox.revoke({ system, all: true });
		const next = await client.getToken(mine, { rejected: token });
		assert.notEqual(next.value, token?.value);
		client.close();
	});
}

for (const [connection, system, path, init] of /** @type {[string, string, string, RequestInit][]} */ ([
	["appcube", "appcube", "/oifde/rest/appcube/api/business", { method: "POST", body: "{}" }],
	["messaging", "ccmessaging", "/apiaccess/ccmessaging/poll?channel=WEB", {}],
	[
		"messaging",
		"ccmessaging",
		"/apiaccess/ccmessaging/send",
		{ method: "POST", headers: { "content-type": "application/json; charset=UTF-8" }, body: "{}" },
	],
	["isales", "isales", "/rest/isales/v1/openapi/obs/business", {}],
	["drive", "cubedrive", "/commonPage?page=formData", {}],
])) {
	test(`sealed, ${connection} ${path}: the call works, again after the token was revoked, and no token reaches the page`, async () => {
		const client = createClient();
		const mine = identity(connection, "agent-2");
		assert.equal((await client.fetch(mine, path, init)).status, 200);
		await sandbox.revoke({ system, all: true });
		const response = await client.fetch(mine, path, init);
		assert.equal(response.status, 200, await response.text());
		await assert.rejects(client.getToken(mine), (error) => error instanceof TokenError && /** @type {string} */ (error.code) === "sealed");
		client.close();
	});
}

/** Whose a token of ccmessaging's is, by its own word. @param {import("../../js/node.js").Token} token */
const userOf = ({ value }) => JSON.parse(Buffer.from(decodeURIComponent(value), "base64").toString()).userId;

test("one client for three users at once: tokens and calls are each one's own, and so are they for who signs in after another", async () => {
	const client = createClient();
	const names = ["agent-11", "agent-12", "agent-13"];
	const all = Array.from({ length: 30 }, (_, i) => names[i % 3] ?? "");
	const tokens = await Promise.all(all.map((name) => client.getToken(identity("shared-messaging", name))));
	assert.deepEqual(tokens.map(userOf), all);

	const signedIn = { user: "agent-14" };
	const mine = () => ({
		edge: edge.url,
		connection: "shared-messaging",
		subject: signedIn.user,
		authorization: () => edge.tokenFor(signedIn.user),
	});
	const first = await client.getToken(mine());
	assert.equal(userOf(first), "agent-14");
	client.session(mine()).forget();
	signedIn.user = "agent-15";
	assert.equal(userOf(await client.getToken(mine())), "agent-15");
	assert.equal((await client.verifyToken(first.value, mine())).valid, false, "another user's token is not this one's");
	client.close();
});

test("a console that is not signed in gets a typed error, and is asked to sign in once, not for ever", async () => {
	let asked = 0;
	const client = createClient();
	const mine = {
		edge: edge.url,
		connection: "open-isales",
		subject: "agent-3",
		authorization: async () => (asked++, edge.tokenFor("agent-3", { expires: Math.floor(Date.now() / 1000) - 60 })),
	};
	await assert.rejects(client.getToken(mine), TokenError);
	assert.ok(asked <= 3, `asked ${asked} times`);
	client.close();
});
