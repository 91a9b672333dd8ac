// How many requests to vendors are under way at once.

export class Lines {
	#most;
	/** Those that wait for one to end, in the order in which they came. @type {Set<() => void>} */ #waiting = new Set();
	open = 0;

	/** @param {number} most Infinity is no bound */
	constructor(most) {
		this.#most = most;
	}

	/** How many wait. */
	get waiting() {
		return this.#waiting.size;
	}

	/**
	 * @template T
	 * @param {() => Promise<T>} send
	 * @param {AbortSignal} [signal] of who waits
	 * @returns {Promise<T>} rejected with the signal's reason where it fired first
	 */
	async take(send, signal) {
		if (this.open >= this.#most) {
			await this.#turn(signal);
		} else {
			this.open++;
		}
		try {
			return await send();
		} finally {
			this.#next();
		}
	}

	/** @param {AbortSignal} [signal] @returns {Promise<void>} */
	#turn(signal) {
		return new Promise((resolve, reject) => {
			const begin = () => {
				signal?.removeEventListener("abort", leave);
				resolve();
			};
			const leave = () => {
				this.#waiting.delete(begin);
				reject(signal?.reason);
			};
			this.#waiting.add(begin);
			signal?.addEventListener("abort", leave, { once: true });
		});
	}

	/** Gives a line to the next one. */
	#next() {
		const [next] = this.#waiting;
		if (next) {
			this.#waiting.delete(next);
			next();
		} else {
			this.open--;
		}
	}
}
