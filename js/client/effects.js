// Obeys the core: carries out the effects of its answers, each of which is a request, a wait, the end of one, the outcome
// that callers wait for, the end of a session, or something to tell.
import { instant } from "./clock.js";
import { errorOf } from "./error.js";
import { tell } from "./events.js";
import { safeCause } from "./connection.js";
import { exchange, Lost } from "./http.js";
import { adopt } from "./sessions.js";
import { Shared } from "./shared.js";

/** @typedef {import("../module/wall.js").Answer} Answer */
/** @typedef {import("../module/wall.js").CoreClient} CoreClient */
/** @typedef {import("../module/wall.js").Effect} Effect */

/**
 * What a request is for.
 * @typedef {object} Purpose
 * @property {number} session as in TokenEvent
 * @property {import("../generated/words.js").Step} step as in TokenError
 */

/**
 * A function that sends a request as the platform's `fetch` does, and is told what the request is for.
 * @typedef {(input: string, init: import("./platform.js").PlatformRequestInit, purpose: Purpose) => Promise<import("./platform.js").PlatformResponse>} Fetch
 */

/**
 * What effects are carried out with.
 * @typedef {object} Means
 * @property {Fetch} fetch
 * @property {boolean} given whether that is a function of the caller's, and not the platform's own
 * @property {((event: import("./events.js").TokenEvent) => void) | undefined} onEvent
 * @property {import("./clock.js").Clock} clock
 * @property {import("./tabs.js").Tabs | undefined} tabs
 * @property {import("./store.js").Store | undefined} [store]
 * @property {((event: import("./store.js").StoreEvent) => void) | undefined} [onStore]
 * @property {import("./platform.js").WaitUntil} [waitUntil]
 */

/**
 * Who waits for an acquisition or a verification; and why there is no other token than the former one, where there is not.
 * @typedef {{ promise: Promise<any>, resolve: (value: any) => void, reject: (error: import("./error.js").TokenError) => void, error?: import("./error.js").TokenError }} Waiting
 */

/** Events after which there is something that the others who have the session do not know. */
const news = ["acquired", "renewed", "rolled", "rejected", "cooling", "signed_out"];

/** Steps that get no token: all others are taken by one of those who have the session. */
const aside = ["verify", "sign_out", "keep_alive"];

export class Effects {
	/** @type {Means} */ #means;
	/** @type {import("./life.js").Life} */ #life;
	/** @type {import("./sessions.js").Sessions} */ #sessions;
	/** @type {import("./suppliers.js").Suppliers} */ #suppliers;
	/** Acquisitions and verifications that somebody waits for. @type {Map<number, Waiting>} */ #waiting = new Map();
	/** What can be cancelled, by exchange. @type {Map<number, () => void>} */ #running = new Map();
	/** Why the exchange that is being reported was lost. @type {unknown} */ #cause;
	/** @type {() => void} */ #changed;
	/** Where the sessions are others' as well. @type {Shared | undefined} */ shared;

	/**
	 * @param {Means} means
	 * @param {import("./life.js").Life} life
	 * @param {import("./sessions.js").Sessions} sessions
	 * @param {import("./suppliers.js").Suppliers} suppliers
	 * @param {() => void} changed told when a session may not be in use any more, or is gone
	 */
	constructor(means, life, sessions, suppliers, changed) {
		this.#means = means;
		this.#life = life;
		this.#sessions = sessions;
		this.#suppliers = suppliers;
		this.#changed = changed;
		const { store, clock, onStore } = means;
		this.shared =
			store &&
			new Shared({
				store,
				clock,
				onStore,
				report: (call) => this.report(call),
				state: (session) => life.report(() => life.core?.state(session, instant(clock))) ?? "",
			});
	}

	/**
	 * Who waits for an acquisition or a verification.
	 * @param {number} id
	 */
	waiting(id) {
		return this.#waiting.get(id);
	}

