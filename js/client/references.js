// The callers' own objects, by which identities come: what each said when it was last read, and which session that means.
import { read, snapshot, unchanged } from "./identity.js";

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {import("./sessions.js").Reference} Reference */

/** @typedef {{ identity: Identity, copy: import("./identity.js").Fields, reference: Reference }} Entry */

export class References {
	/** @type {import("./driver.js").Driver} */ #driver;
	/** @type {WeakMap<object, Entry>} */ #entries = new WeakMap();
	/** The one that was asked for last, as it will likely be asked for next. @type {Entry | undefined} */ #latest;

	/** @param {import("./driver.js").Driver} driver */
	constructor(driver) {
		this.#driver = driver;
	}

	/**
	 * What an object means that was seen before, where it still says the same.
	 * @param {Identity} identity
	 * @returns {Reference | undefined}
	 */
	at(identity) {
		const entry = this.#latest?.identity === identity ? this.#latest : this.#entries.get(identity);
		try {
			if (entry === undefined || !unchanged(entry.copy, identity)) {
				return undefined;
			}
		} catch {
			return undefined; // a getter throws: the caller is told when it is read
		}
		this.#latest = entry;
		return entry.reference;
	}

	/**
	 * @param {Identity} identity
	 * @returns {Reference}
	 * @throws {import("./error.js").TokenError} `invalid_identity` where it is no object
	 */
	to(identity) {
		const known = this.at(identity);
		if (known !== undefined) {
			return known;
		}
		const fields = read(identity);
		const reference = this.#driver.reference(fields);
		const entry = { identity, copy: snapshot(fields), reference };
		this.#entries.set(identity, entry);
		this.#latest = entry;
		return reference;
	}

	/** Lets go of the object that was used last. */
	forget() {
		this.#latest = undefined;
	}
}
