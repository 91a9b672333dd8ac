// Measures two things against each other on a machine that others use too: short batches in turns, so that both meet
// the same disturbances, and medians, so that a disturbed batch does not count.

/**
 * @typedef {object} Comparison
 * @property {number} ours milliseconds for one, the median
 * @property {number} reference
 * @property {number} ratio the median of the ratios of neighbouring batches
 */

/**
 * @param {(n: number) => Promise<void>} ours does it n times
 * @param {(n: number) => Promise<void>} reference
 * @param {{ batch: number, rounds: number, warmUp: number }} plan warmUp is in batches of each
 * @returns {Promise<Comparison>}
 */
export function compare(ours, reference, { batch, ...plan }) {
	return compareTold(
		() => timed(ours, batch),
		() => timed(reference, batch),
		plan,
	);
}

/**
 * The same for what tells its own time.
 * @param {() => Promise<number>} ours milliseconds
 * @param {() => Promise<number>} reference
 * @param {{ rounds: number, warmUp: number }} plan
 * @returns {Promise<Comparison>}
 */
export async function compareTold(ours, reference, { rounds, warmUp }) {
	for (let i = 0; i < warmUp; i++) {
		await ours();
		await reference();
	}
	const times = { ours: [], reference: [], ratio: [] };
	for (let i = 0; i < rounds; i++) {
		// Who goes first takes turns too.
		let a = i % 2 ? await ours() : 0;
		const b = await reference();
		a ||= await ours();
		times.ours.push(a);
		times.reference.push(b);
		times.ratio.push(a / b);
	}
	return { ours: median(times.ours), reference: median(times.reference), ratio: median(times.ratio) };
}

/**
 * @param {(n: number) => Promise<void>} work
 * @param {number} n
 */
export async function timed(work, n) {
	const start = performance.now();
	await work(n);
	return (performance.now() - start) / n;
}

/** @param {number[]} numbers */
export function median(numbers) {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
