// Pages of one origin that show the same user's tokens: one of them asks the edge, and the others take what it got. Web
// Locks let one ask at a time, for a bounded time; a BroadcastChannel carries the answer. Nothing is stored.

import { digest } from "./digest.js";
import { hold, locks as platformLocks } from "./locks.js";

/** @typedef {{ head: import("../module/wall.js").Head, body: Uint8Array }} Answer */
/** This page's shared lock, by which the others see that it may hold a token, and the last answer that it knows. @typedef {{ leave: () => void, kept?: Shared }} Presence */
/** An answer that a page got: its text, and when it was asked for, on two clocks that all pages share. @typedef {{ text: string, wall: number, mono: number }} Shared */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** For how long another page's request is waited for, in milliseconds. */
const lockWaitMs = 5000;
/** For how long the other pages of the user have to say what they hold, in milliseconds. Where there is none, nobody is waited for. */
const replyWaitMs = 1500;

export class Tabs {
	/** @type {import("./clock.js").Clock} */ #clock;
	/** @type {any} */ #channel;
	/** Under which key each session was last asked for. @type {Map<number, string>} */ #keys = new Map();
	/** Those that were used here already: what the core did not like once, it is not given again. @type {WeakSet<Shared>} */ #used =
		new WeakSet();
	/** The users and connections that are this page's own, by key. @type {Map<string, Presence>} */ #present = new Map();
	/** Who waits for replies, by key; told whether one brought something newer. @type {Map<string, (newer: boolean) => void>} */ #awaited =
		new Map();

	/** @param {import("./clock.js").Clock} clock */
	constructor(clock) {
		this.#clock = clock;
	}

	/**
	 * Another page's answer where there is a newer one, otherwise the edge's own.
	 * @param {number} session
	 * @param {import("../module/wall.js").Request} request
	 * @param {number | undefined} since when the token that is to be replaced was asked for, in wall-clock milliseconds
	 * @param {import("./platform.js").PlatformSignal} signal
	 * @param {() => Promise<Answer>} send asks the edge
	 * @returns {Promise<Answer>}
	 */
	async exchange(session, request, since = -Infinity, signal, send) {
		const locks = platformLocks();
		const key = locks && (await keyOf(request));
		if (!key) {
			return send();
		}
		if (signal.aborted) {
			throw signal.reason; // its user was forgotten meanwhile, perhaps
		}
		this.#keys.set(session, key);
		const { rejected } = JSON.parse(/** @type {string} */ (request.body));
		const held = () => this.#take(key, since, rejected);
		const ask = async () => held() ?? (await this.#reply(key, locks), held()) ?? this.#announce(key, await this.#timed(send));
		const wait = new AbortController();
		const bounded = this.#clock.timer(() => wait.abort(), lockWaitMs);
		signal.addEventListener("abort", () => wait.abort(), { once: true });
		let granted = false;
		try {
			this.#open();
			await this.#appear(key);
			return (
				held() ??
				(await locks.request(`cctoken ${key}`, { signal: wait.signal }, () => {
					granted = true;
					bounded();
					return ask();
				}))
			);
		} catch (error) {
			if (granted || signal.aborted) {
				throw error;
			}
			return this.#announce(key, await this.#timed(send)); // the other page hangs, or there can be no lock here
		} finally {
			bounded();
		}
	}

	/**
	 * Ends what is kept for a session, and is told to others: its user has signed out here, or it is gone.
	 * @param {number} session
	 */
	forget(session) {
		const key = this.#keys.get(session);
		if (key !== undefined) {
			this.#keys.delete(session);
			this.#present.get(key)?.leave();
			this.#present.delete(key);
		}
	}

	close() {
		this.#channel?.close();
		this.#channel = undefined;
		for (const session of [...this.#keys.keys()]) {
			this.forget(session);
		}
	}

	/**
	 * Shows the other pages that this one may hold a token.
	 * @param {string} key
	 */
	async #appear(key) {
		if (this.#present.has(key)) {
			return;
		}
		let left = false;
		/** @type {Presence} */
		const own = { leave: () => (left = true) };
		this.#present.set(key, own);
		try {
			own.leave = await hold(presence(key), "shared");
		} catch (error) {
			this.#present.delete(key);
			throw error;
		}
		if (left) {
			own.leave();
		}
	}

	#open() {
		if (this.#channel) {
			return;
		}
		this.#channel = new BroadcastChannel("cctoken");
		this.#channel.onmessage = (/** @type {{ data: any }} */ { data }) => {
			if (typeof data?.key !== "string" || !this.#present.has(data.key)) {
				return; // not of this package, or of another version; or of a user and connection that are not this page's
			}
			const { type, key, text, wall, mono, after } = data;
			if (type === "want") {
				const kept = this.#present.get(key)?.kept;
				this.#channel.postMessage(kept && kept.wall > after ? { type: "have", key, ...kept } : { type: "none", key });
			} else if (type === "none") {
				this.#awaited.get(key)?.(false);
			} else if (type === "have" && isToken(text) && Number.isFinite(wall) && Number.isFinite(mono)) {
				this.#awaited.get(key)?.(this.#keep(key, { text, wall, mono }));
			}
		};
	}

	/**
	 * @param {string} key
	 * @param {Shared} shared
	 * @returns {boolean} whether it is newer than what was there
	 */
	#keep(key, shared) {
		const own = this.#present.get(key);
		if (!own || (own.kept && own.kept.wall >= shared.wall)) {
			return false;
		}
		own.kept = shared;
		return true;
	}

	/**
	 * What another page got later than this page's own token, once.
	 * @param {string} key
	 * @param {number} since
	 * @param {string | undefined} rejected
	 * @returns {Answer | undefined}
	 */
	#take(key, since, rejected) {
		const shared = this.#present.get(key)?.kept;
		if (!shared || this.#used.has(shared) || shared.wall <= since || JSON.parse(shared.text).token === rejected) {
			return undefined;
		}
		this.#used.add(shared);
		const age = Math.max(0, this.#clock.wall() - shared.wall, monotonic() - shared.mono);
		return { head: { status: 200, age: Math.ceil(age) }, body: encoder.encode(shared.text) };
	}

	/**
	 * Asks the other pages, where there are any, for something newer than is known here. Who got a token has told of it, but
	 * this page may be new, and a lock that is let go can be here before the message that was sent while it was held.
	 * @param {string} key
	 * @param {any} locks
	 */
	async #reply(key, locks) {
		const { held = [] } = await locks.query();
		let silent = held.filter((/** @type {{ name: string }} */ { name }) => name === presence(key)).length - 1;
		if (silent < 1) {
			return;
		}
		await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
			const stop = this.#clock.timer(() => resolve(), replyWaitMs);
			this.#awaited.set(key, (newer) => {
				silent--;
				if (newer || silent === 0) {
					stop();
					resolve();
				}
			});
			this.#channel?.postMessage({ type: "want", key, after: this.#present.get(key)?.kept?.wall ?? -Infinity });
		});
		this.#awaited.delete(key);
	}

	/**
	 * @param {() => Promise<Answer>} send
	 * @returns {Promise<{ answer: Answer, wall: number, mono: number }>}
	 */
	async #timed(send) {
		const [wall, mono] = [this.#clock.wall(), monotonic()];
		return { answer: await send(), wall, mono };
	}

	/**
	 * Tells the other pages of a token.
	 * @param {string} key
	 * @param {{ answer: Answer, wall: number, mono: number }} timed
	 */
	#announce(key, { answer, wall, mono }) {
		const text = decoder.decode(answer.body);
		if (answer.head.status === 200 && this.#channel && isToken(text)) {
			const shared = { text, wall, mono };
			this.#used.add(shared);
			this.#keep(key, shared);
			this.#channel.postMessage({ type: "have", key, ...shared });
		}
		return answer;
	}
}

