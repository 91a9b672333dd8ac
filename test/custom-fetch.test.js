// Whatever stands in for the platform's fetch: other libraries' work, mocks do what they can, and a fault in one is told as such.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import crossFetch from "cross-fetch";
import nodeFetch from "node-fetch";
import polyfill from "whatwg-fetch";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";
import { identities, json, lenient } from "./vendor.js";

const module = createModule(load);
const { appcube, cubedrive, isales } = identities;

/** An older kind of Response, whose body is no stream. */
async function streamless(url, init) {
	const response = await fetch(url, init);
	return new polyfill.Response(await response.text(), { status: response.status, headers: [...response.headers] });
}

/** One that looks at what it hands on, as it should. */
async function logging(url, init) {
	const response = await fetch(url, init);
	await response.clone().text();
	return response;
}

/** What tests put in its place, in the shortest way. */
async function mock(url, init) {
	const response = await fetch(url, init);
	const body = await response.text();
	return { ok: response.ok, status: response.status, headers: Object.fromEntries(response.headers), json: async () => JSON.parse(body) };
}

describe("with", () => {
	const sandbox = sandboxed(["-logins", "cubedrive=20"]);

	for (const [name, own] of Object.entries({
		"node-fetch": nodeFetch,
		"cross-fetch": crossFetch,
		"a polyfill without a body stream": streamless,
		"a wrapper that logs": logging,
	})) {
		for (const system of ["appcube", "ccmessaging", "isales", "cubedrive", "oiap"]) {
			test(`${name}, ${system}: a token is got and verified, a call made, and made once more where the token is dead`, async () => {
				const { identity, path, init } = sandbox.own(system);
				const client = createClient(module, { fetch: own });
				const first = await client.getToken(identity);
				assert.notEqual((await client.verifyToken(first)).valid, false);
				assert.equal((await client.fetch(identity, path, init)).status, 200);
				await sandbox.revoke({ system, all: true });
				const response = await client.fetch(identity, path, init);
				assert.equal(response.status, 200);
				assert.equal(typeof (await response.json()), "object");
				assert.notEqual((await client.getToken(identity)).value, first.value);
			});
		}

		test(`${name}: a rolled token is adopted`, async () => {
			const { identity, path } = sandbox.own("ccmessaging");
			const client = createClient(module, { fetch: own });
			const first = await client.getToken(identity);
			await sandbox.post("roll", { system: "ccmessaging" });
			await client.fetch(identity, path);
			assert.notEqual((await client.getToken(identity)).value, first.value);
			assert.equal((await client.fetch(identity, path)).status, 200);
			assert.equal((await sandbox.state()).counts.ccmessaging.logins, 1);
		});
	}

	test("a mock of no more than status and json(): a token is got, and a call handed on as it is", async () => {
		const { identity, path, init } = sandbox.own("isales");
		const client = createClient(module, { fetch: mock });
		await client.getToken(identity);
		const answer = await client.fetch(identity, path, init);
		assert.equal(answer.status, 200);
		assert.equal(typeof (await answer.json()), "object");
		await sandbox.revoke({ system: "isales", all: true });
		assert.equal((await client.fetch(identity, path, init)).status, 200);
	});

	test("node-fetch: a large answer that was looked into comes whole", async () => {
		const { identity, init } = sandbox.own("appcube");
		const large = JSON.stringify({ data: "x".repeat(3 << 20) });
		const other = createServer((_, response) => response.writeHead(200, { "content-type": "application/json" }).end(large));
		other.listen(0, "127.0.0.1");
		await once(other, "listening");
		try {
			const client = createClient(module, {
				fetch: (url, init) => nodeFetch(url.endsWith("/large") ? `http://127.0.0.1:${other.address().port}` : url, init),
			});
			const response = await client.fetch(identity, "/large", init);
			assert.ok(!(response instanceof Response), "it is node-fetch's own");
			assert.equal((await response.text()).length, large.length);
		} finally {
			other.closeAllConnections();
			other.close();
		}
	});
});

test("an answer that says that it has no body is not asked for one", async () => {
	let asked = 0;
	const bare = () =>
		Object.assign(
			new Response(null, { status: 400 }),
			Object.fromEntries(["text", "arrayBuffer", "json"].map((name) => [name, () => (asked++, "")])),
		);
	await assert.rejects(createClient(module, { fetch: async () => bare() }).getToken(isales), tokenError("bad_request"));
	assert.equal(asked, 0);
});

test("a mock that says no more than that it is ok has status 200, and one that says it is not has none", async () => {
	const logins = lenient();
	const say = (ok) => async (url, init) => {
		const response = await logins.fetch(url, init);
		return { ok, json: () => response.json() };
	};
	assert.equal((await createClient(module, { fetch: say(true) }).getToken(appcube)).value, "T1");
	await assert.rejects(createClient(module, { fetch: say(false) }).getToken(appcube), tokenError("fetch_failed"));
});

