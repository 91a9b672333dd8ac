// Several pages of one origin, as clients of one process: what they share is a BroadcastChannel and the locks.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { platformClock } from "../js/client/clock.js";
import { createModule } from "../js/module/module.js";
import { load } from "../js/module/load-node.js";
import { tabs } from "../js/client/tabs.js";
import { installLocks } from "./locks.js";

const module = createModule(load);
const clients = [];
after(() => clients.forEach((client) => client.close()));

const locks = installLocks();

let number = 0;

/** An edge that issues T1, T2, …; each test has an edge, and so a key, of its own. */
function edge({ life = 3600, delayMs = 20, status = 200 } = {}) {
	const edge = `https://edge-${++number}.example`;
	const asked = [];
	const fetch = async (_, { body }) => {
		asked.push({ ...JSON.parse(body), at: Date.now() });
		const token = `T${number}-${asked.length}`;
		await new Promise((resolve) => setTimeout(resolve, delayMs));
		const answer = { system: "ccmessaging", token, expiresIn: life, headers: { "ccmessaging-token": token } };
		return new Response(JSON.stringify(answer), { status, headers: { "content-type": "application/json" } });
	};
	return { asked, fetch, identity: { edge, connection: "web", authorization: jwt({ sub: "agent-7" }) } };
}

const jwt = (claims) => ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "signature"].join(".");

function page({ fetch }, clock = platformClock) {
	const client = createClient(module, { fetch }, clock, { tabs });
	clients.push(client);
	return client;
}

const value = async (promise) => (await promise).value;
const settled = () => new Promise((resolve) => setTimeout(resolve, 20)); // a channel's messages are on their way

test("pages that ask at once cause one request, and get one token", async () => {
	const vendor = edge();
	const tokens = await Promise.all([1, 2, 3, 4].map(() => value(page(vendor).getToken(vendor.identity))));
	assert.equal(new Set(tokens).size, 1);
	assert.equal(vendor.asked.length, 1);
});

test("a page that opens later takes the token that is there, with the life that is left", async () => {
	const vendor = edge();
	const first = await page(vendor).getToken(vendor.identity);
	await settled();
	const second = await page(vendor).getToken(vendor.identity);
	assert.equal(second.value, first.value);
	assert.equal(vendor.asked.length, 1);
	const [{ at }] = vendor.asked;
	assert.ok(second.expiresAt <= at + 3600_000, "no life is won on the way");
	assert.ok(second.expiresAt > at + 3500_000, "and hardly any is lost");
});

test("a rejected token is renewed once for all pages, and does not come back from another page", async () => {
	const vendor = edge();
	const [one, other] = [page(vendor), page(vendor)];
	const token = await one.getToken(vendor.identity);
	assert.equal(await value(other.getToken(vendor.identity)), token.value);
	const renewed = await Promise.all([one, other].map((client) => value(client.getToken(vendor.identity, { rejected: token }))));
	assert.notEqual(renewed[0], token.value);
	assert.equal(renewed[0], renewed[1]);
	assert.equal(vendor.asked.length, 2);
	assert.equal(vendor.asked[1].rejected, token.value);
});

test("what a page rejects later, when the others have moved on, costs no request", async () => {
	const vendor = edge();
	const [one, other] = [page(vendor), page(vendor)];
	const token = await one.getToken(vendor.identity);
	await other.getToken(vendor.identity);
	const renewed = await one.getToken(vendor.identity, { rejected: token });
	await settled();
	assert.equal(await value(other.getToken(vendor.identity, { rejected: token })), renewed.value);
	assert.equal(vendor.asked.length, 2);
});

test("JWTs of one user that differ in their times only share a token", async () => {
	const vendor = edge();
	const with_ = (claims) => ({ ...vendor.identity, authorization: jwt({ sub: "agent-7", iss: "i", ...claims }) });
	const first = await value(page(vendor).getToken(with_({ exp: 1, iat: 0, jti: "a" })));
	await settled();
	assert.equal(await value(page(vendor).getToken(with_({ exp: 9, iat: 8, jti: "b" }))), first);
	assert.equal(vendor.asked.length, 1);
});

