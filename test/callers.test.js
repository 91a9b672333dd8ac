// What callers get, many at once and one after the other, with a vendor and a clock in the test's hands, and from the sandbox.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { Token } from "../js/client/token.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

const module = createModule(load);
const { appcube } = identities;

/** A client whose vendor answers when the test says so, by the numbers of the requests. */
function holding(options) {
	const answers = [];
	const { fetch, requests } = vendor(({ signal }, number) => {
		const answer = (answers[number - 1] ??= held());
		return new Promise((resolve, reject) => {
			answer.promise.then(resolve, reject);
			signal?.addEventListener("abort", () => reject(signal.reason));
		});
	});
	return {
		client: createClient(module, { fetch, ...options }),
		requests,
		grant: (number, token = `T${number}`) =>
			(answers[number - 1] ??= held()).resolve(json({ errorCode: 0, authToken: token, expireTime: 3600 })),
		async sent(count) {
			for (let i = 0; requests.length < count && i < 100; i++) {
				await settled();
			}
			assert.equal(requests.length, count, "requests sent");
		},
	};
}

describe("over the sandbox", () => {
	const sandbox = sandboxed();

	for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
		test(`${system}: 10,000 callers at once make one login`, async () => {
			const client = createClient(module);
			const { identity } = sandbox.own(system);
			const tokens = await Promise.all(Array.from({ length: 10_000 }, () => client.getToken({ ...identity })));
			assert.equal(new Set(tokens).size, 1);
			const { counts } = await sandbox.state();
			assert.equal(counts[system].logins, 1);
			assert.equal(counts.apifabric.logins, system === "ccmessaging" ? 1 : 0);
		});

		test(`${system}: a rejected token is replaced, once for all who say so`, async () => {
			const client = createClient(module);
			const { identity } = sandbox.own(system);
			const first = await client.getToken(identity);
			const requests = async () => {
				const { logins, refreshes } = (await sandbox.state()).counts[system];
				return logins + refreshes;
			};
			const renewed = await Promise.all(
				Array.from({ length: 100 }, (_, i) => client.getToken({ ...identity }, { rejected: i % 2 ? first : first.value })),
			);
			assert.equal(new Set(renewed).size, 1);
			assert.notEqual(renewed[0].value, first.value);
			assert.equal(await requests(), 2);

			assert.equal(await client.getToken(identity, { rejected: first }), renewed[0], "said late, it changes nothing");
			assert.equal(await client.getToken(identity, { rejected: "somebody else's" }), renewed[0]);
			assert.equal(await requests(), 2);
		});

		test(`${system}: forceRefresh gets a new token, one for all who ask at once`, async () => {
			const client = createClient(module);
			const { identity } = sandbox.own(system);
			const first = await client.getToken(identity);
			const forced = await Promise.all([1, 2, 3].map(() => client.getToken(identity, { forceRefresh: true })));
			assert.equal(new Set(forced).size, 1);
			assert.notEqual(forced[0].value, first.value);
			assert.equal(await client.getToken(identity), forced[0]);
			assert.equal(await client.getToken(identity, { forceRefresh: false }), forced[0]);
		});
	}

	test("one AccessToken serves all users of an app", async () => {
		const client = createClient(module);
		const { identity } = sandbox.own("ccmessaging");
		const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => client.getToken({ ...identity, userId: `user${i}` })));
		assert.equal(new Set(tokens.map(({ value }) => value)).size, 50);
		const { counts } = await sandbox.state();
		assert.deepEqual([counts.apifabric.logins, counts.ccmessaging.logins], [1, 50]);
	});
});

