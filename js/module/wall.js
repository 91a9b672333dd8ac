// The wall between JavaScript and Go: the core's exports as methods, and the forms of its answers. wasm/module is the other
// side of it.

/** @typedef {import("./instance.js").Instance} Instance */
/** @typedef {import("../client/error.js").Failure} Failure */
/** @typedef {{ wall: number, mono: number }} Instant milliseconds on the two clocks */
/** @typedef {[name: string, value: string][]} Pairs */

/**
 * @typedef {object} Request
 * @property {import("../generated/words.js").Step} step
 * @property {string} [method]
 * @property {string} [url]
 * @property {Pairs} [query]
 * @property {Pairs} [headers]
 * @property {string} [body]
 * @property {Pairs} [form]
 * @property {string[]} [rolls] the headers of the answer that may hold a token: the first that is there counts
 * @property {true} [share] another page of the same user may have the answer already
 * @property {number} [supplier] the number of the caller's function to ask in place of a vendor
 */

/**
 * @typedef {object} TokenView
 * @property {number} session
 * @property {number} [serial]
 * @property {import("../client/identity.js").System} system
 * @property {string} value
 * @property {number} [issuedAt] absent at zero, which is a time as well
 * @property {number} [expires] milliseconds from issuedAt on, as are the next two
 * @property {number} [renew]
 * @property {number} [usable]
 * @property {Record<string, string>} [headers]
 * @property {Record<string, string>} [query]
 * @property {Record<string, string>} [body]
 * @property {string[]} [rolls] the headers of an answer that may hold a new token: the first that is there counts
 * @property {true} [speaks] the body of an answer may say what becomes of the token, also under HTTP 200
 */

/** @typedef {{ valid?: true, invalid?: true, vendor?: true, reason: string, expiresAt?: number }} VerdictView */

/**
 * @typedef {object} EventView
 * @property {string} type
 * @property {string} system
 * @property {number} session
 * @property {import("../generated/words.js").Step} [step]
 * @property {number} [at] absent at zero
 * @property {number} [logins]
 * @property {number} [expiresAt]
 * @property {number} [retryAt]
 * @property {import("../generated/words.js").Reason} [reason]
 * @property {string} [vendorCode]
 * @property {Failure} [error]
 */

/**
 * @typedef {{ do: "send", session: number, id: number, limit: number, request: Request }
 *   | { do: "sleep", session: number, id: number, limit?: number, idle?: true }
 *   | { do: "cancel", session: number, id: number }
 *   | { do: "settled", session: number, id: number, token?: TokenView, error?: Failure }
 *   | { do: "verified", session: number, id: number, verdict?: VerdictView, error?: Failure }
 *   | { do: "evicted", session: number }
 *   | { do: "notify", session: number, event: EventView }} Effect
 */

/**
 * How a session is, without a secret or a token. What is zero is left out.
 * @typedef {object} View
 * @property {string} [system]
 * @property {string} [state]
 * @property {number} [since] when the token was asked for, or the acquisition in flight begun; wall-clock milliseconds
 * @property {number} [used] of `most` logins in the system's window
 * @property {number} [most]
 * @property {number} [free] for how many milliseconds no further login is allowed
 * @property {Failure} [cooling] after which the vendor is left alone until its `retryAt`
 */

/** @typedef {{ effects: Effect[], error?: Failure }} Answer */
/** @typedef {{ status: number, retryAfter?: string, date?: string, rolled?: string, age?: number }} Head */

/**
 * How far a request has come that brought no response that can be read: the vendor may have got it, or had begun to answer;
 * or it has certainly not left the host.
 * @typedef {"unanswered" | "answering" | "unsent" | "impossible"} Reach
 */

/** As the core counts them. @type {Reach[]} */
const reaches = ["unanswered", "answering", "unsent", "impossible"];

/**
 * What is wrong with an identity, of which no session is made; undefined where nothing is.
 * @param {Instance} instance
 * @param {string} identity as JSON
 * @returns {Failure | undefined}
 */
export function check(instance, identity) {
	const length = instance.call("check", instance.write(identity).length);
	return JSON.parse(instance.read(instance.call("output"), length)).error;
}

/**
 * The headers that matter, or "" where none does.
 * @param {Head} head
 */
function textOf({ retryAfter, date, rolled }) {
	return retryAfter !== undefined || rolled !== undefined ? JSON.stringify({ retryAfter, date, rolled }) : "";
}

/**
 * An answer in which what is left out is absent, whatever somebody has put on Object.prototype.
 * @param {any} answer
 */
