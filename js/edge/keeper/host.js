// What the keeper's Go program gets of the outside: two clocks, timers, vendors, other keepers, the object's storage and
// a log. wasm/keeper/platform.go is the other side.
import { read } from "../../client/http.js";

/**
 * @typedef {object} Outside
 * @property {import("../../client/clock.js").Clock} clock
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch to vendors
 * @property {(object: string, url: string, init: RequestInit) => Promise<Response>} ask another keeper, by its object's name
 * @property {(line: string) => void} log
 * @property {(system: string, step: string) => void} login told of each request that counts as a login
 */

export class Host {
	/** @type {Outside} */ #outside;
	/** @type {import("./records.js").Records} */ #records;
	/** @type {Map<string, string>} */ #bodies = new Map();
	/** What ends with the program: timers and exchanges. @type {Set<() => void>} */ #running = new Set();
	#tickets = 0;
	#mono = -Infinity;
	#closed = false;
	/** A record was not stored: what the program knows must not be relied upon. */
	broken = false;

	/**
	 * @param {object} settings
	 * @param {string} settings.storageKeys
	 * @param {string} settings.timeout in milliseconds, or ""
	 * @param {number} settings.maxSessions in memory; 0 for the program's own default
	 * @param {string} settings.connections how many requests to vendors are under way at once
	 * @param {string} settings.place what the record is bound to
	 * @param {import("./records.js").Records} settings.records
	 * @param {Outside} settings.outside
	 */
	constructor({ storageKeys, timeout, maxSessions, connections, place, records, outside }) {
		this.storageKeys = storageKeys;
		this.timeout = timeout;
		this.maxSessions = maxSessions;
		this.connections = connections;
		this.place = place;
		this.#records = records;
		this.#outside = outside;
	}

	wall() {
		return this.#outside.clock.wall();
	}

	/** In workerd both clocks are the time of day, which can be set back. */
	mono() {
		return (this.#mono = Math.max(this.#mono, this.#outside.clock.mono()));
	}

	/**
	 * @param {() => void} wake
	 * @param {number} ms
	 */
	timer(wake, ms) {
		this.#openOrThrow();
		const cancel = this.#outside.clock.timer(() => {
			this.#running.delete(cancel);
			try {
				wake();
			} catch {
				// The program has died of it, which is told where somebody waits.
			}
		}, ms);
		this.#running.add(cancel);
		return () => {
			this.#running.delete(cancel);
			cancel();
		};
	}

	/**
	 * A request to a vendor that Go is about to send.
	 * @param {string} body
	 */
	exchange(body) {
		return this.#begin(body, (url, init) => this.#outside.fetch(url, init));
	}

	/**
	 * A request to another keeper.
	 * @param {string} object its name
	 * @param {string} body
	 */
	question(object, body) {
		return this.#begin(body, (url, init) => this.#outside.ask(object, url, init));
	}

	/**
	 * @param {string} body
	 * @param {(url: string, init: RequestInit) => Promise<Response>} send
	 */
	#begin(body, send) {
		this.#openOrThrow();
		const exchange = new Exchange(body, send, () => this.#running.delete(abort));
		const abort = () => exchange.abort();
		this.#running.add(abort);
		return exchange;
	}

	/**
	 * @param {string} session
	 * @returns {Promise<Uint8Array | undefined>}
	 */
	async load(session) {
		this.#openOrThrow();
		return this.#records.load(session);
	}

	/**
	 * @param {string[]} sessions
	 * @param {Uint8Array[]} records of those
	 */
	async save(sessions, records) {
		this.#openOrThrow();
		try {
			await this.#records.save(sessions, records);
		} catch (error) {
			this.broken = true;
			throw error;
		}
	}

	/** @param {string} system @param {string} step */
	login(system, step) {
		this.#outside.login(system, step);
	}

	/** @param {string} line */
	log(line) {
		this.#outside.log(line);
	}

	/**
	 * Keeps a body for Go to fetch.
	 * @param {string} body
	 */
	deposit(body) {
		const ticket = String(++this.#tickets);
		this.#bodies.set(ticket, body);
		return ticket;
	}

	/** @param {string} ticket */
	body(ticket) {
		const body = this.#bodies.get(ticket) ?? "";
		this.#bodies.delete(ticket);
		return body;
	}

	/** The program has ended. What is still under way ends, and nothing new begins. */
	close() {
		this.#closed = true;
		for (const end of this.#running) {
			end();
		}
		this.#running.clear();
	}

	#openOrThrow() {
		if (this.#closed) {
			throw new Error("the keeper's program has ended");
		}
	}
}

/**
 * One request on its way. To the library it is a binding with a fetch of its own: the request that the library makes
 * has no body, and of the response it reads the status and the headers. That is why a client's exchange (js/client/http.js) is not used
 * here: by now the URL and the body are made, by Go, and all headers go back to it. What is read of a body is bounded there for both.
 */
class Exchange {
	#controller = new AbortController();
	/** @type {string} */ #body;
	/** @type {(url: string, init: RequestInit) => Promise<Response>} */ #send;
	/** @type {() => void} */ #ended;
	/** Whether the other side had begun to answer. */
	received = false;
	/** The response's body; undefined where there is none yet, or where it is longer than js/client/http.js reads. @type {Uint8Array | undefined} */
	content = undefined;

	/**
	 * @param {string} body
	 * @param {(url: string, init: RequestInit) => Promise<Response>} send
	 * @param {() => void} ended
	 */
	constructor(body, send, ended) {
		this.#body = body;
		this.#send = send;
		this.#ended = ended;
	}

	/**
	 * @param {Request} request
	 * @param {RequestInit} init
	 */
	async fetch({ method, url, headers }, { redirect }) {
		try {
			const response = await this.#send(url, {
				method,
				headers,
				body: this.#body === "" ? undefined : this.#body,
				redirect,
				cache: "no-store",
				signal: this.#controller.signal,
			});
			this.received = true;
			this.content = await read(response);
			return { status: response.status, statusText: "", headers: response.headers, body: null };
		} finally {
			this.#ended();
		}
	}

	abort() {
		this.#controller.abort();
	}
}
