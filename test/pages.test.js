// The store of the pages of one browser, with pages that are clients of one process: what they share is a BroadcastChannel and the locks.
import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "../js/client/client.js";
import { platformClock } from "../js/client/clock.js";
import { pages } from "../js/client/pages.js";
import { tabs } from "../js/client/tabs.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { conformance } from "../js/store/conformance.js";
import { installLocks } from "./locks.js";
import { identities, lenient } from "./vendor.js";

const module = createModule(load);
const locks = installLocks();

/** What ends what the tests have opened. @type {(() => unknown)[]} */
const ends = [];
after(() => Promise.all(ends.map((end) => end())));

/** The store of one page, which listens. @param {{ clock?: any, version?: string }} [options] */
async function open({ clock = platformClock, version = "1" } = {}) {
	const store = /** @type {import("../js/client/pages.js").Pages} */ (pages(clock, version));
	/** @type {(string | undefined)[][]} */
	const told = [];
	const end = await store.watch((...change) => void told.push(change));
	ends.push(end);
	return { store, told, end };
}

let number = 0;
/** Some identity that no other test has. */
const somebody = () => JSON.stringify(["isales", `https://vendor-${++number}.test`, "agent", "a password"]);

/** A page whose client has the vendor's fetch. */
function page(fetch, options = {}, { clock = platformClock, version = "1" } = {}) {
	const client = createClient(module, { fetch, ...options }, clock, { tabs, pages, version });
	ends.push(() => client.close());
	return client;
}

/** An identity of its own for each test. */
const own = (identity) => ({ ...identity, baseUrl: `https://own-${++number}.test` });

const held = async (name) => (await locks.query()).held.map(({ name }) => name).filter((of) => name === undefined || of.includes(name));

/** Resolves when something is so, which no timer of ours brings about. */
async function until(so) {
	while (!(await so())) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}

suite("the pages of one browser", () => {
	/** By the name that the pages have for it, the one that the checks have. @type {Map<string, string>} */
	const keys = new Map();
	/** The store of a page as a backend. It has no time of its own to tell: pages tell ages. */
	async function backend() {
		const { store } = await open();
		const now = () => performance.timeOrigin + performance.now();
		/** @type {Map<string, Promise<string>>} */
		const names = new Map();
		const at = async (key) => {
			names.set(key, names.get(key) ?? store.name(JSON.stringify(["checked", key])));
			const name = await names.get(key);
			keys.set(name, key);
			return name;
		};
		const entry = (kept) => kept && { version: kept.version, value: kept.state };
		const said = ({ kept, ...answer }) => ({ now: now(), ...answer, entry: entry(kept) });
		return {
			async take(key, lock, ttlMs, first) {
				return said(await store.take(await at(key), lock, ttlMs, first && { ...first, state: first.value }));
			},
			async read(key) {
				return said({ kept: await store.read(await at(key)) });
			},
			async write(key, write) {
				return said(await store.write(await at(key), { ...write, state: write.value }));
			},
			async free(key, lock) {
				await store.free(await at(key), lock);
			},
			watch: (changed) => store.watch((name, version) => changed(name && keys.get(name), version)),
		};
	}
	for (const { name, run } of conformance(backend)) {
		test(name, run);
	}
});

const plain = { state: "state", version: "v1", expected: "" };

test("what a page has is as old as it is, also by way of a page that had it in between", async () => {
	let ahead = 0;
	const clock = { ...platformClock, wall: () => Date.now() + ahead, mono: () => performance.now() + ahead };
	const [one, two, three] = [await open({ clock }), await open({ clock }), await open({ clock })];
	const identity = somebody();
	const name = await one.store.name(identity);
	await one.store.write(name, plain);
	ahead += 60_000;
	await two.store.name(identity);
	const kept = await two.store.read(name);
	assert.ok(kept.ageMs >= 60_000 && kept.ageMs < 90_000, String(kept.ageMs));
	await one.end();
	ahead += 60_000;
	await three.store.name(identity);
	const late = await three.store.read(name);
	assert.ok(late.ageMs >= 120_000 && late.ageMs < 150_000, String(late.ageMs));
	assert.equal(late.state, "state");
});

