// What an object of this package holds, hidden from whatever prints, copies and compares objects, and yet found through a proxy.
//
// A private member (#name) belongs to one very object: Vue, Pinia, Valtio and spies hand out proxies, which have none. And a
// class that has one cannot be stood in for by a test's own object, nor be understood by a second copy of the package.

/**
 * @template T
 * @typedef {object} Held
 * @property {(object: object, what: T) => void} put gives it to an object, once
 * @property {(object: object) => T} of what the object holds, or what is behind it holds; a TypeError where it holds nothing
 * @property {(value: unknown) => boolean} by whether a value holds such a thing
 */

/**
 * @template T
 * @param {symbol | string} key under which it is. A structured clone, as by postMessage, fails at a text, and passes over a symbol.
 * @returns {Held<T>}
 */
export function heldUnder(key) {
	return {
		put(object, what) {
			// A function, as nothing wraps, clones or prints what only a call gives. Enumerable, and another one for each object: so no
			// two are equal to those who compare them member by member.
			Object.defineProperty(object, key, Object.assign(Object.create(null), { value: () => what, enumerable: true }));
		},
		of: (object) => /** @type {any} */ (object)[key](),
		by: (value) => typeof value === "object" && value !== null && typeof (/** @type {any} */ (value)[key]) === "function",
	};
}
