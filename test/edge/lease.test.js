// The keeper's word is passed on for a moment without asking again, and not a moment after something has happened.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sessions } from "../../js/edge/keeper/sessions.js";

const identity = { appKey: "k", appSecret: "s", baseUrl: "https://vendor.test", system: "appcube" };

/**
 * Keepers in the test's hands.
 * @param {(path: string, body: any) => object | Promise<object>} answer
 */
function keepers(answer) {
	/** @type {{ name: string, path: string, body: any }[]} */
	const asked = [];
	const namespace = {
		idFromName: (/** @type {string} */ name) => name,
		get: (/** @type {string} */ name) => ({
			fetch: async (/** @type {string} */ url, /** @type {RequestInit} */ init = {}) => {
				const path = new URL(url).pathname;
				const body = JSON.parse(String(init.body));
				asked.push({ name, path, body });
				const result = await answer(path, body);
				return result instanceof Response ? result : Response.json(result);
			},
		}),
	};
	return { asked, sessions: new Sessions(namespace, "name-key-for-tests-0123456789abcdef") };
}

let serial = 0;
const kept = (/** @type {object} */ more = {}) => ({
	system: "appcube",
	value: `T${++serial}`,
	serial,
	expiresIn: 3600,
	headers: {},
	leaseMs: 600_000,
	...more,
});

/** @param {import("node:test").TestContext} t */
function clock(t) {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	return t.mock.timers;
}

test("within its lease a token is handed out without asking, with the rest of its life", async (t) => {
	const time = clock(t);
	const { asked, sessions } = keepers(() => kept());
	const session = await sessions.session(identity);
	const first = await sessions.token(session);
	time.setTime(Date.now() + 999);
	const second = await sessions.token(session);
	assert.equal(asked.length, 1);
	assert.equal(second.value, first.value);
	assert.equal(second.expiresIn, 3600 - 0.999);
	time.setTime(Date.now() + 1);
	await sessions.token(session);
	assert.equal(asked.length, 2, "a second is the most, whatever the keeper would grant");
});

test("a lease that is shorter than a second ends when it says", async (t) => {
	const time = clock(t);
	const { asked, sessions } = keepers(() => kept({ leaseMs: 100 }));
	const session = await sessions.session(identity);
	await sessions.token(session);
	time.setTime(Date.now() + 100);
	await sessions.token(session);
	assert.equal(asked.length, 2);
});

test("without a lease each question is asked", async () => {
	for (const leaseMs of [undefined, 0]) {
		const { asked, sessions } = keepers(() => kept({ leaseMs }));
		const session = await sessions.session(identity);
		await sessions.token(session);
		await sessions.token(session);
		assert.equal(asked.length, 2);
	}
});

test("a clock that is set back ends a lease", async (t) => {
	const time = clock(t);
	const { asked, sessions } = keepers(() => kept());
	const session = await sessions.session(identity);
	await sessions.token(session);
	time.setTime(Date.now() - 60_000);
	await sessions.token(session);
	assert.equal(asked.length, 2);
});

for (const [name, happens] of /** @type {[string, (sessions: Sessions, session: any) => Promise<unknown>][]} */ ([
	["a rejection", (sessions, session) => sessions.token(session, { rejected: "T" })],
	["another token asked for instead of a dead one", (sessions, session) => sessions.token(session, { instead: 1 })],
	["a forced renewal", (sessions, session) => sessions.token(session, { force: true })],
	[
		"a call whose answer says that the token is dead",
		(sessions, session) => sessions.judge(session, { serial: 1, sentAgo: 1, status: 401 }),
	],
	["a vendor that denies it", (sessions, session) => sessions.verify(session, "T")],
])) {
	test(`${name} ends a lease`, async () => {
		const { asked, sessions } = keepers((path) =>
			path === "/judge"
				? { replay: true, rolled: false }
				: path === "/verify"
					? { valid: false, source: "vendor", reason: "denied" }
					: kept({ leaseMs: 600_000 }),
		);
		const session = await sessions.session(identity);
		const first = await sessions.token(session);
		await happens(sessions, session);
		const again = await sessions.token(session);
		assert.notEqual(again.value, first.value);
		assert.deepEqual(asked.at(-1)?.body.identity, identity);
	});

	test(`${name} while the question is on its way keeps its answer from beginning a lease`, async () => {
		/** @type {(value: object) => void} */
		let late = () => {};
		let questions = 0;
		const { asked, sessions } = keepers((path) => {
			if (path !== "/token") {
				return path === "/judge" ? { replay: true, rolled: false } : { valid: false, source: "vendor", reason: "denied" };
			}
			return ++questions === 1 ? new Promise((resolve) => (late = resolve)) : kept({ leaseMs: undefined });
		});
		const session = await sessions.session(identity);
		const first = sessions.token(session);
		await new Promise((resolve) => setImmediate(resolve));
		await happens(sessions, session);
		late(kept());
		await first;
		const before = asked.length;
		await sessions.token(session);
		assert.equal(asked.length, before + 1);
	});
}