for (const [what, change] of [
	["users", { authorization: jwt({ sub: "agent-8" }) }],
	["issuers", { authorization: jwt({ sub: "agent-7", iss: "another" }) }],
	["rights", { authorization: jwt({ sub: "agent-7", roles: ["supervisor"] }) }],
	["tokens that are no JWTs", { authorization: "opaque-1" }],
	["JWTs without a subject", { authorization: jwt({ exp: 3 }) }],
	["connections", { connection: "other" }],
	["edges", { edge: "https://elsewhere.example" }],
]) {
	test(`different ${what} share nothing`, async () => {
		const vendor = edge();
		const first = await value(page(vendor).getToken(vendor.identity));
		await settled();
		assert.notEqual(await value(page(vendor).getToken({ ...vendor.identity, ...change })), first);
		assert.equal(vendor.asked.length, 2);
	});
}

/** What the pages answer to a page that asks for a key, as a script of the origin hears it. */
async function answersTo(key) {
	const heard = [];
	const channel = new BroadcastChannel("cctoken");
	channel.onmessage = ({ data }) => data.key === key && heard.push(data.type);
	channel.postMessage({ type: "want", key, after: -Infinity });
	await settled();
	channel.close();
	return heard;
}
const lastKey = () => locks.asked.findLast((name) => !name.endsWith("present")).replace("cctoken ", "");

/** An edge whose tokens name the user who was asked as, in the words of the JWT. */
function naming() {
	const vendor = edge();
	const as = [];
	const fetch = async (_, { headers }) => {
		const { sub } = JSON.parse(Buffer.from(new Headers(headers).get("authorization").split(".")[1], "base64url"));
		as.push(sub);
		const answer = { system: "isales", token: `${sub}-${as.length}`, expiresIn: 3600, headers: { Authentication: `Bearer ${sub}` } };
		return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
	};
	const of = (user, subject = user.name) => ({
		...vendor.identity,
		subject,
		authorization: async () => jwt({ sub: user.name, exp: Date.now() }),
	});
	return { fetch, as, of };
}

for (const [what, subject] of [
	["subjects of their own", undefined],
	["one subject for all, by mistake", "me"],
]) {
	test(`one page signed in as A, another as B, with ${what}: nothing is shared, whoever asks first`, async () => {
		const { fetch, as, of } = naming();
		const [a, b] = [page({ fetch }), page({ fetch })];
		const get = (client, name, options) => value(client.getToken(of({ name }, subject), options));
		assert.deepEqual(await Promise.all([get(a, "A"), get(b, "B")]).then((tokens) => tokens.map((token) => token[0])), ["A", "B"]);
		await settled();
		const rejected = await Promise.all([get(a, "A"), get(b, "B")]);
		const next = await Promise.all([get(a, "A", { rejected: rejected[0] }), get(b, "B", { rejected: rejected[1] })]);
		assert.deepEqual(
			next.map((token) => token[0]),
			["A", "B"],
		);
		assert.deepEqual(as.sort(), ["A", "A", "B", "B"]);
		assert.equal((await value(page({ fetch }).getToken(of({ name: "B" }))))[0], "B");
		assert.equal(as.length, 4, "though B's own pages share");
	});
}

test("A signs out in one page and B signs in there, while another page is still A's: each goes on as who they are", async () => {
	const { fetch, of } = naming();
	const [one, other] = [page({ fetch }), page({ fetch })];
	const [here, there] = [{ name: "A" }, { name: "A" }];
	const first = await value(one.getToken(of(here)));
	assert.equal(await value(other.getToken(of(there))), first);
	one.session(of(here)).forget();
	here.name = "B";
	assert.equal((await value(one.getToken(of(here))))[0], "B");
	await settled();
	assert.equal(await value(other.getToken(of(there))), first);
	assert.equal((await value(other.getToken(of(there), { rejected: first })))[0], "A");
	assert.equal((await value(one.getToken(of(here))))[0], "B");
});

