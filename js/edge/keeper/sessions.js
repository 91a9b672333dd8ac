// Asks the keepers and passes on what they say. No decision about a token is made here.
import { keeperTimeoutMs, problemMedia } from "../../generated/limits.js";
import { Cache } from "../cache.js";
import { defaultKeepers } from "../config/keepers.js";
import { base64url } from "../caller/signature.js";
import { Problem } from "../request/problem.js";
import { dependencyOf } from "./dependency.js";
import { objectIn, reach, shardOf } from "./objects.js";

/**
 * A token as a keeper hands it out.
 * @typedef {object} KeptToken
 * @property {string} system
 * @property {string} value
 * @property {number} serial
 * @property {number} [expiresIn] seconds from when it was handed out
 * @property {Record<string, string>} headers
 * @property {Record<string, string>} [query]
 * @property {Record<string, string>} [body]
 * @property {string[]} [rolls] headers of an answer that may hold a new token: the first that is there counts
 * @property {number} [leaseMs] for so long the keeper would say the same again, unless something happens
 */

/**
 * @typedef {object} Verdict
 * @property {boolean | null} valid
 * @property {"vendor" | "core"} source
 * @property {string} reason
 * @property {number} [expiresIn] seconds
 */

/** @typedef {{ replay: boolean, rolled: boolean, reason?: string }} Outcome */
/** @typedef {import("../caller/signed.js").DurableObjectNamespaceLike} DurableObjectNamespaceLike */

/** A keeper bounds its own work; so much longer the keeper itself is waited for. Milliseconds. */
const graceMs = 25_000;

/** How long a keeper is waited for where it has nothing to do but to look; milliseconds. */
const overviewMs = 5_000;

/**
 * The keeper's word is passed on without asking again for this long at most; milliseconds. A client's own lease (js/client/driver.js)
 * ends when its core says so, in the same program. Here the core is elsewhere, and other isolates may have told it something:
 * this lease is ended by what happens here, and by time.
 */
const maxLeaseMs = 1_000;

/** What an isolate remembers of sessions, of leases, of accepted calls and of users each. */
const bounds = { maxBytes: 8 << 20, maxEntries: 10_000 };

/**
 * For how long it remembers where a session is, and a user's hash; milliseconds. Neither ever changes, but those who have left need
 * not stay in memory.
 */
const sessionMs = 600_000;

/** So often a session is looked for where an object says that it was moved. */
const mostMoves = 3;

const encoder = new TextEncoder();

/**
 * A session's name, the object that keeps it, and what that is told with every request.
 * @typedef {{ name: string, object: string, location?: string, told: { identity: object, session: string, object: string, former?: string[], dependencyObject?: string } }} Session
 */

/** Where a keeper is. @typedef {Pick<Session, "object" | "location">} Place */

/** For how long it remembers which calls a session's token was accepted for; milliseconds. Most tokens have ended by then. */
const acceptedMs = 86_400_000;

/** So many of these calls are remembered of a session. */
const maxAccepted = 8;

export class Sessions {
	/** @type {CryptoKey | undefined} */ #key;
	/** By the identity. @type {Cache<Session>} */ #sessions = new Cache(bounds);
	/** By the session's name. @type {Cache<KeptToken>} */ #leases = new Cache(bounds);
	/** By the session's name, for one token of it. @type {Cache<{ serial: number, places: [user: string, call: string][] }>} */ #accepted =
		new Cache(bounds);
	/** By what they are hashes of. @type {Cache<string>} */ #users = new Cache(bounds);
	/** By what they are hashes of. @type {Cache<string>} */ #objects = new Cache(bounds);
	/** What was forgotten for a stop: who was stopped may come again and again. @type {Cache<true>} */ #forgotten = new Cache(bounds);
	/** Grows with everything that may end a token, so that an answer from before cannot begin a lease after. */
	#epoch = 0;

