// What verifyToken answers, and who it says has told.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock } from "./clock.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";
import { identities, json, lenient, vendor } from "./vendor.js";

const module = createModule(load);
const { appcube, ccmessaging, cubedrive } = identities;

function start(clock) {
	const { fetch, requests } = lenient();
	return { client: createClient(module, { fetch }, clock), requests };
}

const told = ({ valid, source, reason }) => [valid, source, reason];

for (const [system, life] of [
	["appcube", 3600],
	["ccmessaging", 3600],
	["isales", 300],
]) {
	describe(`${system}, whose vendor has no interface for it`, () => {
		const identity = identities[system];

		test("a token that the vendor issued is live until its life ends, by what the core knows", async () => {
			const clock = manualClock();
			const { client, requests } = start(clock);
			const token = await client.getToken(identity);
			const sent = requests.length;
			const verdict = await client.verifyToken(token);
			assert.deepEqual(told(verdict), [true, "core", "live"]);
			assert.deepEqual(verdict.expiresAt, token.expiresAt);
			await clock.pass(life * 1000 - 1);
			assert.deepEqual(told(await client.verifyToken(token)), [true, "core", "live"]);
			await clock.pass(1);
			assert.deepEqual(told(await client.verifyToken(token)), [false, "core", "expired"]);
			assert.deepEqual(told(await client.verifyToken(token.value, { ...identity })), [false, "core", "expired"]);
			assert.equal(requests.length, sent, "nobody was asked");
		});

		test("one that was rejected is not valid, one that was replaced is nobody's to tell, nor is one from elsewhere", async () => {
			const { client } = start();
			const rejected = await client.getToken(identity);
			const replaced = await client.getToken(identity, { rejected });
			await client.getToken(identity, { forceRefresh: true });
			assert.deepEqual(told(await client.verifyToken(rejected)), [false, "core", "rejected"]);
			assert.deepEqual(told(await client.verifyToken(replaced)), [null, "core", "superseded"]);
			const foreign = await client.verifyToken("from-elsewhere", identity);
			assert.deepEqual([...told(foreign), foreign.expiresAt], [null, "core", "unknown", null]);
		});

		test("a token is not taken for another identity's", async () => {
			const { client } = start();
			const token = await client.getToken(identity);
			const other = { ...identity, baseUrl: "https://other.test" };
			assert.equal((await client.verifyToken(token, other)).reason, "unknown");
			assert.equal((await client.verifyToken(token.value, other)).reason, "unknown");
		});

		test("a token of another client is unknown", async () => {
			const token = await start().client.getToken(identity);
			assert.deepEqual(told(await start().client.verifyToken(token)), [null, "core", "unknown"]);
		});
	});
}

test("a ccmessaging token that names another user is not valid, one that names this user is not proved by that", async () => {
	const { client } = start();
	const naming = (userId) => Buffer.from(JSON.stringify({ tenantId: "t", channelId: "c1", userId })).toString("base64");
	assert.deepEqual(told(await client.verifyToken(naming("u2"), ccmessaging)), [false, "core", "other_subject"]);
	assert.deepEqual(told(await client.verifyToken(naming("u1"), ccmessaging)), [null, "core", "unknown"]);
});

