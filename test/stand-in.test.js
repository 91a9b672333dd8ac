// session.fetch and client.fetcher stand in for fetch: they are called as it is, by programs and libraries that know nothing of tokens.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Request as OtherRequest } from "node-fetch";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

setFlagsFromString("--expose_gc");
const module = createModule(load);
const { appcube, cubedrive, isales } = identities;
const text = (/** @type {any} */ body) => new Response(body).text();

/**
 * A client whose logins always succeed, and whose other requests are answered by the test.
 * @param {(request: any, number: number) => any} [answer]
 * @param {any} [clock]
 */
function calling(answer = () => json({ fine: true }), clock) {
	const logins = lenient();
	const calls = vendor(answer);
	const inits = [];
	const fetch = (url, init) => {
		if (!new URL(url).pathname.includes("/call")) {
			return logins.fetch(url, init);
		}
		inits.push(init);
		return calls.fetch(url, init);
	};
	return { client: createClient(module, { fetch }, clock), calls: calls.requests, inits, logins: logins.requests };
}

/** Refuses the first token. */
const once = (_, number) => json({}, { status: number === 1 ? 401 : 200 });

describe("what fetch takes:", () => {
	const url = "https://vendor.test/call?x=1";
	const all = { method: "PUT", headers: { "x-own": "own" }, body: '{"a":1}' };
	for (const [what, ...args] of [
		["a string", url, all],
		["a path", "/call?x=1", all],
		["a relative URL", "call?x=1", all],
		["a URL", new URL(url), all],
		["a Request", new Request(url, all)],
		[
			"a Request, and what replaces a part of it",
			new Request(url, { ...all, method: "POST", body: "other" }),
			{ method: "PUT", body: all.body },
		],
		["a Request, and an init that says nothing", new Request(url, all), { method: undefined, body: null, signal: undefined }],
		["a Request as init", url, new Request("https://elsewhere.test/", all)],
		["a Request, and another one as init", new Request(url), new Request("https://elsewhere.test/", all)],
		["another library's Request", new OtherRequest(url, all)],
		["an init of a class of its own", url, Object.create(all)],
	]) {
		test(`${what} goes where and as it says, and is sent once more after a 401`, async () => {
			const { client, calls } = calling(once);
			const { fetch } = client.session(isales);
			assert.equal((await fetch(...args)).status, 200);
			assert.equal(calls.length, 2);
			for (const [i, call] of calls.entries()) {
				assert.deepEqual([call.url.href, call.method, await text(call.body)], [url, "PUT", all.body]);
				assert.equal(call.headers.get("x-own"), "own");
				assert.equal(call.headers.get("authentication"), `Bearer ${["T1", "T3"][i]}`); // T2 would have come by a refresh
			}
		});
	}

	test("a Request whose token travels in the body", async () => {
		const { client, calls } = calling();
		await client.fetcher(appcube)(new Request(url, { method: "POST", body: '{"a":1}' }));
		assert.equal(await text(calls[0].body), '{"authToken":"T1","a":1}');
	});

	test("a Request without a body has none, of whatever method", async () => {
		const { client, calls } = calling();
		for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
			await client.fetch(isales, new Request(url, { method }));
			assert.deepEqual([calls.at(-1).method, calls.at(-1).body], [method, undefined]);
		}
	});

	test("a Request that does not show its body, as Firefox's does not, and one that has none", async () => {
		const { client, calls } = calling();
		const hidden = (/** @type {any} */ given) =>
			new Proxy(new Request(url, given), {
				get(request, name) {
					const value = name === "body" ? undefined : Reflect.get(request, name, request);
					return typeof value === "function" ? value.bind(request) : value;
				},
			});
		await client.fetch(isales, hidden(all));
		await client.fetch(isales, hidden({ method: "GET" }));
		assert.deepEqual([await text(calls[0].body), calls[1].body], [all.body, undefined]);
	});

	test("a Request that was read before is refused, as by fetch, and nothing is sent", async () => {
		const { client, calls, logins } = calling();
		const request = new Request(url, all);
		await request.text();
		await assert.rejects(client.fetch(isales, request), tokenError("invalid_request", { field: "body", step: "call" }));
		assert.deepEqual([calls.length, logins.length], [0, 0]);
	});

	test("a Request is used up, as by fetch", async () => {
		const { client } = calling();
		const request = new Request(url, all);
		await client.fetch(isales, request);
		assert.ok(request.bodyUsed);
	});

	test("a Request's other members, and none that it says by default", async () => {
		const { client, inits } = calling();
		await client.fetch(isales, new Request(url));
		await client.fetch(isales, new Request(url, { credentials: "include", cache: "no-store", keepalive: true, referrerPolicy: "origin" }));
		const { signal: first, ...least } = inits[0];
		const { signal: second, ...more } = inits[1];
		assert.ok(first instanceof AbortSignal && second instanceof AbortSignal);
		assert.deepEqual(least, { method: "GET", headers: least.headers, redirect: "manual" });
		assert.deepEqual(more, {
			...{ method: "GET", headers: more.headers, redirect: "manual" },
			...{ credentials: "include", cache: "no-store", keepalive: true, referrerPolicy: "origin" },
		});
	});

	test("members of an init that only this fetch knows", async () => {
		const { client, inits } = calling();
		await client.fetch(isales, "/call", { dispatcher: "own" });
		assert.equal(inits[0].dispatcher, "own");
	});

	test("no init, in every way to say so; and nothing else that is no object", async () => {
		const { client, calls } = calling();
		for (const init of [undefined, null, {}]) {
			assert.equal((await client.fetch(isales, "/call", init)).status, 200);
		}
		await assert.rejects(client.fetch(isales, "/call", "POST"), tokenError("invalid_request", { field: "init" }));
		assert.equal(calls.length, 3);
	});
});

