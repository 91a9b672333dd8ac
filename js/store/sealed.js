// A store over a backend, which sees neither who the sessions are of nor what they hold.
import { invalidOption, known } from "../client/option.js";
import { Keys } from "./keys.js";

/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("../client/store.js").Store} Store */
/** @typedef {import("../client/store.js").Kept} Kept */

/**
 * The secrets of a store, the same for all clients that share it.
 * @typedef {object} StoreKeys
 * @property {string} keys what seals: `id:key,id2:key2`, a key being 32 random bytes in base64url. The first one seals, and each
 *   of them opens: put a new one in front, and take the old one off a week later
 * @property {string} [nameKey] what names are made with: a secret text of at least 32 characters. By default it is made of the last
 *   of the keys, so that all sessions begin anew when that is taken off the list
 */

/**
 * A store over a backend of one's own.
 * @param {Backend} backend where texts are kept
 * @param {StoreKeys} options its secrets
 * @returns {Store} for `createClient`
 * @throws {import("../client/error.js").TokenError} `invalid_option`
 */
export function sealedStore(backend, options) {
	const { keys: text, nameKey } = known(options, ["keys", "nameKey"]);
	if (typeof backend?.take !== "function") {
		throw invalidOption("backend", "must have the functions of a backend");
	}
	const keys = new Keys(text, nameKey);
	/** The backend's clock less this process's own, as it is at least. */
	let ahead = 0;

	/**
	 * Asks the backend, and learns what time it is there.
	 * @template {import("./backend.js").ReadAnswer} Answer
	 * @param {() => Promise<Answer>} call
	 */
	async function ask(call) {
		const asked = performance.now();
		const answer = await call();
		const answered = performance.now();
		ahead = answer.now - answered; // it has said so at this moment, or before
		return { ...answer, waited: answered - asked };
	}

	/**
	 * @param {string} name
	 * @param {{ now: number, waited: number, entry?: import("./backend.js").Entry | undefined }} answer
	 * @returns {Promise<Kept | undefined>}
	 */
	async function kept(name, { now, waited, entry }) {
		if (entry === undefined) {
			return undefined;
		}
		const text = await keys.open(name, entry.value);
		if (text === undefined) {
			return { version: entry.version, state: "", ageMs: 0 }; // as good as none
		}
		const { at, state } = JSON.parse(text);
		return { version: entry.version, state, ageMs: Math.ceil(Math.max(0, now - at) + waited) };
	}

	return {
		name: (identity) => keys.name(identity),
		async take(name, lock, ttlMs) {
			const answer = await ask(() => backend.take(name, lock, ttlMs));
			return { taken: answer.taken, leftMs: answer.leftMs, kept: await kept(name, answer) };
		},
		async read(name) {
			return kept(name, await ask(() => backend.read(name)));
		},
		async write(name, { state, version, expected, lock = "", free = false }) {
			const at = Math.floor(performance.now() + ahead);
			const value = await keys.seal(name, JSON.stringify({ at, state }));
			const answer = await ask(() => backend.write(name, { value, version, expected, lock, free }));
			const { written, held } = answer;
			return { written, held, kept: written ? undefined : await kept(name, answer) };
		},
		free: (name, lock) => backend.free(name, lock),
		watch: (changed, signal) => backend.watch(changed, signal),
	};
}
