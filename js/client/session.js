// A handle to one identity's session.
import { acquire, business, verify } from "./asking.js";
import { known } from "./option.js";

/** @typedef {import("./driver.js").Driver} Driver */
/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("./asking.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./asking.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./asking.js").Verification} Verification */

/** One identity's session. */
export class Session {
	/** @type {Driver} */ #driver;
	/** @type {Reference} */ #reference;

	/**
	 * The number by which events name this session, or null while it is not open: it need not be before its first use,
	 * and is not after its end. It is another one when the session is opened anew.
	 * @returns {number | null}
	 */
	get id() {
		return this.#reference.known.id || null;
	}

	/**
	 * @internal
	 * @param {Driver} driver
	 * @param {Reference} reference
	 */
	constructor(driver, reference) {
		this.#driver = driver;
		this.#reference = reference;
	}

	/**
	 * A token of this session, as by the client's `getToken`.
	 * @param {GetTokenOptions} [options] what is asked for beyond a token that can be used
	 * @returns {Promise<Token>} rejected with a TokenError, whose `code` says what went wrong
	 */
	getToken(options) {
		return options === undefined ? this.#driver.plain(this.#reference) : acquire(this.#driver, this.#reference, options);
	}

	/**
	 * Whether a token of this session is valid; by default the current one, which is acquired if need be.
	 * @param {Token | string} [token] as it was handed out, or its value
	 * @param {VerifyOptions} [options] how long this caller waits
	 * @returns {Promise<Verification>} rejected with a TokenError where the vendor could not be asked, or no token be had
	 */
	async verify(token, options) {
		const { signal } = known(options, ["signal"]);
		token ??= await this.getToken({ signal });
		return verify(this.#driver, this.#reference, token, signal);
	}

	/**
	 * A business call that carries this session's token, as by the client's `fetch`.
	 * @param {string} path appended to the identity's base URL; it begins with "/"
	 * @param {import("./platform.js").PlatformRequestInit} [init] as for `fetch`; redirects are not followed
	 * @returns {Promise<import("./platform.js").PlatformResponse>} rejected with a TokenError where no token could be had,
	 *   and as `fetch` where the call itself failed or its `signal` fired: with the signal's reason
	 */
	async fetch(path, init = {}) {
		return business(this.#driver, this.#reference, path, init);
	}

	/**
	 * Drops the token; whoever waits for one gets a TokenError `forgotten`. For a connection of an edge it also drops what the
	 * user's `authorization` function gave, for all connections: call it when the user signs out. What ccmessaging's
	 * other users share, the app's AccessToken, stays, and so do cooldowns and the login budget, as they protect the
	 * vendor. The session goes on with a new login when it is next asked.
	 */
	forget() {
		this.#driver.forget(this.#reference);
	}
}
