// Takes a configuration apart, member by member, and notes all that is wrong with it. No problem quotes a value.
import { nearest } from "../../client/nearest.js";
import { isRecord, isText } from "./forms.js";

/** @typedef {import("./forms.js").Check} Check */

/** Takes the members of one object, and notes what is wrong with them under their full names. */
export class Reader {
	/** @type {Map<string, unknown>} */ #left = new Map();
	/** What was asked for, and is not there. */ #absent = /** @type {string[]} */ ([]);

	/** @param {unknown} value @param {string} path @param {string[]} problems */
	constructor(value, path, problems) {
		this.path = path;
		this.problems = problems;
		if (isRecord(value)) {
			this.#left = new Map(Object.entries(value));
		} else {
			problems.push(`${path || "the configuration"} must be an object`);
		}
	}

	/** @param {string} name @param {string} reason */
	fail(name, reason) {
		this.problems.push(`${this.#name(name)} ${reason}`);
	}

	/** @param {string} name @returns {any} */
	take(name) {
		const value = this.#left.get(name);
		if (!this.#left.delete(name)) {
			this.#absent.push(name);
		}
		return value ?? undefined;
	}

	/** To be called last: what nobody has taken is a mistake. */
	end() {
		for (const name of this.#left.keys()) {
			const plain = /^\w{1,40}$/.test(name);
			const meant = plain ? nearest(name, this.#absent) : undefined;
			this.fail(plain ? name : "a field", `is not known here${meant ? `: is ${meant} meant?` : ""}`);
		}
	}

	/**
	 * @param {string} name
	 * @param {Check} [check]
	 * @param {{ optional?: boolean }} [options]
	 * @returns {any} a string, or undefined where it is absent or wrong
	 */
	text(name, check = isText, { optional = false } = {}) {
		const value = this.take(name);
		if (value === undefined) {
			optional || this.fail(name, "is missing");
		} else if (!isText(value) || !check(value)) {
			this.fail(name, check.expected ?? "must be a text");
		} else {
			return value;
		}
	}

	/** @param {string} name @param {number} byDefault @param {number} least @param {number} most */
	number(name, byDefault, least, most) {
		const value = this.take(name) ?? byDefault;
		if (!Number.isInteger(value) || value < least || value > most) {
			this.fail(name, `must be a whole number from ${least} to ${most}`);
		}
		return value;
	}

	/** @param {string} name @param {number} least @param {number} most @returns {number[]} none where it is absent */
	numbers(name, least, most) {
		const value = this.take(name) ?? [];
		if (!Array.isArray(value) || !value.every((one) => Number.isInteger(one) && one >= least && one <= most)) {
			this.fail(name, `must be a list of whole numbers from ${least} to ${most}`);
		}
		return value;
	}

	/** @param {string} name @param {boolean} byDefault @returns {boolean} */
	flag(name, byDefault) {
		const value = this.take(name) ?? byDefault;
		if (typeof value !== "boolean") {
			this.fail(name, "must be true or false");
		}
		return value;
	}

	/**
	 * @param {string} name
	 * @param {Check} check
	 * @param {{ optional?: boolean }} [options]
	 * @returns {string[] | undefined}
	 */
	list(name, check, { optional = false } = {}) {
		const value = this.take(name);
		if (value === undefined && optional) {
			return undefined;
		}
		if (!Array.isArray(value) || (value.length === 0 && !optional)) {
			this.fail(name, "must be a list with something in it");
			return undefined;
		}
		if (!value.every((one) => isText(one) && check(one))) {
			this.fail(name, `has an entry that is not right: each ${check.expected ?? "must be a text"}`);
		}
		return value;
	}

	/**
	 * @param {string} name
	 * @param {(reader: Reader) => any} read
	 * @param {{ optional?: boolean }} [options]
	 */
	section(name, read, { optional = false } = {}) {
		const value = this.take(name);
		return value === undefined && optional ? undefined : read(new Reader(value, this.#name(name), this.problems));
	}

	/**
	 * @param {string} name
	 * @param {(reader: Reader) => any} read
	 * @param {{ optional?: boolean }} [options]
	 * @returns {any[]} none where it is absent
	 */
	sections(name, read, { optional = false } = {}) {
		const value = this.take(name);
		if (value === undefined && optional) {
			return [];
		}
		if (!Array.isArray(value) || value.length === 0) {
			this.fail(name, "must be a list with something in it");
			return [];
		}
		return value.map((one, i) => read(new Reader(one, `${this.#name(name)}[${i}]`, this.problems)));
	}

	/**
	 * @param {string} name
	 * @param {(reader: Reader) => any} read
	 * @returns {Record<string, any>}
	 */
	record(name, read) {
		const value = this.take(name);
		if (!isRecord(value) || Object.keys(value).length === 0) {
			this.fail(name, "must be an object with something in it");
			return {};
		}
		/** @type {Record<string, any>} */
		const checked = Object.create(null); // so that a caller's "constructor" names nothing
		for (const [key, one] of Object.entries(value)) {
			if (!/^[A-Za-z0-9_-]{1,64}$/.test(key)) {
				this.fail(name, "has a name that is not 1 to 64 letters, digits, hyphens and underscores");
				continue;
			}
			checked[key] = read(new Reader(one, `${this.#name(name)}.${key}`, this.problems));
		}
		return checked;
	}

	/** @param {string} name */
	#name(name) {
		return this.path ? `${this.path}.${name}` : name;
	}
}