/** @param {import("./clock.js").Clock} clock */
export const tabs = (clock) => new Tabs(clock);

/** A clock that no setting of the time of day moves, and that all pages read alike, in milliseconds. */
const monotonic = () => performance.timeOrigin + performance.now();

/** @param {string} key */
const presence = (key) => `cctoken ${key} present`;

/** @param {any} text */
function isToken(text) {
	try {
		return typeof text === "string" && typeof JSON.parse(text).token === "string";
	} catch {
		return false;
	}
}

/** What changes in a JWT while its user and rights stay (RFC 7519, section 4.1; OpenID Connect Core, section 2). */
const passing = ["exp", "iat", "nbf", "jti", "auth_time", "nonce", "at_hash", "c_hash"];

/**
 * What tells users, connections and edges apart, as a hash: names of locks can be seen by all that runs in the origin.
 * A JWT counts by what it says of its user, as each page may hold another one; what is no JWT counts as it is. Undefined
 * where the page has no WebCrypto, as on plain http.
 * @param {import("../module/wall.js").Request} request
 */
async function keyOf({ url, headers = [], body = "" }) {
	const subtle = /** @type {any} */ (globalThis).crypto?.subtle;
	if (!subtle) {
		return undefined;
	}
	const [, bearer = ""] = headers.find(([name]) => name === "Authorization") ?? [];
	const of = JSON.stringify([url, JSON.parse(body).connection, claims(bearer) ?? bearer]);
	return digest(encoder.encode(of));
}

/** @param {string} bearer */
function claims(bearer) {
	try {
		const [, payload = ""] = bearer.split(".");
		const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
		const all = JSON.parse(decoder.decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
		const lasting = Object.entries(all).filter(([name]) => !passing.includes(name));
		return typeof all.sub === "string" ? lasting.sort(([a], [b]) => (a < b ? -1 : 1)) : undefined;
	} catch {
		return undefined;
	}
}
