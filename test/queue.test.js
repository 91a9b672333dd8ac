// A cache that is full, and whose every session is in use: who needs one more waits for a place before anybody is refused.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, vendor } from "./vendor.js";

const module = createModule(load);
const user = (/** @type {number | string} */ n) => ({ ...identities.isales, user: `u${n}`, passwd: "p" });
const login = (/** @type {string} */ token) =>
	json({ result: "0", resultData: { token, tokenExpirationTime: 300, refreshToken: "R", refreshExpirationTime: 3600 } });

/** A client whose vendor answers when the test says so: a login by its user, a call by its path. */
function start(options = {}, clock = undefined) {
	const asked = new Map();
	const { fetch, requests } = vendor(({ url, body }) => {
		const name = url.pathname.endsWith("/login") ? JSON.parse(body).user : url.pathname.replace(/.*\//, "/");
		const answer = held();
		asked.set(name, answer);
		return answer.promise;
	});
	const events = [];
	const client = createClient(module, { fetch, onEvent: ({ type }) => events.push(type), ...options }, clock);
	return {
		client,
		asked,
		requests,
		events,
		grant: (n) => asked.get(`u${n}`).resolve(login(`T${n}`)),
		async reached(...names) {
			while (!names.every((name) => asked.has(name))) {
				await settled();
			}
		},
	};
}

/** Whether a promise is over, after all that runs by itself has run. */
async function isOver(promise) {
	let over = false;
	promise.then(
		() => (over = true),
		() => (over = true),
	);
	await settled();
	await settled();
	return over;
}

let clock;
beforeEach(() => (clock = manualClock()));

test("1,500 users at once on a cache of 100 all get their tokens and make their calls, and each keeps its own", async () => {
	const seen = new Map();
	const { fetch } = vendor(async ({ url, body, headers }) => {
		if (url.pathname.endsWith("/login")) {
			return login(`T-${JSON.parse(body).user}`);
		}
		await new Promise((resolve) => setImmediate(resolve));
		seen.set(url.pathname, headers.get("x-access-token") ?? [...headers.values()].join());
		return json({ result: 0 });
	});
	const client = createClient(module, { fetch, maxSessions: 100 });
	const answers = await Promise.all(Array.from({ length: 1500 }, (_, n) => client.fetch(user(n), `/call/${n}`)));
	assert.ok(answers.every(({ status }) => status === 200));
	assert.equal(seen.size, 1500);
	for (let n = 0; n < 1500; n++) {
		assert.match(seen.get(`/call/${n}`), new RegExp(`T-u${n}(,|$)`));
	}
	client.close();
});

test("who waits for a place gets it when an acquisition ends, in the order in which they came", async () => {
	const { client, grant, reached, asked } = start({ maxSessions: 2 });
	const tokens = [1, 2, 3, 4].map((n) => client.getToken(user(n)));
	await reached("u1", "u2");
	assert.equal(await isOver(tokens[2]), false);
	assert.deepEqual([...asked.keys()], ["u1", "u2"]);
	grant(2);
	await reached("u3");
	assert.equal(await isOver(tokens[3]), false);
	assert.ok(!asked.has("u4"), "one place was free, and one was given");
	grant(1);
	await reached("u4");
	grant(3);
	grant(4);
	assert.deepEqual(
		(await Promise.all(tokens)).map(({ value }) => value),
		["T1", "T2", "T3", "T4"],
	);
});

test("a newcomer does not overtake those who wait, but who has a session waits for nobody", async () => {
	const { client, grant, reached, asked } = start({ maxSessions: 2 });
	const first = client.getToken(user(1));
	const second = client.getToken(user(2));
	await reached("u1", "u2");
	const third = client.getToken(user(3));
	await settled();
	grant(1);
	const token = await first;
	const fourth = client.getToken(user(4)); // before the third has had its turn
	const again = client.getToken({ ...user(2) });
	await reached("u3");
	assert.ok(!asked.has("u4"));
	grant(2);
	assert.equal((await again).value, "T2");
	grant(3);
	await reached("u4");
	grant(4);
	await Promise.all([second, third, fourth]);
	assert.equal(token.value, "T1");
});

test("a session in a business call is in use: nobody takes its place, and what the answer says of its token is heard", async () => {
	const { client, grant, reached, asked, events } = start({ maxSessions: 1 });
	const call = client.fetch(user(1), "/call");
	await reached("u1");
	grant(1);
	await reached("/call");
	const other = client.getToken(user(2));
	assert.equal(await isOver(other), false);
	assert.ok(!events.includes("evicted"));
	asked.get("/call").resolve(json({}, { status: 401 }));
	asked.delete("/call");
	await reached("/refresh"); // its token is dead, and the call is sent again with another
	asked.get("/refresh").resolve(login("T1b"));
	await reached("/call");
	assert.equal(await isOver(other), false);
	asked.get("/call").resolve(json({ ok: true }));
	assert.equal((await call).status, 200);
	assert.ok(events.includes("rejected") && events.includes("replayed"));
	await reached("u2");
	grant(2);
	assert.equal((await other).value, "T2");
});

test("a call that fails, or is aborted, gives its place back", async () => {
	for (const how of ["fails", "aborts"]) {
		const { client, grant, reached, asked } = start({ maxSessions: 1 });
		const controller = new AbortController();
		const call = client.fetch(user(1), "/call", { signal: controller.signal });
		await reached("u1");
		grant(1);
		await reached("/call");
		const other = client.getToken(user(2));
		await settled();
		controller.abort(new Error("enough"));
		asked.get("/call").reject(new Error("enough"));
		await assert.rejects(call, undefined, how);
		await reached("u2");
		grant(2);
		assert.equal((await other).value, "T2");
	}
});

test("it is refused when its time is over, and not before: the error can be retried", async () => {
	const { client, asked, reached } = start({ maxSessions: 1, timeoutMs: 10_000 }, clock);
	const stays = client.fetch(user(1), "/call");
	await reached("u1");
	asked.get("u1").resolve(login("T1"));
	await reached("/call");
	const waits = client.getToken(user(2));
	waits.catch(() => {});
	await settled();
	await clock.pass(9_999);
	assert.equal(await isOver(waits), false);
	await clock.pass(1);
	await assert.rejects(waits, tokenError("too_many_sessions", { retryable: true, step: "input" }));
	asked.get("/call").resolve(json({}));
	await stays;
	await clock.pass(0);
	const next = client.getToken(user(2));
	await reached("u2");
	asked.get("u2").resolve(login("T2"));
	assert.equal((await next).value, "T2");
});

test("who is forgotten while waiting is told so, and so is everybody when the client closes; no timer stays", async () => {
	const { client, reached } = start({ maxSessions: 1 }, clock);
	const first = client.getToken(user(1));
	await reached("u1");
	const second = client.session(user(2));
	const waits = second.getToken();
	const other = client.getToken(user(3));
	await settled();
	second.forget();
	await assert.rejects(waits, tokenError("forgotten"));
	client.session(user(4)).forget(); // who has no session, and gets no place to be forgotten
	client.close();
	await assert.rejects(other, tokenError("closed"));
	await assert.rejects(first, tokenError("closed"));
	await settled();
	assert.deepEqual(
		clock.timers.filter(({ idle }) => !idle),
		[],
	);
});