describe("a fault in it", () => {
	const fault = new TypeError("Cannot read properties of undefined (reading 'token')");
	const read = async () => {
		const response = json({ success: true, "x-auth-token": "T1", errorCode: 0, authToken: "T1" });
		await response.text();
		return response;
	};
	const locked = async () => {
		const response = json({ success: true, "x-auth-token": "T1", errorCode: 0, authToken: "T1" });
		response.body.getReader();
		return response;
	};
	/** @type {[string, () => any, boolean, (cause: any) => boolean][]} */
	const faults = [
		["throws a TypeError of its own", async () => Promise.reject(fault), true, (cause) => cause === fault],
		[
			"throws at once",
			() => {
				throw fault;
			},
			true,
			(cause) => cause === fault,
		],
		["throws what is no error", () => Promise.reject("no"), true, (cause) => cause === "no"],
		[
			"throws for an URL that it finds wrong",
			() => Promise.reject(Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" })),
			true,
			({ code }) => code === "ERR_INVALID_URL",
		],
		["gives no response", async () => undefined, false, ({ message }) => /no Response/.test(message)],
		["gives what was read already", async () => ({ data: {} }), false, ({ message }) => /no Response/.test(message)],
		["has read the body", read, false, ({ message }) => /reads a clone/.test(message)],
		["holds the body", locked, false, ({ message }) => /reads a clone/.test(message)],
		["gives a json() that fails", async () => ({ ok: true, json: () => Promise.reject(fault) }), false, (cause) => cause === fault],
		[
			"gives a body of no bytes",
			async () => ({
				ok: true,
				body: (async function* () {
					yield {};
				})(),
			}),
			false,
			({ message }) => /bytes/.test(message),
		],
	];
	for (const identity of [appcube, cubedrive, isales]) {
		for (const [what, fetch, retryable, isCause] of faults) {
			test(`${identity.system}: that ${what} is fetch_failed with its cause, told once, after one request`, async () => {
				const clock = manualClock();
				let asked = 0;
				const events = [];
				const client = createClient(module, { fetch: () => (asked++, fetch()), onEvent: (event) => events.push(event.type) }, clock);
				const failed = client.getToken(identity).catch((error) => error);
				await settled();
				await clock.pass(1000); // what would be sent once more is by now
				const error = await failed;
				assert.ok(tokenError("fetch_failed", { step: "login", system: identity.system, retryable })(error));
				assert.ok(isCause(error.cause), String(error.cause));
				assert.ok(!/connection/.test(error.message), error.message);
				assert.ok(!JSON.stringify(error).includes("Cannot read"), "no printed form shows it");
				assert.equal(asked, 1);
				assert.deepEqual(events, ["cooling", "failed"]);
				await assert.rejects(client.getToken(identity), tokenError("cooling_down"));
				assert.equal(asked, 1);
			});
		}
	}

	test("is none where it is the connection that failed, in whatever words: that is tried again", async () => {
		for (const error of [
			new TypeError("Failed to fetch"),
			new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNRESET" }) }),
			new TypeError("NetworkError when attempting to fetch resource."),
			new TypeError("Load failed"),
			new TypeError("The Internet connection appears to be offline."),
			new TypeError("A server with the specified hostname could not be found."),
			new TypeError("Network request failed"),
			new Error("Network connection lost."),
			new TypeError("error sending request for url (https://vendor.test/)"),
			Object.assign(new Error("request to https://vendor.test/ failed, reason: x"), { name: "FetchError", code: "ECONNRESET" }),
			Object.assign(new Error("Network Error"), { name: "AxiosError", code: "ERR_NETWORK" }),
			new DOMException("A network error occurred.", "NetworkError"),
		]) {
			const clock = manualClock();
			const logins = lenient();
			let asked = 0;
			const client = createClient(module, { fetch: (...args) => (++asked === 1 ? Promise.reject(error) : logins.fetch(...args)) }, clock);
			const token = client.getToken(appcube);
			for (let i = 0; i < 10 && asked < 2; i++) {
				await settled();
				await clock.pass(500);
			}
			assert.equal((await token).value, "T1", error.message);
		}
	});

	test("costs no refresh token, and so no login", async () => {
		const clock = manualClock();
		const logins = lenient();
		let at = "";
		const client = createClient(
			module,
			{ fetch: (url, init) => (url.endsWith(at) && at ? Promise.reject(fault) : logins.fetch(url, init)) },
			clock,
		);
		await client.getToken(isales);
		at = "refresh";
		await clock.pass(300_000);
		await assert.rejects(client.getToken(isales), tokenError("fetch_failed", { step: "refresh" }));
		assert.equal(logins.requests.length, 1);
	});

	test("in a call that gives no response is fetch_failed, and what it throws itself is handed on", async () => {
		const logins = lenient();
		let give = () => undefined;
		let asked = 0;
		const client = createClient(module, {
			fetch: async (url, init) => (url.endsWith("/call") ? (asked++, give()) : logins.fetch(url, init)),
		});
		await assert.rejects(client.fetch(cubedrive, "/call"), (error) => {
			assert.ok(error.cause instanceof TypeError);
			return tokenError("fetch_failed", { step: "call" })(error);
		});
		give = () => Promise.reject(fault);
		await assert.rejects(client.fetch(cubedrive, "/call"), (error) => error === fault);
		assert.equal(asked, 2);
	});

	test("in a call whose body a wrapper has read costs no login, and the answer is the caller's", async () => {
		const logins = lenient();
		for (const status of [200, 401]) {
			const used = json({}, { status });
			await used.text();
			const client = createClient(module, { fetch: async (url, init) => (url.endsWith("/call") ? used : logins.fetch(url, init)) });
			assert.equal((await client.fetch(appcube, "/call", { body: new Blob(["{}"]) })).status, status);
		}
	});

	test("is invalid_option where it is no function", () => {
		for (const fetch of ["fetch", {}, 1, true]) {
			assert.throws(() => createClient(module, { fetch }), tokenError("invalid_option", { field: "fetch" }));
		}
	});
});
