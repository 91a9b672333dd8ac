// One HTTP exchange as the core wants it: no redirect followed, no cookie, no cache, a bounded time and a bounded body.
import { maxAnswer } from "../generated/limits.js";

/** Why an exchange brought nothing that can be read. */
export class Lost {
	/**
	 * @param {"network" | "timeout" | "response_too_large" | "redirected"} code
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
 * @returns {Promise<{ head: import("../module/wall.js").Head, body: Uint8Array }>} rejected with a Lost
 */
export async function exchange(send, { method, url = "", query, headers = [], body, form, rolls }, signal) {
	let response;
	const wasOffline = offline();
	try {
		response = await send(query ? withQuery(url, query) : url, {
			method,
			headers,
			body: form ? new URLSearchParams(form) : body,
			...discreet(),
			signal,
		});
	} catch (cause) {
		throw new Lost("network", (wasOffline && offline()) || unconnected(cause) ? "unsent" : "unanswered", cause);
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
export function headOf({ status, headers }, rolls) {
	return {
		status,
		retryAfter: headers.get("retry-after") ?? undefined,
		date: headers.get("date") ?? undefined,
		rolled: rolls?.map((name) => headers.get(name)).find((value) => value !== null) ?? undefined,
	};
}

/**
 * The body, or undefined where it is too large.
 * @param {import("./platform.js").PlatformResponse} response
 * @returns {Promise<Uint8Array | undefined>} rejected with a Lost
 */
export async function read(response) {
	if (!response.body) {
		return new Uint8Array();
	}
	const reader = response.body.getReader();
	/** @type {Uint8Array[]} */
	const chunks = [];
	let size = 0;
	try {
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			size += part.value.length;
			if (size > maxAnswer) {
				// Not waited for: the cancellation of a clone ends with that of the response, which is the caller's.
				reader.cancel().catch(() => {});
				return undefined;
			}
			chunks.push(part.value);
		}
	} catch (cause) {
		throw new Lost("network", "answering", cause);
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

/** The platforms' words for what fails before anything can be sent: Node's and undici's, and Bun's. */
const beforeSending = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused"]);

/**
 * Whether a platform's own error says that there never was a connection. A host that cannot be reached says so of one that
 * breaks later, too: then it counts what was being done.
 * @param {unknown} error
 */
function unconnected(error) {
	const inner = under(error);
	const { code, syscall } = inner?.errors?.[0] ?? inner ?? {};
	return beforeSending.has(inner?.code) || beforeSending.has(code) || syscall === "connect";
}

/**
 * What lies under what `fetch` throws.
 * @param {unknown} error
 * @returns {any}
 */
const under = (error) => (error instanceof Error && error.cause !== undefined ? error.cause : error);

/**
 * What may be told of a platform's own error. Its text may quote a URL, and so a secret; its code cannot.
 * @param {unknown} error
 * @returns {Error | undefined}
 */
export function safeCause(error) {
	const code = under(error)?.code;
	if (typeof code !== "string" || !/^[A-Z][A-Z0-9_]{1,40}$/.test(code)) {
		return undefined;
	}
	return Object.assign(new Error(code), { code });
}