test("a page in which a user was forgotten keeps and hands on nothing of theirs", async () => {
	const { fetch, as, of } = naming();
	const one = page({ fetch });
	await one.getToken(of({ name: "A" }));
	const key = lastKey();
	assert.deepEqual(await answersTo(key), ["have"]);
	one.session(of({ name: "A" })).forget();
	assert.deepEqual(await answersTo(key), []);
	assert.deepEqual(
		(await locks.query()).held.filter(({ name }) => name.includes(key)),
		[],
	);
	assert.equal(await value(page({ fetch }).getToken(of({ name: "A" }))), "A-2");
	assert.equal(await value(one.getToken(of({ name: "A" }))), "A-2", "and takes part again when that user is asked for again");
	assert.deepEqual(as, ["A", "A"]);
	assert.deepEqual(await answersTo(key), ["have", "have"]);
});

test("a page keeps nothing of users who are not its own, and has no word in what they share", async () => {
	const { fetch, as, of } = naming();
	const bystander = page({ fetch });
	await bystander.getToken(of({ name: "B" }));
	const mine = page({ fetch });
	await mine.getToken(of({ name: "A" }));
	const key = lastKey();
	assert.deepEqual(await answersTo(key), ["have"], "of the page of A alone");
	assert.equal(await value(page({ fetch }).getToken(of({ name: "A" }))), "A-2");
	assert.deepEqual(as, ["B", "A"]);
});

test("a user who is forgotten while the page waits for another one's request is not there when that ends", async () => {
	const { fetch, as, of } = naming();
	let release;
	const hanging = page({ fetch: async (...request) => (await new Promise((resolve) => (release = resolve)), fetch(...request)) });
	const first = hanging.getToken(of({ name: "A" }));
	await settled();
	const one = page({ fetch });
	const waiting = one.getToken(of({ name: "A" }));
	await settled();
	one.session(of({ name: "A" })).forget();
	await assert.rejects(waiting, { code: "forgotten" });
	release();
	await first;
	await settled();
	assert.deepEqual([as, await answersTo(lastKey())], [["A"], ["have"]]);
});

for (const [when, name] of [
	["is told apart", "digest"],
	["appears to the others", "request"],
]) {
	test(`a user who is forgotten while the page ${when} is not there afterwards`, async (t) => {
		const { fetch, as, of } = naming();
		const one = page({ fetch });
		const session = one.session(of({ name: "A" }));
		const [object, method] = name === "digest" ? [crypto.subtle, "digest"] : [locks, "request"];
		const real = object[method].bind(object);
		t.mock.method(object, method, (...args) => (session.forget(), real(...args)), { times: 1 });
		await assert.rejects(session.getToken(), { code: "forgotten" });
		await settled();
		const before = locks.asked.length;
		assert.deepEqual(as, []);
		assert.equal((await session.getToken()).value, "A-1");
		const key = lastKey();
		assert.deepEqual((await locks.query()).held.filter(({ name }) => name.includes(key)).length, 1);
		assert.deepEqual(locks.asked.slice(before).length, 2);
		session.forget();
		await settled();
		assert.deepEqual(
			(await locks.query()).held.filter(({ name }) => name.includes(key)),
			[],
		);
	});
}

test("what a page keeps for the others ends with its session, and with forget() where a cooldown keeps that", async () => {
	const vendor = edge();
	let status = 200;
	const fetch = async (...request) => (status === 200 ? vendor.fetch(...request) : new Response("", { status }));
	const small = createClient(module, { fetch, maxSessions: 1 }, platformClock, { tabs });
	clients.push(small);
	await small.getToken(vendor.identity);
	const first = lastKey();
	await small.getToken({ ...vendor.identity, connection: "other" });
	const second = lastKey();
	assert.deepEqual([await answersTo(first), await answersTo(second)], [[], ["have"]]);
	status = 500;
	await assert.rejects(small.getToken({ ...vendor.identity, connection: "other" }, { forceRefresh: true }), { code: "vendor_failure" });
	small.session({ ...vendor.identity, connection: "other" }).forget();
	assert.deepEqual(await answersTo(second), []);
});

