// Answers what a client is asked, as the core decides it. No decision about a token is made here.
import { instant } from "./clock.js";
import { ended, weakly, whenDropped } from "./dropped.js";
import { errands } from "../generated/limits.js";
import { Effects } from "./effects.js";
import { errorOf, TokenError } from "./error.js";
import { encode, signsIn } from "./identity.js";
import { Leases } from "./leases.js";
import { forgotten, Life } from "./life.js";
import { whenOnline } from "./online.js";
import { Pulse } from "./pulse.js";
import { Queue } from "./queue.js";
import { adopt, Sessions } from "./sessions.js";
import { Suppliers } from "./suppliers.js";

/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("../module/wall.js").CoreClient} CoreClient */

/** @typedef {import("./effects.js").Means & { timeoutMs: number, maxSessions: number }} Settings */
/** @typedef {{ force: boolean, instead: number, rejected: string, user: string }} Want instead is the serial of a token that a call was refused with, or 0; user tells the users of a shared session apart */
/** What else is known of a judged call: whose it was, and which others, each with its user, the same token was accepted for. @typedef {{ user?: string, accepted?: readonly (readonly [user: string, place: string])[] }} Circumstances */

/** Any token that can be used. @type {Want} */
export const anyToken = { force: false, instead: 0, rejected: "", user: "" };

export class Driver {
	/** @type {Settings} */ #settings;
	/** @type {Suppliers} */ #suppliers;
	#sessions = new Sessions();
	/** Of the core of now, where there is one. @type {Leases | undefined} */ #leases;
	/** Ends the listening to the platform, where there is a core to be told. @type {(() => void) | undefined} */ #deaf;
	/** @type {Life} */ #life;
	/** @type {Effects} */ #effects;
	/** @type {Queue} */ #queue;
	/** By the identity. @type {Map<string, Pulse>} */ #pulses = new Map();

	/**
	 * @param {import("../module/module.js").Module} module
	 * @param {Settings} settings
	 */
	constructor(module, settings) {
		this.#settings = settings;
		this.#queue = new Queue(settings.clock);
		// More than can have a session. One that is dropped costs its user a session anew, so those of a moment's guests do not count.
		this.#suppliers = new Suppliers(2 * settings.maxSessions);
		this.#life = new Life(module, settings, {
			begun: (core) => {
				const { shared } = this.#effects;
				this.#leases = new Leases(core, settings.clock, shared && ((session) => shared.used(core, session)));
				shared?.begin(core);
				this.#deaf = whenOnline(weakly(this, toldOnline));
				whenDropped(this, ending(core, this.#deaf, settings.tabs, shared?.over));
			},
			over: (error) => {
				ended(this);
				this.#deaf?.();
				this.#leases?.end();
				this.#leases = undefined;
				this.#effects.end(error);
				this.#queue.end(error);
				this.#sessions.clear();
			},
		});
		this.#effects = new Effects(settings, this.#life, this.#sessions, this.#suppliers, () => this.#queue.stir());
	}

	/**
	 * @param {string} input
	 * @param {import("./platform.js").PlatformRequestInit} init
	 * @param {import("./effects.js").Purpose} purpose
	 * @returns {Promise<import("./platform.js").PlatformResponse>}
	 */
	fetch(input, init, purpose) {
		const { fetch } = this.#settings; // called by itself: a browser's own refuses to be another object's method
		return fetch(input, init, purpose);
	}

	get clock() {
		return this.#settings.clock;
	}

