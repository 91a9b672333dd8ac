// Tables that are bounded: who was used last stays longest.

/** So many keepers are known: those of the connections, and one for each app's token that others depend on. */
export const mostObjects = 10_000;

/**
 * Notes something as the newest, and lets the oldest go where there are too many.
 * @template T
 * @param {Map<string, T>} map
 * @param {string} key
 * @param {T} value
 * @param {number} most
 */
export function keep(map, key, value, most) {
	map.delete(key);
	map.set(key, value);
	if (map.size > most) {
		map.delete(/** @type {string} */ (map.keys().next().value));
	}
}
