// Measures any number of ways on a machine that others use too: each round has all of them once, in another order, so
// that all meet the same disturbances; what counts is the median, and the median of the ratios within a round.
import { median } from "../compare.js";

/**
 * @typedef {object} Timing
 * @property {number} time milliseconds, the median
 * @property {number} ratio to the first way, the median of the rounds' ratios
 */

/**
 * @param {(() => Promise<number>)[]} ways each answers the milliseconds of one measurement
 * @param {{ rounds: number, warmUp: number }} plan both in rounds
 * @returns {Promise<Timing[]>} in the order of the ways
 */
export async function rounds(ways, { rounds, warmUp }) {
	const times = ways.map(() => /** @type {number[]} */ ([]));
	for (let round = -warmUp; round < rounds; round++) {
		for (const i of shuffled(ways.length)) {
			const time = await ways[i]();
			if (round >= 0) {
				times[i].push(time);
			}
		}
	}
	return times.map((own) => ({ time: median(own), ratio: median(own.map((time, round) => time / times[0][round])) }));
}

/** The numbers under n in a random order. @param {number} n */
function shuffled(n) {
	const order = Array.from({ length: n }, (_, i) => i);
	for (let i = n - 1; i > 0; i--) {
		const j = Math.floor(Math.random() * (i + 1));
		[order[i], order[j]] = [order[j], order[i]];
	}
	return order;
}