describe("session.fetch and client.fetcher", () => {
	test("can be handed around: they are bound", async () => {
		const { client, calls } = calling();
		const { fetch } = client.session(isales);
		const fetcher = client.fetcher(isales);
		for (const bound of [fetch, fetcher]) {
			assert.equal((await bound("/call")).status, 200);
			assert.equal((await bound.call({ own: true }, "/call")).status, 200);
		}
		assert.ok(calls.every(({ headers }) => headers.get("authentication") === "Bearer T1"));
	});

	test("go on with the identity that they were made for, whatever becomes of the object", async () => {
		const { client, calls } = calling();
		const identity = { ...isales };
		const fetcher = client.fetcher(identity);
		identity.baseUrl = "https://other.test";
		await fetcher("/call");
		assert.equal(calls[0].url.origin, "https://vendor.test");
	});

	test("are refused for what is no identity", () => {
		const { client } = calling();
		assert.throws(() => client.fetcher(undefined), tokenError("invalid_identity"));
	});
});

describe("headers are handed to a fetch as a plain object", () => {
	const isPlain = (/** @type {any} */ headers) =>
		Object.getPrototypeOf(headers) === Object.prototype && Object.values(headers).every((value) => typeof value === "string");

	test("of a login, a refresh, a verification, a sign-in and a call", async () => {
		const seen = [];
		const logins = lenient();
		const client = createClient(module, {
			fetch: (url, init) => (seen.push(init.headers), new URL(url).pathname.endsWith("/call") ? json({}) : logins.fetch(url, init)),
		});
		for (const identity of Object.values(identities)) {
			const token = await client.getToken(identity);
			await client.verifyToken(token);
			for (const headers of [undefined, { A: "b" }, [["A", "b"]], new Headers({ A: "b" })]) {
				await client.fetch(identity, "/call", { method: "POST", headers });
			}
		}
		assert.ok(seen.length > 20);
		assert.ok(seen.every(isPlain));
	});
});

