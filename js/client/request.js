// What a caller asks for who calls as one calls fetch: the URL, and the rest as a plain object.
import { TokenError } from "./error.js";
import { abortable, reasonOf } from "./signal.js";

/** @typedef {import("./platform.js").PlatformRequestInit} PlatformRequestInit */

/**
 * The members that fetch reads, of an object or of what it inherits, as a Request does.
 * https://fetch.spec.whatwg.org/#requestinit
 */
const members = /** @type {const} */ ([
	"body",
	"cache",
	"credentials",
	"duplex",
	"headers",
	"integrity",
	"keepalive",
	"method",
	"mode",
	"priority",
	"redirect",
	"referrer",
	"referrerPolicy",
	"signal",
]);

/** What every Request says that nobody has told otherwise. Not every platform takes it as an option. */
const defaults = /** @type {Record<string, unknown>} */ ({
	cache: "default",
	credentials: "same-origin",
	integrity: "",
	keepalive: false,
	mode: "cors",
	referrer: "about:client",
	referrerPolicy: "",
});

/** Node's Request no longer passes on an abort once it is collected itself. @type {WeakMap<object, unknown>} */
const origins = new WeakMap();

/** What a URL parser drops without a word: a path would be another one than was written. https://url.spec.whatwg.org/#concept-basic-url-parser */
const loses = /[\t\n\r]|^[\0- ]|[\0- ]$/;

/**
 * The URL that is meant, under the base URL and nowhere else: the call will carry a token.
 * @param {string} baseUrl
 * @param {unknown} input a path, which is appended to the base URL where it begins with "/", and otherwise goes on from there; or
 *   a whole URL, as a string, a URL or a Request
 * @returns {string} "" where the base URL is none: there will be no token for such an identity, but an error that names the field
 */
export function target(baseUrl, input) {
	const { href, url = href } = /** @type {any} */ (typeof input === "object" && input !== null ? input : { href: input });
	if (typeof url !== "string") {
		throw invalid("input", "must be a string, a URL or a Request");
	}
	if (loses.test(url)) {
		throw invalid("input", "must have no line break or tab in it, and no white space around it, which a URL loses in silence");
	}
	let base, target;
	try {
		base = new URL(baseUrl);
	} catch {
		return "";
	}
	const root = base.href.replace(/\/+$/, "");
	try {
		target = url.startsWith("/") ? new URL(root + url) : new URL(url, `${root}/`);
	} catch {
		throw invalid("input", "must be a URL, or make one together with the base URL");
	}
	const path = base.pathname.replace(/\/+$/, "");
	if (target.origin !== base.origin || !(target.pathname === path || target.pathname.startsWith(`${path}/`))) {
		throw invalid("input", "must stay under the base URL");
	}
	if (target.username !== base.username || target.password !== base.password) {
		throw invalid("input", "must have no user name and no password in it");
	}
	return target.href;
}

/**
 * Everything else, read once.
 * @param {unknown} input
 * @param {PlatformRequestInit | null} [init]
 * @returns {{ init: PlatformRequestInit, request?: any }} and the Request whose body is meant, where one is
 */
export function asked(input, init) {
	const given = /** @type {any} */ (init ?? {});
	if (typeof given !== "object") {
		throw invalid("init", "must be an object");
	}
	const own = isRequest(given) ? ofRequest(given) : { ...given, ...read(given) };
	const all = isRequest(input) ? { ...ofRequest(input), ...without(own) } : own;
	const redirect = all.redirect ?? "manual";
	if (redirect !== "manual" && redirect !== "error" && redirect !== "follow") {
		throw invalid("redirect", 'must be "manual", "error" or "follow", which is taken for "manual"');
	}
	const request = own.body == null ? [given, input].find((one) => isRequest(one) && one.body !== null) : undefined;
	// "follow" is what every Request says: a redirect could carry the token to another server.
	return { init: { ...all, redirect: redirect === "error" ? "error" : "manual" }, request };
}

/**
 * The body of a Request, read whole, so that it can be sent once more; undefined where it has none.
 * @param {any} request
 * @param {import("./platform.js").PlatformSignal | null | undefined} signal
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
export async function bodyOf(request, signal) {
	if (request.bodyUsed) {
		throw invalid("body", "of the Request was read before");
	}
	const bytes = new Uint8Array(await abortable(signal, () => request.arrayBuffer(), reasonOf));
	return bytes.length > 0 ? bytes : undefined;
}

/** Any library's, by what it has. @param {any} value */
const isRequest = (value) =>
	typeof value === "object" && value !== null && typeof value.url === "string" && typeof value.arrayBuffer === "function";

/** @param {any} from @returns {Record<string, any>} */
const read = (from) => Object.fromEntries(members.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));

/** @param {any} request @returns {Record<string, any>} */
function ofRequest(request) {
	const { body, duplex, ...rest } = read(request); // its body is read whole
	if (rest["signal"]) {
		origins.set(rest["signal"], request);
	}
	return Object.fromEntries(Object.entries(rest).filter(([name, value]) => value !== defaults[name]));
}

/** What is said in it: an undefined counts as absent. @param {Record<string, any>} init */
const without = (init) => Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));

/**
 * @param {string} field
 * @param {string} reason
 */
export function invalid(field, reason) {
	return new TokenError("invalid_request", `call: ${field} ${reason}`, { step: "call", field });
}
