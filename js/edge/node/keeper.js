// The keepers of an edge in Node: the package's own client, asked as Durable Objects are. All objects are of this process, and all
// sessions of one client, so that a token on which others depend is one session in it, and needs no object of its own.
import { errorOf } from "../../client/error.js";
import { errands, maxAnswer } from "../../generated/limits.js";
import { Token } from "../../client/token.js";
import { StopList, stopsPath } from "../operator/stop-list.js";
import { problemOf } from "./problem.js";

/** @typedef {import("../../client/driver.js").Driver} Driver */
/** @typedef {import("../../client/sessions.js").Reference} Reference */
/** @typedef {import("../../client/token.js").Token} ClientToken */

/** What a keeper is told with every request about a session. @typedef {{ identity: object, session: string, [more: string]: any }} Asked */

/** Each list of a status has so many at most. */
const mostListed = 100;

const states = ["live", "renewing", "cooling", "rejected", "idle"];

const nothing = new Uint8Array();

/** What a judgement does not ask of the token that a call carried. @type {Pick<import("../../module/wall.js").TokenView, "system" | "value" | "issuedAt">} */
const noToken = { system: "isales", value: "", issuedAt: 0 };

export class Keepers {
	/** @type {Driver} */ #driver;
	/** @type {import("./work.js").Work} */ #work;
	/** @type {StopList} */ #stops;
	#ready;
	#maxSessions;
	/** By object, the sessions that were asked for, by their names; who was asked for last stands last. @type {Map<string, Map<string, Reference>>} */ #objects =
		new Map();

	/**
	 * @param {Driver} driver
	 * @param {import("./work.js").Work} work what the driver's requests are, and have been
	 * @param {object} settings
	 * @param {() => Promise<unknown>} settings.ready rejected where sessions cannot be had
	 * @param {import("../keeper/host.js").Storage} settings.storage for the list of who is stopped
	 * @param {number} settings.maxSessions
	 */
	constructor(driver, work, { ready, storage, maxSessions }) {
		this.#ready = ready;
		this.#driver = driver;
		this.#work = work;
		this.#stops = new StopList(storage);
		this.#maxSessions = maxSessions;
	}

	/** @param {string} name */
	idFromName(name) {
		return name;
	}

	/** Everything is on this machine, whatever the configuration says of places. */
	jurisdiction() {
		return this;
	}

	/** @param {string} object */
	get(object) {
		return {
			fetch: async (/** @type {string} */ url, /** @type {RequestInit} */ { body } = {}) => {
				const { pathname } = new URL(url);
				const asked = JSON.parse(String(body));
				try {
					return pathname === stopsPath ? await this.#stops.answer(asked) : Response.json(await this.#answer(object, pathname, asked));
				} catch (error) {
					return problemOf(error, this.#driver.now().wall);
				}
			},
		};
	}

	/**
	 * @param {string} object
	 * @param {string} path
	 * @param {Asked} asked
	 * @returns {Promise<object>} rejected with a TokenError
	 */
	async #answer(object, path, asked) {
		switch (path) {
			case "/token":
				return this.#token(this.#reference(object, asked), asked);
			case "/verify":
				return this.#verify(this.#reference(object, asked), asked.token);
			case "/judge":
				return this.#judge(this.#reference(object, asked), asked);
			case "/sign-in":
				await this.#driver.attend(this.#reference(object, asked), asked.force ? errands.signInByForce : errands.signIn);
				return {};
			case "/sign-out":
				await this.#driver.attend(this.#reference(object, asked), errands.signOut);
				return {};
			case "/keep-alive":
				await this.#driver.attend(this.#reference(object, asked), errands.keepAlive);
				return {};
			case "/forget":
				this.#forget(this.#reference(object, asked), asked.before);
				return {};
			case "/status":
				return this.#status(object);
			case "/reset":
				return { reset: this.#reset(object, asked.session) };
			case "/ready":
				await this.#ready();
				return {};
		}
		throw new Error(`there is no ${path}`);
	}

	/**
	 * @param {string} object
	 * @param {Asked} asked
	 */
	#reference(object, { identity, session }) {
		let sessions = this.#objects.get(object);
		if (!sessions) {
			sessions = new Map();
			this.#objects.set(object, sessions);
		}
		const reference = sessions.get(session) ?? this.#driver.referenceTo({ json: JSON.stringify(identity), supplier: undefined });
		sessions.delete(session);
		sessions.set(session, reference);
		if (sessions.size > this.#maxSessions) {
			sessions.delete(/** @type {string} */ (sessions.keys().next().value));
		}
		return reference;
	}

