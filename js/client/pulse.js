// Signs of life for who is signed in: one at once, and one every half minute, for as long as somebody wants them.
import { signOfLifeMs } from "../generated/limits.js";

/** What no later one would change. */
const ends = ["signed_out", "closed", "forgotten", "invalid_identity", "invalid_request", "forbidden"];

export class Pulse {
	#wanted = 0;
	#over = false;
	/** @type {() => void} */ #cancel = () => {};
	/** @type {() => Promise<unknown>} */ #beat;
	/** @type {import("./clock.js").Clock} */ #clock;
	/** @type {() => void} */ #ended;

	/**
	 * @param {() => Promise<unknown>} beat gives one; the core tells of one that fails
	 * @param {import("./clock.js").Clock} clock
	 * @param {() => void} ended told when it is over
	 */
	constructor(beat, clock, ended) {
		this.#beat = beat;
		this.#clock = clock;
		this.#ended = ended;
		void this.#next();
	}

	/** Whoever wants it gets what says that he does not any more. It ends with the last one. */
	want() {
		let wanted = true;
		this.#wanted++;
		return () => {
			if (wanted) {
				wanted = false;
				if (--this.#wanted === 0) {
					this.end();
				}
			}
		};
	}

	end() {
		this.#over = true;
		this.#cancel();
		this.#ended();
	}

	async #next() {
		try {
			await this.#beat();
		} catch (error) {
			if (ends.includes(/** @type {import("./error.js").TokenError} */ (error).code)) {
				this.end();
			}
		}
		if (!this.#over) {
			// Idle: who is signed in is no reason for a program to go on.
			this.#cancel = this.#clock.timer(() => void this.#next(), signOfLifeMs, true);
		}
	}
}
