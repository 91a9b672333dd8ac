// The records of a keeper's sessions: how long they are kept, and that none goes which may still matter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Records } from "../../js/edge/keeper/records.js";
import { mostKeptMs } from "../../js/generated/limits.js";

const dayMs = 86_400_000;
const sealed = (/** @type {number} */ n) => new Uint8Array([n]);

/** An object's storage: what is put is there at once, as in the platform's. */
function storageFor() {
	/** @type {Map<string, any>} */
	const values = new Map();
	const faults = { alarm: false };
	return {
		values,
		faults,
		/** @type {number | null} */ alarm: null,
		get: async (/** @type {string} */ key) => values.get(key),
		put: async (/** @type {Record<string, unknown>} */ entries) =>
			Object.entries(entries).forEach(([key, value]) => values.set(key, value)),
		sync: async () => {},
		async getAlarm() {
			return this.alarm;
		},
		async setAlarm(/** @type {number} */ at) {
			if (faults.alarm) {
				throw new Error("no alarm");
			}
			this.alarm = at;
		},
		kv: {
			get: (/** @type {string} */ key) => values.get(key),
			put: (/** @type {string} */ key, /** @type {unknown} */ value) => void values.set(key, value),
			delete: (/** @type {string} */ key) => values.delete(key),
			*list({ prefix = "", startAfter = "", limit = Infinity }) {
				const keys = [...values.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).sort();
				for (const key of keys.slice(0, limit)) {
					yield /** @type {[string, unknown]} */ ([key, values.get(key)]);
				}
			},
		},
	};
}

/** @param {import("node:test").TestContext} t */
function world(t) {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	const storage = storageFor();
	let records = new Records(storage);
	return {
		storage,
		save: (/** @type {string[]} */ ...names) =>
			records.save(
				names,
				names.map((_, i) => sealed(i)),
			),
		has: async (/** @type {string} */ name) => (await records.load(name)) !== undefined,
		/** The object is put away and comes back. */
		restart: () => (records = new Records(storage)),
		/** The time of day is another one, and alarms that are due are given. @param {number} ms */
		async pass(ms) {
			for (const end = Date.now() + ms; ;) {
				const due = storage.alarm;
				if (due === null || due > end) {
					t.mock.timers.setTime(end);
					return;
				}
				t.mock.timers.setTime(Math.max(due, Date.now()));
				storage.alarm = null; // as the platform does it while the alarm is given
				await records.turn();
			}
		},
	};
}

test("a record that was not written for some days is deleted, and in a day none that was", async (t) => {
	const w = world(t);
	assert.equal(mostKeptMs, dayMs);
	await w.save("left", "comes");
	for (let day = 0; day < 20; day++) {
		await w.pass(dayMs / 2);
		await w.save("comes");
		await w.pass(dayMs / 2);
		assert.ok(await w.has("comes"));
		assert.equal(await w.has("left"), day < 2, `after ${day + 1} days`);
	}
});

test("whenever it was written, a record is kept for two days at least and for three at most", async (t) => {
	for (let hour = 0; hour < 24; hour++) {
		const w = world(t);
		await w.save("other");
		await w.pass((hour * dayMs) / 24);
		await w.save("left");
		await w.pass(2 * dayMs - 1);
		assert.ok(await w.has("left"), `at ${hour} o'clock`);
		await w.pass(dayMs + 1);
		assert.ok(!(await w.has("left")), `at ${hour} o'clock`);
		t.mock.timers.reset();
	}
});

test("a clock that is set forward, by however much, deletes no record within a day", async (t) => {
	for (const jump of [dayMs, 10 * dayMs, 1_000 * dayMs]) {
		const w = world(t);
		await w.save("a");
		const real = Date.now();
		t.mock.timers.setTime(real + jump);
		await w.pass(0);
		await w.pass(dayMs - 1);
		assert.ok(await w.has("a"), `${jump}`);
		await w.pass(3 * dayMs);
		assert.ok(!(await w.has("a")));
		t.mock.timers.reset();
	}
});

test("an object that is put away between its alarms goes on counting", async (t) => {
	const w = world(t);
	await w.save("a");
	for (let i = 0; i < 7; i++) {
		assert.ok(await w.has("a"));
		w.restart();
		await w.save("b");
		await w.pass(dayMs / 2 - (i === 6 ? 0 : 3600_000));
	}
	await w.pass(dayMs);
	assert.ok(!(await w.has("a")));
	assert.ok(await w.has("b"));
});

test("when the last record is gone nothing is stored and no alarm is set, and the next record sets one", async (t) => {
	const w = world(t);
	await w.save("a");
	await w.pass(10 * dayMs);
	assert.deepEqual([[...w.storage.values], w.storage.alarm], [[], null]);
	await w.save("b");
	assert.equal(w.storage.alarm, Date.now() + dayMs);
	await w.pass(10 * dayMs);
	assert.deepEqual([[...w.storage.values], w.storage.alarm], [[], null]);
});

test("what is written while records are deleted stays", async (t) => {
	const w = world(t);
	const names = Array.from({ length: 2_500 }, (_, i) => `s${String(i).padStart(4, "0")}`);
	await w.save(...names);
	await w.pass(2 * dayMs);
	const turning = w.pass(dayMs); // looks at a thousand, and lets others have their turn
	await w.save("s2499", "s0000", "new");
	await turning;
	const kept = [...w.storage.values.keys()].filter((key) => key !== "day");
	assert.deepEqual(kept.sort(), ["session/new", "session/s0000", "session/s2499"]);
});

test("an alarm that cannot be set fails the write, and is set by the next one", async (t) => {
	const w = world(t);
	w.storage.faults.alarm = true;
	await assert.rejects(w.save("a"));
	w.storage.faults.alarm = false;
	await w.save("b");
	assert.equal(w.storage.alarm, Date.now() + dayMs);
});

test("what else the object keeps is left alone", async (t) => {
	const w = world(t);
	w.storage.values.set("stops", { version: 1, stops: {} });
	await w.save("a");
	await w.pass(10 * dayMs);
	assert.deepEqual([...w.storage.values.keys()], ["stops"]);
});