	/**
	 * @param {Reference} reference
	 * @param {import("../../client/driver.js").Want} want
	 */
	async #token(reference, { force, instead, rejected, user }) {
		const token = await this.#driver.token(reference, { force, instead, rejected, user });
		const { system, value, serial, issuedAt, expires, headers = {}, query, body, rolls } = Token.view(token);
		// A time of day that was set back must not make a life longer than it was.
		const left = expires === undefined ? undefined : Math.min(issuedAt + expires - this.#driver.now().wall, expires);
		return { system, value, serial, expiresIn: seconds(left), headers, query, body, rolls, leaseMs: this.#driver.lease(reference, token) };
	}

	/**
	 * @param {Reference} reference
	 * @param {string} value
	 */
	async #verify(reference, value) {
		const { valid, invalid, vendor, reason, expiresAt } = await this.#driver.verify(reference, value);
		return {
			valid: valid ? true : invalid ? false : null,
			source: vendor ? "vendor" : "core",
			reason,
			expiresIn: seconds(expiresAt === undefined ? undefined : expiresAt - this.#driver.now().wall),
		};
	}

	/**
	 * @param {Reference} reference
	 * @param {{ serial: number, call: string, user: string, accepted?: [string, string][], sentAgo: number, body?: string } & import("../../module/wall.js").Head} asked
	 */
	#judge(reference, { serial, call, user, accepted, sentAgo, status, retryAfter, date, rolled, body }) {
		const now = this.#driver.now();
		const ago = Math.max(0, sentAgo);
		const { replay, rolled: adopted, reason } = this.#driver.judge(
			reference,
			{ ...noToken, session: reference.known.id, serial },
			call,
			{ wall: now.wall - ago, mono: now.mono - ago },
			{ status, retryAfter, date, rolled },
			body === undefined ? nothing : Buffer.from(body, "base64").subarray(0, maxAnswer),
			{ user, accepted },
		);
		return { replay: replay === true, rolled: adopted === true, reason };
	}

	/**
	 * @param {Reference} reference
	 * @param {number} before wall-clock milliseconds; 0 is whenever
	 */
	#forget(reference, before) {
		const { since } = this.#driver.view(reference);
		if (before === 0 || (since !== undefined && since < before)) {
			this.#driver.forget(reference);
		}
	}

	/** @param {string} object */
	#status(object) {
		const { wall } = this.#driver.now();
		const sessions = Object.fromEntries(states.map((state) => [state, 0]));
		/** @type {{ session: string, code: string, step: string | undefined, vendorStatus: number | undefined, vendorCode: string | undefined, endsIn: number }[]} */
		const cooling = [];
		/** @type {{ session: string, used: number, most: number, freeIn: number | undefined }[]} */
		const budgets = [];
		const known = this.#objects.get(object);
		if (!known) {
			return { running: false };
		}
		for (const [session, reference] of known) {
			const { state, used = 0, most = 0, free, cooling: failure } = this.#driver.view(reference);
			if (state === undefined) {
				continue; // it has left memory
			}
			sessions[state] = (sessions[state] ?? 0) + 1;
			if (failure) {
				const { code, step, httpStatus: vendorStatus, vendorCode, retryAt } = errorOf(failure);
				cooling.push({ session, code, step, vendorStatus, vendorCode, endsIn: seconds((retryAt?.getTime() ?? wall) - wall) ?? 0 });
			}
			if (used > 0) {
				budgets.push({ session, used, most, freeIn: free && free / 1000 });
			}
		}
		cooling.sort((a, b) => b.endsIn - a.endsIn);
		budgets.sort((a, b) => a.most - a.used - (b.most - b.used) || (b.freeIn ?? 0) - (a.freeIn ?? 0));
		return {
			...this.#work.status(),
			sessions,
			known: known.size,
			unstored: 0,
			cooling: cooling.slice(0, mostListed),
			budgets: budgets.slice(0, mostListed),
			more: Math.max(0, cooling.length - mostListed) + Math.max(0, budgets.length - mostListed),
		};
	}

	/** @param {string} object @param {string} session */
	#reset(object, session) {
		const reference = this.#objects.get(object)?.get(session);
		return reference !== undefined && this.#driver.relent(reference);
	}
}

/** What is over stays a little above zero, as nothing means that nothing is known. @param {number | undefined} ms */
const seconds = (ms) => (ms === undefined ? undefined : Math.max(1, ms) / 1000);
