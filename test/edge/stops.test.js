// Who is stopped: kept by one object, known by every isolate within seconds, and neither forgotten nor in the way when that
// object cannot be reached.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mostStops, StopList, stopOf } from "../../js/edge/operator/stop-list.js";
import { Stops } from "../../js/edge/operator/stops.js";

/** The object's storage, which outlives it. */
function storageFor() {
	/** @type {Map<string, any>} */
	const stored = new Map();
	return {
		stored,
		fails: false,
		async get(/** @type {string} */ key) {
			return structuredClone(stored.get(key));
		},
		async put(/** @type {Record<string, any>} */ entries) {
			if (this.fails) {
				throw new Error("full");
			}
			Object.entries(entries).forEach(([key, value]) => stored.set(key, structuredClone(value)));
		},
		async sync() {},
	};
}

/** An edge of several isolates over one list. */
function edge(storage = storageFor()) {
	let list = new StopList(storage);
	const world = {
		storage,
		asked: 0,
		bytes: 0,
		/** How the object is: it answers, it cannot be reached, or it says nothing. */
		how: "well",
		evict: () => (list = new StopList(storage)),
		isolate: () =>
			new Stops(async () => ({
				async fetch(_url, { body, signal }) {
					world.asked++;
					if (world.how === "gone") {
						throw new Error("unreachable");
					}
					if (world.how === "silent") {
						await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("timeout"))));
					}
					const response = await list.answer(JSON.parse(String(body)));
					const text = await response.text();
					world.bytes = text.length;
					return new Response(text, { status: response.status });
				},
			})),
	};
	return world;
}

/** @param {import("node:test").TestContext} t */
function clock(t) {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	return (/** @type {number} */ ms) => t.mock.timers.setTime(Date.now() + ms);
}

test("a stop is known where it was made at once, and in every other isolate within five seconds", async (t) => {
	const pass = clock(t);
	const world = edge();
	const [here, there] = [world.isolate(), world.isolate()];
	assert.deepEqual([await here.since("u"), await there.since("u")], [undefined, undefined]);
	await here.stop("u");
	assert.equal(await here.since("u", "chat"), Date.now());
	pass(3_999);
	assert.equal(await there.since("u"), undefined, "it has asked a moment ago");
	pass(1);
	assert.equal(await there.since("u"), Date.now() - 4_000);
	assert.equal(await there.since("u", "chat"), Date.now() - 4_000);
	assert.equal(await there.since("other"), undefined);
	await here.resume("u");
	pass(5_000);
	assert.deepEqual([await here.since("u"), await there.since("u")], [undefined, undefined]);
});

test("a stop for one connection leaves the others open, and ends with the user's or alone", async (t) => {
	clock(t);
	const stops = edge().isolate();
	await stops.stop(stopOf("u", "chat"));
	assert.equal(await stops.since("u", "chat"), Date.now());
	assert.equal(await stops.since("u", "mail"), undefined);
	assert.equal(await stops.since("u"), undefined);
	await stops.stop(stopOf("u", "mail"));
	await stops.resume(stopOf("u", "chat"));
	assert.deepEqual([...(await stops.all()).keys()], ["u/mail"]);
	await stops.stop("u");
	await stops.resume("u");
	assert.equal((await stops.all()).size, 0);
});

test("a stop outlives its object, and one that was made again keeps its time", async (t) => {
	const pass = clock(t);
	const world = edge();
	const stops = world.isolate();
	await stops.stop("u");
	const since = Date.now();
	world.evict();
	pass(10_000);
	await stops.stop("u");
	assert.equal(await world.isolate().since("u"), since);
});

test("what is known is asked for once in four seconds, whoever calls, and a list that is the same is not sent again", async (t) => {
	const pass = clock(t);
	const world = edge();
	const stops = world.isolate();
	for (let i = 0; i < 1_000; i++) {
		await stops.stop(`user-${i}`);
	}
	world.asked = 0;
	pass(4_000);
	await Promise.all(Array.from({ length: 500 }, () => stops.since("user-1", "chat")));
	assert.equal(world.asked, 1);
	assert.ok(world.bytes < 40, String(world.bytes));
	for (let i = 0; i < 500; i++) {
		await stops.since("user-1", "chat");
	}
	assert.equal(world.asked, 1);
});

test("a thousand who come to a cold isolate ask the list once", async () => {
	const world = edge();
	const stops = world.isolate();
	await Promise.all(Array.from({ length: 1_000 }, () => stops.since("u")));
	assert.equal(world.asked, 1);
});

test("while the list cannot be had, what was known stays: who is stopped stays stopped, and the others go on", async (t) => {
	const pass = clock(t);
	const world = edge();
	const stops = world.isolate();
	await stops.stop("u");
	const since = Date.now();
	world.how = "gone";
	for (let hour = 0; hour < 48; hour++) {
		pass(3_600_000);
		assert.deepEqual([await stops.since("u"), await stops.since("other")], [since, undefined]);
	}
	world.asked = 0;
	for (let i = 0; i < 100; i++) {
		await stops.since("other");
	}
	assert.equal(world.asked, 0, "it is left alone for a while");
	world.how = "well";
	pass(5_000);
	await stops.since("other");
	assert.equal(world.asked, 1);
});

test("a list that says nothing holds up one caller of an isolate that knows one, for two seconds, and no other", async () => {
	const world = edge();
	const stops = world.isolate();
	await stops.stop("u");
	world.how = "silent";
	const { now } = Date;
	const alive = setInterval(() => {}, 1_000); // a signal's own timer does not keep Node
	try {
		Date.now = () => now() + 10_000;
		await stops.since("other"); // learns that it is silent
		Date.now = () => now() + 20_000;
		const asking = stops.since("u");
		const began = performance.now();
		await Promise.all(Array.from({ length: 50 }, () => stops.since("other")));
		assert.ok(performance.now() - began < 1_000, "others");
		assert.ok((await asking) !== undefined);
		assert.ok(performance.now() - began < 3_000, "the one");
	} finally {
		Date.now = now;
		clearInterval(alive);
	}
});

test("an isolate that knows no list lets nobody in until it has one, as it cannot know whom to refuse", async (t) => {
	const pass = clock(t);
	const world = edge();
	const stops = world.isolate();
	world.how = "gone";
	await assert.rejects(stops.since("u"), (/** @type {any} */ error) => error.code === "unavailable" && error.retryAfter === 1);
	world.how = "well";
	pass(1_000);
	assert.equal(await stops.since("u"), undefined);
});

test("a stop that was not stored is not said to be made", async () => {
	const world = edge();
	const stops = world.isolate();
	world.storage.fails = true;
	await assert.rejects(stops.stop("u"), (/** @type {any} */ error) => error.code === "unavailable");
	world.storage.fails = false;
	assert.equal((await world.isolate().all()).size, 0);
	await stops.stop("u");
	assert.equal((await world.isolate().all()).size, 1);
});

test("the list is bounded: one stop too many is refused, and none is dropped for it", async () => {
	const storage = storageFor();
	const full = Object.fromEntries(Array.from({ length: mostStops }, (_, i) => [`${String(i).padStart(22, "x")}/${"c".repeat(64)}`, i]));
	storage.stored.set("stops", { version: 7, stops: full });
	const stops = edge(storage).isolate();
	await assert.rejects(stops.stop("one-more"), (/** @type {any} */ error) => error.code === "too_large" && error.reason === "stops_full");
	assert.equal((await stops.all()).size, mostStops);
	assert.ok(JSON.stringify(full).length < 1 << 20, "it fits into one value of the storage");
});
