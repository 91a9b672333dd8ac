// The client that the functions at the top share: how it is set up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { tokenError } from "./expect.js";
import { identities, json, lenient } from "./vendor.js";

test("what configure says holds for getToken and verifyToken, and what it returns is their client", async () => {
	const { configure, getToken, verifyToken } = entry(load);
	const { fetch, requests } = lenient();
	const events = [];
	const client = configure({ fetch, onEvent: ({ type }) => events.push(type) });
	const token = await getToken(identities.cubedrive);
	assert.equal((await verifyToken(token)).source, "vendor");
	assert.equal(await client.getToken(identities.cubedrive), token);
	assert.deepEqual([requests.length, events], [2, ["acquired"]]);
	await client.close();
	await assert.rejects(getToken(identities.cubedrive), tokenError("closed"));
});

test("nothing is started by it", () => {
	const { configure } = entry(() => assert.fail("the module is loaded"));
	configure({ timeoutMs: 1000 }).close();
});

test("it comes before the first use, and once: afterwards it would mean some tokens and not others", async () => {
	const used = entry(load);
	const first = used.getToken({});
	assert.throws(() => used.configure({}), tokenError("client_started"));
	await assert.rejects(first, tokenError("invalid_identity"));

	const verified = entry(load);
	const verifying = verified.verifyToken("text");
	assert.throws(() => verified.configure(), tokenError("client_started"));
	await assert.rejects(verifying, tokenError("invalid_option"));

	const twice = entry(load);
	twice.configure();
	assert.throws(() => twice.configure(), tokenError("client_started", { retryable: false }));
});

test("an option that is wrong is told at once, and leaves it to be called again", async () => {
	const { configure, getToken } = entry(load);
	assert.throws(() => configure({ maxsessions: 5 }), tokenError("invalid_option", { field: "maxsessions" }));
	assert.throws(() => configure({ timeoutMs: 0 }), tokenError("invalid_option", { field: "timeoutMs" }));
	configure({ fetch: async () => json({ errorCode: 0, authToken: "T", expireTime: 60 }) });
	assert.equal((await getToken(identities.appcube)).value, "T");
});

test("clients of one's own neither need it nor are changed by it", async () => {
	const { configure, createClient, getToken } = entry(load);
	const own = createClient({ fetch: lenient().fetch });
	configure({ fetch: async () => json({ errorCode: 0, authToken: "SHARED", expireTime: 60 }) });
	assert.equal((await own.getToken(identities.appcube)).value, "T1");
	assert.equal((await getToken(identities.appcube)).value, "SHARED");
});
