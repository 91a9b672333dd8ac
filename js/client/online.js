// Where the platform says that its network is there again: a page or a worker that goes online, and a page that is looked
// at again or comes back from the back/forward cache, which may have missed it. Node and workerd say nothing of the kind.

/**
 * Tells of each such moment. Nothing here holds up a process, or keeps a page out of that cache.
 * @param {() => void} tell
 * @returns {() => void} ends it
 */
export function whenOnline(tell) {
	const scope = /** @type {any} */ (globalThis);
	const { document } = scope;
	/** @type {[target: any, type: string, heard: (event: any) => void][]} */
	const listeners = [];
	if ("ononline" in scope) {
		listeners.push([scope, "online", () => tell()]);
	}
	if ("onpageshow" in scope) {
		listeners.push([scope, "pageshow", ({ persisted }) => persisted && tell()]);
	}
	if (document?.visibilityState !== undefined) {
		listeners.push([document, "visibilitychange", () => document.visibilityState === "visible" && tell()]);
	}
	for (const [target, type, heard] of listeners) {
		target.addEventListener(type, heard);
	}
	return () => {
		for (const [target, type, heard] of listeners) {
			target.removeEventListener(type, heard);
		}
	};
}
