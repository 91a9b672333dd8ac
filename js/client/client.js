// A client: the tokens of any number of identities, each found by the caller's own object.
import { acquire, business, keepAlive, signIn, signOut, valueOf, verify } from "./asking.js";
import { platformClock } from "./clock.js";
import { Driver } from "./driver.js";
import { heldUnder } from "./held.js";
import { defaultSessions, defaultTimeoutMs, maxSessions as most } from "../generated/limits.js";
import { invalidOption, known, timeLimit } from "./option.js";
import { References } from "./references.js";
import { Session } from "./session.js";
import { Token } from "./token.js";

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {import("./asking.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./asking.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./asking.js").Verification} Verification */
/** @typedef {import("./asking.js").SignInOptions} SignInOptions */
/** @typedef {import("./asking.js").SignOutOptions} SignOutOptions */
/** @typedef {import("./asking.js").KeepAliveOptions} KeepAliveOptions */
/** @typedef {import("./error.js").TokenError} TokenError */

/**
 * The settings of a client.
 * @typedef {object} ClientOptions
 * @property {import("./effects.js").Fetch} [fetch] used in place of the platform's own. Its third argument says for which session
 *   and step a request is, as events say it.
 * @property {number} [timeoutMs] bounds an acquisition or a verification with all its tries, in milliseconds. Default 30,000.
 * @property {number} [maxSessions] how many identities are kept; beyond it the least recently used goes that is not in use: no token
 *   on its way, no call under way, nobody signed in. Where all are in use, callers wait for a place, for `timeoutMs` at most. Default 1,000;
 *   with a light core 10,000 at most, and beyond that the client's first call is rejected with `invalid_option`.
 * @property {(event: import("./events.js").TokenEvent) => void} [onEvent] told of every moment in the sessions' lives
 * @property {import("./store.js").Store} [store] where clients in other processes, and on other machines, have the same
 *   sessions: all of them then behave as one ("cctoken/store", docs/store.md). The pages of one browser need none
 * @property {(event: import("./store.js").StoreEvent) => void} [onStore] told when that store is lost, and when it is back; and when others use it with other keys
 */

/**
 * What some platforms have, or need, beside the rest.
 * @typedef {object} Facilities
 * @property {(clock: import("./clock.js").Clock) => import("./tabs.js").Tabs} [tabs] where the pages of one browser share what an edge gives them
 * @property {(clock: import("./clock.js").Clock, version: string) => import("./store.js").Store | undefined} [pages] where they share
 *   sessions, unless a client has a store
 * @property {string} [version] of the package: pages with another one share none with these
 * @property {import("./platform.js").WaitUntil} [waitUntil] where what a request has begun ends together with it
 */

/** @type {import("./held.js").Held<{ driver: Driver, references: References }>} */
const within = heldUnder("cctoken");

/** Keeps the tokens of any number of identities. */
export class Client {
	/**
	 * @internal
	 * @param {Driver} driver
	 */
	constructor(driver) {
		within.put(this, { driver, references: new References(driver) });
	}

	/**
	 * A token for an identity: the one at hand where it may still be used, otherwise a new one. Any number of callers at
	 * once cause one login.
	 * @param {Identity} identity who the token is for
	 * @param {GetTokenOptions} [options] what is asked for beyond a token that can be used
	 * @returns {Promise<Token>} rejected with a TokenError, whose `code` says what went wrong
	 */
	getToken(identity, options) {
		const { driver, references } = within.of(this);
		if (options === undefined) {
			const reference = references.at(identity);
			if (reference !== undefined) {
				return driver.plain(reference);
			}
		}
		return ask(driver, references, identity, options);
	}

	/**
	 * Whether a token is valid: by the vendor's own interface where there is one (cubedrive), otherwise by what the core
	 * knows of it. Never `true` for a token that nobody here can vouch for.
	 * @overload
	 * @param {Token} token as it was handed out
	 * @param {undefined} [identity] not needed: a Token knows whose it is
	 * @param {VerifyOptions} [options] how long this caller waits
	 * @returns {Promise<Verification>} rejected with a TokenError where the vendor could not be asked
	 * @example
	 * const { valid, source, reason } = await verifyToken(token); // such as false, "core", "expired"
	 */
	/**
	 * @overload
	 * @param {string} token the token's value
	 * @param {Identity} identity whose token it is
	 * @param {VerifyOptions} [options] how long this caller waits
	 * @returns {Promise<Verification>} rejected with a TokenError where the vendor could not be asked
	 * @example
	 * const { valid } = await verifyToken(value, identity); // where there is only the token's text
	 */
	/**
	 * Whether a token is valid: by the vendor's own interface where there is one (cubedrive), otherwise by what the core
	 * knows of it. Never `true` for a token that nobody here can vouch for.
	 * @param {Token | string} token
	 * @param {Identity} [identity]
	 * @param {VerifyOptions} [options] how long this caller waits
	 * @returns {Promise<Verification>} rejected with a TokenError where the vendor could not be asked
	 */
	async verifyToken(token, identity, options) {
		const { driver, references } = within.of(this);
		const { signal } = known(options, ["signal"]);
		if (Token.is(token)) {
			const reference = identity ? references.to(identity) : driver.referenceTo(Token.identity(token));
			return verify(driver, reference, token, signal);
		}
		valueOf(token, "token"); // first: who passes nothing has forgotten more than the identity
		if (identity === undefined) {
			throw invalidOption("identity", "is missing: a token's value alone does not say whose it is");
		}
		return verify(driver, references.to(identity), token, signal);
	}

