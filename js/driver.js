// Obeys the core: sends what it says, waits as long as it says, and hands out what it decides. No decision about a
// token is made here.
import { CoreClient } from "./wall.js";
import { TokenError, errorOf } from "./error.js";
import { exchange, Lost, safeCause } from "./http.js";
import { callsOf, encode, Suppliers } from "./identity.js";
import { Token } from "./token.js";

/**
 * One moment of a session's life. It holds no secret and no token.
 * @typedef {object} TokenEvent
 * @property {import("./generated/words.js").EventType} type what happened
 * @property {import("./identity.js").System | "edge"} system of the session
 * @property {number} session tells the sessions of one client apart
 * @property {import("./generated/words.js").Step} [step] as in TokenError
 * @property {Date} at when it happened, by this machine's clock
 * @property {number} logins requests made so far for this session that count as a login at the vendor
 * @property {Date | null} expiresAt of the new token, where one is known
 * @property {Date | null} retryAt when the next attempt may be made
 * @property {import("./generated/words.js").Reason} [reason] why a token was rejected
 * @property {TokenError} [error] what failed
 */

/**
 * What a request is for.
 * @typedef {object} Purpose
 * @property {number} session as in TokenEvent
 * @property {string} step as in TokenError
 */

/**
 * A function that sends a request as the platform's `fetch` does, and is told what the request is for.
 * @typedef {(input: string, init: import("./platform.js").PlatformRequestInit, purpose: Purpose) => Promise<import("./platform.js").PlatformResponse>} Fetch
 */

/**
 * @typedef {object} Settings
 * @property {Fetch} fetch
 * @property {number} timeoutMs
 * @property {number} maxSessions
 * @property {((event: TokenEvent) => void) | undefined} onEvent
 * @property {import("./clock.js").Clock} clock
 * @property {import("./tabs.js").Tabs | undefined} tabs
 * @property {import("./platform.js").WaitUntil} [waitUntil]
 */

/**
 * A session of the core, and what it last said of it.
 * @typedef {object} Known
 * @property {string} json the identity
 * @property {import("./identity.js").Supplier | undefined} supplier of whoever used it last
 * @property {number} id the core's number, or 0 when the session is gone
 * @property {Token | undefined} token
 * @property {Promise<Token> | undefined} promise of that token, the same for all callers; made when it is first asked for again
 * @property {number} serial of that token
 * @property {number} epoch of the core when it last said that the token may be used
 * @property {number} from since when, and
 * @property {number} until until when it may be used without asking, by the time of day
 * @property {Wait | undefined} wait that callers were last told to join
 */

/** For how long the core's word is kept: that a token may be used, or that one is on its way. */
const maxLeaseMs = 1000;

/** How many texts of identities are remembered with their sessions: each costs as much memory as a small object. */
const maxOpened = 4096;

/**
 * An identity in its wire form, and its session.
 * @typedef {object} Reference
 * @property {string} json
 * @property {import("./identity.js").Supplier | undefined} supplier the caller's function in it
 * @property {Known} known
 * @property {Promise<Token> | undefined} asking of callers whose question the core has not seen yet
 * @property {Calls} [calls] what its business calls go through, once there was one
 */
/** @typedef {{ through: Reference, baseUrl: string }} Calls */
/** A promise of the token that is on its way, and the core's epoch and the time of day when it said to wait for that. @typedef {{ promise: Promise<Token>, epoch: number, from: number }} Wait */
/**
 * Who waits for an acquisition or a verification; and why there is no other token than the former one, where there is not.
 * @typedef {{ promise: Promise<any>, resolve: (value: any) => void, reject: (error: TokenError) => void, error?: TokenError }} Waiting
 */
/** @typedef {{ force?: boolean, instead?: number, rejected?: string }} Want instead is the serial of a token that a call was refused with */
/** @typedef {{ reference: Reference, forgotten: boolean }} Asker */

/** @returns {Known} */
const gone = () => ({ json: "", supplier: undefined, id: 0, token: undefined, promise: undefined, serial: 0, epoch: -1, from: 0, until: 0, wait: undefined });