function bare(answer) {
	for (const effect of answer.effects) {
		Object.setPrototypeOf(effect, null);
		effect.request && Object.setPrototypeOf(effect.request, null);
	}
	return Object.setPrototypeOf(answer, null);
}

const nothing = new Uint8Array();

/** A client of the running core: what Go calls core.Client. */
export class CoreClient {
	/** @type {Instance} */ #instance;
	/** @type {number} */ #client;
	/**
	 * Grows with every call that can change a decision. What was learned by `live` and `lease` holds while it stands still.
	 */
	epoch = 0;

	/**
	 * @param {Instance} instance
	 * @param {{ seed: readonly [number, number], timeoutMs: number, maxSessions: number, onEvent?: unknown, store?: unknown }} settings
	 */
	constructor(instance, { seed, timeoutMs, maxSessions, onEvent, store }) {
		this.#instance = instance;
		const shared = store !== undefined; // then its own driver has to know of events, too
		this.#client = instance.call(
			"create",
			seed[0],
			seed[1],
			timeoutMs,
			maxSessions,
			Number(shared || onEvent !== undefined),
			Number(shared),
		);
		/** @param {string} name */
		const exported = (name) => /** @type {import("./instance.js").Export} */ (instance.exports[name]).bind(undefined, this.#client);
		this.live = /** @type {(session: number, wall: number, mono: number) => number} */ exported("live");
		/** Says that a business call begins (1) or is over (-1): meanwhile the session is not evicted. */
		this.hold = /** @type {(session: number, calls: number) => number} */ exported("hold");
		this.lease = /** @type {(session: number, wall: number, mono: number) => number} */ exported("lease");
	}

	/** Whether the instance has died; every method then throws `module_failed`. */
	get dead() {
		return this.#instance.dead();
	}

	/**
	 * @param {string} name
	 * @param {...number} args
	 */
	#ask(name, ...args) {
		this.epoch++;
		const length = this.#instance.call(name, this.#client, ...args);
		return bare(JSON.parse(this.#instance.read(this.#instance.call("output"), length)));
	}

	/**
	 * What changes nothing, and answers with a text.
	 * @param {string} name
	 * @param {...number} args
	 */
	#text(name, ...args) {
		const length = this.#instance.call(name, this.#client, ...args);
		return length === 0 ? "" : this.#instance.read(this.#instance.call("output"), length);
	}

