// The sessions that a client has with its core: by the core's number, and by the identity, through which callers find theirs.
import { callsOf } from "./identity.js";
import { Token } from "./token.js";

/** How many texts of identities are remembered with their sessions: each costs as much memory as a small object. */
const maxOpened = 4096;

/**
 * A session of the core, and what it last said of it.
 * @typedef {object} Known
 * @property {string} json the identity
 * @property {readonly import("./suppliers.js").Supplier[]} suppliers of whoever used it last
 * @property {number} id the core's number, or 0 when the session is gone
 * @property {Token | undefined} token
 * @property {Promise<Token> | undefined} promise of that token, the same for all callers; made when it is first asked for again
 * @property {number} serial of that token
 * @property {number} epoch of the core when it last said that the token may be used
 * @property {number} from since when, and
 * @property {number} until until when it may be used without asking, by the time of day
 * @property {Wait | undefined} wait that callers were last told to join
 */

/** A promise of the token that is on its way, and the core's epoch and the time of day when it said to wait for that. @typedef {{ promise: Promise<Token>, epoch: number, from: number }} Wait */

/**
 * An identity in its wire form, and its session.
 * @typedef {object} Reference
 * @property {string} json
 * @property {readonly import("./suppliers.js").Supplier[]} suppliers the caller's functions in it
 * @property {Known} known
 * @property {Promise<Token> | undefined} asking of callers whose question the core has not seen yet
 * @property {Calls} [calls] what its business calls go through, once there was one
 */

/** @typedef {{ through: Reference, baseUrl: string }} Calls */

/** @returns {Known} */
const gone = () => ({
	json: "",
	suppliers: [],
	id: 0,
	token: undefined,
	promise: undefined,
	serial: 0,
	epoch: -1,
	from: 0,
	until: 0,
	wait: undefined,
});

export class Sessions {
	/** @type {Map<number, Known>} */ #known = new Map();
	/** Those that were opened last, by the text of the identity, so that an equal object need not be read by the core. @type {Map<string, Known>} */ #opened =
		new Map();

	/** How many there are. */
	get size() {
		return this.#known.size;
	}

	/**
	 * @param {import("./identity.js").Encoded} encoded
	 * @returns {Reference}
	 */
	reference({ json, suppliers }) {
		return { json, suppliers, known: this.#opened.get(json) ?? gone(), asking: undefined };
	}

	/**
	 * What a business call of the identity carries the token of, and where it goes.
	 * @param {Reference} reference
	 * @returns {Calls}
	 */
	calls(reference) {
		if (reference.calls === undefined) {
			const { json, baseUrl } = callsOf(reference.json);
			const { suppliers } = reference;
			reference.calls = { through: json === reference.json ? reference : this.reference({ json, suppliers }), baseUrl };
		}
		return reference.calls;
	}

	/**
	 * A reference with its session, where somebody has opened that.
	 * @param {Reference} reference
	 */
	located(reference) {
		if (reference.known.id === 0) {
			reference.known = this.#opened.get(reference.json) ?? reference.known;
		}
		return reference;
	}

	/**
	 * Notes what the core has opened.
	 * @param {number} id
	 * @param {string} json
	 */
	opened(id, json) {
		let known = this.#known.get(id);
		if (!known) {
			known = { ...gone(), id, json };
			this.#known.set(id, known);
		}
		this.#opened.delete(json); // so that it is the newest again
		this.#opened.set(json, known);
		if (this.#opened.size > maxOpened) {
			this.#opened.delete(/** @type {string} */ (this.#opened.keys().next().value));
		}
		return known;
	}

	/** @param {number} id */
	of(id) {
		return this.#known.get(id);
	}

	/**
	 * Notes that the core has let one go.
	 * @param {number} id
	 */
	evicted(id) {
		const known = this.#known.get(id);
		if (known) {
			this.#opened.delete(known.json); // another spelling's entry shows that it is gone, and ages out
			Object.assign(known, gone());
			this.#known.delete(id);
		}
	}

	/** Forgets all of them. */
	clear() {
		for (const known of this.#known.values()) {
			Object.assign(known, gone());
		}
		this.#known.clear();
		this.#opened.clear();
	}
}

/**
 * The session's token as callers get it: the same object for as long as it is the same token.
 * @param {Known} known
 * @param {import("../module/wall.js").TokenView} view
 * @returns {Token}
 */
export function adopt(known, view) {
	if (!known.token || known.serial !== view.serial) {
		known.token = new Token(view, known);
		known.promise = undefined;
		known.serial = view.serial ?? 0;
		known.epoch = -1;
	}
	return known.token;
}
