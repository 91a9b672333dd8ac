// How often one caller may ask, where the platform has no binding that counts. Each isolate counts for itself: on a machine of
// one's own that is the process.

/** So many callers are remembered; those who came least lately are forgotten first, and may then begin anew. */
const mostCallers = 20_000;

const minuteMs = 60_000;

export class CallerRate {
	/** What each has left, and when that was. In the order in which they came last. @type {Map<string, { left: number, at: number }>} */ #callers =
		new Map();

	/** @param {number} perMinute that many at once, and then that many a minute */
	constructor(perMinute) {
		this.perMinute = perMinute;
	}

	/** How many callers are remembered. */
	get size() {
		return this.#callers.size;
	}

	/**
	 * As a rate limit binding, with what that does not say.
	 * @param {{ key: string }} caller a hash of who it is
	 * @returns {Promise<{ success: boolean, retryAfter?: number }>} retryAfter in seconds
	 */
	async limit({ key }) {
		const at = Date.now();
		const before = this.#callers.get(key) ?? { left: this.perMinute, at };
		const regained = (Math.max(0, at - before.at) * this.perMinute) / minuteMs; // a clock that was set back gives nothing
		const left = Math.min(this.perMinute, before.left + regained);
		const success = left >= 1;
		this.#callers.delete(key);
		if (this.#callers.size >= mostCallers) {
			this.#callers.delete(/** @type {string} */ (this.#callers.keys().next().value));
		}
		this.#callers.set(key, { left: success ? left - 1 : left, at });
		return success ? { success } : { success, retryAfter: ((1 - left) * minuteMs) / this.perMinute / 1000 };
	}
}
