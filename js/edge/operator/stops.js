// Who is stopped, as an isolate knows it. It asks the list again every few seconds, and goes on with what it knew last
// where the list cannot be had: a stop is not forgotten, and an outage of the list stops nobody else.
import { sleep, within } from "../moments.js";
import { Problem } from "../request/problem.js";
import { stopOf, stopsPath } from "./stop-list.js";

/** From this age on the first who comes reads the list again, while others go on; milliseconds. */
const renewMs = 4_000;
/** And from this age on everybody waits for that. */
const goodMs = 5_000;
/** How long the list is waited for. */
const patienceMs = 2_000;
/** After a failure it is not asked for a moment, or for longer where a list is known. */
const restMs = 1_000;
const longRestMs = 5_000;
/** How often those look who wait for another's answer. */
const lookMs = 20;

const unavailable = () =>
	new Problem("unavailable", "It cannot be told at the moment whether this user is stopped; try again.", {
		reason: "stops",
		retryAfter: 1,
	});

export class Stops {
	/** Since when each is stopped. @type {Map<string, number> | undefined} */ #stopped;
	/** @type {number | undefined} */ #version;
	/** When what is known was asked for. */
	#readAt = -Infinity;
	/** When somebody began to ask. A request that was abandoned never says that it has ended. */
	#askingAt = -Infinity;
	#failedAt = -Infinity;

	/** @param {() => Promise<{ fetch: (url: string, init: RequestInit) => Promise<Response> }>} reachList the list's object */
	constructor(reachList) {
		this.reachList = reachList;
	}

	/**
	 * @param {string} user a keyed hash
	 * @param {string} [connection]
	 * @returns {number | undefined | Promise<number | undefined>} since when this user is stopped, in milliseconds since 1970; at once where the
	 *   list was read a moment ago. Rejected with a Problem where nothing is known yet
	 */
	since(user, connection) {
		return within(this.#readAt, renewMs) ? this.#since(user, connection) : this.#refresh().then(() => this.#since(user, connection));
	}

	/** @param {string} user @param {string} [connection] */
	#since(user, connection) {
		const stopped = this.#known();
		if (stopped.size === 0) {
			return undefined;
		}
		return stopped.get(user) ?? (connection === undefined ? undefined : stopped.get(stopOf(user, connection)));
	}

	/** @param {string} stop */
	stop(stop) {
		return this.#change({ stop });
	}

	/** @param {string} user */
	resume(user) {
		return this.#change({ resume: user });
	}

	/** All of them, from the list itself. */
	async all() {
		await this.#change({});
		return this.#known();
	}

	#known() {
		if (!this.#stopped) {
			throw unavailable();
		}
		return this.#stopped;
	}

	async #refresh() {
		for (;;) {
			const failing = this.#failedAt >= this.#readAt;
			const others = within(this.#askingAt, patienceMs + restMs);
			if (within(this.#readAt, renewMs) || (others && (within(this.#readAt, goodMs) || (failing && this.#stopped)))) {
				return;
			}
			if (within(this.#failedAt, this.#stopped ? longRestMs : restMs)) {
				return;
			}
			if (others) {
				await sleep(lookMs);
				continue;
			}
			this.#askingAt = Date.now();
			try {
				await this.#ask({});
			} catch {
				this.#failedAt = Date.now();
			} finally {
				this.#askingAt = -Infinity;
			}
			return;
		}
	}

	/** @param {{ stop?: string, resume?: string }} change */
	async #change(change) {
		try {
			await this.#ask(change);
		} catch (error) {
			throw error instanceof Problem ? error : unavailable();
		}
	}

	/** @param {{ stop?: string, resume?: string }} change */
	async #ask(change) {
		const began = Date.now();
		const object = await this.reachList();
		const response = await object.fetch(`https://keeper${stopsPath}`, {
			method: "POST",
			body: JSON.stringify({ ...change, version: this.#version }),
			signal: AbortSignal.timeout(patienceMs),
		});
		if (response.status === 413) {
			throw new Problem("too_large", "The list of stopped users is full: resume some, or change who may sign in.", {
				reason: "stops_full",
			});
		}
		const { version, stops } = /** @type {{ version: number, stops?: Record<string, number> }} */ (await response.json());
		if (response.status !== 200 || typeof version !== "number") {
			throw new Error("the list of stops did not answer as it should");
		}
		if (began < this.#readAt) {
			return; // what was asked for later is there already
		}
		if (stops) {
			this.#stopped = new Map(Object.entries(stops));
			this.#version = version;
		}
		this.#readAt = began;
	}
}