describe("aborting", () => {
	test("ends one caller's wait at once, with the reason, and no other's", async () => {
		const { client, requests, grant, sent } = holding();
		const controller = new AbortController();
		const aborted = client.getToken(appcube, { signal: controller.signal });
		const others = [client.getToken(appcube), client.getToken({ ...appcube }, { signal: new AbortController().signal })];
		await sent(1);
		const reason = new Error("enough");
		controller.abort(reason);
		await assert.rejects(aborted, tokenError("aborted", { cause: reason, retryable: true }));
		assert.equal(requests[0].signal.aborted, false, "the login goes on");
		grant(1);
		assert.deepEqual(
			(await Promise.all(others)).map(({ value }) => value),
			["T1", "T1"],
		);
		await sent(1);
	});

	test("of all who wait lets the login end all the same: its token is there for the next", async () => {
		const { client, grant, sent } = holding();
		const controller = new AbortController();
		const aborted = client.getToken(appcube, { signal: controller.signal });
		await sent(1);
		controller.abort();
		await assert.rejects(aborted, tokenError("aborted"));
		grant(1);
		assert.equal((await client.getToken(appcube)).value, "T1");
		await sent(1);
	});

	test("before the call sends nothing, whatever the call", async () => {
		const { client, requests } = holding();
		const signal = AbortSignal.abort();
		const session = client.session(identities.cubedrive);
		for (const call of [
			() => client.getToken(appcube, { signal }),
			() => session.getToken({ signal, forceRefresh: true }),
			() => client.verifyToken("token", identities.cubedrive, { signal }),
			() => session.verifyToken("token", { signal }),
			() => session.verifyToken(undefined, { signal }),
		]) {
			await assert.rejects(call(), tokenError("aborted"));
		}
		await assert.rejects(client.fetch(appcube, "/call", { signal }), (error) => error === signal.reason);
		await settled();
		assert.equal(requests.length, 0);
	});

	test("leaves no listener on the signal, whatever the outcome", async () => {
		const { client, grant } = holding();
		const { signal } = new AbortController();
		grant(1);
		await client.getToken(appcube, { signal });
		await assert.rejects(client.getToken({ system: "other" }, { signal }), tokenError("invalid_identity"));
		await settled();
		assert.equal(getEventListeners(signal, "abort").length, 0);
	});
});

describe("a failure", () => {
	test("is the same for all who wait, and is not kept beyond its pause", async () => {
		const clock = manualClock();
		let down = true;
		const { fetch, requests } = vendor(() => (down ? json({}, { status: 500 }) : json({ errorCode: 0, authToken: "T", expireTime: 3600 })));
		const client = createClient(module, { fetch }, clock);
		const failures = await Promise.allSettled(Array.from({ length: 10_000 }, () => client.getToken({ ...appcube })));
		assert.ok(failures.every(({ reason }) => reason?.code === "vendor_failure"));
		assert.equal(requests.length, 1);
		const { retryAt } = failures[0].reason;

		down = false;
		await assert.rejects(client.getToken(appcube), tokenError("cooling_down", { retryAt, step: "login", httpStatus: 500 }));
		assert.equal(requests.length, 1);
		await clock.pass(retryAt.getTime() - clock.wall());
		assert.equal((await client.getToken(appcube)).value, "T");
		assert.equal(requests.length, 2);
	});

	test("of a fetch that ignores its signal still ends in time", async () => {
		const client = createClient(module, { fetch: () => new Promise(() => {}), timeoutMs: 30 });
		await assert.rejects(client.getToken(appcube), tokenError("timeout", { system: "appcube", step: "login", retryable: true }));
	});

	test("of a lost connection tells a page, which gets no reason from its browser, what else to look for", async (t) => {
		Object.assign(globalThis, { document: {} });
		t.after(() => void delete globalThis.document);
		const client = createClient(module, { fetch: () => Promise.reject(new TypeError("Failed to fetch")), timeoutMs: 200 });
		await assert.rejects(
			client.getToken(appcube),
			tokenError("network", {
				message: "appcube: login: no connection to the vendor, or it was lost; also check that this page's origin is allowed there",
			}),
		);
	});
});