	/**
	 * A business call that carries the identity's token; for a connection of an edge, one that the edge makes. It is called as `fetch`
	 * is. Where the vendor answers that the token is dead, it is renewed and the call sent once more, unless its body is a stream;
	 * ccmessaging's AccessToken and token may die together, and then once more for each. A new token that comes with the answer is adopted.
	 *
	 * **A call has no limit of time of its own**, as with `fetch`: give it a `timeoutMs` or a `signal`. **Redirects are not followed**: one
	 * could carry the token to another server. `redirect: "follow"`, which every Request says, is understood as "manual". The body of a
	 * Request is read whole before it is sent, so that it can be sent once more; a stream in `init.body` is sent as it comes.
	 *
	 * An answer is looked into only where it may say so: the first 16 KiB of a refusal, or of a small success that is a JSON object, of
	 * a system that speaks in bodies. Its body is still whole. Whatever streams, is long or does not come within 300 ms is the
	 * caller's at its headers.
	 * @param {Identity} identity whose token it carries
	 * @param {import("./platform.js").FetchInput} input where it goes: a path, which is appended to the identity's base URL where it begins
	 *   with "/"; or a whole URL under that, as a string, a URL or a Request
	 * @param {(import("./platform.js").PlatformRequestInit & import("./platform.js").CallLimit) | null} [init] as for `fetch`, or a Request; `timeoutMs` bounds the whole call in milliseconds: the
	 *   wait for a token, all tries and the answer's body
	 * @returns {Promise<import("./platform.js").PlatformResponse>} rejected with a TokenError where no token could be had or the time was
	 *   over (`timeout`), where the call may not be made so (`invalid_request`, `invalid_option`) and where the client's own `fetch` gave no answer
	 *   (`fetch_failed`); and as `fetch` where the call itself failed or its `signal` fired: with the signal's reason
	 * @example
	 * const response = await client.fetch(identity, "/apiaccess/ccmessaging/send", {
	 * 	method: "POST",
	 * 	headers: { "content-type": "application/json; charset=UTF-8" },
	 * 	body: JSON.stringify(message),
	 * 	timeoutMs: 10_000,
	 * });
	 */
	async fetch(identity, input, init) {
		const { driver, references } = within.of(this);
		return business(driver, references.to(identity), input, init);
	}

	/**
	 * A function that does what `fetch` of this client does for one identity, for whatever takes a `fetch`: HTTP clients, generated ones
	 * too. Later changes of the object do not matter to it.
	 * @param {Identity} identity whose token its calls carry
	 * @returns {(input: import("./platform.js").FetchInput, init?: import("./platform.js").PlatformRequestInit & import("./platform.js").CallLimit) => Promise<import("./platform.js").PlatformResponse>} called as `fetch` is
	 * @throws {TokenError} `invalid_identity` where it is no object; its fields are checked at the first use
	 * @example
	 * const api = ky.create({ prefixUrl: identity.baseUrl, fetch: client.fetcher(identity) });
	 */
	fetcher(identity) {
		const { driver, references } = within.of(this);
		const reference = references.to(identity);
		return async (input, init) => business(driver, reference, input, init);
	}

	/**
	 * Signs the person of an identity in, as by the session's `signIn`.
	 * @param {Identity} identity who signs in
	 * @param {SignInOptions} [options] whether another session of the person may be ended for it
	 * @returns {Promise<Token | null>} the token, or null where an edge keeps it to itself; rejected with a TokenError
	 */
	async signIn(identity, options) {
		const { driver, references } = within.of(this);
		return signIn(driver, references.to(identity), options);
	}

	/**
	 * Signs that person out, as by the session's `signOut`.
	 * @param {Identity} identity who signs out
	 * @param {SignOutOptions} [options] how long this caller waits
	 * @returns {Promise<void>} rejected with a TokenError where the vendor could not be told
	 */
	async signOut(identity, options) {
		const { driver, references } = within.of(this);
		return signOut(driver, references.to(identity), options);
	}

