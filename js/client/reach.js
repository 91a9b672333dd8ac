// Whether a store can be asked for what it is asked for before a login.

/** For how long the lock is taken, in milliseconds, if it is not released at once. */
const lockMs = 1_000;

/**
 * Takes a lock that is for nothing else, which the store has to write down, and releases it. That somebody else has it is an answer as well.
 * @param {import("./store.js").Store} store
 * @returns {Promise<void>} rejected where the store cannot be asked, or cannot be written to
 */
export async function reach(store) {
	const name = await store.name(JSON.stringify(["ready"]));
	const lock = crypto.randomUUID();
	try {
		await store.take(name, lock, lockMs);
		await store.free(name, lock);
	} finally {
		store.leave?.(name);
	}
}
