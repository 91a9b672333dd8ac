// Objects that a program lets go of without ending them: what they have elsewhere ends when the collector finds them.
const { FinalizationRegistry, WeakRef } = /** @type {any} */ (globalThis); // some runtimes have neither

const registry = FinalizationRegistry && new FinalizationRegistry((/** @type {() => void} */ end) => end());

/**
 * @param {object} object
 * @param {() => void} end what is done when nobody has the object any more; it must not hold the object itself
 */
export function whenDropped(object, end) {
	registry?.register(object, end, object);
}

/** @param {object} object that has ended by itself */
export function ended(object) {
	registry?.unregister(object);
}

/** @template {object} T @param {T} object @returns {{ deref: () => T | undefined }} */
const strong = (object) => ({ deref: () => object });

/**
 * A function that does something with an object, and does not hold it.
 * @template {object} T
 * @template {unknown[]} Args
 * @param {T} object
 * @param {(object: T, ...args: Args) => void} does made elsewhere than where the object is at hand: a function holds all that is around it
 * @returns {(...args: Args) => void}
 */
export function weakly(object, does) {
	return calling(WeakRef ? new WeakRef(object) : strong(object), does);
}

/**
 * @template {object} T
 * @template {unknown[]} Args
 * @param {{ deref: () => T | undefined }} reference
 * @param {(object: T, ...args: Args) => void} does
 * @returns {(...args: Args) => void}
 */
const calling =
	(reference, does) =>
	(...args) => {
		const found = reference.deref();
		found && does(found, ...args);
	};
