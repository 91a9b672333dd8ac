// The keepers of an edge in Node: the package's own client, asked as Durable Objects are. They only sort what is one: all sessions are of
// one client, and a token on which others depend is one more of them.
import { errorOf } from "../../client/error.js";
import { errands, maxAnswer } from "../../generated/limits.js";
import { Token } from "../../client/token.js";
import { dependencyOf } from "../keeper/dependency.js";
import { stopsPath } from "../operator/stop-list.js";
import { keep, mostObjects } from "./newest.js";
import { problemOf } from "./problem.js";

/** @typedef {import("../../client/driver.js").Driver} Driver */
/** @typedef {import("../../client/sessions.js").Reference} Reference */
/** @typedef {import("../../client/token.js").Token} ClientToken */

/** What a keeper is told with every request about a session. @typedef {{ identity: object, session: string, dependencyObject?: string }} Told */
/** And what is asked, by path. @typedef {Told & { token: string, before: number, force?: boolean } & Partial<import("../../client/driver.js").Want> & Judged} Asked */
/** @typedef {{ serial: number, call: string, user: string, accepted?: [string, string][], sentAgo: number, body?: string } & import("../../module/wall.js").Head} Judged */

/** Each list of a status has so many at most. */
const mostListed = 100;

const states = ["live", "renewing", "cooling", "rejected", "idle"];

const nothing = new Uint8Array();

export class Keepers {
	/** @type {Driver} */ #driver;
	/** @type {import("./work.js").Work} */ #work;
	#stops;
	#ready;
	#maxSessions;
	/** By object, the sessions that were asked for, by their names; who was asked for last stands last. @type {Map<string, Map<string, Reference>>} */ #objects =
		new Map();
	/** Which of them has an identity. @type {Map<string, string>} */ #object = new Map();

	/**
	 * @param {Driver} driver
	 * @param {import("./work.js").Work} work what the driver's requests are, and have been
	 * @param {object} settings
	 * @param {() => Promise<object>} settings.ready what a keeper answers that is ready; rejected where sessions cannot be had
	 * @param {{ answer: (asked: object) => Promise<Response> }} settings.stops the list of who is stopped
	 * @param {number} settings.maxSessions
	 */
	constructor(driver, work, { ready, stops, maxSessions }) {
		this.#ready = ready;
		this.#driver = driver;
		this.#work = work;
		this.#stops = stops;
		this.#maxSessions = maxSessions;
	}

	/** The keeper of an identity, or "". @param {string} json */
	objectOf(json) {
		return this.#object.get(json) ?? "";
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
			case "/status":
				return this.#status(object);
			case "/reset":
				return { reset: this.#reset(object, asked.session) };
			case "/ready":
				return this.#ready();
		}
		const reference = await this.#opened(object, asked);
		switch (path) {
			case "/token":
				return this.#token(reference, asked);
			case "/verify":
				return this.#verify(reference, asked.token);
			case "/judge":
				return this.#judge(reference, asked);
			case "/sign-in":
				await this.#driver.attend(reference, asked.force ? errands.signInByForce : errands.signIn);
				return {};
			case "/sign-out":
				await this.#driver.attend(reference, errands.signOut);
				return {};
			case "/keep-alive":
				await this.#driver.attend(reference, errands.keepAlive);
				return {};
			case "/forget":
				this.#forget(reference, asked.before);
				return {};
		}
		throw new Error(`there is no ${path}`);
	}

	/**
	 * The session that is asked for, which is open from here on, as is that on which it depends.
	 * @param {string} object
	 * @param {Told} told
	 */
	async #opened(object, { identity, session, dependencyObject }) {
		const reference = await this.#reference(object, session, identity);
		if (dependencyObject !== undefined) {
			await this.#reference(dependencyObject, dependencyObject, dependencyOf(identity) ?? identity);
		}
		return reference;
	}

	/**
	 * @param {string} object
	 * @param {string} session
	 * @param {object} identity
	 */
	async #reference(object, session, identity) {
		let sessions = this.#objects.get(object);
		if (!sessions) {
			sessions = new Map();
			keep(this.#objects, object, sessions, mostObjects);
		}
		const json = JSON.stringify(identity);
		const reference = sessions.get(session) ?? this.#driver.referenceTo({ json, suppliers: [] });
		keep(this.#object, json, object, 2 * this.#maxSessions);
		keep(sessions, session, reference, this.#maxSessions);
		await this.#driver.open(reference);
		return reference;
	}
	/**
	 * @param {Reference} reference
	 * @param {Partial<import("../../client/driver.js").Want>} want
	 */
	async #token(reference, { force = false, instead = 0, rejected = "", user = "" }) {
		const token = await this.#driver.token(reference, { force, instead, rejected, user });
		const { system, value, serial, issuedAt = 0, expires, headers = {}, query, body, rolls } = Token.view(token);
		// A time of day that was set back must not make a life longer than it was.
		const left = expires === undefined ? undefined : Math.min((issuedAt ?? 0) + expires - this.#driver.now().wall, expires);
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
	 * @param {Judged} asked
	 */
	#judge(reference, { serial, call, user, accepted, sentAgo, status, retryAfter, date, rolled, body }) {
		const now = this.#driver.now();
		const ago = Math.max(0, sentAgo);
		const {
			replay,
			rolled: adopted,
			reason,
		} = this.#driver.judge(
			reference,
			{ session: reference.known.id, serial },
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
	 * @param {number} [before] wall-clock milliseconds; 0 is whenever
	 */
	#forget(reference, before = 0) {
		const { since } = this.#driver.view(reference);
		if (before === 0 || (since !== undefined && since < before)) {
			this.#driver.forget(reference);
		}
	}

	/** @param {string} object */
	#status(object) {
		const known = this.#objects.get(object);
		if (!known) {
			return { running: false };
		}
		const { wall } = this.#driver.now();
		const sessions = Object.fromEntries(states.map((state) => [state, 0]));
		/** @type {{ session: string, code: string, step: string | undefined, vendorStatus: number | undefined, vendorCode: string | undefined, endsIn: number }[]} */
		const cooling = [];
		/** @type {{ session: string, used: number, most: number, freeIn: number | undefined }[]} */
		const budgets = [];
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
			running: true,
			...this.#work.status(object),
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