describe("a session handle", () => {
	test("is opened when it is made, so that its first token need not wait for that, and nothing is sent", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(module, { fetch });
		assert.equal(client.session(identities.isales).id, null, "the core is not at hand before its first use");
		await client.getToken(appcube);
		assert.ok(client.session(identities.cubedrive).id);
		assert.equal(requests.length, 1);
	});

	test("takes no other session's place by being made", async () => {
		const { fetch, requests } = lenient();
		const events = [];
		const client = createClient(module, { fetch, maxSessions: 1, onEvent: ({ type }) => events.push(type) });
		const token = await client.getToken(appcube);
		const session = client.session(identities.cubedrive);
		assert.equal(session.id, null);
		assert.equal(await client.getToken(appcube), token);
		assert.deepEqual([events, requests.length], [["acquired"], 1]);
		await session.getToken();
		assert.deepEqual([events, requests.length], [["acquired", "evicted", "acquired"], 2]);
	});

	test("of a wrong identity can be made, and says so when it is used", async () => {
		const client = createClient(module, { fetch: lenient().fetch });
		await client.getToken(appcube);
		const session = client.session({ ...identities.isales, user: "" });
		assert.equal(session.id, null);
		await assert.rejects(session.getToken(), tokenError("invalid_identity", { field: "user" }));
	});

	test("is the client's own session, without naming the identity", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(module, { fetch });
		const session = client.session(appcube);
		assert.equal(requests.length, 0, "it starts nothing");
		const token = await session.getToken();
		assert.equal(await session.getToken(), token);
		assert.equal(await client.getToken({ ...appcube }), token);
		assert.notEqual(await session.getToken({ rejected: token }), token);
		assert.equal((await session.verifyToken()).valid, true);
		assert.equal((await session.verifyToken(token)).valid, false);
		assert.equal((await session.verifyToken(token.value)).reason, "rejected");
	});

	test("forgets: the token is dropped, for all objects that name the identity", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(module, { fetch });
		const first = await client.getToken(appcube);
		client.session({ ...appcube }).forget();
		const second = await client.getToken(appcube);
		assert.notEqual(second.value, first.value);
		assert.equal(requests.length, 2);
		client.session({ ...identities.isales }).forget(); // never asked for: nothing to forget
		assert.equal(await client.getToken(appcube), second);
	});

	test("that forgets ends the wait of who waits, and the request", async () => {
		const { client, requests, sent } = holding();
		const waiting = [client.getToken(appcube), client.getToken({ ...appcube })];
		const all = Promise.allSettled(waiting);
		await sent(1);
		client.session({ ...appcube }).forget();
		for (const { reason } of await all) {
			tokenError("forgotten")(reason);
		}
		assert.equal(requests[0].signal.aborted, true);
		const next = client.getToken(appcube);
		await sent(2);
		client.close();
		await assert.rejects(next, tokenError("closed"));
	});
});

describe("closing", () => {
	test("ends every wait, request and timer, and all that comes later", async () => {
		const clock = manualClock();
		const { fetch, requests } = vendor(() => new Promise(() => {}));
		const client = createClient(module, { fetch }, clock);
		const session = client.session(identities.isales);
		const waiting = Promise.allSettled([
			client.getToken(appcube),
			session.getToken(),
			client.verifyToken("T", identities.cubedrive),
			client.fetch(appcube, "/call"),
		]);
		await settled();
		assert.equal(requests.length, 3);
		client.close();
		for (const { reason } of await waiting) {
			tokenError("closed")(reason);
		}
		assert.ok(requests.every(({ signal }) => signal.aborted));
		assert.equal(clock.timers.length, 0);
		for (const call of [
			() => client.getToken(appcube),
			() => session.getToken(),
			() => session.verifyToken("T"),
			() => session.fetch("/call"),
			() => client.getToken(identities.cubedrive, { forceRefresh: true }),
		]) {
			await assert.rejects(call(), tokenError("closed"));
		}
		session.forget();
		client.close();
		assert.equal(requests.length, 3);
	});

	test("before the module has started ends the wait too", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(createModule(load), { fetch });
		const waiting = client.getToken(appcube);
		client.close();
		await assert.rejects(waiting, tokenError("closed"));
		assert.equal(requests.length, 0);
	});

	test("takes a token that was handed out by the fast way", async () => {
		const clock = manualClock();
		const { fetch } = lenient();
		const client = createClient(module, { fetch }, clock);
		await client.getToken(appcube);
		await client.getToken(appcube);
		assert.equal(clock.timers.length, 1);
		client.close();
		assert.equal(clock.timers.length, 0);
		await assert.rejects(client.getToken(appcube), tokenError("closed"));
	});

	test("one client leaves the others alone", async () => {
		const one = createClient(module, { fetch: lenient().fetch });
		const other = createClient(module, { fetch: lenient().fetch });
		await one.getToken(appcube);
		const token = await other.getToken(appcube);
		one.close();
		assert.equal(await other.getToken(appcube), token);
		const third = createClient(module, { fetch: lenient().fetch }); // in the place of the first
		await third.getToken(identities.isales);
		assert.equal(await other.getToken(appcube), token);
	});

	test("lets a business call in flight have its answer", async () => {
		const answer = held();
		const client = createClient(module, {
			fetch: async (url) => (url.endsWith("/call") ? answer.promise : json({ errorCode: 0, authToken: "T", expireTime: 3600 })),
		});
		const call = client.fetch(appcube, "/call");
		await settled();
		client.close();
		answer.resolve(json({ fine: true }, { status: 401 }));
		assert.deepEqual([(await call).status, await (await call).json()], [401, { fine: true }]);
	});
});