test("a refusal is told with the last eight calls that have accepted that very token, each once, and with no other token's", async () => {
	const { asked, sessions } = keepers(() => ({ replay: false, rolled: false }));
	const told = async (/** @type {number} */ serial) => {
		await sessions.judge(await sessions.session(identity), { serial, call: "GET /refused", user: "u", sentAgo: 1, status: 401 });
		return asked.at(-1)?.body.accepted;
	};
	const accepted = async (/** @type {number} */ serial, /** @type {string} */ call) =>
		sessions.accepted(await sessions.session(identity), serial, "u", call);
	assert.equal(await told(1), undefined);
	for (let i = 0; i < 20; i++) {
		await accepted(1, `GET /${i >> 1}`);
	}
	assert.deepEqual(
		await told(1),
		[2, 3, 4, 5, 6, 7, 8, 9].map((i) => ["u", `GET /${i}`]),
	);
	assert.equal(await told(2), undefined);
	await accepted(2, "GET /new");
	assert.deepEqual(await told(2), [["u", "GET /new"]]);
	assert.equal(await told(1), undefined);
});

test("a user's hash is worked out once, is the same for the same one only, and shows nothing of whom", async (t) => {
	const sign = t.mock.method(crypto.subtle, "sign");
	const { sessions } = keepers(() => kept());
	const hashes = [];
	for (const principal of [
		{ by: "staff", subject: "agent-7" },
		{ by: "staff", subject: "agent-7" },
		{ by: "staff", subject: "agent-8" },
		{ by: "machines", subject: "agent-7" },
	]) {
		hashes.push(await sessions.user(principal));
	}
	assert.equal(hashes[0], hashes[1]);
	assert.equal(new Set(hashes).size, 3);
	assert.ok(hashes.every((hash) => /^[A-Za-z0-9_-]{22}$/.test(hash)));
	assert.equal(sign.mock.callCount(), 3);
});

test("two identities never share a session, and neither its name nor its object's shows anything of them", async () => {
	const { sessions } = keepers(() => kept());
	const names = new Set();
	for (const changed of [{}, { appKey: "k2" }, { appSecret: "s2" }, { baseUrl: "https://other.test" }, { system: "isales" }]) {
		const { name, object } = await sessions.session({ ...identity, ...changed });
		assert.match(name, /^[A-Za-z0-9_-]{43}$/);
		assert.match(object, /^[A-Za-z0-9_-]{43}$/);
		names.add(name);
	}
	assert.equal(names.size, 5);
	const other = await new Sessions(/** @type {any} */ ({}), "another-name-key-0123456789abcdef0").session(identity);
	assert.ok(!names.has(other.name), "the name key decides");
	assert.notEqual(other.object, (await sessions.session(identity)).object);
});

test("all users of an app name the same object for its AccessToken, and another app another one", async () => {
	const { sessions } = keepers(() => kept());
	const user = (/** @type {object} */ more) =>
		sessions.session({
			appKey: "k",
			appSecret: "s",
			baseUrl: "https://vendor.test",
			channelId: "c",
			locale: "en",
			system: "ccmessaging",
			userId: "u1",
			userName: "U",
			...more,
		});
	const names = await Promise.all(
		[{}, { userId: "u2" }, { channelId: "d" }, { authUrl: "https://auth.test" }, { appKey: "k2" }].map(
			async (more) => /** @type {any} */ ((await user(more)).told).dependencyObject,
		),
	);
	assert.equal(new Set(names.slice(0, 3)).size, 1);
	assert.equal(new Set(names).size, 3);
});

test("a keeper that cannot be reached, answers nonsense or hangs is a typed error; its own problems are passed on", async () => {
	const outcome = async (/** @type {() => any} */ answer) => {
		const { sessions } = keepers(answer);
		return sessions.token(await sessions.session(identity)).then(
			() => assert.fail("no error"),
			(error) => error,
		);
	};
	assert.equal(
		(
			await outcome(() => {
				throw new Error("secret text");
			})
		).code,
		"unavailable",
	);
	assert.equal((await outcome(() => new Response("<html>"))).code, "unavailable");
	assert.equal((await outcome(() => new Response("secret text", { status: 500 }))).code, "unavailable");
	assert.equal(
		(
			await outcome(() => {
				throw Object.assign(new Error("secret text"), { name: "TimeoutError" });
			})
		).code,
		"timeout",
	);
	const problem = await outcome(
		() =>
			new Response('{"code":"login_budget"}', { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "7" } }),
	);
	assert.equal(problem.code, "login_budget");
	const response = problem.toResponse();
	assert.deepEqual([response.status, response.headers.get("retry-after"), await response.text()], [503, "7", '{"code":"login_budget"}']);
});

test("a thousand users by turns: each one's keeper is asked once in a lease, and nobody's name is worked out twice", async (t) => {
	const time = clock(t);
	const sign = t.mock.method(crypto.subtle, "sign");
	const token = "t".repeat(300);
	const { asked, sessions } = keepers((_path, { identity }) =>
		kept({ system: "ccmessaging", value: `${identity.userId} ${token}`, headers: { "ccmessaging-token": token, Authorization: token } }),
	);
	const round = async () => {
		for (let i = 0; i < 1_000; i++) {
			const userId = `agent-${i}@contact-centre.example.com`;
			const user = { ...identity, system: "ccmessaging", userId, userName: `Agent ${i}`, channelId: "channel-1", locale: "en" };
			const { value } = await sessions.token(await sessions.session(user));
			assert.equal(value, `${userId} ${token}`, "each has their own");
		}
	};
	await round();
	const named = sign.mock.callCount();
	for (let turn = 0; turn < 3; turn++) {
		time.setTime(Date.now() + 200);
		await round();
	}
	assert.deepEqual([asked.length, sign.mock.callCount()], [1_000, named]);
	time.setTime(Date.now() + 1_000);
	await round();
	assert.deepEqual([asked.length, sign.mock.callCount()], [2_000, named]);
	assert.ok(sessions.bytes < 6 << 20, String(sessions.bytes));
});
