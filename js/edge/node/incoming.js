// A request of node:http as the front door reads one. Of X-Forwarded-* and the like nothing is read.
import { sourceOfReadable } from "./source.js";

/** @typedef {import("../request/answer.js").Incoming} Incoming */
/** @typedef {import("node:http").IncomingMessage & { originalUrl?: string }} Message */

/**
 * @param {Message} request
 * @param {string} path where the edge is mounted, or ""
 * @param {import("../request/answer.js").Leaving} signal
 * @returns {Incoming & { body: Body | null }}
 */
export function incoming(request, path, signal) {
	// Frameworks cut off the path at which they mount; what was sent is what is signed.
	const target = request.originalUrl ?? request.url ?? "/";
	const headers = new Headers(request.rawHeaders);
	const inside = path !== "" && (target === path || target.startsWith(`${path}/`) || target.startsWith(`${path}?`));
	return {
		method: request.method ?? "GET",
		url: `http://${hostIn(headers.get("host"))}${inside ? target.slice(path.length) : target}`,
		target,
		headers,
		body: bodyOf(request, headers),
		signal,
	};
}

/** As they came. Node's own records of them take longer to make than it takes to find the few that are looked at. */
class Headers {
	#raw;

	/** @param {string[]} raw names and values by turns */
	constructor(raw) {
		this.#raw = raw;
	}

	/** @param {string} name @returns {string | null} */
	get(name) {
		const raw = this.#raw;
		const wanted = name.toLowerCase();
		/** @type {string | null} */
		let value = null;
		for (let i = 0; i + 1 < raw.length; i += 2) {
			const one = /** @type {string} */ (raw[i]);
			if (one.length === wanted.length && one.toLowerCase() === wanted) {
				const more = /** @type {string} */ (raw[i + 1]);
				value = value === null ? more : `${value}, ${more}`;
			}
		}
		return value;
	}

	/** @param {string} name */
	has(name) {
		return this.get(name) !== null;
	}
}

/** A body, as all of it or piece by piece. */
class Body {
	#request;
	#length;
	#whole = false;
	/** @type {import("./source.js").Source | undefined} */ #source;

	/** @param {Message} request @param {number} length as it was declared; NaN where it was not */
	constructor(request, length) {
		this.#request = request;
		this.#length = length;
	}

	/** Whether some of it has not come yet. */
	get isComing() {
		return !this.#whole && !this.#isThere && !this.#request.complete;
	}

	/** Whether all of it has come, and nobody has begun to read it. Node says that a request is complete only once those have gone on who wait for its body. */
	get #isThere() {
		return this.#request.readableLength === this.#length && !this.#request.destroyed;
	}

	/** @returns {Uint8Array<ArrayBuffer> | undefined} all of it, where it is there */
	arrived() {
		if (!this.#isThere) {
			return undefined;
		}
		this.#whole = true;
		return this.#request.read();
	}

	read() {
		return (this.#source ??= sourceOfReadable(this.#request, { cancel() {} })).read();
	}

	cancel() {}
}

/**
 * @param {Message} request
 * @param {Headers} headers
 */
function bodyOf(request, headers) {
	const length = Number(headers.get("content-length") ?? NaN);
	return length > 0 || headers.has("transfer-encoding") ? new Body(request, length) : null;
}

/** What cannot be a host's name and port is nobody's. @param {string | null} host */
const hostIn = (host) => (host !== null && /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(host) ? host : "host.invalid");

/**
 * Fires where a response is closed before all of it was sent. A signal of its own for each request would cost more than most of what
 * is done for one.
 * @param {import("node:http").ServerResponse} response
 * @returns {import("../request/answer.js").Leaving}
 */
export const leaving = (response) => ({
	addEventListener: (_, listener) => response.on("close", () => response.writableFinished || listener()),
});

/**
 * Whether somebody else has read the body, such as a framework's parser: what was signed cannot be seen any more.
 * @param {Message} request
 */
export const isTaken = (request) => request.readableDidRead && bodyOf(request, new Headers(request.rawHeaders)) !== null;