describe("eviction", () => {
	const identity = (n) => ({ ...appcube, appKey: `key${n}` });

	test("takes the least recently used, tells so, and the session comes back with a new login", async () => {
		const { fetch, requests } = lenient();
		const events = [];
		const client = createClient(module, { fetch, maxSessions: 2, onEvent: (event) => events.push(event) });
		const one = identity(1);
		const session = client.session(one);
		const [first, second] = [await client.getToken(one), await client.getToken(identity(2))];
		assert.equal(await client.getToken(one), first); // now 2 is the least recently used
		await client.getToken(identity(3));
		assert.deepEqual(
			events.map(({ type }) => type),
			["acquired", "acquired", "evicted", "acquired"],
		);
		assert.equal(events[2].session, events[1].session);
		assert.equal(await client.getToken(one), first);
		assert.equal(requests.length, 3);

		const again = await client.getToken(identity(2));
		assert.notEqual(again.value, second.value);
		assert.equal(requests.length, 4);
		await client.getToken(identity(3));
		await client.getToken(identity(4)); // all former ones are gone by now, the handle's too
		const back = await session.getToken();
		assert.notEqual(back.value, first.value);
		assert.equal(await session.getToken(), back);
		assert.equal(await client.getToken(one), back);
		assert.equal((await client.verifyToken(first)).reason, "unknown");
		assert.equal((await client.verifyToken(back)).reason, "live");
	});
});

describe("events", () => {
	test("tell a session's life in its order, with the same number for the session", async () => {
		const events = [];
		const clock = manualClock();
		let calls = 0;
		const { fetch } = vendor(({ url }, number) => {
			if (url.pathname === "/call") {
				return json({}, { status: ++calls === 1 ? 401 : 200 });
			}
			return number === 1 ? json({}, { status: 503 }) : json({ errorCode: 0, authToken: `T${number}`, expireTime: 3600 });
		});
		const client = createClient(module, { fetch, onEvent: (event) => events.push(event) }, clock);
		const token = client.getToken(appcube);
		await settled();
		await clock.pass(1000);
		await token;
		await client.fetch(appcube, "/call");
		await client.getToken(appcube, { forceRefresh: true });
		assert.deepEqual(
			events.map(({ type, step, logins }) => [type, step, logins]),
			[
				["retrying", "login", 1],
				["acquired", "login", 2],
				["rejected", "call", 2],
				["replayed", "call", 3],
				["acquired", "login", 3],
				["renewed", "login", 4],
			],
		);
		for (const event of events) {
			assert.equal(event.system, "appcube");
			assert.equal(event.session, events[0].session);
			assert.ok(event.at instanceof Date);
		}
		const [retrying, acquired, rejected] = events;
		tokenError("unavailable", { httpStatus: 503 })(retrying.error);
		assert.ok(retrying.retryAt >= retrying.at);
		assert.equal(acquired.expiresAt - (await token).issuedAt, 3_600_000);
		assert.equal(rejected.reason, "token_dead");
	});

	test("may be answered with further calls, even with the end", async () => {
		const { fetch } = lenient();
		const inner = [];
		const client = createClient(module, {
			fetch,
			onEvent({ type }) {
				if (type === "acquired" && inner.length === 0) {
					inner.push(client.getToken(appcube), client.getToken(identities.isales));
				} else if (type === "rejected") {
					client.close();
				}
			},
		});
		const token = await client.getToken(appcube);
		assert.equal(await inner[0], token);
		assert.equal((await inner[1]).system, "isales");
		await assert.rejects(client.getToken(appcube, { rejected: token }), tokenError("closed"));
	});
});

test("a token is renewed in the background while it may still be used, and never handed out past its margin", async () => {
	const clock = manualClock();
	const answer = held();
	const { fetch, requests } = vendor((_, number) =>
		number === 2 ? answer.promise : json({ errorCode: 0, authToken: `T${number}`, expireTime: 100 }),
	);
	const client = createClient(module, { fetch }, clock);
	const value = async () => (await client.getToken(appcube)).value;
	assert.equal(await value(), "T1");
	await clock.pass(74_000);
	assert.deepEqual([await value(), requests.length], ["T1", 1]);
	await clock.pass(7_000); // within the window that begins at 75 s, with jitter up to 80 s
	assert.deepEqual([await value(), await value(), requests.length], ["T1", "T1", 2]);
	answer.resolve(json({ errorCode: 0, authToken: "T2", expireTime: 100 }));
	await settled();
	assert.equal(await value(), "T2");
	await clock.pass(89_999 - 7_000);
	assert.equal(requests.length, 2, "nothing is sent while nobody asks");
	await clock.pass(7_001);
	assert.equal(await value(), "T3");
});