describe("a call's time:", () => {
	test("there is no limit by default, and timeoutMs is not handed on", async () => {
		const clock = manualClock();
		const answer = held();
		const { client, inits } = calling(() => answer.promise, clock);
		const call = client.fetch(isales, "/call");
		await settled();
		await clock.pass(3_600_000);
		answer.resolve(json({}));
		assert.equal((await call).status, 200);
		await client.fetch(isales, "/call", { timeoutMs: null });
		await client.fetch(isales, "/call", { timeoutMs: 600_000 });
		assert.ok(inits.every((init) => !("timeoutMs" in init)));
	});

	for (const timeoutMs of [0, -1, NaN, Infinity, 600_001, "1000", {}]) {
		test(`timeoutMs ${JSON.stringify(timeoutMs)} is refused, and nothing is sent`, async () => {
			const { client, calls, logins } = calling();
			await assert.rejects(client.fetch(isales, "/call", { timeoutMs }), tokenError("invalid_option", { field: "timeoutMs" }));
			assert.deepEqual([calls.length, logins.length], [0, 0]);
		});
	}

	for (const init of [
		{ timeoutMS: 5 },
		{ timeoutms: 5 },
		{ timeout_ms: 5 },
		{ timeout: 5 },
		{ TimeoutMs: 5, signal: new AbortController().signal },
	]) {
		const [name] = Object.keys(init);
		test(`${name} is not taken for timeoutMs, and not ignored either: nothing is sent`, async () => {
			const { client, calls, logins } = calling();
			await assert.rejects(client.fetch(isales, "/call", init), (error) => {
				tokenError("invalid_option", { field: name })(error);
				assert.match(error.message, /timeoutMs/);
				return true;
			});
			assert.deepEqual([calls.length, logins.length], [0, 0]);
		});
	}

	test("a timeout beside a signal is that of an HTTP client, which hands on all that it was given", async () => {
		const { client } = calling();
		assert.equal((await client.fetch(isales, "/call", { timeout: 5, signal: new AbortController().signal })).status, 200);
		assert.equal((await client.fetch(isales, "/call", { timeout: undefined })).status, 200);
	});

	const over = tokenError("timeout", { step: "call", retryable: true });
	test("timeoutMs ends the wait for the answer of a fetch that heeds nothing, and the fetch is told", async () => {
		const clock = manualClock();
		const { client, calls } = calling(() => new Promise(() => {}), clock);
		await client.getToken(isales);
		const call = client.fetch(isales, "/call", { timeoutMs: 1000 });
		const ended = assert.rejects(call, over);
		await settled();
		await clock.pass(999);
		assert.equal(calls[0].signal.aborted, false);
		await clock.pass(1);
		await ended;
		assert.ok(over(calls[0].signal.reason));
	});

	test("timeoutMs counts the wait for the token, and all tries", async () => {
		const clock = manualClock();
		const hangs = createClient(module, { fetch: () => new Promise(() => {}) }, clock);
		const waiting = assert.rejects(hangs.fetch(isales, "/call", { timeoutMs: 1000 }), over);
		await settled();
		await clock.pass(1000);
		await waiting;

		const { client, calls } = calling(
			(_, number) => (number === 1 ? clock.pass(600).then(() => json({}, { status: 401 })) : new Promise(() => {})),
			clock,
		);
		const call = assert.rejects(client.fetch(isales, "/call", { timeoutMs: 1000 }), over);
		for (let i = 0; i < 10 && calls.length < 2; i++) {
			await settled();
		}
		assert.equal(calls.length, 2);
		await clock.pass(400);
		await call;
	});

	test("timeoutMs counts the answer's body", async () => {
		const clock = manualClock();
		const { client } = calling(
			({ signal }) =>
				new Response(
					new ReadableStream({
						start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
					}),
				),
			clock,
		);
		const response = await client.fetch(isales, "/call", { timeoutMs: 1000 });
		const read = assert.rejects(response.text(), over);
		await clock.pass(1000);
		await read;
	});

	test("a call's own signal still ends one with a limit, and keeps no listener when the time is over", async () => {
		const clock = manualClock();
		const { client } = calling(() => new Promise(() => {}), clock);
		const controller = new AbortController();
		const { signal } = controller;
		let listening = 0;
		const { addEventListener: add, removeEventListener: remove } = signal;
		signal.addEventListener = (...args) => (listening++, add.apply(signal, args));
		signal.removeEventListener = (...args) => (listening--, remove.apply(signal, args));
		const calls = [1000, 2000].map((timeoutMs) => client.fetch(isales, "/call", { signal, timeoutMs }).catch((error) => error));
		await settled();
		await clock.pass(1000);
		assert.ok(over(await calls[0]));
		assert.equal(listening, 1);
		controller.abort("mine");
		assert.equal(await calls[1], "mine");
		assert.equal(await client.fetch(isales, "/call", { signal, timeoutMs: 5 }).catch((error) => error), "mine");
	});
});

