// What happened in the last sixty minutes, counted by the minute.

export class Hourly {
	#minutes = new Array(60).fill(0);
	#last = 0;

	/** @param {number} mono monotonic milliseconds */
	note(mono) {
		this.#minutes[this.#turn(mono)]++;
	}

	/** @param {number} mono monotonic milliseconds */
	count(mono) {
		this.#turn(mono);
		return this.#minutes.reduce((sum, n) => sum + n, 0);
	}

	/** Forgets the minutes that are over, and returns the place of this one. @param {number} mono */
	#turn(mono) {
		const minute = Math.floor(mono / 60_000);
		for (let passed = Math.min(60, minute - this.#last); passed > 0; passed--) {
			this.#minutes[(minute - passed + 1) % 60] = 0;
		}
		this.#last = Math.max(this.#last, minute);
		return minute % 60;
	}
}
