// A store over a backend, which sees neither who the sessions are of nor what they hold.
import { createHash } from "node:crypto";
import { invalidOption, known } from "../client/option.js";
import { Keys } from "./keys.js";

/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("../client/store.js").Store} Store */
/** @typedef {import("../client/store.js").Kept} Kept */

/** For how long it is known what time it is at the backend, in milliseconds. */
const clockMs = 60_000;

/** Under this name everybody finds what the last one made names with, whatever the keys. */
const signName = createHash("sha256").update("cctoken store keys").digest("base64url");

/**
 * The secrets of a store, the same for all clients that share it.
 * @typedef {object} StoreKeys
 * @property {string} keys what seals: `id:key,id2:key2`, a key being 32 random bytes in base64url. The first one seals, and each
 *   of them opens: put a new one in front, and take the old one off a day later
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
	/** When that was learned, by the machine's time of day: it goes on while a machine sleeps. */
	let learned = -Infinity;

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
		learned = Date.now();
		return { ...answer, waited: answered - asked };
	}

	/** Whether it is known what time it is at the backend. */
	function timed() {
		const since = Date.now() - learned;
		return since >= 0 && since < clockMs;
	}

	/**
	 * A state as it is kept, with the time at which it was so.
	 * @param {string} name
	 * @param {string} state
	 */
	function sealed(name, state) {
		return keys.seal(name, JSON.stringify({ at: Math.floor(performance.now() + ahead), state }));
	}

	/**
	 * @param {string} name
	 * @param {{ now: number, waited: number, entry?: import("./backend.js").Entry | undefined }} answer
	 * @returns {Kept | undefined}
	 */
	function kept(name, { now, waited, entry }) {
		if (entry === undefined) {
			return undefined;
		}
		const text = keys.open(name, entry.value);
		if (text === undefined) {
			return { version: entry.version, state: "", ageMs: 0 }; // as good as none
		}
		const { at, state } = JSON.parse(text);
		return { version: entry.version, state, ageMs: Math.ceil(Math.max(0, now - at) + waited) };
	}

	/** Whether the names of whoever was here last were made with the same key, or nobody was. */
	async function alike() {
		const { entry } = await backend.read(signName);
		return { entry, is: entry === undefined || entry.value === keys.sign() };
	}

	/** The same; and those who come later, or are here, can tell as much. */
	async function agree() {
		const { entry, is } = await alike();
		if (entry === undefined || !is) {
			const write = { value: keys.sign(), version: crypto.randomUUID(), expected: entry?.version ?? "", lock: "", free: false };
			const { written } = await backend.write(signName, write);
			return written ? is : (await alike()).is; // somebody was here at the same moment
		}
		return is;
	}

	return {
		name: async (identity) => keys.name(identity),
		async take(name, lock, ttlMs, first) {
			// Who does not know the time asks for it, and writes afterwards.
			const write = first && timed() ? { value: sealed(name, first.state), version: first.version, expected: first.expected } : undefined;
			const answer = await ask(() => backend.take(name, lock, ttlMs, write));
			const { taken, leftMs, written } = answer;
			return { taken, leftMs, written, kept: kept(name, answer) };
		},
		async read(name) {
			return kept(name, await ask(() => backend.read(name)));
		},
		async write(name, { state, version, expected, lock = "", free = false }) {
			const value = sealed(name, state);
			const answer = await ask(() => backend.write(name, { value, version, expected, lock, free }));
			const { written, held } = answer;
			return { written, held, kept: written ? undefined : kept(name, answer) };
		},
		free: (name, lock) => backend.free(name, lock),
		...(backend.sent && { sent: () => /** @type {any} */ (backend).sent() }),
		async watch(changed, signal, differ = () => {}) {
			/** @param {Promise<boolean>} agreed */
			const tell = (agreed) => void agreed.then((is) => is || differ()).catch(() => {}); // that a store is lost shows elsewhere
			const unwatch = await backend.watch((name, version) => {
				if (name === signName) {
					tell(alike().then(({ is }) => is));
				} else {
					changed(name, version);
				}
			}, signal);
			tell(agree());
			return unwatch;
		},
	};
}
