// For how long a core's word is kept, that a token may be used or that one is on its way: until then it is not asked again.

/** @typedef {import("./sessions.js").Known} Known */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("../module/wall.js").CoreClient} CoreClient */

/** A lease at its longest, in milliseconds. */
const maxLeaseMs = 1000;

export class Leases {
	/** @type {CoreClient} */ #core;
	/** @type {import("./clock.js").Clock} */ #clock;
	/** @type {(session: number) => void} */ #used;
	/** Cancels the timer that ends them all, where one is running. @type {(() => void) | undefined} */ #end;

	/**
	 * @param {CoreClient} core
	 * @param {import("./clock.js").Clock} clock
	 * @param {(session: number) => void} [used] told now and then that a session's token is in use
	 */
	constructor(core, clock, used = () => {}) {
		this.#core = core;
		this.#clock = clock;
		this.#used = used;
	}

	/**
	 * The promise of a token that may be used right now, where the core has said so and nothing has happened since.
	 *
	 * The core decides on two clocks. Its word is kept for a second at most, during which one clock is enough: reading two
	 * costs as much again as all the rest. A timer ends the second where a time of day that is set back would not.
	 * @param {Known} known
	 */
	live(known) {
		if (known.token === undefined) {
			return undefined;
		}
		const wall = this.#clock.wall();
		if (known.epoch === this.#core.epoch && wall >= known.from && wall < known.until) {
			return known.promise;
		}
		return this.#renew(known, wall);
	}

	/**
	 * The promise of the token that is on its way, where the core has said so.
	 * @param {Known} known
	 */
	joined({ wait }) {
		if (wait === undefined || this.#core.dead || this.#core.epoch !== wait.epoch) {
			return undefined;
		}
		const age = this.#clock.wall() - wait.from;
		return age >= 0 && age < maxLeaseMs ? wait.promise : undefined;
	}

	/**
	 * Lets those who ask the same join a wait.
	 * @param {Known} known
	 * @param {Promise<Token>} promise
	 * @param {number} from when the core said to wait for it, by the time of day
	 */
	join(known, promise, from) {
		known.wait = { promise, epoch: this.#core.epoch, from };
		this.#bound();
	}

	/** The core is no more. */
	end() {
		this.#end?.();
	}

	/**
	 * @param {Known} known
	 * @param {number} wall
	 */
	#renew(known, wall) {
		const core = this.#core;
		const mono = this.#clock.mono();
		try {
			if (core.live(known.id, wall, mono) !== known.serial) {
				return undefined;
			}
			known.until = wall + Math.min(core.lease(known.id, wall, mono), maxLeaseMs);
		} catch {
			return undefined; // dead: the slow way starts a fresh one
		}
		known.epoch = core.epoch;
		known.from = wall;
		this.#used(known.id);
		this.#bound();
		return (known.promise ??= Promise.resolve(/** @type {Token} */ (known.token)));
	}

	/** Sees to it that what the core has said is not kept too long. */
	#bound() {
		this.#end ??= this.#clock.timer(
			() => {
				this.#end = undefined;
				this.#core.epoch++;
			},
			maxLeaseMs,
			true,
		);
	}
}