test("a time of day that is set back makes nothing younger, and a clock that stands still while a machine sleeps nothing older", async () => {
	let [wall, mono] = [0, 0];
	const slept = { ...platformClock, wall: () => 5_000_000 + wall, mono: () => 1_000_000 + mono };
	const fresh = { ...platformClock, wall: () => 5_000_000 + wall, mono: () => 9_000 + mono };
	const [one, two] = [await open({ clock: slept }), await open({ clock: fresh })];
	const identity = somebody();
	const name = await one.store.name(identity);
	await two.store.name(identity);
	await one.store.write(name, plain);
	await until(() => two.told.length > 0);
	assert.equal((await two.store.read(name)).ageMs, 0);
	wall -= 3_600_000;
	mono += 10_000;
	assert.equal((await two.store.read(name)).ageMs, 10_000);
	assert.equal((await one.store.read(name)).ageMs, 10_000);
	wall += 7_200_000; // in its sleep
	assert.equal((await two.store.read(name)).ageMs, 3_600_000);
});

test("a state that had to wait for its turn is as old as it is", async () => {
	let now = 0;
	const { store } = await open({ clock: { ...platformClock, mono: () => now } });
	const name = await store.name(somebody());
	const release = await new Promise((resolve) => {
		void locks.request(`cctoken 1 ${name} step`, () => new Promise((over) => resolve(over)));
	});
	const written = store.write(name, plain);
	now += 500;
	release();
	assert.equal((await written).written, true);
	assert.equal((await store.read(name)).ageMs, 500);
});

test("a page that is alone waits for nobody", async () => {
	let timers = 0;
	const clock = { ...platformClock, timer: (...args) => (timers++, platformClock.timer(...args)) };
	const { store } = await open({ clock });
	const name = await store.name(somebody());
	assert.equal(await store.read(name), undefined);
	assert.equal(timers, 0);
	await store.take(name, "lock", 10_000, plain);
	await store.write(name, { ...plain, version: "v2", expected: "v1", lock: "lock", free: true });
	assert.equal(timers, 2, "for the turn of each step, which was its own at once");
});

/** A clock whose waits of some length are over at once. @param {number[]} short */
const impatient = (short) => ({
	...platformClock,
	timer: (wake, ms, idle) => platformClock.timer(wake, short.includes(ms) ? 1 : ms, idle),
});

test("a page that hangs in the middle of a step is passed over, and does its own again when it goes on", async () => {
	const [hung, other] = [await open(), await open({ clock: impatient([700]) })];
	const identity = somebody();
	const name = await hung.store.name(identity);
	await other.store.name(identity);
	const query = locks.query.bind(locks);
	/** @type {(value?: undefined) => void} */
	let goOn = () => {};
	locks.query = async () => {
		locks.query = query;
		await new Promise((/** @type {(value?: undefined) => void} */ resolve) => (goOn = resolve));
		return query();
	};
	const late = hung.store.write(name, { ...plain, state: "late", version: "hung" });
	await until(() => locks.query === query);
	assert.equal((await other.store.take(name, "mine", 60_000)).taken, true);
	goOn();
	assert.equal((await late).written, true);
	assert.equal((await other.store.read(name)).state, "late");
	assert.deepEqual(await held(`${name} step`), []);
});

test("a page that hangs when it is granted what it asked for gives it back", async () => {
	const [hung, other] = [await open(), await open({ clock: impatient([700, 600]) })];
	const identity = somebody();
	const name = await hung.store.name(identity);
	await other.store.name(identity);
	const request = locks.request.bind(locks);
	/** @type {(value?: undefined) => void} */
	let goOn = () => {};
	const wait = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (goOn = resolve));
	let hangs = false;
	locks.request = (of, options, work) => {
		if (!of.includes(" lock ")) {
			return request(of, options, work);
		}
		locks.request = request;
		hangs = true;
		return wait.then(() => request(of, options, work));
	};
	const late = hung.store.take(name, "late", 60_000, { ...plain, version: "late" });
	await until(() => hangs);
	assert.equal((await other.store.take(name, "mine", 60_000)).taken, true);
	assert.equal(
		(await other.store.write(name, { ...plain, lock: "mine" })).written,
		true,
		"nobody can tell what that page was about to write",
	);
	goOn();
	const { taken, written, kept } = await late;
	assert.deepEqual([taken, written, kept.version], [false, false, "v1"]);
	await until(async () => (await held(`${name} lock`)).length === 1);
	await until(async () => (await held("late")).length === 0);
	assert.equal((await other.store.write(name, { ...plain, version: "v2", expected: "v1", lock: "mine" })).written, true);
});