	/** @returns {import("../module/wall.js").Instant} */
	now() {
		return instant(this.clock);
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
	referenceTo(encoded) {
		return this.#sessions.reference(encoded);
	}

	/**
	 * What a business call of the identity carries the token of, and where it goes.
	 * @param {Reference} reference
	 */
	calls(reference) {
		return this.#sessions.calls(reference);
	}

	/**
	 * What a caller gets who wants no more than a usable token. Where the core has said it and nothing has happened since,
	 * it is not asked again; and those who come before it could be asked are told the same, as they ask the same.
	 * @param {Reference} reference
	 * @returns {Promise<Token>}
	 */
	plain(reference) {
		return reference.asking ?? this.#told(reference) ?? (reference.asking = this.token(reference, anyToken));
	}

	/**
	 * Opens the session of a handle where that can be done now, and costs no other its place: its first token then need not
	 * wait for it. What is wrong with the identity is told at the first use.
	 * @param {Reference} reference
	 */
	prepare(reference) {
		const { core } = this.#life;
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
	 * Opens a session, where it is not open, once there is a core.
	 * @param {Reference} reference
	 * @returns {Promise<void>} rejected with a TokenError: `invalid_identity`, `too_many_sessions` or what the module does not start for
	 */
	async open(reference) {
		await this.#with(reference, async () => {});
	}

	/**
	 * A token for an identity, once the core has decided.
	 * @param {Reference} reference
	 * @param {Want} want
	 * @returns {Promise<Token>}
	 */
	token(reference, want) {
		const look = () => Boolean(want.rejected) || signsIn(reference.json);
		return this.#with(reference, (core, known) => this.#get(core, known, reference, want), look);
	}

	/**
	 * @param {CoreClient} core
	 * @param {import("./sessions.js").Known} known
	 * @param {Reference} reference
	 * @param {Want} want
	 * @returns {Promise<Token>}
	 */
	async #get(core, known, reference, { force, instead, rejected, user }) {
		const plain = !force && !instead && !rejected && !user;
		if (plain) {
			// Somebody with an equal object may have been here a moment ago.
			const told = this.#told(reference);
			if (told) {
				return told;
			}
		}
		const now = this.now();
		const answer = this.#life.ask(core, () => core.get(known.id, now, force, instead, rejected, user));
		const wait = answer.acquisition ? this.#effects.wait(answer.acquisition) : undefined;
		this.#effects.obey(core, answer);
		if (answer.error) {
			throw errorOf(answer.error);
		}
		if (answer.token) {
			return adopt(known, answer.token);
		}
		const waiting = /** @type {import("./effects.js").Waiting} */ (wait);
		const { promise } = waiting;
		// Kept for those who ask the same, unless the wait was over at once.
		if (plain && core === this.#life.core && this.#effects.waiting(/** @type {number} */ (answer.acquisition)) === wait) {
			this.#leases?.join(known, promise, now.wall);
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
	 * Has the core do an errand, of which a sign-in may bring a token.
	 * @param {Reference} reference
	 * @param {number} errand
	 * @returns {Promise<Token | null>}
	 */
	attend(reference, errand) {
		return this.#with(reference, (core, known) => this.#attend(core, known, reference, errand));
	}

	/**
	 * @param {CoreClient} core
	 * @param {import("./sessions.js").Known} known
	 * @param {Reference} reference
	 * @param {number} errand
	 * @returns {Promise<Token | null>}
	 */
	async #attend(core, known, reference, errand) {
		const answer = this.#life.ask(core, () => core.attend(known.id, this.now(), errand));
		const wait = answer.acquisition ? this.#effects.wait(answer.acquisition) : undefined;
		this.#effects.obey(core, answer);
		if (answer.error) {
			throw errorOf(answer.error);
		}
		if (!wait) {
			return answer.token ? adopt(known, answer.token) : null;
		}
		const token = await wait.promise;
		if (wait.error && errand === errands.signInByForce) {
			throw wait.error; // the token that is still there is not what was asked for
		}
		if (errand !== errands.keepAlive) {
			this.#pulses.get(reference.json)?.end(); // it was for who was signed in before
		}
		return token ?? null;
	}

	/**
	 * @param {Reference} reference
	 * @returns {() => void} ends it for this caller
	 */
	keepAlive(reference) {
		const { json } = reference;
		let pulse = this.#pulses.get(json);
		if (pulse === undefined) {
			const made = new Pulse(
				() => this.attend(reference, errands.keepAlive),
				this.#settings.clock,
				() => {
					if (this.#pulses.get(json) === made) {
						this.#pulses.delete(json);
					}
				},
			);
			this.#pulses.set(json, made);
			pulse = made;
		}
		return pulse.want();
	}

	/**
	 * @param {Reference} reference
	 * @param {string} value
	 * @returns {Promise<import("../module/wall.js").VerdictView>}
	 */
	verify(reference, value) {
		return this.#with(reference, (core, known) => this.#verify(core, known, value));
	}

	/**
	 * @param {CoreClient} core
	 * @param {import("./sessions.js").Known} known
	 * @param {string} value
	 * @returns {Promise<import("../module/wall.js").VerdictView>}
	 */
	async #verify(core, known, value) {
		const answer = this.#life.ask(core, () => core.verify(known.id, this.now(), value));
		const wait = answer.verification ? this.#effects.wait(answer.verification) : undefined;
		this.#effects.obey(core, answer);
		if (answer.error) {
			throw errorOf(answer.error);
		}
		return answer.verdict ?? /** @type {import("./effects.js").Waiting} */ (wait).promise;
	}

	/**
	 * What the answer to a business call means.
	 * @param {Reference} reference of who made it
	 * @param {Pick<import("../module/wall.js").TokenView, "session" | "serial">} view of the token that it carried
	 * @param {string} place its method and path
	 * @param {import("../module/wall.js").Instant} sent
	 * @param {import("../module/wall.js").Head} head
	 * @param {Uint8Array} body
	 * @param {Circumstances} [circumstances]
	 */
	judge({ suppliers, known }, { session, serial = 0 }, place, sent, head, body, { user, accepted = [] } = {}) {
		if (known.token) {
			suppliers.forEach((one) => this.#suppliers.use(one));
		}
		for (const [by, at] of accepted) {
			this.#effects.report((core) => core.accepted(session, serial, at, by, this.now()));
		}
		const outcome = this.#effects.report((core) => core.judge(session, serial, place, sent, this.now(), head, body, user));
		const { core } = this.#life;
		if (core && (outcome.extended || outcome.replay || outcome.reason)) {
			this.#effects.shared?.changed(core, session);
		}
		if (outcome.extended) {
			known.promise = known.token = undefined; // the next caller is shown its new end
		}
		return outcome;
	}

	/**
	 * Whether a token was handed out by the session of a reference.
	 * @param {Reference} reference
	 * @param {import("../module/wall.js").TokenView} view
	 */
	owns(reference, view) {
		return this.#sessions.located(reference).known.id === view.session;
	}

	/**
	 * Notes that a business call begins: its session is in use until then.
	 * @param {import("../module/wall.js").TokenView} view of the token that it carries
	 * @returns {() => void} notes that it is over
	 */
	calling({ session }) {
		const { core } = this.#life;
		if (!core || core.dead) {
			return () => {};
		}
		core.hold(session, 1);
		return () => {
			if (core === this.#life.core && !core.dead) {
				core.hold(session, -1);
				this.#queue.stir();
			}
		};
	}

	/** @param {import("../module/wall.js").TokenView} view */
	replayed({ session }) {
		this.#effects.report((core) => core.replayed(session, this.now()));
	}

	/**
	 * How a session is, where it is open.
	 * @param {Reference} reference
	 * @returns {import("../module/wall.js").View}
	 */
	view(reference) {
		const { id } = this.#sessions.located(reference).known;
		return id === 0 ? {} : this.#effects.report((core) => core.view(id, this.now()));
	}

	/**
	 * Of a session by the core's number: its identity, as encoded, and its system.
	 * @param {number} session
	 */
	about(session) {
		const { system = "" } = this.#effects.report((core) => core.view(session, this.now()));
		return { json: this.#sessions.of(session)?.json ?? "", system };
	}

	/**
	 * For how many milliseconds a token would be handed out again without anything else to do; 0 where it would not.
	 * @param {Reference} reference
	 * @param {Token} token
	 */
	lease({ known }, token) {
		const { core } = this.#life;
		const { wall, mono } = this.now();
		const live = core && known.token === token && this.#life.report(() => core.live(known.id, wall, mono));
		return core && live !== undefined && live === known.serial ? (this.#life.report(() => core.lease(known.id, wall, mono)) ?? 0) : 0;
	}

	/**
	 * Ends a session's waiting time after a failure, as a person says that its reason is gone.
	 * @param {Reference} reference
	 * @returns {boolean} whether there was one
	 */
	relent(reference) {
		const { id } = this.#sessions.located(reference).known;
		return id !== 0 && this.#effects.report((core) => core.relent(id, this.now())).relented === true;
	}

	/** @param {Reference} reference */
	forget(reference) {
		const { through } = this.calls(reference);
		const { core } = this.#life;
		this.#pulses.get(reference.json)?.end();
		const identities = [reference.json, through.json];
		this.#life.forget(identities);
		this.#queue.end(forgotten(), identities);
		if (core && !core.dead) {
			let id;
			try {
				({ id } = this.#open(core, reference));
			} catch (error) {
				if (isFull(error)) {
					return; // it has no session, nor had it one
				}
				throw error;
			}
			for (const { known } of [reference, this.#sessions.located(through)]) {
				known.promise = known.token = undefined;
				known.suppliers = [];
			}
			this.#effects.report((core) => core.forget(id, this.now()));
			this.#settings.tabs?.forget(id);
			this.#forgetElsewhere(core, id);
			for (const supplier of reference.suppliers) {
				if (through !== reference || supplier.own) {
					this.#suppliers.drop(supplier);
				}
			}
		}
	}

	/**
	 * Has the others who have a session forget its token as well.
	 * @param {CoreClient} core
	 * @param {number} id
	 */
	#forgetElsewhere(core, id) {
		const { shared } = this.#effects;
		const seeing = shared?.known(core, id);
		shared?.changed(core, id);
		void seeing?.then(() => {
			// Only now there is something to forget.
			if (core === this.#life.core) {
				this.#effects.report((core) => core.forget(id, this.now()));
				shared?.changed(core, id);
			}
		});
	}

	/** The network is there again, or may be. */
	online() {
		this.#effects.report((core) => core.online(this.now()));
	}

	close() {
		for (const pulse of [...this.#pulses.values()]) {
			pulse.end();
		}
		this.#settings.tabs?.close();
		const told = this.#effects.shared?.close(); // first: it needs the core for what is still to be stored
		this.#life.close();
		return told ?? Promise.resolve();
	}

	/**
	 * What the core has said of the session's token, or of the one that is on its way, where it need not be asked again.
	 * @param {Reference} reference
	 */
	#told({ known }) {
		const leases = this.#leases;
		return leases && (leases.live(known) ?? leases.joined(known));
	}

	/**
	 * Does something with the session of a reference, at the moment at which it is opened: a moment later it may have been evicted
	 * for another. Where every session is in use, those who need one more wait for a place, for as long as an acquisition may take.
	 * @template T
	 * @param {Reference} reference
	 * @param {(core: CoreClient, known: import("./sessions.js").Known) => Promise<T>} use
	 * @param {() => boolean} [look] whether it must be known first what others know of it: a request that gets a token asks them anyway
	 * @returns {Promise<T>}
	 */
	async #with(reference, use, look = () => true) {
		/** @type {import("./queue.js").Place | undefined} */
		let place;
		try {
			for (;;) {
				const core = await this.#life.readyFor(reference);
				if (core !== this.#life.core) {
					continue; // the client was closed, or the core has died, at this very moment
				}
				const behind = !place && !this.#queue.empty && this.#sessions.located(reference).known.id === 0;
				const known = behind ? undefined : this.#tryOpen(core, reference, place?.late !== true);
				const seeing = known && this.#effects.shared?.known(core, known.id, look);
				if (seeing) {
					await seeing; // what the others know of it
					continue;
				}
				if (known) {
					reference.asking = undefined; // whoever comes from here on meets the core's answer
					return use(core, known);
				}
				place ??= this.#queue.enter(reference, this.#settings.timeoutMs);
				await place.turn();
			}
		} finally {
			reference.asking = undefined;
			if (place) {
				place.leave();
				this.#queue.next();
			}
		}
	}

	/**
	 * @param {CoreClient} core
	 * @param {Reference} reference
	 * @param {boolean} patient whether it is no error that there is no place
	 * @returns {import("./sessions.js").Known | undefined} undefined where there is no place
	 */
	#tryOpen(core, reference, patient) {
		try {
			return this.#open(core, reference);
		} catch (error) {
			if (patient && isFull(error)) {
				return undefined;
			}
			throw error;
		}
	}

	/**
	 * The session of a reference, opened anew where it was evicted or died.
	 * @param {CoreClient} core
	 * @param {Reference} reference
	 */
	#open(core, reference) {
		reference.suppliers.forEach((one) => this.#suppliers.use(one));
		if (this.#sessions.located(reference).known.id === 0) {
			// still: nobody has opened it, or it was evicted
			const answer = this.#life.ask(core, () => core.open(reference.json, this.now()));
			this.#effects.obey(core, answer);
			if (answer.error) {
				throw errorOf(answer.error);
			}
			reference.known = this.#sessions.opened(answer.session, reference.json);
		}
		reference.known.suppliers = reference.suppliers;
		return reference.known;
	}
}

/** Whether it is that every session is in use. @param {unknown} error */
const isFull = (error) => TokenError.is(error) && error.code === "too_many_sessions";

/** Not a function of the driver's own: that would hold it. @param {Driver} driver */
const toldOnline = (driver) => driver.online();

/**
 * What ends with a client that was dropped: the core has no collector that would know of it.
 * @param {CoreClient} core
 * @param {() => void} deaf
 * @param {import("./tabs.js").Tabs | undefined} tabs
 * @param {{ abort: () => void } | undefined} watching what the store tells
 */
const ending = (core, deaf, tabs, watching) => () => {
	deaf();
	tabs?.close();
	watching?.abort();
	core.discard();
};
