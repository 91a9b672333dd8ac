// Which nonces a machine's key has used, in this process: as the Durable Object of the binding NONCES answers it.

/** So many are remembered. Beyond that nobody can tell whether a signature was used, and it is refused. */
const most = 1_000_000;

export class NonceMemory {
	/** Until when each is remembered, by scope and nonce. @type {Map<string, number>} */ #until = new Map();

	/** @param {() => number} now wall-clock milliseconds */
	constructor(now) {
		this.now = now;
	}

	/** How many are remembered. */
	get size() {
		return this.#until.size;
	}

	/**
	 * @param {string} key the scope and the nonce
	 * @param {number} ms
	 * @returns {boolean} whether this is the first time
	 */
	first(key, ms) {
		const now = this.now();
		this.#forget(now);
		if (this.#until.has(key) || this.#until.size >= most) {
			return false;
		}
		this.#until.set(key, now + ms);
		return true;
	}

	/**
	 * Those that came first end first, as all of an edge are good for about as long.
	 * @param {number} now
	 */
	#forget(now) {
		for (const [key, until] of this.#until) {
			if (until > now) {
				return;
			}
			this.#until.delete(key);
		}
	}
}