test("a page that hangs holds the others up for a bounded time only", async () => {
	const vendor = edge();
	const waits = [];
	const clock = {
		...platformClock,
		timer: (wake, ms, idle) => {
			waits.push(ms);
			return platformClock.timer(wake, ms === 5000 ? 30 : ms, idle); // the wait for another page's request
		},
	};
	const hanging = page({ fetch: () => new Promise(() => {}) });
	hanging.getToken(vendor.identity).catch(() => {});
	await settled();
	assert.ok(await value(page(vendor, clock).getToken(vendor.identity)));
	assert.ok(waits.includes(5000));
});

test("a page waits for the word of another only where there is one", async () => {
	const vendor = edge();
	const waits = [];
	const clock = { ...platformClock, timer: (wake, ms, idle) => (waits.push(ms), platformClock.timer(wake, ms, idle)) };
	const first = await value(page(vendor, clock).getToken(vendor.identity));
	assert.ok(!waits.includes(1500));
	assert.equal(await value(page(vendor, clock).getToken(vendor.identity)), first);
	assert.ok(waits.includes(1500));
	assert.equal(vendor.asked.length, 1);
});

test("a page whose request fails leaves the next one to ask for itself", async () => {
	const failing = edge({ status: 500 });
	const working = { ...edge(), identity: failing.identity };
	const failed = assert.rejects(page(failing).getToken(failing.identity), { code: "vendor_failure" });
	while (failing.asked.length === 0) {
		await settled(); // it has the lock
	}
	assert.ok(await value(page(working).getToken(failing.identity)));
	await failed;
});

test("an abandoned token that another page still shows is not taken twice", async () => {
	const vendor = edge({ life: 0.001 }); // over when it arrives
	const [one, other] = [page(vendor), page(vendor)];
	await assert.rejects(one.getToken(vendor.identity), { code: "stale_on_arrival" });
	await settled();
	await assert.rejects(other.getToken(vendor.identity), { code: "stale_on_arrival" });
	assert.ok(vendor.asked.length <= 4);
});

test("a forced renewal goes to the edge", async () => {
	const vendor = edge();
	const [one, other] = [page(vendor), page(vendor)];
	const first = await value(one.getToken(vendor.identity));
	await settled();
	assert.notEqual(await value(other.getToken(vendor.identity, { forceRefresh: true })), first);
	assert.equal(vendor.asked.at(-1).force, true);
});

test("messages of strangers on the channel are not understood", async () => {
	const vendor = edge();
	const client = page(vendor);
	await client.getToken({ ...vendor.identity, connection: "first" });
	const name = locks.asked.findLast((name) => !name.endsWith("present"));
	const channel = new BroadcastChannel("cctoken");
	const key = name.replace("cctoken ", "");
	for (const data of [
		null,
		1,
		"have",
		{},
		{ type: "have", key },
		{ type: "have", key, text: "{", wall: 1, mono: 1 },
		{ type: "have", key, text: '{"token":1}', wall: 1, mono: 1 },
		{ type: "have", key, text: '{"token":"X"}', wall: "later", mono: 1 },
		{ type: "want", key: 7 },
	]) {
		channel.postMessage(data);
	}
	await settled();
	channel.close();
	assert.ok(await value(client.getToken(vendor.identity)));
});

test("no lock's name and no message's key shows a user, a connection or an authorization", () => {
	assert.ok(locks.asked.length > 10);
	for (const name of locks.asked) {
		assert.match(name, /^cctoken [0-9a-f]{64}( present)?$/);
	}
});

test("a closed client's pages go on without it", async () => {
	const vendor = edge();
	const [one, other] = [page(vendor), page(vendor)];
	await one.getToken(vendor.identity);
	one.close();
	assert.ok(await value(other.getToken(vendor.identity)));
});
