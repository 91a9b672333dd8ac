// What several edges in Node have in common besides their sessions, in the store of those: which signatures were used, and who is stopped.
import { reach } from "../../client/reach.js";
import { mostKeptMs } from "../../generated/limits.js";
import { base64url } from "../caller/signature.js";
import { answerOf, changed, nobody } from "../operator/stop-list.js";

/** @typedef {import("../../client/store.js").Store} Store */

/** The store is waited for so long; milliseconds. */
const limitMs = 1_000;

/**
 * What a store has not been told anew for so long is told it, in milliseconds: it removes what nobody writes, and whatever is sealed under a
 * key that was replaced must be sealed under the new one within a day.
 */
const anewMs = mostKeptMs / 2;

/** So often a change is tried while others change the list at the same time. */
const mostTries = 16;

/** A text that was never used before. */
const unique = () => base64url(crypto.getRandomValues(new Uint8Array(18)));

/**
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T>} rejected where it takes too long
 */
function inTime(asked) {
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let timer;
	const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("the store does not answer in time")), limitMs)));
	return /** @type {Promise<T>} */ (Promise.race([asked, late])).finally(() => clearTimeout(timer));
}

/**
 * Whether a store can be asked for what it is asked for before a login.
 * @param {Store} store
 * @returns {Promise<void>} rejected where it cannot be asked, cannot be written to, or does not answer in time
 */
export const reachInTime = (store) => inTime(reach(store));

/**
 * Used signatures, asked for as the Durable Objects of the binding NONCES are. Where the store cannot be asked nobody can tell whether
 * one was used: 503.
 * @param {Store} store
 */
export function noncesInStore(store) {
	/** @param {string} scope @param {string} nonce @param {number} ms */
	const first = async (scope, nonce, ms) => {
		const name = await store.name(JSON.stringify(["nonce", scope, nonce]));
		const { taken } = await store.take(name, unique(), ms); // by nobody else until it has ended by itself
		return taken;
	};
	return {
		/** @param {string} scope */
		idFromName: (scope) => scope,
		/** @param {string} scope */
		get: (scope) => ({
			async fetch(/** @type {string} */ _url, /** @type {RequestInit} */ { body } = {}) {
				const { nonce, seconds } = JSON.parse(String(body));
				try {
					return new Response(null, { status: (await inTime(first(scope, nonce, seconds * 1000))) ? 200 : 409 });
				} catch {
					return new Response(null, { status: 503 });
				}
			},
		}),
	};
}

/** The list of who is stopped, as StopList answers it. It stays for as long as anybody asks for it. */
export class SharedStopList {
	/** @type {Store} */ #store;

	/** @param {Store} store */
	constructor(store) {
		this.#store = store;
	}

	/**
	 * @param {{ version?: number, stop?: string, resume?: string }} asked
	 * @returns {Promise<Response>} rejected where the store cannot be asked, and where the list is sealed under a key that is not this
	 *   edge's: it may be anybody who is stopped, and a change would write over them
	 */
	async answer({ version, ...change }) {
		const name = await this.#store.name(JSON.stringify(["stops"]));
		for (let tries = 0; tries < mostTries; tries++) {
			const kept = await inTime(this.#store.read(name));
			if (kept?.state === "") {
				throw new Error("who is stopped is sealed under another key");
			}
			const before = kept ? JSON.parse(kept.state) : nobody;
			const after = changed(before, change);
			const write = () =>
				inTime(this.#store.write(name, { state: JSON.stringify(after), version: unique(), expected: kept?.version ?? "" }));
			if (after === undefined || after === before) {
				if (kept && kept.ageMs > anewMs) {
					await write().catch(() => {}); // the next who asks does it
				}
				return answerOf(after, version);
			}
			if ((await write()).written) {
				return answerOf(after, version);
			}
		}
		throw new Error("others change the list all the time");
	}
}
