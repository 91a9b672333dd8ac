// A business call: it carries the token, and hands the answer to the core for its meaning.
import { lookInto } from "./answer.js";
import { TokenError } from "./error.js";
import { headOf } from "./http.js";
import { carryBody } from "./members.js";
import { withReplay } from "./replay.js";
import { Token } from "./token.js";

/** @typedef {import("./driver.js").Driver} Driver */
/** @typedef {import("./sessions.js").Reference} Reference */

/**
 * @param {Driver} driver
 * @param {Reference} reference whose token it carries
 * @param {(signal: import("./platform.js").PlatformSignal | null | undefined, instead?: number) => Promise<Token>} getToken instead:
 *   another one than that of this serial
 * @param {string} baseUrl
 * @param {string} path
 * @param {import("./platform.js").PlatformRequestInit} init
 * @returns {Promise<import("./platform.js").PlatformResponse>}
 */
export async function call(driver, reference, getToken, baseUrl, path, init) {
	const url = target(baseUrl, path);
	const redirect = init.redirect ?? "manual";
	if (redirect !== "manual" && redirect !== "error") {
		throw invalid("redirect", 'must be "manual" or "error": a redirect could carry the token to another server');
	}
	const { answer } = await withReplay({
		token: async (instead) => Token.view(await getToken(init.signal, instead)),
		async send(view, again) {
			const prepared = carry(view, { ...init, redirect });
			const over = driver.calling(view);
			try {
				const sent = driver.now();
				const response = await driver.fetch(url, prepared, { session: view.session, step: "call" });
				const { answer, meaning } = await lookInto(response, view.speaks, driver.clock, init.signal);
				const place = `${prepared.method ?? "GET"} ${new URL(url).pathname}`;
				const { replay, reason } = driver.judge(reference, view, place, sent, headOf(answer, view.rolls), meaning);
				if (replay && !isUsedUp(init.body)) {
					again(reason);
				}
				return answer;
			} finally {
				over();
			}
		},
		refused: (view) => driver.replayed(view),
		drop: ({ body }) => void body?.cancel().catch(() => {}), // nobody reads it, broken or not
	});
	return answer;
}

/**
 * The URL of a path under the base URL, and nowhere else: the call will carry a token.
 * @param {string} baseUrl
 * @param {string} path
 */
function target(baseUrl, path) {
	if (typeof path !== "string" || !path.startsWith("/")) {
		throw invalid("path", 'must be a path that begins with "/"; it is appended to the base URL');
	}
	let base, url;
	try {
		base = new URL(baseUrl);
	} catch {
		return ""; // there will be no token for such an identity, but an error that names the field
	}
	try {
		url = new URL(base.href.replace(/\/+$/, "") + path);
	} catch {
		throw invalid("path", "must make a URL together with the base URL");
	}
	const prefix = base.pathname.replace(/\/+$/, "") + "/";
	if (url.origin !== base.origin || !url.pathname.startsWith(prefix)) {
		throw invalid("path", "must stay under the base URL");
	}
	return url.href;
}

/**
 * The request with what carries the token. The body is merged here and not in the core, whose memory never shrinks.
 * @param {import("../module/wall.js").TokenView} view
 * @param {import("./platform.js").PlatformRequestInit} init
 * @returns {import("./platform.js").PlatformRequestInit}
 */
function carry(view, init) {
	const headers = new Headers(init.headers);
	for (const [name, value] of Object.entries(view.headers ?? {})) {
		headers.set(name, value);
	}
	if (!view.body) {
		return { ...init, headers };
	}
	const method = init.method ?? "POST";
	if (/^(get|head)$/i.test(method)) {
		throw invalid("method", "must allow a body, as the token is carried inside it");
	}
	const body = carryBody(view.body, textOrBytes(init.body));
	if (body === undefined) {
		throw invalid("body", "must be a JSON object, as the token is carried inside it");
	}
	if (!headers.has("content-type")) {
		headers.set("content-type", "application/json; charset=UTF-8");
	}
	return { ...init, method, headers, body };
}

/** @param {import("./platform.js").PlatformRequestInit["body"]} body */
function textOrBytes(body) {
	if (body === undefined || body === null) {
		return "";
	}
	if (typeof body === "string") {
		return body;
	}
	if (body instanceof ArrayBuffer) {
		return new Uint8Array(body);
	}
	if (ArrayBuffer.isView(body)) {
		return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
	}
	throw invalid("body", "must be a JSON object as text or bytes, as the token is carried inside it");
}

/**
 * Whether a body that was sent cannot be sent again: a stream, or what Node's fetch takes for one.
 * @param {any} body
 */
function isUsedUp(body) {
	return typeof body === "object" && body !== null && (typeof body.getReader === "function" || Symbol.asyncIterator in body);
}

/**
 * @param {string} field
 * @param {string} reason
 */
function invalid(field, reason) {
	return new TokenError("invalid_request", `call: ${field} ${reason}`, { step: "call", field });
}