describe("cubedrive, whose vendor has one", () => {
	test("verifyToken a hundred times at once is one request, of whatever handles, and the next time is another", async () => {
		const { client, requests } = start();
		const token = await client.getToken(cubedrive);
		const before = requests.length;
		const session = client.session({ ...cubedrive });
		const ask = (i) => (i % 2 ? client.verifyToken(token.value, { ...cubedrive }) : session.verifyToken(token));
		const gone = client.verifyToken(token, undefined, { signal: AbortSignal.abort() }).catch(({ code }) => code);
		const verdicts = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(i)));
		assert.ok(verdicts.every((verdict) => told(verdict).join() === "true,vendor,confirmed"));
		assert.equal(requests.length - before, 1);
		assert.equal(await gone, "aborted", "one caller's end is nobody else's");
		await client.verifyToken(token);
		assert.equal(requests.length - before, 2);
	});

	const sandbox = sandboxed();
	const own = () => sandbox.own("cubedrive").identity;

	test("the vendor is asked, and its word is told", async () => {
		const client = createClient(module);
		const token = await client.getToken(own());
		assert.deepEqual(told(await client.verifyToken(token)), [true, "vendor", "confirmed"]);
		assert.deepEqual(told(await client.verifyToken(token.value, own())), [true, "vendor", "confirmed"]);
		assert.deepEqual(told(await client.verifyToken("x".repeat(32), own())), [false, "vendor", "denied"]);
		assert.equal((await sandbox.state()).counts.cubedrive.logins, 1);
	});

	test("a no to the current token is a rejection of it: the next caller gets a new one", async () => {
		const client = createClient(module);
		const token = await client.getToken(own());
		await sandbox.revoke({ system: "cubedrive", all: true });
		assert.deepEqual(told(await client.verifyToken(token)), [false, "vendor", "denied"]);
		const next = await client.getToken(own());
		assert.notEqual(next.value, token.value);
		assert.deepEqual(told(await client.verifyToken(token)), [false, "core", "rejected"]);
		assert.deepEqual(told(await client.session(own()).verifyToken()), [true, "vendor", "confirmed"]);
	});

	for (const [fault, code] of [
		["reset", "network"],
		["html", "malformed_response"],
		["empty", "malformed_response"],
		["types", "malformed_response"],
		["huge", "response_too_large"],
		["redirect", "redirected"],
		["500", "vendor_failure"],
		["503", "unavailable"],
	]) {
		test(`where the vendor cannot be asked (${fault}) that is an error, and no verdict`, async () => {
			const client = createClient(module, { timeoutMs: 5000 });
			const token = await client.getToken(own());
			await sandbox.fault({ system: "cubedrive", endpoint: "verify", fault, count: 100 });
			await assert.rejects(client.verifyToken(token), tokenError(code, { system: "cubedrive", step: "verify" }));
			assert.equal(await client.getToken(own()), token, "the token is left alone");
		});
	}

	test("one that its caller aborts is an abort, and one without an answer a timeout", async () => {
		const client = createClient(module, { timeoutMs: 100 });
		await sandbox.fault({ system: "cubedrive", endpoint: "verify", fault: "delay", delayMs: 60_000, count: 2 });
		const signal = AbortSignal.timeout(20);
		await assert.rejects(client.verifyToken("token", own(), { signal }), tokenError("aborted"));
		await assert.rejects(client.verifyToken("token", own()), tokenError("timeout", { step: "verify" }));
	});
});

describe("a question that cannot be asked", () => {
	for (const [what, token] of [
		["nothing", undefined],
		["null", null],
		["a number", 5],
		["a plain object", { value: "T" }],
		["a token's JSON", { system: "cubedrive" }],
	]) {
		test(`${what} in place of a token is a typed error, and the vendor is not asked`, async () => {
			const { client, requests } = start();
			await assert.rejects(client.verifyToken(token, cubedrive), tokenError("invalid_option", { field: "token" }));
			if (token != null) {
				await assert.rejects(client.session(cubedrive).verifyToken(token), tokenError("invalid_option", { field: "token" }));
			}
			assert.equal(requests.length, 0);
		});
	}

	for (const [what, token] of [
		["an empty text", ""],
		["text with a space", "a b"],
		["text with a line break", "a\r\nb"],
		["text beyond ASCII", "ü"],
	]) {
		test(`${what} cannot be a token, so the vendor is not asked`, async () => {
			const { client, requests } = start();
			await assert.rejects(client.verifyToken(token, cubedrive), tokenError("invalid_identity", { field: "token" }));
			assert.equal(requests.length, 0);
		});
	}

	test("an option that there is not is a typed error, and the vendor is not asked", async () => {
		const { client, requests } = start();
		for (const options of [{ timeout: 5 }, 5]) {
			const field = options === 5 ? "options" : "timeout";
			await assert.rejects(client.verifyToken("token", cubedrive, options), tokenError("invalid_option", { field }));
			await assert.rejects(client.session(cubedrive).verifyToken("token", options), tokenError("invalid_option", { field }));
		}
		assert.equal(requests.length, 0);
	});

	test("nothing at all in place of a token is said before the missing identity", async () => {
		const { client } = start();
		await assert.rejects(client.verifyToken(undefined), tokenError("invalid_option", { field: "token" }));
	});

	test("a token's value without its identity is a typed error", async () => {
		const { client } = start();
		await assert.rejects(client.verifyToken("token"), tokenError("invalid_option", { field: "identity" }));
	});

	test("a vendor that says success: false has said nothing of the token", async () => {
		const { fetch } = vendor(() => json({ success: false, valid: true }));
		const client = createClient(module, { fetch });
		await assert.rejects(client.verifyToken("token", cubedrive), tokenError("vendor_failure", { step: "verify" }));
	});
});

test("a client verifies its own tokens without being told whose they are, also after the session was evicted", async () => {
	const { fetch } = lenient();
	const client = createClient(module, { fetch, maxSessions: 1 });
	const token = await client.getToken(appcube);
	await client.getToken(cubedrive);
	assert.deepEqual(told(await client.verifyToken(token)), [null, "core", "unknown"]);
});
