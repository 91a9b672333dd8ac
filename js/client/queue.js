// Those who wait for a place in a cache that is full, and whose every session is in use: in the order in which they came.

/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./error.js").TokenError} TokenError */

/**
 * A place in the queue.
 * @typedef {object} Place
 * @property {Reference} reference
 * @property {boolean} late whether the time is over for which it may be waited
 * @property {() => Promise<void>} turn ends when it is this one's turn to try, or its time is over; it stays the first until it leaves
 * @property {() => void} leave
 */

/** @typedef {Place & { go: () => void, fail: (error: TokenError) => void }} Waiting */

export class Queue {
	/** @type {import("./clock.js").Clock} */ #clock;
	/** @type {Set<Waiting>} */ #places = new Set();
	/** Cancels the next look at it, where there is one. @type {(() => void) | undefined} */ #look;

	/** @param {import("./clock.js").Clock} clock */
	constructor(clock) {
		this.#clock = clock;
	}

	get empty() {
		return this.#places.size === 0;
	}

	/**
	 * @param {Reference} reference of who waits
	 * @param {number} ms for how long at most
	 * @returns {Place} at its end
	 */
	enter(reference, ms) {
		const places = this.#places;
		/** @type {Waiting} */
		const place = {
			reference,
			late: false,
			turn: () => new Promise((resolve, reject) => Object.assign(place, { go: resolve, fail: reject })),
			leave() {
				stop();
				places.delete(place);
			},
			go() {},
			fail() {},
		};
		const stop = this.#clock.timer(() => {
			place.late = true;
			place.go();
		}, ms);
		places.add(place);
		return place;
	}

	/**
	 * A place may have become free: the first one tries, once all has run that runs by itself. Who was just given a token begins
	 * a call with it then, and is in use.
	 */
	stir() {
		if (!this.empty) {
			this.#look ??= this.#clock.timer(() => this.next(), 0);
		}
	}

	/** The first one tries. */
	next() {
		this.#look?.();
		this.#look = undefined;
		const [first] = this.#places;
		first?.go();
	}

	/**
	 * Ends the waiting of these identities, or of all.
	 * @param {TokenError} error
	 * @param {string[]} [identities]
	 */
	end(error, identities) {
		for (const { reference, fail } of [...this.#places]) {
			if (identities === undefined || identities.includes(reference.json)) {
				fail(error);
			}
		}
	}
}