export class Driver {
	/** @type {import("./module.js").Module} */ #module;
	/** @type {Settings} */ #settings;
	/** @type {import("./clock.js").Clock} */ #clock;
	/** Cancels the timer that ends all leases, where one is running. @type {(() => void) | undefined} */ #leaseEnd;
	/** @type {CoreClient | undefined} */ #core;
	/** @type {Map<number, Known>} */ #sessions = new Map();
	/** Those that were opened last, by the text of the identity, so that an equal object need not be read by the core. @type {Map<string, Known>} */ #opened = new Map();
	/** Acquisitions and verifications that somebody waits for. @type {Map<number, Waiting>} */ #waiting = new Map();
	/** What can be cancelled, by exchange. @type {Map<number, () => void>} */ #running = new Map();
	/** @type {Suppliers} */ #suppliers;
	/** Who asks while there is no core yet to ask. @type {Set<Asker>} */ #early = new Set();
	/** Why the exchange that is being reported was lost. @type {unknown} */ #cause;
	#closed = false;

	/**
	 * @param {import("./module.js").Module} module
	 * @param {Settings} settings
	 */
	constructor(module, settings) {
		this.#module = module;
		this.#settings = settings;
		// More than can have a session. One that is dropped costs its user a session anew, so those of a moment's guests do not count.
		this.#suppliers = new Suppliers(2 * settings.maxSessions);
		this.#clock = settings.clock;
	}

	/**
	 * @param {string} input
	 * @param {import("./platform.js").PlatformRequestInit} init
	 * @param {Purpose} purpose
	 * @returns {Promise<import("./platform.js").PlatformResponse>}
	 */
	fetch(input, init, purpose) {
		const { fetch } = this.#settings; // called by itself: a browser's own refuses to be another object's method
		return fetch(input, init, purpose);
	}