test("a version that nobody can tell any more counts as none, and may be replaced", async () => {
	const { store } = await open({ clock: impatient([600]) });
	const name = await store.name(somebody());
	const release = await new Promise((resolve) => {
		void locks.request(`cctoken 1 ${name} has 7 gone a-frozen-page`, () => new Promise((over) => resolve(over)));
	});
	assert.equal(await store.read(name), undefined);
	assert.equal((await store.write(name, plain)).written, true);
	assert.equal((await store.read(name)).version, "v1");
	assert.equal((await held(`${name} has 8 v1`)).length, 1, "it is the later one for all");
	release();
});

test("a page that was asked and does not answer is asked for by another that has it as well", async () => {
	let waits = 0;
	// The first of its two waits is over at once.
	const clock = { ...platformClock, timer: (wake, ms) => platformClock.timer(wake, ms === 600 && waits++ === 0 ? 1 : ms) };
	const [one, two, late] = [await open(), await open(), await open({ clock })];
	const identity = somebody();
	const name = await one.store.name(identity);
	await two.store.name(identity);
	await one.store.write(name, plain);
	await until(async () => (await held(`${name} has 1 v1`)).length === 2);
	// The page that is asked first is one that does not hear it.
	const release = await new Promise((resolve) => {
		void locks.request(`cctoken 1 ${name} has 1 v1 deaf`, () => new Promise((over) => resolve(over)));
	});
	await late.store.name(identity);
	const random = Math.random;
	Math.random = () => 0.999;
	try {
		assert.equal((await late.store.read(name)).state, "state");
	} finally {
		Math.random = random;
	}
	assert.equal(waits, 2);
	release();
});

test("who waits for a lock is told when the page that has it is gone, though that says nothing", async () => {
	const { store, told } = await open();
	const name = await store.name(somebody());
	const release = await new Promise((resolve) => {
		void locks.request(`cctoken 1 ${name} lock 3 theirs 60000`, () => new Promise((over) => resolve(over)));
	});
	assert.equal((await store.take(name, "mine", 60_000)).taken, false);
	assert.equal((await store.take(name, "mine", 60_000)).taken, false);
	const mine = () => told.filter(([of]) => of === name);
	assert.deepEqual(mine(), []);
	release();
	await until(() => mine().length > 0);
	assert.deepEqual(mine(), [[name, undefined]], "once");
	const stop = await new Promise((resolve) => {
		void locks.request(`cctoken 1 ${name} lock 4 theirs 60000`, { mode: "shared" }, () => new Promise((over) => resolve(over)));
	});
	assert.equal((await store.take(name, "mine", 60_000)).taken, true, "whoever else waits for it is not who has it");
	stop();
});

test("a lock that its page takes for longer lasts longer for the others, who go by their own clocks", async () => {
	let now = 0;
	const clock = { ...platformClock, mono: () => now };
	const [one, two] = [await open(), await open({ clock })];
	const identity = somebody();
	const name = await one.store.name(identity);
	await two.store.name(identity);
	await one.store.take(name, "one", 1000);
	for (let round = 0; round < 3; round++) {
		assert.equal((await two.store.take(name, "two", 1000)).leftMs, 1000);
		now += 900;
		assert.equal((await two.store.take(name, "two", 1000)).leftMs, 100);
		await one.store.take(name, "one", 1000);
	}
	assert.equal((await two.store.take(name, "two", 1000)).taken, false);
	now += 1000;
	assert.equal((await two.store.take(name, "two", 60_000)).taken, true);
	assert.equal((await held(`${name} lock`)).length, 2);
	assert.equal((await one.store.write(name, { ...plain, lock: "one" })).held, false);
	await until(async () => (await held(`${name} lock`)).length === 1);
});

