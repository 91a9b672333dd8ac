// In a Worker one request must not wait for a promise of another one's. So one does the work, and the others look now and
// then: whether what happened at a moment still counts, and a while to wait until they look again.

/**
 * Whether something that happened then counts now. A clock that was set back makes it count no more.
 * @param {number} then milliseconds since 1970
 * @param {number} ms
 */
export const within = (then, ms) => Date.now() >= then && Date.now() < then + ms;

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
