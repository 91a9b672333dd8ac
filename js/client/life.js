// The life of a client's core: started when it is first needed, lost when the module dies, started afresh, and over when
// the client closes.
import { TokenError } from "./error.js";
import { failure } from "../module/instance.js";
import { invalidOption } from "./option.js";
import { CoreClient } from "../module/wall.js";

/**
 * Told when a core begins, and when it is over, with all that was under way with it, for a reason.
 * @typedef {object} Turns
 * @property {(core: CoreClient) => void} begun
 * @property {(error: TokenError) => void} over
 */

/** Somebody who asks while there is no core yet to ask. @typedef {{ reference: import("./sessions.js").Reference, forgotten: boolean }} Asker */

/** What those are told who wait for a session that is forgotten. */
export const forgotten = () => new TokenError("forgotten", "The session was forgotten while this caller waited.", { retryable: true });

export class Life {
	/** @type {import("../module/module.js").Module} */ #module;
	/** @type {{ timeoutMs: number, maxSessions: number, onEvent?: unknown, store?: unknown }} */ #settings;
	/** @type {Turns} */ #turns;
	/** @type {Set<Asker>} */ #early = new Set();
	#closed = false;
	/** The core of now; it may have died since it was last asked. @type {CoreClient | undefined} */
	core;

	/**
	 * @param {import("../module/module.js").Module} module
	 * @param {{ timeoutMs: number, maxSessions: number, onEvent?: unknown, store?: unknown }} settings
	 * @param {Turns} turns
	 */
	constructor(module, settings, turns) {
		this.#module = module;
		this.#settings = settings;
		this.#turns = turns;
	}

	/**
	 * The core, for somebody who may be forgotten before it is there.
	 * @param {import("./sessions.js").Reference} reference
	 */
	async readyFor(reference) {
		const asker = { reference, forgotten: false };
		this.#early.add(asker);
		try {
			const core = await this.#ready();
			if (asker.forgotten) {
				throw forgotten();
			}
			return core;
		} finally {
			this.#early.delete(asker);
		}
	}

	/**
	 * Forgets those who wait for a core with one of these identities.
	 * @param {string[]} identities
	 */
	forget(identities) {
		for (const asker of this.#early) {
			if (identities.includes(asker.reference.json)) {
				asker.forgotten = true;
				asker.reference.asking = undefined; // who comes from here on must not join it
			}
		}
	}

	/**
	 * A call of the core for a caller, who gets its error. Where the core has died, all others who wait are told as well.
	 * @template T
	 * @param {CoreClient} core
	 * @param {() => T} call
	 * @returns {T}
	 */
	ask(core, call) {
		try {
			return call();
		} catch (error) {
			if (core === this.core && core.dead) {
				this.#drop(/** @type {TokenError} */ (error));
			}
			throw error;
		}
	}

	/**
	 * A call of the core that nobody waits for. Where the core has died of it, those who wait for others are told, and there
	 * is no answer.
	 * @template T
	 * @param {() => T} call
	 * @returns {T | undefined}
	 */
	report(call) {
		try {
			return call();
		} catch (error) {
			this.#drop(/** @type {TokenError} */ (error));
			return undefined;
		}
	}

	close() {
		this.#closed = true;
		this.#drop(new TokenError("closed", "The client is closed."));
	}

	/** @returns {Promise<CoreClient>} */
	async #ready() {
		this.#openOrThrow();
		if (this.core && !this.core.dead) {
			return this.core;
		}
		const instance = await this.#module.start();
		this.#openOrThrow();
		if (this.core?.dead) {
			this.#drop(failure());
		}
		if (this.#settings.maxSessions > instance.maxSessions) {
			throw invalidOption("maxSessions", `must be at most ${instance.maxSessions.toLocaleString("en")} with a light core`);
		}
		if (!this.core) {
			const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
			this.core = new CoreClient(instance, { seed: [a, b], ...this.#settings });
			this.#turns.begun(this.core);
		}
		return this.core;
	}

	#openOrThrow() {
		if (this.#closed) {
			throw new TokenError("closed", "The client is closed. Make another with createClient.");
		}
	}

	/**
	 * Ends everything that is under way.
	 * @param {TokenError} error for those who wait
	 */
	#drop(error) {
		const { core } = this;
		this.core = undefined;
		this.#turns.over(error);
		core?.discard();
	}
}
