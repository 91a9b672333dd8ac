// Web Locks: all that runs in one origin sees who holds which, by name, and the browser takes them back from a page that is gone.

/** Those of this platform, or undefined. Looked up at each call, not kept: test tools replace them. @returns {any} */
export const locks = () => /** @type {any} */ (globalThis).navigator?.locks;

/**
 * Takes a lock.
 * @param {string} name
 * @param {"exclusive" | "shared"} [mode]
 * @returns {Promise<() => void>} resolves with what releases it, when it is held
 */
export function hold(name, mode = "exclusive") {
	return new Promise((granted, refused) => {
		locks()
			.request(name, { mode }, () => new Promise((/** @type {(value?: undefined) => void} */ release) => granted(() => release())))
			.catch(refused);
	});
}