describe("an abort is the signal's reason", () => {
	const mine = new Error("mine");
	/** @type {[string, (start: (client: any, signal: AbortSignal) => Promise<any>) => any][]} */
	const phases = [
		["before the call", { abortFirst: true }],
		["while it waits for a token", { login: () => new Promise(() => {}) }],
		["while a fetch that heeds no signal has not answered", { answer: () => new Promise(() => {}) }],
		[
			"where a fetch has its own word for it",
			{ answer: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new TypeError("Aborted")))) },
		],
		["while the beginning of the answer is read", { answer: () => new Response(new ReadableStream({})) }],
		["while it is sent once more", { answer: (_, number) => (number === 1 ? json({}, { status: 401 }) : new Promise(() => {})) }],
		[
			"while the body of its Request is read",
			{ request: new Request("https://vendor.test/call", { method: "POST", body: new ReadableStream({}), duplex: "half" }) },
		],
	];
	for (const [when, { abortFirst, login, answer = () => json({}), request }] of phases) {
		test(when, async () => {
			const controller = new AbortController();
			const logins = lenient();
			const calls = vendor(answer);
			const reached = held();
			const fetch = (url, init) => {
				if (url.endsWith("/call")) {
					const given = calls.fetch(url, init);
					calls.requests.length === (when.includes("once more") ? 2 : 1) && reached.resolve();
					return given;
				}
				login && reached.resolve();
				return login ? login() : logins.fetch(url, init);
			};
			abortFirst && controller.abort(mine);
			const call = createClient(module, { fetch }).fetch(appcube, request ?? "/call", { method: "POST", signal: controller.signal });
			const ended = assert.rejects(call, (error) => error === mine);
			await (abortFirst || request ? settled() : reached.promise);
			await settled();
			controller.abort(mine);
			await ended;
			assert.equal(calls.requests.length, abortFirst || login || request ? 0 : when.includes("once more") ? 2 : 1);
		});
	}

	test("also for the body that is read later, of a Request that nobody keeps", async () => {
		const { client, calls } = calling();
		const controller = new AbortController();
		await client.fetch(isales, new Request("https://vendor.test/call", { signal: controller.signal }));
		for (let i = 0; i < 3; i++) {
			await turn(); // what was awaited is let go at the end of a turn
			runInNewContext("gc")();
		}
		controller.abort(mine);
		assert.equal(calls[0].signal.reason, mine);
	});

	test("an answer that comes after it is let go", async () => {
		const answer = held();
		const { client, calls } = calling(() => answer.promise);
		const controller = new AbortController();
		const ended = assert.rejects(client.fetch(isales, "/call", controller), { name: "AbortError" });
		for (let i = 0; i < 20 && calls.length === 0; i++) {
			await settled();
		}
		controller.abort();
		await ended;
		const cancelled = held();
		answer.resolve(new Response(new ReadableStream({ cancel: cancelled.resolve })));
		await cancelled.promise;
	});
});

describe("a body", () => {
	for (const [what, body] of [
		["a FormData", Object.assign(new FormData(), {})],
		["a Blob", new Blob(["{}"])],
		["URLSearchParams", new URLSearchParams("a=1")],
		["bytes", new Uint8Array([1, 2])],
		["text", "a"],
	]) {
		test(`that is ${what} is handed on as it is, and once more after a 401`, async () => {
			const { client, calls } = calling(once);
			await client.fetch(cubedrive, "/call", { method: "POST", body });
			assert.deepEqual(
				calls.map((call) => call.body === body),
				[true, true],
			);
		});
	}

	for (const [what, body] of [
		["a stream", new Blob(["{}"]).stream()],
		["an async iterable", (async function* () {})()],
		["a stream of Node's older kind", { pipe() {} }],
	]) {
		test(`that is ${what} is sent once, and the refusal is the caller's`, async () => {
			const { client, calls } = calling(() => json({}, { status: 401 }));
			assert.equal((await client.fetch(cubedrive, "/call", { method: "POST", body, duplex: "half" })).status, 401);
			assert.equal(calls.length, 1);
		});
	}

	for (const [what, make] of [
		["text", (/** @type {string} */ text) => text],
		["bytes", (/** @type {string} */ text) => new TextEncoder().encode(text)],
		["a Blob", (/** @type {string} */ text) => new Blob([text])],
	]) {
		test(`of 8 MB that carries the token, ${what}, takes nothing of the core's memory, which never shrinks`, async () => {
			const { client, calls } = calling(once);
			await client.getToken(appcube);
			await client.fetch(appcube, "/call", { body: "{}" });
			const core = await module.start();
			const before = core.memory().length;
			const large = JSON.stringify({ data: "x".repeat(8 << 20) });
			await client.fetch(appcube, "/call", { body: make(large) });
			assert.equal(core.memory().length, before);
			const { body } = calls.at(-1);
			assert.equal((await text(body)).length, large.length + '"authToken":"T1",'.length);
		});
	}
});