test("who opens later is answered by one page, and a version that is heard again later changes nothing", async () => {
	const listening = [await open(), await open(), await open()];
	const identity = somebody();
	const [name] = await Promise.all(listening.map(({ store }) => store.name(identity)));
	const boxes = [];
	const channel = new BroadcastChannel("cctoken 1");
	channel.onmessage = ({ data }) => data.name === name && data.box && boxes.push(data);
	await listening[0].store.write(name, plain);
	await listening[1].store.write(name, { ...plain, version: "v2", expected: "v1" });
	await until(async () => boxes.length === 2 && (await held(`${name} has 2 v2`)).length === 3);
	const late = await open();
	await late.store.name(identity);
	assert.equal((await late.store.read(name)).version, "v2");
	await until(() => boxes.length === 3);
	channel.postMessage(boxes[0]);
	channel.postMessage({ name: `after ${name}` });
	await until(() => late.told.some(([of]) => of === `after ${name}`));
	await new Promise((resolve) => setImmediate(resolve));
	assert.equal((await held(`${name} has 2 v2`)).length, 4);
	assert.equal(boxes.length, 3);
	channel.close();
});

test("pages with another version of the package share nothing with these", async () => {
	const [one, two] = [await open({ version: "1.0.0" }), await open({ version: "1.0.1" })];
	const identity = somebody();
	const name = await one.store.name(identity);
	assert.equal(await two.store.name(identity), name);
	await one.store.take(name, "lock", 60_000, plain);
	assert.equal(await two.store.read(name), undefined);
	assert.equal((await two.store.take(name, "lock", 60_000)).taken, true);
	assert.deepEqual(two.told, []);
});

test("what nobody here has any more is not kept: of a session that was let go, and of a client that was closed", async () => {
	const [one, two] = [await open(), await open()];
	const [first, second] = [somebody(), somebody()];
	const names = await Promise.all([first, second, first].map((identity) => one.store.name(identity)));
	await one.store.take(names[0], "lock", 60_000, plain);
	await one.store.write(names[1], plain);
	one.store.leave(names[0]);
	await new Promise((resolve) => setImmediate(resolve));
	assert.equal((await held(names[0])).length, 2, "another user of it is left");
	one.store.leave(names[0]);
	await until(async () => (await held(names[0])).length === 0);
	assert.equal((await held(names[1])).length, 1);
	await one.end();
	await until(async () => (await held(names[1])).length === 0);
	await two.store.name(second);
	assert.equal(await two.store.read(names[1]), undefined);
});

test("no lock's name and no message shows whose it is, a secret, or a token", async () => {
	const heard = [];
	const channel = new BroadcastChannel("cctoken spied");
	channel.onmessage = ({ data }) => void heard.push(data);
	const vendor = lenient();
	const identity = own({ ...identities.isales, user: "canary-agent", passwd: "canary-password" });
	const [one, two] = [1, 2].map(() => page(vendor.fetch, {}, { version: "spied" }));
	const first = await one.getToken(identity);
	assert.equal((await two.getToken(identity)).value, first.value);
	await until(() => heard.some(({ box }) => box));
	channel.close();
	const said = heard.map((message) =>
		JSON.stringify(message, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value)),
	);
	const names = locks.asked.filter((name) => name.startsWith("cctoken spied"));
	assert.ok(names.length > 4);
	for (const text of [...names, ...said]) {
		for (const secret of [first.value, identity.user, identity.passwd, new URL(identity.baseUrl).host, "isales", "R1"]) {
			assert.ok(!text.includes(secret), text);
		}
		assert.match(text, /[0-9a-f]{64}/);
	}
});

test("scripts of the origin that do not have the identity cannot make anything up, and what is no message of ours changes nothing", async () => {
	const { store, told } = await open();
	const name = await store.name(somebody());
	await store.write(name, plain);
	const channel = new BroadcastChannel("cctoken 1");
	const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
	const { seal } = await import("../js/client/page-key.js");
	const forged = await seal(key, { number: 9, id: "v9", state: "forged", ageMs: 0, wall: Date.now() });
	const messages = [
		...[null, 1, "have", {}, { name: 7 }, { name: "else" }],
		...[
			{ name, version: "v9", box: forged },
			{ name, box: new Uint8Array(3) },
			{ name, box: "text" },
			{ name, version: 7 },
			{ name, want: "v9" },
			{ name, want: {} },
		],
	];
	for (const message of messages) {
		channel.postMessage(message);
	}
	channel.postMessage({ name: "last" });
	await until(() => told.some(([of]) => of === "last"));
	assert.equal((await store.read(name)).state, "state");
	channel.close();
});

