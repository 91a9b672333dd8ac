// What is held for those whom nobody knows yet: a signature covers the body, so that it must be read before it is known
// whose it is. All of that together is bounded.
import { Problem } from "../request/problem.js";

/** What all of them may hold at once, in an isolate; bytes. */
const most = 16 << 20;

export class Strangers {
	/** In the order in which they came. @type {Set<{ bytes: number, from: number }>} */ #present = new Set();
	#bytes = 0;

	/** @param {number} timeoutMs what one of them may take */
	constructor(timeoutMs) {
		this.timeoutMs = timeoutMs;
	}

	/** What is held for all of them; bytes. */
	get bytes() {
		return this.#bytes;
	}

	/**
	 * One more of them.
	 * @param {import("../request/answer.js").Leaving} [gone] once its caller has left
	 * @returns {{ grow: (bytes: number) => void, end: () => void }} grow: what is held for it from now on; it throws where that is too
	 *   much. end: nothing is any more
	 */
	begin(gone) {
		const one = { bytes: 0, from: Date.now() };
		this.#endOverdue(one.from);
		this.#present.add(one);
		const end = () => this.#end(one);
		gone?.addEventListener("abort", end);
		return {
			grow: (bytes) => {
				const grown = this.#present.has(one) ? bytes - one.bytes : Infinity; // overdue
				if (this.#bytes + grown > most) {
					throw new Problem("unavailable", "Callers who are not known yet are sending too much at once; try again.", {
						reason: "strangers",
						retryAfter: 1,
					});
				}
				one.bytes = bytes;
				this.#bytes += grown;
			},
			end,
		};
	}

	/** A request that was abandoned never says that it has ended. @param {number} now */
	#endOverdue(now) {
		for (const one of this.#present) {
			if (now >= one.from && now < one.from + this.timeoutMs) {
				return; // those after it came later
			}
			this.#end(one);
		}
	}

	/** @param {{ bytes: number }} one */
	#end(one) {
		if (this.#present.delete(/** @type {any} */ (one))) {
			this.#bytes -= one.bytes;
		}
	}
}
