// Signals that end a caller's wait.
import { TokenError } from "./error.js";
import { invalidOption } from "./option.js";

/** @typedef {import("./platform.js").PlatformSignal} Signal */

/** @param {Signal | null | undefined} signal */
export function checkSignal(signal) {
	if (signal != null && typeof signal.addEventListener !== "function") {
		throw invalidOption("signal", "must be an AbortSignal");
	}
}

const aborted = (/** @type {Signal} */ { reason }) =>
	new TokenError("aborted", "The caller's signal was aborted.", { retryable: true, cause: reason });

/** What fetch is rejected with. A signal of a platform that knows no reasons has the one that others have by default. */
export const reasonOf = (/** @type {Signal} */ { reason }) =>
	reason === undefined ? Object.assign(new Error("This operation was aborted"), { name: "AbortError" }) : reason;

/**
 * The outcome of work, or an error as soon as the signal fires. The work goes on: others may wait for it too.
 * @template T
 * @param {Signal | null | undefined} signal
 * @param {() => Promise<T>} work
 * @param {(signal: Signal) => unknown} [error]
 * @returns {Promise<T>}
 */
export async function abortable(signal, work, error = aborted) {
	checkSignal(signal);
	if (signal == null) {
		return work();
	}
	if (signal.aborted) {
		throw error(signal);
	}
	return new Promise((resolve, reject) => {
		const abort = () => reject(error(signal));
		signal.addEventListener("abort", abort, { once: true });
		work()
			.then(resolve, reject)
			.finally(() => signal.removeEventListener("abort", abort));
	});
}

/**
 * A signal that also fires when the time is over, with a `timeout` as its reason.
 * @param {Signal | null | undefined} signal the caller's
 * @param {number} ms
 * @param {import("./clock.js").Clock} clock
 * @returns {Signal}
 */
export function limited(signal, ms, clock) {
	checkSignal(signal);
	const controller = new AbortController();
	const end = (/** @type {unknown} */ reason) => {
		stop();
		signal?.removeEventListener("abort", abort);
		controller.abort(reason);
	};
	const abort = () => end(reasonOf(/** @type {Signal} */ (signal)));
	// Where it is over before, its listener waits with it: a body may be read for as long.
	const stop = clock.timer(
		() => end(new TokenError("timeout", `call: not over within its timeoutMs of ${ms}`, { step: "call", retryable: true })),
		ms,
		true,
	);
	if (signal?.aborted) {
		abort();
	} else {
		signal?.addEventListener("abort", abort, { once: true });
	}
	return controller.signal;
}
