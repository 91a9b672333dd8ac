/**
 * The name that somebody who wrote this one most likely meant.
 * @param {string} written
 * @param {readonly string[]} names
 * @returns {string | undefined} undefined where none is near
 */
export function nearest(written, names) {
	const most = Math.min(2, Math.floor(written.length / 3));
	const [best] = names
		.map((name) => ({ name, away: distance(fold(written), fold(name)) }))
		.filter(({ away }) => away <= most)
		.sort((a, b) => a.away - b.away);
	return best?.name;
}

/** baseUrl, base_url and base-url are one name to those who write them. @param {string} name */
const fold = (name) => name.toLowerCase().replace(/[-_]/g, "");

/**
 * How many letters must be added, left out, replaced or swapped with their neighbour.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
	/** @type {number[][]} */
	const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
	const at = (/** @type {number} */ i, /** @type {number} */ j) => rows[i]?.[j] ?? Infinity;
	for (let i = 1; i <= a.length; i++) {
		rows.push([i]);
		for (let j = 1; j <= b.length; j++) {
			const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			/** @type {number[]} */ (rows[i]).push(
				Math.min(
					at(i - 1, j) + 1,
					at(i, j - 1) + 1,
					at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
					swapped ? at(i - 2, j - 2) + 1 : Infinity,
				),
			);
		}
	}
	return at(a.length, b.length);
}