const denied = () => Promise.reject(new DOMException("denied", "SecurityError"));
for (const [where, found] of [
	["has no locks, as on plain http", undefined],
	["may not use them", { query: denied, request: denied }],
]) {
	test(`a page that ${where} works alone`, async (t) => {
		globalThis.navigator.locks = found;
		t.after(() => (globalThis.navigator.locks = locks));
		const vendor = lenient();
		const seen = [];
		const identity = own(identities.appcube);
		const [one, two] = [1, 2].map(() => page(vendor.fetch, { onStore: (event) => seen.push(event) }));
		assert.notEqual((await one.getToken(identity)).value, (await two.getToken(identity)).value);
		assert.equal(vendor.requests.length, 2);
		await one.getToken(identity, { forceRefresh: true });
		assert.deepEqual(seen, [], "and nobody is told of a store that was not asked for");
		assert.equal((await pages(platformClock, "1")?.name(somebody())) ?? "", "");
		assert.equal(pages(platformClock, "1") === undefined, found === undefined);
	});
}

test("pages share the sessions of an identity, and each goes on without one that has closed its client", async () => {
	const vendor = lenient();
	const identity = own(identities.ccmessaging);
	const [one, two] = [page(vendor.fetch), page(vendor.fetch)];
	const first = await one.getToken(identity);
	assert.equal((await two.getToken(identity)).value, first.value);
	assert.equal(vendor.requests.length, 2, "an AccessToken, and a token");
	const renewed = await two.getToken(identity, { rejected: first });
	await one.close();
	assert.equal((await page(vendor.fetch).getToken(identity)).value, renewed.value);
});

test("what one page forgets, all forget", async () => {
	const vendor = lenient();
	const identity = own(identities.appcube);
	const [one, two] = [page(vendor.fetch), page(vendor.fetch)];
	const first = await one.getToken(identity);
	assert.equal((await two.getToken(identity)).value, first.value);
	one.session(identity).forget();
	let next;
	await until(async () => (next = (await two.getToken(identity)).value) !== first.value);
	assert.equal((await one.getToken(identity)).value, next);
	assert.equal(vendor.requests.length, 2);
});

for (const [what, change] of [
	["bases", { baseUrl: "https://elsewhere.test" }],
	["users", { user: "another" }],
	["secrets", { passwd: "a wrong one" }],
]) {
	test(`identities with different ${what} share nothing`, async () => {
		const vendor = lenient();
		const identity = own(identities.isales);
		const first = await page(vendor.fetch).getToken(identity);
		const other = await page(vendor.fetch).getToken({ ...identity, ...change });
		assert.notEqual(other.value, first.value);
		assert.equal(vendor.requests.length, 2);
	});
}

test("a client that is dropped without being closed keeps nothing for the others", async () => {
	const vendor = lenient();
	const version = "dropped";
	const ours = async () => (await held()).filter((name) => name.startsWith(`cctoken ${version} `));
	await (async () => {
		for (let n = 0; n < 20; n++) {
			const client = createClient(module, { fetch: vendor.fetch }, platformClock, { pages, version });
			const reference = new WeakRef(client);
			ends.push(() => reference.deref()?.close());
			await client.getToken(own(identities.appcube));
		}
	})();
	assert.equal((await ours()).length, 20);
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc");
	await until(async () => {
		collect();
		return (await ours()).length <= 4; // the stack may hold the last ones
	});
});

test("a client with a store of its own shares by that, and not with the pages", async () => {
	const vendor = lenient();
	const identity = own(identities.appcube);
	const { memoryStore } = await import("../js/store/index.js");
	const store = memoryStore();
	const [with1, with2, without] = [page(vendor.fetch, { store }), page(vendor.fetch, { store }), page(vendor.fetch)];
	const first = await with1.getToken(identity);
	assert.equal((await with2.getToken(identity)).value, first.value);
	assert.notEqual((await without.getToken(identity)).value, first.value);
});

test("an edge's sessions are not shared so, as users' authorizations are not", async () => {
	const { store } = await open();
	for (const system of ["edge", "authorization"]) {
		assert.equal(await store.name(JSON.stringify([system, "https://edge.test", "web"])), "");
	}
	assert.match(await store.name(JSON.stringify(["other", "https://edge.test", "web"])), /^[0-9a-f]{64}$/);
});