	/**
	 * The same, with whoever asks now among them. It is noted down before the effects are obeyed: one of them may already be
	 * the end of the wait.
	 * @param {number} id
	 */
	wait(id) {
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
	 * Reports something to the core, and obeys what it answers. Where there is no core, or it has died, the answer is empty.
	 * @template {Answer} T
	 * @param {(core: CoreClient) => T} call
	 * @returns {Partial<T>}
	 */
	report(call) {
		const { core } = this.#life;
		const answer = core && this.#life.report(() => call(core));
		if (!core || !answer) {
			return {};
		}
		this.obey(core, answer);
		return answer;
	}

	/**
	 * Carries out the effects of an answer, in order. Whoever watches is told last, when all is in its new state.
	 * @param {CoreClient} core
	 * @param {Answer} answer
	 */
	obey(core, { effects }) {
		/** @type {import("../module/wall.js").EventView[]} */
		const events = [];
		/** Sessions of which there is something to be stored, in one step, and whether an acquisition is over. @type {Map<number, boolean>} */
		const changed = new Map();
		/** Whom a token is handed to when it is stored: a process may end at any moment. @type {[session: number, deliver: () => void][]} */
		const owed = [];
		for (const effect of effects) {
			switch (effect.do) {
				case "send":
					this.#send(core, effect);
					break;
				case "sleep":
					this.#sleep(core, effect);
					break;
				case "cancel":
					this.#running.get(effect.id)?.();
					this.#running.delete(effect.id);
					break;
				case "settled":
					changed.set(effect.session, true);
					owed.push([effect.session, this.#settle(effect)]);
					break;
				case "verified":
					this.#settle(effect)();
					break;
				case "evicted":
					this.#means.tabs?.forget(effect.session);
					changed.delete(effect.session);
					void this.shared?.evicted(effect.session);
					this.#sessions.evicted(effect.session);
					break;
				case "notify":
					if (news.includes(effect.event.type)) {
						changed.set(effect.event.session, changed.get(effect.event.session) ?? false);
					}
					events.push(effect.event);
			}
		}
		for (const [session, done] of changed) {
			this.shared?.changed(core, session, done);
		}
		for (const [session, deliver] of owed) {
			const stored = this.shared?.stored(session);
			void (stored ? stored.then(deliver) : deliver());
		}
		if (effects.length > 0) {
			this.#changed();
		}
		const { onEvent } = this.#means;
		if (onEvent) {
			for (const event of events) {
				tell(onEvent, event, this.#cause);
			}
		}
	}

	/**
	 * Ends everything that is under way.
	 * @param {import("./error.js").TokenError} error for those who wait
	 */
	end(error) {
		this.shared?.end();
		for (const cancel of this.#running.values()) {
			cancel();
		}
		for (const { reject } of this.#waiting.values()) {
			reject(error);
		}
		this.#running.clear();
		this.#waiting.clear();
	}

	/**
	 * @param {CoreClient} core
	 * @param {Extract<Effect, { do: "send" }>} effect
	 */
	#send(core, { session, id, limit, request }) {
		const { clock } = this.#means;
		const controller = new AbortController();
		let late = false;
		/** @type {import("../module/wall.js").Reach} */
		let reach = "unsent";
		const stop = clock.timer(() => {
			late = true;
			// Not left to the platform's fetch alone: one that ignores its signal must not hold up the callers.
			ended(() => core.lost(id, instant(clock), "timeout", reach));
			controller.abort();
		}, limit);
		const cancel = () => {
			stop();
			controller.abort();
		};
		this.#running.set(id, cancel);
		/** @param {() => Answer} call */
		const ended = (call) => {
			stop();
			// Another core counts from the beginning: its exchange of the same number is not this one.
			if (this.#running.get(id) === cancel) {
				this.#running.delete(id);
				this.report(call);
			}
		};
		const { signal } = controller;
		const begin = () => {
			reach = "unanswered";
			return this.#perform(session, request, signal);
		};
		const admitted =
			this.shared && !request.supplier && !aside.includes(request.step) && this.shared.admit(core, session, id, limit, signal);
		const done = (admitted ? this.#admitted(admitted, begin, signal) : begin()).then(
			(/** @type {any} */ result) =>
				ended(() =>
					request.supplier ? core.supplied(id, instant(clock), result) : core.answered(id, instant(clock), result.head, result.body),
				),
			(error) => {
				if (late) {
					return;
				}
				// The platform's error may quote a URL; the caller's own function's error is the caller's to see.
				const lost = error instanceof Lost ? error : new Lost("network", "unanswered", error);
				this.#cause = request.supplier ? error : lost.code === "fetch_failed" ? lost.cause : safeCause(lost.cause);
				ended(() => core.lost(id, instant(clock), request.supplier ? "supplier_failed" : lost.code, lost.reach));
				this.#cause = undefined;
			},
		);
		this.#means.waitUntil?.(done);
	}

	/**
	 * Begins something once the others have been asked.
	 * @template T
	 * @param {Promise<() => void>} admitted
	 * @param {() => Promise<T>} begin
	 * @param {import("./platform.js").PlatformSignal} signal
	 */
	async #admitted(admitted, begin, signal) {
		const leave = await admitted;
		try {
			if (signal.aborted) {
				throw signal.reason; // it was decided on anew, or nobody wants it any more
			}
			return await begin();
		} finally {
			leave();
		}
	}

	/**
	 * @param {number} session
	 * @param {import("../module/wall.js").Request} request
	 * @param {import("./platform.js").PlatformSignal} signal
	 */
	async #perform(session, request, signal) {
		if (request.supplier) {
			return this.#suppliers.ask(request.supplier);
		}
		const { fetch, given, tabs } = this.#means; // called by itself: a browser's own refuses to be another object's method
		const send = () => exchange((input, init) => fetch(input, init ?? {}, { session, step: request.step }), request, signal, given);
		return request.share && tabs
			? tabs.exchange(session, request, this.#sessions.of(session)?.token?.issuedAt.getTime(), signal, send)
			: send();
	}

	/**
	 * @param {CoreClient} core
	 * @param {Extract<Effect, { do: "sleep" }>} effect
	 */
	#sleep(core, { id, limit: ms = 0, idle }) {
		const { clock } = this.#means;
		/** @type {() => void} */
		let over = () => {};
		if (!idle) {
			this.#means.waitUntil?.(new Promise((resolve) => (over = () => resolve(undefined))));
		}
		const wake = () => {
			this.#running.delete(id);
			this.report(() => core.woken(id, instant(clock)));
			over();
		};
		const stop = clock.timer(wake, ms, idle === true);
		this.#running.set(id, () => {
			stop();
			over();
		});
	}

	/**
	 * @param {Extract<Effect, { do: "settled" | "verified" }>} effect
	 * @returns {() => void} tells whoever waits
	 */
	#settle(effect) {
		const waiting = this.#waiting.get(effect.id);
		this.#waiting.delete(effect.id);
		const known = this.#sessions.of(effect.session);
		if (known) {
			known.wait = undefined;
		}
		const error = effect.error && errorOf(effect.error, this.#cause);
		if (error && !("token" in effect)) {
			return () => waiting?.reject(error);
		}
		if (effect.do === "verified") {
			return () => waiting?.resolve(effect.verdict);
		}
		if (!effect.token) {
			return () => waiting?.resolve(undefined); // an errand that brings none
		}
		if (!known) {
			return () => {}; // an AccessToken's own session: nobody holds that
		}
		if (waiting) {
			waiting.error = error;
		}
		const token = adopt(known, effect.token);
		return () => waiting?.resolve(token);
	}
}
