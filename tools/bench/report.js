// A measurement is a program of its own, so that none warms up or litters for another. This is how it tells its rows.

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} ours
 * @property {string} [reference] measured in the same run
 * @property {number} [ratio] of ours to the reference
 * @property {string} [bar] what is aimed at; without one, the row only states
 * @property {boolean} [met]
 */

/** @param {...Row} rows */
export function report(...rows) {
	console.log(JSON.stringify(rows));
}

/**
 * A comparison's row.
 * @param {string} what
 * @param {import("./compare.js").Comparison} comparison
 * @param {(ms: number) => string} unit
 * @param {number} [bar] the largest ratio aimed at
 * @returns {Row}
 */
export function compared(what, { ours, reference, ratio }, unit, bar) {
	return {
		what,
		ours: unit(ours),
		reference: unit(reference),
		ratio,
		...(bar && { bar: `ratio at most ${bar.toFixed(2)}`, met: ratio <= bar }),
	};
}

/** @param {number} ms */
export const ns = (ms) => `${(ms * 1e6).toFixed(0)} ns`;
/** @param {number} ms */
export const us = (ms) => `${(ms * 1e3).toFixed(ms < 0.01 ? 2 : 1)} µs`;
/** @param {number} ms */
export const milli = (ms) => `${ms.toFixed(1)} ms`;
/** @param {number} n */
export const bytes = (n) => (Math.abs(n) < 10_000 ? `${n} B` : `${(n / 1000).toFixed(1)} kB`);
/** @param {number} n */
export const mib = (n) => `${(n / 2 ** 20).toFixed(2)} MiB`;
