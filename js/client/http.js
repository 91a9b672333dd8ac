// One HTTP exchange as the core wants it: no redirect followed, no cookie, no cache, a bounded time and a bounded body.
import { maxAnswer } from "../generated/limits.js";
import { isOfConnection, reachOf } from "./connection.js";
import { headerOf, sourceOf, statusOf, streams, Unreadable } from "./response.js";

/** Why an exchange brought nothing that can be read. */
export class Lost {
	/**
	 * @param {"network" | "timeout" | "response_too_large" | "redirected" | "fetch_failed"} code
	 * @param {import("../module/wall.js").Reach} reach
	 * @param {unknown} [cause]
	 */
	constructor(code, reach, cause) {
		this.code = code;
		this.reach = reach;
		this.cause = cause;
	}
}

/**
 * @param {import("./platform.js").PlatformFetch} send
 * @param {import("../module/wall.js").Request} request
 * @param {import("./platform.js").PlatformSignal} signal
 * @param {boolean} [given] whether it is a caller's own function that sends, and so may be at fault itself
 * @returns {Promise<{ head: import("../module/wall.js").Head, body: Uint8Array }>} rejected with a Lost
 */
export async function exchange(send, { method, url = "", query, headers = [], body, form, rolls }, signal, given = false) {
	let response;
	const wasOffline = offline();
	try {
		response = await send(query ? withQuery(url, query) : url, {
			method,
			headers: Object.fromEntries(headers), // what any fetch understands
			body: form ? new URLSearchParams(form) : body,
			...discreet(),
			signal,
		});
	} catch (cause) {
		const isOffline = wasOffline && offline();
		if (given && !isOffline && !isOfConnection(cause)) {
			throw new Lost("fetch_failed", "unanswered", cause);
		}
		throw new Lost("network", isOffline ? "unsent" : reachOf(cause), cause);
	}
	if (statusOf(response) === undefined) {
		throw new Lost("fetch_failed", "answering", noResponse());
	}
	if (response.type === "opaqueredirect") {
		throw new Lost("redirected", "answering"); // browsers show no more of it than this
	}
	const bytes = await read(response);
	if (!bytes) {
		throw new Lost("response_too_large", "answering");
	}
	return { head: headOf(response, rolls), body: bytes };
}

/** What is wrong with what a fetch gave that is no answer. */
export const noResponse = () => new Unreadable("The fetch gave no Response: what it gave has no status.");

/**
 * @param {string} url
 * @param {import("../module/wall.js").Pairs} query
 */
function withQuery(url, query) {
	const target = new URL(url);
	target.search = new URLSearchParams(query).toString();
	return target.href;
}

/** How every request is sent that the core makes: it follows no redirect, and leaves or takes nothing along. */
const discreet = () => /** @type {const} */ ({ redirect: "manual", credentials: "omit", ...uncached(), referrerPolicy: "no-referrer" });

/** @type {{ cache?: "no-store" } | undefined} */
let noStore;

/**
 * The wish that no cache keeps the answer. Workers with a compatibility date before 2024-11-11 have no cache that would,
 * and refuse a request that says so. https://developers.cloudflare.com/workers/configuration/compatibility-flags/
 */
function uncached() {
	if (!noStore) {
		noStore = { cache: "no-store" };
		try {
			new Request("https://cctoken.invalid", noStore);
		} catch {
			noStore = {};
		}
	}
	return noStore;
}

/**
 * @param {import("./platform.js").PlatformResponse} response
 * @param {string[]} [rolls] the headers that may hold a new token: the first that is there counts
 * @returns {import("../module/wall.js").Head}
 */
export function headOf(response, rolls) {
	const retryAfter = headerOf(response, "retry-after") ?? undefined;
	return {
		status: statusOf(response) ?? 0,
		retryAfter,
		date: retryAfter === undefined ? undefined : (headerOf(response, "date") ?? undefined), // it is counted from there
		rolled: rolls?.map((name) => headerOf(response, name)).find((value) => value !== null) ?? undefined,
	};
}

/**
 * The body, or undefined where it is too large.
 * @param {import("./platform.js").PlatformResponse} response
 * @returns {Promise<Uint8Array | undefined>} rejected with a Lost
 */
export async function read(response) {
	const source = sourceOf(response);
	/** @type {Uint8Array[]} */
	const chunks = [];
	let size = 0;
	try {
		for (let piece = await source.read(); piece; piece = await source.read()) {
			size += piece.length;
			if (size > maxAnswer) {
				source.cancel();
				return undefined;
			}
			chunks.push(piece);
		}
	} catch (cause) {
		const broken = isOfConnection(cause) || (streams(response) && !(cause instanceof Unreadable));
		throw new Lost(broken ? "network" : "fetch_failed", "answering", cause);
	}
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}

/** Whether the platform says that it has no network. That it says so is certain, that it does not means nothing. */
const offline = () => /** @type {any} */ (globalThis).navigator?.onLine === false;
