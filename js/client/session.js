// A handle to one identity's session.
import { acquire, adopt, business, keepAlive, signIn, signOut, verify } from "./asking.js";
import { heldUnder } from "./held.js";
import { known } from "./option.js";

/** @typedef {import("./driver.js").Driver} Driver */
/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("./asking.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./asking.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./asking.js").Verification} Verification */
/** @typedef {import("./asking.js").Answered} Answered */
/** @typedef {import("./asking.js").AdoptOptions} AdoptOptions */
/** @typedef {import("./asking.js").SignInOptions} SignInOptions */
/** @typedef {import("./asking.js").SignOutOptions} SignOutOptions */
/** @typedef {import("./asking.js").KeepAliveOptions} KeepAliveOptions */
/** @typedef {import("./error.js").TokenError} TokenError */

/** @type {import("./held.js").Held<{ driver: Driver, reference: Reference }>} */
const within = heldUnder("cctoken");

/** One identity's session. */
export class Session {
	/**
	 * The number by which events name this session, or null while it is not open: it need not be before its first use,
	 * and is not after its end. It is another one when the session is opened anew.
	 * @returns {number | null}
	 */
	get id() {
		return within.of(this).reference.known.id || null;
	}

	/**
	 * @internal
	 * @param {Driver} driver
	 * @param {Reference} reference
	 */
	constructor(driver, reference) {
		within.put(this, { driver, reference });
		this.fetch = this.fetch.bind(this);
	}

	/**
	 * A token of this session, as by the client's `getToken`.
	 * @param {GetTokenOptions} [options] what is asked for beyond a token that can be used
	 * @returns {Promise<Token>} rejected with a TokenError, whose `code` says what went wrong
	 */
	getToken(options) {
		const { driver, reference } = within.of(this);
		return options === undefined ? driver.plain(reference) : acquire(driver, reference, options);
	}

	/**
	 * Whether a token of this session is valid; by default the current one, which is acquired if need be.
	 * @param {Token | string} [token] as it was handed out, or its value
	 * @param {VerifyOptions} [options] how long this caller waits
	 * @returns {Promise<Verification>} rejected with a TokenError where the vendor could not be asked, or no token be had
	 */
	async verifyToken(token, options) {
		const { driver, reference } = within.of(this);
		const { signal } = known(options, ["signal"]);
		token ??= await this.getToken({ signal });
		return verify(driver, reference, token, signal);
	}

	/**
	 * A business call that carries this session's token, as by the client's `fetch`. It is bound to the session, so that it can be handed
	 * to whatever takes a `fetch`. **It has no limit of time of its own, and follows no redirect.**
	 * @param {import("./platform.js").FetchInput} input a path, which is appended to the identity's base URL where it begins with "/"; or
	 *   a whole URL under that, as a string, a URL or a Request
	 * @param {(import("./platform.js").PlatformRequestInit & import("./platform.js").CallLimit) | null} [init] as for `fetch`, or a Request; `timeoutMs` bounds the whole call in milliseconds
	 * @returns {Promise<import("./platform.js").PlatformResponse>} rejected with a TokenError where no token could be had or the time was
	 *   over (`timeout`), where the call may not be made so (`invalid_request`, `invalid_option`) and where the client's own `fetch` gave no answer
	 *   (`fetch_failed`); and as `fetch` where the call itself failed or its `signal` fired: with the signal's reason
	 * @example
	 * const api = ky.create({ prefixUrl: identity.baseUrl, fetch: session.fetch });
	 */
	async fetch(input, init) {
		const { driver, reference } = within.of(this);
		return business(driver, reference, input, init);
	}

	/**
	 * Takes over a new token that came with the answer to a call that somebody else made, with a token of this session: the vendor may
	 * accept none but that from now on. `fetch` does so by itself. Only what the answer brings is taken: of a refusal tell by
	 * `getToken({ rejected: token })`.
	 * @param {Token} token that the call carried
	 * @param {Answered} response a Response, whose body is not read; or what another client makes of one
	 * @param {AdoptOptions} [options] when the call was sent
	 * @returns {boolean} whether it brought one. A token that came with the answer to an older one is not taken
	 * @throws {TokenError} `invalid_option` where the token is none of this session, or the response has no status
	 * @example
	 * const token = await session.getToken();
	 * const response = await fetch(url, { headers: token.headers });
	 * session.adopt(token, response);
	 */
	adopt(token, response, options) {
		const { driver, reference } = within.of(this);
		return adopt(driver, reference, token, response, options);
	}

	/**
	 * Signs the person of this session in, where the system has that (ccgateway): nothing else does, no getToken, no call and no
	 * timer. It has side effects at the vendor (the phone, the queue), so let a person's act be what calls it. Where somebody is
	 * signed in already it is their token, unless with `force`. It is not tried again when it fails, and may be tried again at
	 * once, but for credentials that were refused.
	 * @param {SignInOptions} [options] whether another session of the person may be ended for it
	 * @returns {Promise<Token | null>} the token, or null where an edge keeps it to itself; rejected with a TokenError:
	 *   `already_signed_in` where the person is signed in elsewhere, `invalid_request` where the system signs nobody in
	 * @example
	 * await session.signIn();
	 * session.keepAlive();
	 * const response = await session.fetch("/agentgateway/resource/agentevent/101");
	 */
	signIn(options) {
		const { driver, reference } = within.of(this);
		return signIn(driver, reference, options);
	}

	/**
	 * Signs the person out at the vendor, after a sign-in that is under way. Where nobody is signed in it does nothing. One
	 * that fails leaves the token as it is.
	 * @param {SignOutOptions} [options] how long this caller waits
	 * @returns {Promise<void>} rejected with a TokenError where the vendor could not be told
	 */
	signOut(options) {
		const { driver, reference } = within.of(this);
		return signOut(driver, reference, options);
	}

	/**
	 * Gives the vendor a sign of life at once, and then every 30 seconds. Not needed where the page polls for events. It ends at
	 * the sign-out, when the vendor ends the session, with `forget` and `close`, and never signs in. One that fails is told by an event,
	 * and the next one is given all the same. No program is kept running by it.
	 * @param {KeepAliveOptions} [options] for how long
	 * @returns {() => void} ends it for this caller; others who called it are not affected
	 * @throws {TokenError} `invalid_request` where the system signs nobody in
	 */
	keepAlive(options) {
		const { driver, reference } = within.of(this);
		return keepAlive(driver, reference, options);
	}

	/**
	 * Drops the token; whoever waits for one gets a TokenError `forgotten`. For a connection of an edge it also drops what the
	 * user's `authorization` function gave, for all connections: call it when the user signs out. What ccmessaging's
	 * other users share, the app's AccessToken, stays, and so do cooldowns and the login budget, as they protect the
	 * vendor. The session goes on with a new login when it is next asked. It signs nobody out at the vendor: that is `signOut`.
	 */
	forget() {
		const { driver, reference } = within.of(this);
		driver.forget(reference);
	}
}