	/**
	 * Gives signs of life for that person, as by the session's `keepAlive`.
	 * @param {Identity} identity who is signed in
	 * @param {KeepAliveOptions} [options] for how long
	 * @returns {() => void} ends it for this caller
	 * @throws {TokenError} `invalid_request` where the system signs nobody in
	 */
	keepAlive(identity, options) {
		const { driver, references } = within.of(this);
		return keepAlive(driver, references.to(identity), options);
	}

	/**
	 * A handle to one identity's session: the same as the client's methods, without naming the identity each time. Later
	 * changes of the object do not matter to it.
	 * @param {Identity} identity whose session
	 * @returns {Session}
	 * @throws {TokenError} `invalid_identity` where it is no object; its fields are checked at the first use
	 * @example
	 * const session = client.session(identity);
	 * const token = await session.getToken();
	 * const { valid } = await session.verifyToken();
	 * session.forget(); // when this user signs out
	 */
	session(identity) {
		const { driver, references } = within.of(this);
		const reference = references.to(identity);
		driver.prepare(reference);
		return new Session(driver, reference);
	}

	/**
	 * Says that the network is there again, where the platform does not say it by itself as pages and workers do: React
	 * Native, Electron's main process, a service that watches its own connection. Waiting times end that follow a failure by
	 * which no vendor was reached. Those that spare a vendor stay, and no login begins before somebody asks for a token.
	 * @example
	 * NetInfo.addEventListener(({ isConnected }) => isConnected && client.online()); // in React Native
	 */
	online() {
		const { driver } = within.of(this);
		driver.online();
	}

	/**
	 * Ends the client: whoever waits gets a TokenError `closed`, and all tokens are forgotten here. In a store they stay. `using client =
	 * createClient()` does it at the end of a block, and the collector some time after nobody has the client any more.
	 * @returns {Promise<void>} resolves when the store, if there is one, has what it is to know; it can be left then
	 */
	close() {
		const { driver, references } = within.of(this);
		references.forget();
		return driver.close();
	}
}

// By `using`, where the language has it. Not a member of the class: a program's libraries may not know the symbol.
const { dispose } = /** @type {{ dispose?: symbol }} */ (Symbol);
if (dispose) {
	Object.defineProperty(Client.prototype, dispose, {
		/** @this {Client} */
		value() {
			this.close();
		},
	});
}

/**
 * @param {Driver} driver
 * @param {References} references
 * @param {Identity} identity
 * @param {GetTokenOptions} [options]
 */
async function ask(driver, references, identity, options) {
	return acquire(driver, references.to(identity), options); // what is wrong with the identity is a rejection
}

/** @satisfies {(keyof import("./store.js").Store)[]} */
const methods = ["name", "take", "read", "write", "free", "watch"];

/**
 * @param {import("../module/module.js").Module} module
 * @param {ClientOptions} [options]
 * @param {import("./clock.js").Clock} [clock]
 * @param {Facilities} [facilities]
 * @returns {Client}
 */
export function createClient(module, options, clock = platformClock, facilities = {}) {
	return new Client(createDriver(module, options, clock, facilities));
}

/**
 * What a client asks, for who has no use for callers' objects.
 * @param {import("../module/module.js").Module} module
 * @param {ClientOptions} [options]
 * @param {import("./clock.js").Clock} [clock]
 * @param {Facilities} [facilities]
 * @returns {Driver}
 */
export function createDriver(module, options, clock = platformClock, { tabs, pages, version = "", waitUntil } = {}) {
	const {
		fetch,
		timeoutMs = defaultTimeoutMs,
		maxSessions = defaultSessions,
		onEvent,
		store,
		onStore,
	} = known(options, ["fetch", "timeoutMs", "maxSessions", "onEvent", "store", "onStore"]);
	if (fetch !== undefined && typeof fetch !== "function") {
		throw invalidOption("fetch", "must be a function");
	}
	for (const [name, watcher] of Object.entries({ onEvent, onStore })) {
		if (watcher !== undefined && typeof watcher !== "function") {
			throw invalidOption(name, "must be a function");
		}
	}
	if (store !== undefined && !methods.every((name) => typeof (/** @type {any} */ (store)?.[name]) === "function")) {
		throw invalidOption("store", "must be a store, as those of cctoken/store are");
	}
	timeLimit(timeoutMs);
	if (!(Number.isInteger(maxSessions) && maxSessions >= 1 && maxSessions <= most)) {
		throw invalidOption("maxSessions", `must be a whole number from 1 to ${most.toLocaleString("en")}`);
	}
	// Looked up at each call, not kept: test tools replace it.
	const send = fetch ?? /** @type {import("./effects.js").Fetch} */ ((input, init) => globalThis.fetch(input, init));
	const shared = store === undefined ? { store: pages?.(clock, version) } : { store, onStore };
	const settings = { fetch: send, given: fetch !== undefined, timeoutMs, maxSessions, onEvent, ...shared };
	return new Driver(module, { ...settings, clock, tabs: tabs?.(clock), waitUntil });
}
