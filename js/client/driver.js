// Answers what a client is asked, as the core decides it. No decision about a token is made here.
import { instant } from "./clock.js";
import { errands } from "../generated/limits.js";
import { Effects } from "./effects.js";
import { errorOf } from "./error.js";
import { encode } from "./identity.js";
import { Leases } from "./leases.js";
import { Life } from "./life.js";
import { whenOnline } from "./online.js";
import { Pulse } from "./pulse.js";
import { adopt, Sessions } from "./sessions.js";
import { Suppliers } from "./suppliers.js";

/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./token.js").Token} Token */
/** @typedef {import("../module/wall.js").CoreClient} CoreClient */

/** @typedef {import("./effects.js").Means & { timeoutMs: number, maxSessions: number }} Settings */
/** @typedef {{ force?: boolean, instead?: number, rejected?: string }} Want instead is the serial of a token that a call was refused with */

export class Driver {
	/** @type {Settings} */ #settings;
	/** @type {Suppliers} */ #suppliers;
	#sessions = new Sessions();
	/** Of the core of now, where there is one. @type {Leases | undefined} */ #leases;
	/** Ends the listening to the platform, where there is a core to be told. @type {(() => void) | undefined} */ #deaf;
	/** @type {Life} */ #life;
	/** @type {Effects} */ #effects;
	/** By the identity. @type {Map<string, Pulse>} */ #pulses = new Map();

	/**
	 * @param {import("../module/module.js").Module} module
	 * @param {Settings} settings
	 */
	constructor(module, settings) {
		this.#settings = settings;
		// More than can have a session. One that is dropped costs its user a session anew, so those of a moment's guests do not count.
		this.#suppliers = new Suppliers(2 * settings.maxSessions);
		this.#life = new Life(module, settings, {
			begun: (core) => {
				const { shared } = this.#effects;
				this.#leases = new Leases(core, settings.clock, shared && ((session) => shared.used(core, session)));
				shared?.begin(core);
				this.#deaf = whenOnline(() => this.online());
			},
			over: (error) => {
				this.#deaf?.();
				this.#leases?.end();
				this.#leases = undefined;
				this.#effects.end(error);
				this.#sessions.clear();
			},
		});
		this.#effects = new Effects(settings, this.#life, this.#sessions, this.#suppliers);
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
		return reference.asking ?? this.#told(reference) ?? (reference.asking = this.token(reference, {}));
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
	 * A token for an identity, once the core has decided.
	 * @param {Reference} reference
	 * @param {Want} want
	 * @returns {Promise<Token>}
	 */
	async token(reference, { force = false, instead = 0, rejected = "" }) {
		let core;
		try {
			core = await this.#life.readyFor(reference);
		} finally {
			reference.asking = undefined; // whoever comes from here on meets the core's answer
		}
		const known = this.#open(core, reference);
		const seeing = this.#effects.shared?.known(core, known.id);
		if (seeing) {
			await seeing;
			return this.token(reference, { force, instead, rejected });
		}
		const plain = !force && !instead && !rejected;
		if (plain) {
			// Somebody with an equal object may have been here a moment ago.
			const told = this.#told(reference);
			if (told) {
				return told;
			}
		}
		const now = this.now();
		const answer = this.#life.ask(core, () => core.get(known.id, now, force, instead, rejected));
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
	async attend(reference, errand) {
		const core = await this.#life.readyFor(reference);
		const known = this.#open(core, reference);
		const seeing = this.#effects.shared?.known(core, known.id);
		if (seeing) {
			await seeing;
			return this.attend(reference, errand);
		}
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
	async verify(reference, value) {
		const core = await this.#life.readyFor(reference);
		const known = this.#open(core, reference);
		const seeing = this.#effects.shared?.known(core, known.id);
		if (seeing) {
			await seeing;
			return this.verify(reference, value);
		}
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
	 * @param {import("../module/wall.js").TokenView} view of the token that it carried
	 * @param {string} place its method and path
	 * @param {import("../module/wall.js").Instant} sent
	 * @param {import("../module/wall.js").Head} head
	 * @param {Uint8Array} body
	 */
	judge({ supplier, known }, { session, serial = 0 }, place, sent, head, body) {
		if (supplier && known.token) {
			this.#suppliers.use(supplier);
		}
		const outcome = this.#effects.report((core) => core.judge(session, serial, place, sent, this.now(), head, body));
		const { core } = this.#life;
		if (core && (outcome.extended || outcome.replay || outcome.reason)) {
			this.#effects.shared?.changed(core, session);
		}
		if (outcome.extended) {
			known.promise = known.token = undefined; // the next caller is shown its new end
		}
		return outcome;
	}

	/** @param {import("../module/wall.js").TokenView} view */
	replayed({ session }) {
		this.#effects.report((core) => core.replayed(session, this.now()));
	}

	/** @param {Reference} reference */
	forget(reference) {
		const { through } = this.calls(reference);
		const { core } = this.#life;
		this.#pulses.get(reference.json)?.end();
		this.#life.forget([reference.json, through.json]);
		if (core && !core.dead) {
			const { id } = this.#open(core, reference);
			for (const { known } of [reference, this.#sessions.located(through)]) {
				known.promise = known.token = known.supplier = undefined;
			}
			this.#effects.report((core) => core.forget(id, this.now()));
			this.#settings.tabs?.forget(id);
			this.#forgetElsewhere(core, id);
			if (through !== reference && reference.supplier) {
				this.#suppliers.drop(reference.supplier);
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
		this.#life.close();
		void this.#effects.shared?.close();
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
	 * The session of a reference, opened anew where it was evicted or died.
	 * @param {CoreClient} core
	 * @param {Reference} reference
	 */
	#open(core, reference) {
		if (reference.supplier) {
			this.#suppliers.use(reference.supplier);
		}
		if (this.#sessions.located(reference).known.id === 0) {
			// still: nobody has opened it, or it was evicted
			const answer = this.#life.ask(core, () => core.open(reference.json, this.now()));
			this.#effects.obey(core, answer);
			if (answer.error) {
				throw errorOf(answer.error);
			}
			reference.known = this.#sessions.opened(answer.session, reference.json);
		}
		reference.known.supplier = reference.supplier;
		return reference.known;
	}
}
