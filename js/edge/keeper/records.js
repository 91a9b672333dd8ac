// The records of an object's sessions in its storage, and how they leave it. A session that somebody uses is written again
// and again; what a record says is over a day after it was written, as the core bounds all of it to that: tokens, waiting times, login
// budgets. So a record that was written some days ago is of no use to anybody, whether its user has left, or its session
// was moved to another object.
//
// Days are counted by the object's alarm. The time of day alone is not believed: where it was set forward once, there is still a
// whole day between two alarms, and no login budget is forgotten for it.
import { mostKeptMs } from "../../generated/limits.js";

/**
 * The part of a Durable Object's storage that is used.
 * @typedef {object} Storage
 * @property {(key: string) => Promise<unknown>} get
 * @property {(entries: Record<string, unknown>) => Promise<void>} put
 * @property {() => Promise<void>} sync
 * @property {() => Promise<number | null>} getAlarm
 * @property {(at: number) => Promise<void>} setAlarm
 * @property {{ get: (key: string) => unknown, put: (key: string, value: unknown) => void, delete: (key: string) => unknown,
 *   list: (options: { prefix: string, startAfter?: string, limit?: number }) => Iterable<[string, unknown]> }} kv the same, at once
 */

/** The day is that on which it was written. @typedef {{ sealed: Uint8Array, day: number }} Stored */

const prefix = "session/";

/** Where the number of the day is kept. */
const dayKey = "day";

/** So many records go into one call of the storage (https://developers.cloudflare.com/durable-objects/api/storage-api/#put). */
const mostInOne = 128;

/** So many are looked at before others have their turn. */
const mostLookedAt = 1000;

/** A record goes at the third alarm after it was written, as one of the two days between those may be a clock's mistake. */
const alarmsKept = 3;

export class Records {
	/** @type {Storage} */ #storage;
	/** Whether an alarm is known to be set. */
	#set = false;

	/** @param {Storage} storage */
	constructor(storage) {
		this.#storage = storage;
	}

	/**
	 * @param {string} session
	 * @returns {Promise<Uint8Array | undefined>}
	 */
	async load(session) {
		const stored = /** @type {Partial<Stored> | undefined} */ (await this.#storage.get(prefix + session));
		return stored?.sealed;
	}

	/**
	 * From when this is over the records outlive the object.
	 * @param {string[]} sessions
	 * @param {Uint8Array[]} sealed of those
	 */
	async save(sessions, sealed) {
		const day = this.#day;
		const entries = sessions.map((session, i) => [prefix + session, { sealed: sealed[i], day }]);
		const puts = [];
		for (let from = 0; from < entries.length; from += mostInOne) {
			puts.push(this.#storage.put(Object.fromEntries(entries.slice(from, from + mostInOne))));
		}
		if (!this.#set) {
			puts.push(this.#schedule());
		}
		await Promise.all(puts);
		await this.#storage.sync();
	}

	/** The object's alarm: begins a new day, and deletes what is too old. Where nothing is left there are no further alarms. */
	async turn() {
		const day = this.#day + 1;
		/** @type {string | undefined} */
		let last;
		for (;;) {
			// Looked at and deleted at once: what is written meanwhile is of today.
			/** @type {[string, unknown][]} */
			const page = [...this.#storage.kv.list({ prefix, limit: mostLookedAt, ...(last !== undefined && { startAfter: last }) })];
			for (const [key, stored] of page) {
				if (day - /** @type {Stored} */ (stored).day >= alarmsKept) {
					this.#storage.kv.delete(key);
				}
			}
			last = page.at(-1)?.[0];
			if (page.length < mostLookedAt) {
				break;
			}
			await new Promise((resolve) => setTimeout(resolve));
		}
		const [left] = this.#storage.kv.list({ prefix, limit: 1 });
		this.#set = false;
		if (left) {
			this.#storage.kv.put(dayKey, day);
			await this.#schedule();
		} else {
			this.#storage.kv.delete(dayKey); // an object without anything stored is none
		}
	}

	get #day() {
		return /** @type {number | undefined} */ (this.#storage.kv.get(dayKey)) ?? 0;
	}

	async #schedule() {
		if ((await this.#storage.getAlarm()) === null) {
			await this.#storage.setAlarm(Date.now() + mostKeptMs);
		}
		this.#set = true;
	}
}