test("a token that is live is handed out by the promise that all share, and still ends on time", async () => {
	const clock = manualClock();
	const { fetch } = lenient();
	const client = createClient(module, { fetch }, clock);
	await client.getToken(appcube);
	assert.equal(client.getToken(appcube), client.getToken(appcube));
	const token = await client.getToken(appcube);
	await clock.pass(3_600_000 - 60_000);
	const next = await client.getToken(appcube);
	assert.notEqual(next, token);
	assert.equal(Token.is(next), true);
});

test("a token is not handed out past its life though the time of day is set back, nor after a sleep in which no time passed", async () => {
	for (const [passed, set] of [
		[95_000, -94_999],
		[95_000, -1_000_000],
		[1, 95_000],
	]) {
		const clock = manualClock();
		const { fetch } = vendor((_, number) => json({ errorCode: 0, authToken: `T${number}`, expireTime: 100 }));
		const client = createClient(module, { fetch }, clock);
		await client.getToken(appcube);
		await client.getToken(appcube);
		await clock.pass(passed);
		clock.set(set);
		assert.equal((await client.getToken(appcube)).value, "T2");
	}
});

describe("options", () => {
	for (const [field, value] of [
		["fetch", "no function"],
		["onEvent", {}],
		["timeoutMs", 0],
		["timeoutMs", NaN],
		["timeoutMs", "5000"],
		["timeout", 1000],
		["timeoutMs", 600_001],
		["timeoutMs", Infinity],
		["maxSessions", 0],
		["maxSessions", 1.5],
		["maxSessions", 500_001],
	]) {
		test(`createClient refuses ${field}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`, () => {
			assert.throws(() => createClient(module, { [field]: value }), tokenError("invalid_option", { field }));
		});
	}

	for (const [field, options] of [
		["reject", { reject: "T" }],
		["a name", { "no name of an option": 1 }],
		["options", 0],
		["options", "signal"],
		["rejected", { rejected: 5 }],
		["rejected", { rejected: {} }],
		["signal", { signal: {} }],
		["signal", { signal: "no" }],
	]) {
		test(`getToken refuses ${JSON.stringify(options)}, and sends nothing`, async () => {
			const { fetch, requests } = lenient();
			const client = createClient(module, { fetch });
			await assert.rejects(client.getToken(appcube, options), tokenError("invalid_option", { field }));
			await assert.rejects(client.session(appcube).getToken(options), tokenError("invalid_option", { field }));
			assert.equal(requests.length, 0);
		});
	}

	test("createClient takes what is absent for absent", async () => {
		for (const none of [null, undefined]) {
			const { fetch } = lenient();
			const client = createClient(module, { fetch, timeoutMs: none, maxSessions: none, onEvent: none });
			assert.equal((await client.getToken(appcube)).value, "T1");
			assert.ok(createClient(module, none));
			assert.ok(createClient(module, { fetch: none }));
		}
	});

	test("options count that an object inherits, and no others", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(module, Object.create({ fetch }));
		await client.getToken(appcube);
		await client.getToken(appcube, Object.create({ forceRefresh: true }));
		assert.equal(requests.length, 2);
	});

	test("getToken takes what is absent for absent", async () => {
		const { fetch, requests } = lenient();
		const client = createClient(module, { fetch });
		const token = await client.getToken(appcube, {});
		for (const options of [
			null,
			undefined,
			{},
			{ signal: undefined, rejected: undefined, forceRefresh: undefined },
			{ signal: null, rejected: null },
		]) {
			assert.equal(await client.getToken(appcube, options), token);
		}
		assert.equal(requests.length, 1);
	});

	test("without a fetch of its own, a client uses the platform's as it is at each call", async (t) => {
		const client = createClient(module);
		const { fetch, requests } = lenient();
		t.mock.method(globalThis, "fetch", fetch);
		await client.getToken(appcube);
		t.mock.restoreAll();
		assert.equal(requests.length, 1);
	});
});
