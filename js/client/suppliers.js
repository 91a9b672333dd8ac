// The callers' own functions that give tokens: which of them is asked where the core says so.

import { invalidOption } from "./option.js";

/** What a function gave, in milliseconds; a life of 0 where it did not say. @typedef {{ token: string, lifeMs: number }} Supply */

/**
 * A caller's function, and the number by which the core asks for it.
 * @typedef {object} Supplier
 * @property {string} key of whom, or of which app, what it gives is
 * @property {number} number
 * @property {() => unknown} ask
 * @property {boolean} own whether what it gives is the token itself, and no other identity's as well
 */

/**
 * Never the same for two clients: a Token of one may be shown to another, where its number must not be somebody else's. Another
 * copy of the package counts as well, from somewhere else.
 */
let numbers = Math.floor(Math.random() * 2 ** 48);

/**
 * The callers' functions: one for each app's AccessToken, as one serves all of an app's users, one for each user's
 * authorization, and one for each identity that has its token by one. An inline arrow function is a new one at every call, so it is not what tells identities apart.
 */
export class Suppliers {
	/** Those used last; a key that was dropped gets another number, and so a session of its own. @type {Map<string, number>} */ #numbers =
		new Map();
	/** @type {Map<number, () => unknown>} */ #functions = new Map();
	#most;

	/** @param {number} most how many are kept */
	constructor(most) {
		this.#most = most;
	}

	/**
	 * @param {unknown[]} of what the function's token is for
	 * @param {() => unknown} ask
	 * @param {boolean} [own]
	 * @returns {Supplier}
	 */
	supplier(of, ask, own = false) {
		const key = JSON.stringify(of);
		const number = this.#numbers.get(key) ?? ++numbers;
		this.#keep(key, number);
		return { key, number, ask, own };
	}

	/**
	 * Makes a function the one that is asked: that of who is about to need it, as another caller's may be of a session that
	 * has ended.
	 * @param {Supplier} supplier
	 */
	use({ key, number, ask }) {
		this.#keep(key, number);
		this.#functions.set(number, ask);
	}

	/** @param {Supplier} supplier whose function is let go, with all that it holds */
	drop({ number }) {
		this.#functions.delete(number);
	}

	/**
	 * @param {string} key
	 * @param {number} number
	 */
	#keep(key, number) {
		this.#numbers.delete(key); // so that it becomes the newest
		this.#numbers.set(key, number);
		if (this.#numbers.size > this.#most) {
			const [[oldest, its] = ["", 0]] = this.#numbers;
			this.#numbers.delete(oldest);
			this.#functions.delete(its);
		}
	}

	/**
	 * @param {number} number
	 * @returns {Promise<Supply>}
	 */
	async ask(number) {
		const given = /** @type {any} */ (await this.#functions.get(number)?.());
		const { token, expiresIn } = typeof given === "object" && given !== null ? given : { token: given, expiresIn: 0 };
		if (typeof token === "string" && /[^\x21-\x7e]/.test(token)) {
			throw misgiven(token);
		}
		return {
			token: typeof token === "string" ? token : "",
			lifeMs: Number.isFinite(expiresIn) && expiresIn > 0 ? Math.floor(expiresIn * 1000) : 0,
		};
	}
}

/**
 * What is wrong with a text that no header can hold. It is not quoted: it is a token after all.
 * @param {string} token
 */
function misgiven(token) {
	const why = /^bearer\s/i.test(token)
		? 'begins with "Bearer ": the word is added where it belongs'
		: /^\s|\s$/.test(token)
			? "has white space around it, perhaps the line break at the end of a file"
			: "has characters that no header can hold";
	return invalidOption("token", `that the function gave ${why}. Give the token alone.`);
}
