// The locks of one origin (Web Locks API), for pages that are clients of one process.

/** @typedef {{ name: string, mode: "exclusive" | "shared", grant: () => void, refuse: (error: Error) => void, steal?: boolean }} Request */

const abortError = () => new DOMException("The request was aborted.", "AbortError");

export class Locks {
	/** @type {Request[]} */ #held = [];
	/** @type {Request[]} */ #pending = [];
	/** Every name that was ever asked for. @type {string[]} */
	asked = [];

	async query() {
		const shown = (/** @type {Request} */ { name, mode }) => ({ name, mode });
		await 0; // answered in its turn, as by another process
		return { held: this.#held.map(shown), pending: this.#pending.map(shown) };
	}

	/**
	 * @param {string} name
	 * @param {{ mode?: "exclusive" | "shared", steal?: boolean, signal?: AbortSignal } | (() => unknown)} options
	 * @param {() => unknown} [work]
	 */
	request(name, options, work) {
		const { mode = "exclusive", steal, signal } = typeof options === "function" ? {} : options;
		const callback = work ?? /** @type {() => unknown} */ (options);
		this.asked.push(name);
		return new Promise((resolve, reject) => {
			if (signal?.aborted) {
				reject(signal.reason);
				return;
			}
			/** @type {Request} */
			const request = { name, mode, refuse: reject, grant: () => {} };
			request.grant = () => {
				signal?.removeEventListener("abort", abort);
				const done = (/** @type {() => void} */ settle) => {
					settle();
					this.#release(request);
				};
				queueMicrotask(() =>
					(async () => callback())().then(
						(value) => done(() => resolve(value)),
						(error) => done(() => reject(error)),
					),
				);
			};
			const abort = () => {
				this.#pending = this.#pending.filter((other) => other !== request);
				reject(signal?.reason);
				this.#next();
			};
			signal?.addEventListener("abort", abort);
			if (steal) {
				for (const former of this.#held.filter((other) => other.name === name)) {
					former.refuse(abortError());
				}
				this.#held = [...this.#held.filter((other) => other.name !== name), request];
				request.grant();
			} else {
				this.#pending.push(request);
				this.#next();
			}
		});
	}

	/** @param {Request} request */
	#release(request) {
		this.#held = this.#held.filter((other) => other !== request);
		this.#next();
	}

	#next() {
		/** Of each name, who is before those that wait behind. @type {Map<string, Request[]>} */
		const before = new Map();
		for (const request of [...this.#pending]) {
			const ahead = before.get(request.name) ?? this.#held.filter(({ name }) => name === request.name);
			if (ahead.length === 0 || (request.mode === "shared" && ahead.every(({ mode }) => mode === "shared"))) {
				this.#pending = this.#pending.filter((other) => other !== request);
				this.#held.push(request);
				request.grant();
			}
			before.set(request.name, [...ahead, request]);
		}
	}
}

/** Locks for the pages of this process. */
export function installLocks() {
	const locks = new Locks();
	Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
	return locks;
}
