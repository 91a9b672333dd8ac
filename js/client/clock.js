// The two clocks and the timers.

/**
 * What the driver reads and sets of time; tests have one of their own.
 * @typedef {object} Clock
 * @property {() => number} wall the time of day, in milliseconds
 * @property {() => number} mono milliseconds that never go back
 * @property {(wake: () => void, ms: number, idle?: boolean) => () => void} timer calls wake once after so long; what is
 *   returned cancels it. An idle timer does not keep the program running.
 */

/** The platform's clocks. @type {Clock} */
export const platformClock = {
	// Looked up at each call, not kept: test tools replace them.
	wall: () => Date.now(),
	mono: () => performance.now(),
	timer(wake, ms, idle = false) {
		const id = setTimeout(wake, ms);
		if (idle && typeof id === "object") {
			id.unref(); // Node's timers are objects
		}
		return () => clearTimeout(id);
	},
};

/**
 * Now, on both clocks.
 * @param {Clock} clock
 * @returns {import("../module/wall.js").Instant}
 */
export const instant = (clock) => ({ wall: clock.wall(), mono: clock.mono() });