	/**
	 * @param {DurableObjectNamespaceLike} namespace
	 * @param {string} nameKey
	 * @param {number} [timeoutMs] what a keeper may take for an acquisition with all its tries
	 * @param {import("../metrics/measures.js").Measures} [measures]
	 */
	constructor(namespace, nameKey, timeoutMs = keeperTimeoutMs, measures) {
		this.measures = measures;
		this.namespace = namespace;
		this.nameKey = nameKey;
		this.patienceMs = timeoutMs + graceMs;
	}

	/** What is remembered, about; bytes. */
	get bytes() {
		return (
			this.#sessions.bytes + this.#leases.bytes + this.#accepted.bytes + this.#users.bytes + this.#objects.bytes + this.#forgotten.bytes
		);
	}

	/**
	 * @param {Record<string, any>} identity with its members in one order
	 * @param {import("../config/config.js").Keepers} [keepers] the same for all identities of a system at a base URL
	 * @returns {Promise<Session>}
	 */
	async session(identity, keepers = defaultKeepers) {
		const json = JSON.stringify(identity);
		const known = this.#sessions.get(json)?.value;
		if (known) {
			return known;
		}
		const shared = await this.shared(identity, keepers);
		const name = await this.name(json);
		const object = await this.#objectOf(name, identity, keepers, keepers.count);
		const former = await Promise.all(keepers.former.map((count) => this.#objectOf(name, identity, keepers, count)));
		const others = [...new Set(former)].filter((other) => other !== object);
		const session = {
			name,
			object,
			location: keepers.location,
			told: {
				identity,
				session: name,
				object,
				...(others.length > 0 && { former: others }),
				// The token on which many users' depend serves all of them: it has an object of its own.
				...(shared && { dependencyObject: shared.object }),
			},
		};
		this.#sessions.set(json, session, { until: Date.now() + sessionMs });
		return session;
	}

	/**
	 * The keeper of what an identity depends on, and where others do as well; undefined where there is nothing of the kind.
	 * @param {Record<string, any>} identity
	 * @param {import("../config/config.js").Keepers} keepers
	 * @returns {Promise<Place | undefined>}
	 */
	async shared(identity, keepers) {
		const part = dependencyOf(identity);
		return part && { object: objectIn(await this.name(JSON.stringify(part)), keepers.jurisdiction) };
	}

	/**
	 * The keepers among which the sessions of a connection are spread.
	 * @param {{ system: string, baseUrl: string, keepers: import("../config/config.js").Keepers }} connection
	 * @returns {Promise<Place[]>}
	 */
	async keepers({ system, baseUrl, keepers }) {
		const { count, location } = keepers;
		return Promise.all(
			Array.from({ length: count }, async (_, shard) => ({ object: await this.#objectAt(shard, { system, baseUrl }, keepers), location })),
		);
	}

	/**
	 * What a keeper says of itself, rather than of a session.
	 * @param {Place} place
	 * @param {"status" | "reset" | "ready"} what
	 * @param {object} [more]
	 * @returns {Promise<any>} rejected with a Problem, or a KeeperProblem
	 */
	async overview(place, what, more = {}) {
		const answer = await this.#askOnce(what, { ...place, told: {} }, more, AbortSignal.timeout(overviewMs));
		if (answer instanceof KeeperProblem) {
			throw answer;
		}
		return answer;
	}

	/**
	 * @param {Session} session
	 * @param {{ rejected?: string, force?: boolean, instead?: number, user?: string }} [want] instead: another one than that of this serial
	 * @returns {Promise<KeptToken>}
	 */
	async token(session, want = {}) {
		const now = Date.now();
		if (want.rejected !== undefined || want.force || want.instead !== undefined) {
			this.#end(session);
		} else {
			const lease = this.#leases.get(session.name);
			if (lease) {
				return aged(lease.value, now - lease.from);
			}
		}
		const epoch = this.#epoch;
		/** @type {KeptToken} */
		const token = await this.#ask("token", session, want);
		if (token.leaseMs && epoch === this.#epoch) {
			this.#leases.set(session.name, token, { from: now, until: now + Math.min(token.leaseMs, maxLeaseMs) });
		}
		return token;
	}

	/**
	 * @param {Session} session
	 * @param {string} token
	 * @returns {Promise<Verdict>}
	 */
	async verify(session, token) {
		/** @type {Verdict} */
		const verdict = await this.#ask("verify", session, { token });
		if (verdict.valid === false) {
			this.#end(session);
		}
		return verdict;
	}

	/**
	 * @param {Session} session
	 * @param {import("../request/route.js").Errand} errand
	 * @param {boolean} force where somebody is signed in already, that session ends
	 */
	async attend(session, errand, force) {
		await this.#ask(errand, session, { force }).finally(() => this.#end(session)); // the token may be another one, or gone
	}

	/**
	 * Has its keeper forget a token that was asked for before an instant.
	 * @param {Session} session
	 * @param {number} before milliseconds since 1970
	 */
	async forget(session, before) {
		const key = `${session.name} ${before}`;
		if (!this.#forgotten.get(key)) {
			this.#end(session);
			await this.#ask("forget", session, { before });
			this.#forgotten.set(key, true, { until: Date.now() + sessionMs });
		}
	}

	/**
	 * What the answer to a business call means.
	 * @param {Session} session
	 * @param {{ serial: number, call: string, user: string, sentAgo: number, status: number, retryAfter?: string, date?: string, rolled?: string, body?: string }} answer
	 * @returns {Promise<Outcome>}
	 */
	async judge(session, answer) {
		/** @type {Outcome} */
		const outcome = await this.#ask("judge", session, { ...answer, accepted: this.#placesOf(session, answer.serial) });
		if (outcome.replay || outcome.rolled || outcome.reason === "token_dead") {
			this.#end(session);
		}
		return outcome;
	}

	/**
	 * Notes that a call was answered with success: a refusal elsewhere then says less of the token. The keeper need not be
	 * told of each.
	 * @param {Session} session
	 * @param {number} serial of the token that the call carried
	 * @param {string} user
	 * @param {string} call
	 */
	accepted(session, serial, user, call) {
		const places = this.#placesOf(session, serial) ?? [];
		if (!places.some(([one, place]) => one === user && place === call)) {
			this.#accepted.set(
				session.name,
				{ serial, places: [...places.slice(1 - maxAccepted), [user, call]] },
				{ until: Date.now() + acceptedMs },
			);
		}
	}

	/**
	 * @param {Session} session
	 * @param {number} serial of a token
	 * @returns {[user: string, call: string][] | undefined} which calls have accepted it
	 */
	#placesOf({ name }, serial) {
		const known = this.#accepted.get(name)?.value;
		return known?.serial === serial ? known.places : undefined;
	}

	/**
	 * A keyed hash of who calls: it tells users apart, for the core and in the log, and names nobody.
	 * @param {{ by: string, subject: string }} principal
	 */
	async user({ by, subject }) {
		const json = JSON.stringify(["user", by, subject]);
		const known = this.#users.get(json)?.value;
		if (known) {
			return known;
		}
		const user = (await this.name(json)).slice(0, 22);
		this.#users.set(json, user, { until: Date.now() + sessionMs });
		return user;
	}

	/**
	 * The object that keeps a session where there are so many. Whoever has the same account at the same place shares a session,
	 * through whatever connection; so it is not the connection's name that decides.
	 * @param {string} session
	 * @param {Record<string, any>} identity
	 * @param {import("../config/config.js").Keepers} keepers
	 * @param {number} count
	 */
	#objectOf(session, identity, keepers, count) {
		return this.#objectAt(shardOf(session, count), identity, keepers);
	}

	/**
	 * @param {number} shard
	 * @param {Record<string, any>} identity
	 * @param {import("../config/config.js").Keepers} keepers
	 */
	async #objectAt(shard, { system, baseUrl }, { jurisdiction }) {
		const json = JSON.stringify(["keeper", system, baseUrl, shard]);
		const known = this.#objects.get(json)?.value ?? (await this.name(json));
		this.#objects.set(json, known, { until: Date.now() + sessionMs });
		return objectIn(known, jurisdiction);
	}

	/**
	 * A name that tells nothing of what it names.
	 * @param {string} text
	 */
	async name(text) {
		this.#key ??= await crypto.subtle.importKey("raw", encoder.encode(this.nameKey), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
		return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, encoder.encode(text))));
	}

	/** @param {Session} session */
	#end(session) {
		this.#epoch++;
		this.#leases.delete(session.name);
	}

	/**
	 * @param {"token" | "verify" | "judge" | "forget" | import("../request/route.js").Errand} what
	 * @param {Session} session
	 * @param {object} more
	 * @returns {Promise<any>} rejected with a Problem, or a KeeperProblem
	 */
	async #ask(what, session, more) {
		const signal = AbortSignal.timeout(this.patienceMs);
		for (let moves = 0; ; moves++) {
			const answer = await this.#askOnce(what, session, more, signal);
			if (!(answer instanceof KeeperProblem)) {
				return answer;
			}
			if (answer.movedTo === undefined || moves === mostMoves) {
				throw answer;
			}
			session.object = answer.movedTo; // the number of keepers was changed, which this isolate does not know yet
		}
	}

	/**
	 * @param {string} what
	 * @param {Place & { told: object }} place
	 * @param {object} more
	 * @param {AbortSignal} signal
	 * @returns {Promise<any>} also a KeeperProblem; rejected with a Problem
	 */
	async #askOnce(what, place, more, signal) {
		const began = Date.now();
		let code = "";
		try {
			const answer = await this.#send(what, place, more, signal);
			code = answer instanceof KeeperProblem ? answer.code : "";
			return answer;
		} catch (error) {
			code = error instanceof Problem ? (error.reason ?? error.code) : "internal";
			throw error;
		} finally {
			this.measures?.keeper(what, code, Date.now() - began);
		}
	}

	/**
	 * @param {string} what
	 * @param {Place & { told: object }} place
	 * @param {object} more
	 * @param {AbortSignal} signal
	 */
	async #send(what, { object, location, told }, more, signal) {
		try {
			const response = await reach(this.namespace, object, location).fetch(`https://keeper/${what}`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ ...told, object, ...more }),
				signal,
			});
			const text = await response.text();
			if (response.status === 200) {
				return JSON.parse(text);
			}
			if (response.headers.get("content-type") === problemMedia) {
				return new KeeperProblem(response, text);
			}
		} catch (error) {
			const late = error instanceof Error && error.name === "TimeoutError";
			throw late
				? new Problem("timeout", "The session's keeper did not answer in time.", { reason: "keeper_timeout" })
				: new Problem("unavailable", "The session's keeper cannot be reached; try again.", { reason: "keeper_unreachable", retryAfter: 1 });
		}
		throw new Problem("unavailable", "The session's keeper did not answer as it should; try again.", {
			reason: "keeper_answer",
			retryAfter: 1,
		});
	}
}

/** What a keeper could not do, in the core's own words. */
export class KeeperProblem extends Error {
	/**
	 * @param {Response} response
	 * @param {string} text of the problem, as JSON
	 */
	constructor(response, text) {
		super("a keeper's problem");
		this.name = "KeeperProblem";
		this.status = response.status;
		this.retryAfter = response.headers.get("retry-after");
		this.text = text;
		const { code, movedTo } = JSON.parse(text);
		/** @type {string} */
		this.code = String(code);
		/** The object that has the session. @type {string | undefined} */
		this.movedTo = movedTo;
	}

	toResponse() {
		return new Response(this.text, {
			status: this.status,
			headers: { "content-type": problemMedia, ...(this.retryAfter !== null && { "retry-after": this.retryAfter }) },
		});
	}
}

/**
 * @param {KeptToken} token
 * @param {number} ms since it was asked for
 * @returns {KeptToken}
 */
function aged(token, ms) {
	return token.expiresIn === undefined ? token : { ...token, expiresIn: token.expiresIn - ms / 1000 };
}