	/** @param {string} text */
	#put(text) {
		return text === "" ? 0 : this.#instance.write(text).length;
	}

	/**
	 * A response as numbers: its status, its age, and the lengths of two parts of the input. Most have no header that
	 * matters, and then there is no JSON to be read.
	 * @param {Head} head
	 * @param {Uint8Array} body
	 */
	#putResponse(head, body) {
		return [head.status, head.age ?? 0, this.#instance.write(textOf(head), body).length, body.length];
	}

	/**
	 * @param {string} identity as JSON
	 * @param {Instant} now
	 * @returns {Answer & { session: number }}
	 */
	open(identity, { wall, mono }) {
		const n = this.#put(identity);
		return this.#ask("open", wall, mono, n);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @param {boolean} force
	 * @param {number} instead the serial of a token that a call was refused with, or 0
	 * @param {string} rejected a token that a vendor rejected, or ""
	 * @param {string} [user] tells the users of a shared session apart
	 * @returns {Answer & { token?: TokenView, acquisition?: number }}
	 */
	get(session, { wall, mono }, force, instead, rejected, user = "") {
		const [first = 0, second = 0] = rejected || user ? this.#instance.writeTexts([rejected, user], nothing) : [];
		return this.#ask("get", session, wall, mono, Number(force), instead, first, second);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @param {number} errand as in errand.js
	 * @returns {Answer & { token?: TokenView, acquisition?: number }}
	 */
	attend(session, { wall, mono }, errand) {
		return this.#ask("attend", session, wall, mono, errand);
	}

	/**
	 * @param {number} exchange
	 * @param {Instant} now
	 * @param {Head} head
	 * @param {Uint8Array} body
	 * @returns {Answer}
	 */
	answered(exchange, { wall, mono }, head, body) {
		return this.#ask("answered", exchange, wall, mono, ...this.#putResponse(head, body));
	}

	/**
	 * @param {number} exchange
	 * @param {Instant} now
	 * @param {string} code
	 * @param {Reach} reach
	 * @returns {Answer}
	 */
	lost(exchange, { wall, mono }, code, reach) {
		const n = this.#put(code);
		return this.#ask("lost", exchange, wall, mono, reaches.indexOf(reach), n);
	}

	/**
	 * @param {number} exchange
	 * @param {Instant} now
	 * @param {import("../client/suppliers.js").Supply} supply
	 * @returns {Answer}
	 */
	supplied(exchange, { wall, mono }, { token, lifeMs }) {
		const n = this.#put(token);
		return this.#ask("supplied", exchange, wall, mono, lifeMs, n);
	}

	/**
	 * @param {number} exchange
	 * @param {Instant} now
	 * @returns {Answer}
	 */
	woken(exchange, { wall, mono }) {
		return this.#ask("woken", exchange, wall, mono);
	}

	/**
	 * @param {Instant} now
	 * @returns {Answer}
	 */
	online({ wall, mono }) {
		return this.#ask("online", wall, mono);
	}

	/**
	 * @param {number} session
	 * @param {number} serial of the token that the call carried
	 * @param {string} call where it went: its method and path, without a query
	 * @param {Instant} sent
	 * @param {Instant} now
	 * @param {Head} head
	 * @param {Uint8Array} body
	 * @param {string} [user] whose call it was, of several who share the session
	 * @returns {Answer & { replay?: true, rolled?: true, extended?: true, reason?: string }}
	 */
	judge(session, serial, call, sent, { wall, mono }, head, body, user = "") {
		const [first = 0, second = 0, third = 0] = this.#instance.writeTexts([call, user, textOf(head)], body);
		const { status, age = 0 } = head;
		return this.#ask("judge", session, serial, sent.wall, sent.mono, wall, mono, first, second, status, age, third, body.length);
	}

	/**
	 * Notes that a call was answered with success, where nothing but that is known of it.
	 * @param {number} session
	 * @param {number} serial of the token that the call carried
	 * @param {string} call
	 * @param {string} user
	 * @param {Instant} now
	 * @returns {Answer}
	 */
	accepted(session, serial, call, user, { wall, mono }) {
		const [first = 0, second = 0] = this.#instance.writeTexts([call, user], nothing);
		return this.#ask("accepted", session, serial, wall, mono, first, second);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @returns {Answer}
	 */
	replayed(session, { wall, mono }) {
		return this.#ask("replayed", session, wall, mono);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @param {string} token
	 * @returns {Answer & { verdict?: VerdictView, verification?: number }}
	 */
	verify(session, { wall, mono }, token) {
		const n = this.#put(token);
		return this.#ask("verify", session, wall, mono, n);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @returns {Answer}
	 */
	forget(session, { wall, mono }) {
		return this.#ask("forget", session, wall, mono);
	}

	/**
	 * How a session is. Of one that is gone it says nothing.
	 * @param {number} session
	 * @param {Instant} now
	 * @returns {Answer & View}
	 */
	view(session, { wall, mono }) {
		return this.#ask("view", session, wall, mono);
	}

	/**
	 * Ends the waiting time after a failure, where there is one.
	 * @param {number} session
	 * @param {Instant} now
	 * @returns {Answer & { relented?: true }}
	 */
	relent(session, { wall, mono }) {
		return this.#ask("relent", session, wall, mono);
	}

	/**
	 * What tells the identity of a session from all others. It holds secrets. Empty where there is no such session.
	 * @param {number} session
	 */
	name(session) {
		return this.#text("name", session);
	}

	/**
	 * What other clients have to know of a session. It holds a token. Empty where there is no such session.
	 * @param {number} session
	 * @param {Instant} now
	 */
	state(session, { wall, mono }) {
		return this.#text("state", session, wall, mono);
	}

	/**
	 * @param {number} session
	 * @param {Instant} now
	 * @param {number} ageMs how long ago another client has said so
	 * @param {string} state as that one has said, or ""
	 * @param {number} held the exchange that is not sent yet, as others are asked first, or 0: it is over then
	 * @returns {Answer & { more?: true }} whether more is known here
	 */
	adopt(session, { wall, mono }, ageMs, state, held) {
		const n = this.#put(state);
		return this.#ask("adopt", session, wall, mono, ageMs, held, n);
	}

	/**
	 * @param {boolean} alone whether the other clients are out of sight
	 * @returns {Answer}
	 */
	alone(alone) {
		return this.#ask("alone", Number(alone));
	}

	/** Drops the client with all that it keeps. */
	discard() {
		this.epoch++;
		if (!this.dead) {
			this.#instance.call("discard", this.#client);
		}
	}
}
