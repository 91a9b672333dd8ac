// Several pages of one origin, as clients of one process: what they share is a BroadcastChannel and the locks.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createClient } from "../client.js";
import { platformClock } from "../clock.js";
import { createModule } from "../module.js";
import { load } from "../load-node.js";
import { pages } from "../tabs.js";

const module = createModule(load);
const clients = [];
after(() => clients.forEach((client) => client.close()));

/** Exclusive locks of one origin, in the order asked for (Web Locks API). */
class Locks {
	#ends = new Map();
	#now = [];
	held = [];

	async query() {
		return { held: this.#now.map((name) => ({ name })) };
	}

	async request(name, { signal, mode }, work) {
		if (mode === "shared") {
			await 0;
			this.#now.push(name);
			this.held.push(name);
			await work();
			this.#now.splice(this.#now.indexOf(name), 1);
			return;
		}
		const before = this.#ends.get(name);
		let release;
		this.#ends.set(name, new Promise((resolve) => (release = resolve)));
		try {
			await new Promise((resolve, reject) => {
				const abort = () => reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
				signal.aborted ? abort() : signal.addEventListener("abort", abort, { once: true });
				Promise.resolve(before).then(resolve);
			});
			this.held.push(name);
			return await work();
		} finally {
			before ? before.then(release) : release();
		}
	}
}

const locks = new Locks();
Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });

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
	const client = createClient(module, { fetch }, clock, { tabs: pages });
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

test("a page that hangs holds the others up for a bounded time only", async () => {
	const vendor = edge();
	const waits = [];
	const clock = { ...platformClock, timer: (wake, ms, idle) => {
		waits.push(ms);
		return platformClock.timer(wake, ms === 5000 ? 30 : ms, idle); // the wait for another page's request
	} };
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
	const [failed, token] = await Promise.allSettled([page(failing).getToken(failing.identity), page(working).getToken(failing.identity)]);
	assert.equal(failed.reason.code, "vendor_failure");
	assert.equal(token.status, "fulfilled");
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
	const name = locks.held.findLast((name) => !name.endsWith("present"));
	const channel = new BroadcastChannel("cctoken");
	const key = name.replace("cctoken ", "");
	for (const data of [null, 1, "have", {}, { type: "have", key }, { type: "have", key, text: "{", wall: 1, mono: 1 }, { type: "have", key, text: '{"token":1}', wall: 1, mono: 1 },
		{ type: "have", key, text: '{"token":"X"}', wall: "later", mono: 1 }, { type: "want", key: 7 }]) {
		channel.postMessage(data);
	}
	await settled();
	channel.close();
	assert.ok(await value(client.getToken(vendor.identity)));
});

test("no lock's name and no message's key shows a user, a connection or an authorization", () => {
	assert.ok(locks.held.length > 10);
	for (const name of locks.held) {
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