	/** @returns {import("./wall.js").Instant} */
	now() {
		return { wall: this.#clock.wall(), mono: this.#clock.mono() };
	}

	/**
	 * @param {import("./identity.js").Fields} read an identity as it was read
	 * @returns {Reference}
	 */
	reference(read) {
		return this.referenceTo(encode(read, this.#suppliers));
	}

	/**
	 * @param {import("./identity.js").Encoded} encoded an identity as encoded before
	 * @returns {Reference}
	 */
	referenceTo({ json, supplier }) {
		return { json, supplier, known: this.#opened.get(json) ?? gone(), asking: undefined };
	}

	/**
	 * What a caller gets who wants no more than a usable token. Where the core has said it and nothing has happened since,
	 * it is not asked again; and those who come before it could be asked are told the same, as they ask the same.
	 * @param {Reference} reference
	 * @returns {Promise<Token>}
	 */
	plain(reference) {
		return reference.asking ?? this.live(reference) ?? this.#joined(reference) ?? (reference.asking = this.token(reference, {}));
	}

	/**
	 * Opens the session of a handle where that can be done now, and costs no other its place: its first token then need not
	 * wait for it. What is wrong with the identity is told at the first use.
	 * @param {Reference} reference
	 */
	prepare(reference) {
		const core = this.#core;
		if (core === undefined || core.dead || this.#sessions.size >= this.#settings.maxSessions) {
			return;
		}
		try {
			this.#open(core, reference);
		} catch {
			// It is tried again then.
		}
	}

	/**
	 * What a business call of the identity carries the token of, and where it goes.
	 * @param {Reference} reference
	 * @returns {Calls}
	 */
	calls(reference) {
		if (reference.calls === undefined) {
			const { json, baseUrl } = callsOf(reference.json);
			const { supplier } = reference;
			reference.calls = { through: json === reference.json ? reference : this.referenceTo({ json, supplier }), baseUrl };
		}
		return reference.calls;
	}

	/**
	 * The promise of a token that may be used right now, where the core has said so and nothing has happened since.
	 *
	 * The core decides on two clocks. Its word is kept for a second at most, during which one clock is enough: reading two
	 * costs as much again as all the rest. A timer ends the second where a time of day that is set back would not.
	 * @param {Reference} reference
	 */
	live({ known }) {
		const core = this.#core;
		if (core === undefined || known.token === undefined) {
			return undefined;
		}
		const wall = this.#clock.wall();
		if (known.epoch === core.epoch && wall >= known.from && wall < known.until) {
			return known.promise;
		}
		return this.#renewLease(core, known, wall);
	}

	/**
	 * The promise of the token that is on its way, where the core has said so.
	 * @param {Reference} reference
	 */
	#joined({ known: { wait } }) {
		const core = this.#core;
		if (wait === undefined || core === undefined || core.dead || core.epoch !== wait.epoch) {
			return undefined;
		}
		const age = this.#clock.wall() - wait.from;
		return age >= 0 && age < maxLeaseMs ? wait.promise : undefined;
	}

	/**
	 * @param {CoreClient} core
	 * @param {Known} known
	 * @param {number} wall
	 */
	#renewLease(core, known, wall) {
		const mono = this.#clock.mono();
		try {
			if (core.live(known.id, wall, mono) !== known.serial) {
				return undefined;
			}
			known.until = wall + Math.min(core.lease(known.id, wall, mono), maxLeaseMs);
		} catch {
			return undefined; // dead: the slow way starts a fresh one
		}
		known.epoch = core.epoch;
		known.from = wall;
		this.#endLeases(core);
		return (known.promise ??= Promise.resolve(/** @type {Token} */ (known.token)));
	}

	/**
	 * Sees to it that what the core has said is not kept too long.
	 * @param {CoreClient} core
	 */
	#endLeases(core) {
		this.#leaseEnd ??= this.#clock.timer(() => {
			this.#leaseEnd = undefined;
			core.epoch++;
		}, maxLeaseMs, true);
	}

	/**
	 * A token for an identity, once the core has decided.
	 * @param {Reference} reference
	 * @param {Want} want
	 * @returns {Promise<Token>}
	 */
	async token(reference, { force = false, instead = 0, rejected = "" }) {
		let core;
		try {
			core = await this.#readyFor(reference);
		} finally {
			reference.asking = undefined; // whoever comes from here on meets the core's answer
		}
		const known = this.#open(core, reference);
		const plain = !force && !instead && !rejected;
		if (plain) {
			// Somebody with an equal object may have been here a moment ago.
			const told = this.live(reference) ?? this.#joined(reference);
			if (told) {
				return told;
			}
		}
		const now = this.now();
		const answer = this.#ask(core, () => core.get(known.id, now, force, instead, rejected));
		// Whoever waits is noted down before the effects are obeyed: one of them may already be the end of the wait.
		const wait = answer.acquisition ? this.#wait(answer.acquisition) : undefined;
		this.#obey(core, answer);
		if (answer.error) {
			throw errorOf(answer.error);
		}
		if (answer.token) {
			return this.#adopt(known, answer.token);
		}
		const waiting = /** @type {Waiting} */ (wait);
		const { promise } = waiting;
		// Kept for those who ask the same, unless the wait was over at once.
		if (plain && core === this.#core && this.#waiting.get(/** @type {number} */ (answer.acquisition)) === wait) {
			known.wait = { promise, epoch: core.epoch, from: now.wall };
			this.#endLeases(core);
		}
		if (plain) {
			return promise;
		}
		const token = await promise;
		if (waiting.error && (force || token.value === rejected || known.serial === instead)) {
			throw waiting.error; // there is no other token than the one that this caller does not want
		}
		return token;
	}

	/**
	 * @param {Reference} reference
	 * @param {string} value
	 * @returns {Promise<import("./wall.js").VerdictView>}
	 */
	async verify(reference, value) {
		const core = await this.#readyFor(reference);
		const known = this.#open(core, reference);
		const answer = this.#ask(core, () => core.verify(known.id, this.now(), value));
		const wait = answer.verification ? this.#wait(answer.verification) : undefined;
		this.#obey(core, answer);
		if (answer.error) {
			throw errorOf(answer.error);
		}
		return answer.verdict ?? /** @type {Waiting} */ (wait).promise;
	}

	/**
	 * What the answer to a business call means.
	 * @param {Reference} reference of who made it
	 * @param {import("./wall.js").TokenView} view of the token that it carried
	 * @param {string} place its method and path
	 * @param {import("./wall.js").Instant} sent
	 * @param {import("./wall.js").Head} head
	 * @param {Uint8Array} body
	 */
	judge({ supplier, known }, { session, serial = 0 }, place, sent, head, body) {
		if (supplier && known.token) {
			this.#suppliers.use(supplier);
		}
		return this.#act((core) => core.judge(session, serial, place, sent, this.now(), head, body));
	}

	/** @param {import("./wall.js").TokenView} view */
	replayed({ session }) {
		this.#act((core) => core.replayed(session, this.now()));
	}

	/** @param {Reference} reference */
	forget(reference) {
		const { through } = this.calls(reference);
		for (const asker of this.#early) {
			if (asker.reference.json === reference.json || asker.reference.json === through.json) {
				asker.forgotten = true;
				asker.reference.asking = undefined; // who comes from here on must not join it
			}
		}
		if (this.#core && !this.#core.dead) {
			const { id } = this.#open(this.#core, reference);
			for (const { known } of [reference, this.#located(through)]) {
				known.promise = known.token = known.supplier = undefined;
			}
			this.#act((core) => core.forget(id, this.now()));
			this.#settings.tabs?.forget(id);
			if (through !== reference && reference.supplier) {
				this.#suppliers.drop(reference.supplier);
			}
		}
	}

	close() {
		this.#closed = true;
		this.#settings.tabs?.close();
		this.#drop(new TokenError("closed", "The client is closed."));
	}

	/**
	 * The core, for somebody who may be forgotten before it is there.
	 * @param {Reference} reference
	 */
	async #readyFor(reference) {
		const asker = { reference, forgotten: false };
		this.#early.add(asker);
		const core = await this.#ready().finally(() => this.#early.delete(asker));
		if (asker.forgotten) {
			throw new TokenError("forgotten", "The session was forgotten while this caller waited.", { retryable: true });
		}
		return core;
	}

	/** @returns {Promise<CoreClient>} */
	async #ready() {
		this.#openOrThrow();
		if (this.#core && !this.#core.dead) {
			return this.#core;
		}
		const instance = await this.#module.start();
		this.#openOrThrow();
		if (this.#core?.dead) {
			this.#died();
		}
		if (!this.#core) {
			const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
			this.#core = new CoreClient(instance, { seed: [a, b], ...this.#settings });
		}
		return this.#core;
	}

	#openOrThrow() {
		if (this.#closed) {
			throw new TokenError("closed", "The client is closed. Make another with createClient.");
		}
	}

	/**
	 * The session of a reference, opened anew where it was evicted or died.
	 * @param {CoreClient} core
	 * @param {Reference} reference
	 */
	#open(core, reference) {
		if (reference.supplier) {
			this.#suppliers.use(reference.supplier);
		}
		if (this.#located(reference).known.id === 0) { // still: nobody has opened it, or it was evicted
			const answer = this.#ask(core, () => core.open(reference.json, this.now()));
			this.#obey(core, answer);
			if (answer.error) {
				throw errorOf(answer.error);
			}
			reference.known = this.#know(answer.session, reference.json);
		}
		reference.known.supplier = reference.supplier;
		return reference.known;
	}

	/**
	 * A reference with its session, where somebody has opened that.
	 * @param {Reference} reference
	 */
	#located(reference) {
		if (reference.known.id === 0) {
			reference.known = this.#opened.get(reference.json) ?? reference.known;
		}
		return reference;
	}

	/**
	 * @param {number} id
	 * @param {string} json
	 */
	#know(id, json) {
		let known = this.#sessions.get(id);
		if (!known) {
			known = { ...gone(), id, json };
			this.#sessions.set(id, known);
		}
		this.#opened.delete(json); // so that it is the newest again
		this.#opened.set(json, known);
		if (this.#opened.size > maxOpened) {
			this.#opened.delete(/** @type {string} */ (this.#opened.keys().next().value));
		}
		return known;
	}

	/** @param {number} id */
	#wait(id) {
		let waiting = this.#waiting.get(id);
		if (!waiting) {
			const made = /** @type {Waiting} */ ({});
			made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
			waiting = made;
			this.#waiting.set(id, waiting);
		}
		return waiting;
	}

	/**
	 * @param {Known} known
	 * @param {import("./wall.js").TokenView} view
	 * @returns {Token}
	 */
	#adopt(known, view) {
		if (!known.token || known.serial !== view.serial) {
			known.token = new Token(view, { json: known.json, supplier: known.supplier });
			known.promise = undefined;
			known.serial = view.serial ?? 0;
			known.epoch = -1;
		}
		return known.token;
	}

	/**
	 * A call of the core for a caller, who gets its error. Where the core has died, all others who wait are told as well.
	 * @template T
	 * @param {CoreClient} core
	 * @param {() => T} call
	 * @returns {T}
	 */
	#ask(core, call) {
		try {
			return call();
		} catch (error) {
			if (core === this.#core && core.dead) {
				this.#drop(/** @type {TokenError} */ (error));
			}
			throw error;
		}
	}

	/**
	 * A call of the core that nobody waits for. Where the core has died, those who wait are told, and the answer is empty.
	 * @template {import("./wall.js").Answer} T
	 * @param {(core: CoreClient) => T} call
	 * @returns {Partial<T>}
	 */
	#act(call) {
		const core = this.#core;
		if (!core) {
			return {};
		}
		let answer;
		try {
			answer = call(core);
		} catch (error) {
			this.#drop(/** @type {TokenError} */ (error));
			return {};
		}
		this.#obey(core, answer);
		return answer;
	}

	/**
	 * Carries out the effects of an answer, in order. Whoever watches is told last, when all is in its new state.
	 * @param {CoreClient} core
	 * @param {import("./wall.js").Answer} answer
	 */
	#obey(core, { effects }) {
		/** @type {import("./wall.js").EventView[]} */
		const events = [];
		for (const effect of effects) {
			switch (effect.do) {
				case "send":
					this.#send(core, effect);
					break;
				case "sleep":
					this.#sleep(core, effect.id, effect.limit ?? 0);
					break;
				case "cancel":
					this.#running.get(effect.id)?.();
					this.#running.delete(effect.id);
					break;
				case "settled":
				case "verified":
					this.#settle(effect);
					break;
				case "evicted":
					this.#evicted(effect.session);
					break;
				case "notify":
					events.push(effect.event);
			}
		}
		for (const event of events) {
			this.#tell(event);
		}
	}

	/**
	 * @param {CoreClient} core
	 * @param {number} id
	 * @param {number} ms
	 */
	#sleep(core, id, ms) {
		/** @type {() => void} */
		let over = () => {};
		this.#settings.waitUntil?.(new Promise((resolve) => (over = () => resolve(undefined))));
		const stop = this.#clock.timer(() => {
			this.#running.delete(id);
			this.#act(() => core.woken(id, this.now()));
			over();
		}, ms);
		this.#running.set(id, () => {
			stop();
			over();
		});
	}

	/** @param {Extract<import("./wall.js").Effect, { do: "settled" | "verified" }>} effect */
	#settle(effect) {
		const waiting = this.#waiting.get(effect.id);
		this.#waiting.delete(effect.id);
		const known = this.#sessions.get(effect.session);
		if (known) {
			known.wait = undefined;
		}
		const error = effect.error && errorOf(effect.error, this.#cause);
		if (error && !("token" in effect)) {
			waiting?.reject(error);
		} else if (effect.do === "verified") {
			waiting?.resolve(effect.verdict);
		} else if (known) { // not an AccessToken's own session: nobody holds that
			if (waiting) {
				waiting.error = error;
			}
			const token = this.#adopt(known, /** @type {import("./wall.js").TokenView} */ (effect.token));
			waiting?.resolve(token);
		}
	}

	/** @param {number} id */
	#evicted(id) {
		this.#settings.tabs?.forget(id);
		const known = this.#sessions.get(id);
		if (known) {
			this.#opened.delete(known.json); // another spelling's entry shows that it is gone, and ages out
			Object.assign(known, gone());
			this.#sessions.delete(id);
		}
	}

	/**
	 * @param {CoreClient} core
	 * @param {Extract<import("./wall.js").Effect, { do: "send" }>} effect
	 */
	#send(core, { session, id, limit, request }) {
		const controller = new AbortController();
		let late = false;
		const stop = this.#clock.timer(() => {
			late = true;
			// Not left to the platform's fetch alone: one that ignores its signal must not hold up the callers.
			ended(() => core.lost(id, this.now(), "timeout", false));
			controller.abort();
		}, limit);
		this.#running.set(id, () => {
			stop();
			controller.abort();
		});
		/** @param {() => import("./wall.js").Answer} report */
		const ended = (report) => {
			stop();
			// Another core counts from the beginning: its exchange of the same number is not this one.
			if (core === this.#core && this.#running.delete(id)) {
				this.#act(report);
			}
		};
		const done = this.#perform(session, request, controller.signal).then(
			(result) =>
				ended(() =>
					"token" in result
						? core.supplied(id, this.now(), result)
						: core.answered(id, this.now(), result.head, result.body),
				),
			(error) => {
				if (late) {
					return;
				}
				// The platform's error may quote a URL; the caller's own function's error is the caller's to see.
				const lost = error instanceof Lost ? error : new Lost("network", false, error);
				this.#cause = request.supplier ? error : safeCause(lost.cause);
				ended(() => core.lost(id, this.now(), request.supplier ? "supplier_failed" : lost.code, lost.received));
				this.#cause = undefined;
			},
		);
		this.#settings.waitUntil?.(done);
	}

	/**
	 * @param {number} session
	 * @param {import("./wall.js").Request} request
	 * @param {import("./platform.js").PlatformSignal} signal
	 */
	async #perform(session, request, signal) {
		if (request.supplier) {
			return this.#suppliers.ask(request.supplier);
		}
		const send = () =>
			exchange((input, init) => this.fetch(input, init ?? {}, { session, step: request.step }), request, signal);
		const { tabs } = this.#settings;
		return request.share && tabs ? tabs.exchange(session, request, this.#sessions.get(session)?.token?.issuedAt.getTime(), signal, send) : send();
	}

	#died() {
		this.#drop(new TokenError("module_failed", "The token core has failed and lost what it knew. The next call starts a new one.", { retryable: true }));
	}

	/**
	 * Ends everything that is under way, and forgets all sessions.
	 * @param {TokenError} error for those who wait
	 */
	#drop(error) {
		const core = this.#core;
		this.#core = undefined;
		this.#leaseEnd?.();
		this.#leaseEnd = undefined;
		for (const cancel of this.#running.values()) {
			cancel();
		}
		for (const { reject } of this.#waiting.values()) {
			reject(error);
		}
		for (const known of this.#sessions.values()) {
			Object.assign(known, gone());
		}
		this.#running.clear();
		this.#waiting.clear();
		this.#sessions.clear();
		this.#opened.clear();
		core?.discard();
	}

	/** @param {import("./wall.js").EventView} view */
	#tell(view) {
		const { onEvent } = this.#settings;
		if (!onEvent) {
			return;
		}
		try {
			onEvent({
				type: /** @type {TokenEvent["type"]} */ (view.type),
				system: /** @type {TokenEvent["system"]} */ (view.system),
				session: view.session,
				step: view.step,
				at: new Date(view.at),
				logins: view.logins ?? 0,
				expiresAt: view.expiresAt === undefined ? null : new Date(view.expiresAt),
				retryAt: view.retryAt === undefined ? null : new Date(view.retryAt),
				reason: view.reason,
				// What the caller's own function threw is told to those who wait for its token, not to who watches.
				error: view.error && errorOf(view.error, view.error.code === "network" ? this.#cause : undefined),
			});
		} catch (error) {
			// The watcher's own fault must not stop the core's work, nor stay unseen.
			queueMicrotask(() => {
				throw error;
			});
		}
	}
}
