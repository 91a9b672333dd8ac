// A business call: it carries the token, and hands the answer to the core for its meaning.
import { lookInto } from "./answer.js";
import { TokenError } from "./error.js";
import { headOf, noResponse } from "./http.js";
import { carryBody } from "./members.js";
import { withReplay } from "./replay.js";
import { asked, bodyOf, invalid, target } from "./request.js";
import { asBytes, discard, statusOf } from "./response.js";
import { says } from "./says.js";
import { abortable, limited, reasonOf } from "./signal.js";
import { invalidOption, timeLimit } from "./option.js";
import { Token } from "./token.js";

/** @typedef {import("./driver.js").Driver} Driver */
/** @typedef {import("./sessions.js").Reference} Reference */
/** @typedef {import("./platform.js").PlatformRequestInit} PlatformRequestInit */
/** @typedef {import("./platform.js").PlatformResponse} PlatformResponse */
/** @typedef {import("./platform.js").PlatformSignal} PlatformSignal */

/**
 * @param {Driver} driver
 * @param {Reference} reference whose token it carries
 * @param {(signal: PlatformSignal | null | undefined, instead?: number) => Promise<Token>} getToken instead: another one than that
 *   of this serial
 * @param {string} baseUrl
 * @param {import("./platform.js").FetchInput} input
 * @param {import("./platform.js").CallInit | null} [given]
 * @returns {Promise<PlatformResponse>}
 */
export async function call(driver, reference, getToken, baseUrl, input, given) {
	const url = target(baseUrl, input);
	const { init: all, request } = asked(input, given);
	refuseNearMiss(all);
	const { timeoutMs, ...init } = /** @type {import("./platform.js").CallInit} */ (all);
	if (timeoutMs != null && says(all, "timeoutMs")) {
		init.signal = limited(init.signal, timeLimit(timeoutMs), driver.clock);
	}
	if (request) {
		init.body = await bodyOf(request, init.signal);
	}
	const { answer } = await withReplay({
		token: async (instead) => Token.view(await getToken(init.signal, instead)),
		async send(view, again) {
			const prepared = await carry(view, init);
			const over = driver.calling(view);
			try {
				const sent = driver.now();
				const response = await answered(() => driver.fetch(url, prepared, { session: view.session, step: "call" }), init.signal);
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
		drop: discard,
	});
	return answer;
}

/**
 * What is nearly `timeoutMs`, or is it elsewhere: a fetch ignores it in silence, and the call has no limit. A `timeout` beside a signal
 * is an HTTP client's own, which keeps it by that signal.
 * @param {Record<string, any>} init
 */
function refuseNearMiss(init) {
	const near = Object.keys(init).find((name) => /^timeout(_?ms)?$/i.test(name) && name !== "timeoutMs" && init[name] != null);
	if (near !== undefined && !(near === "timeout" && init["signal"])) {
		throw invalidOption(near, "is not an option here: timeoutMs bounds a call, in milliseconds");
	}
}

/**
 * What a fetch answers, or the signal's reason, also where that fetch does not heed the signal, or says so in words of its own.
 * @param {() => Promise<PlatformResponse>} send
 * @param {PlatformSignal | null | undefined} signal
 * @returns {Promise<PlatformResponse>}
 */
async function answered(send, signal) {
	/** @type {Promise<PlatformResponse> | undefined} */
	let sending;
	let response;
	try {
		response = await abortable(signal, async () => (sending = send()), reasonOf);
	} catch (error) {
		if (signal?.aborted) {
			Promise.resolve(sending).then(discard, () => {});
			throw reasonOf(signal);
		}
		throw error;
	}
	if (statusOf(response) === undefined) {
		const cause = noResponse();
		throw new TokenError("fetch_failed", `call: ${cause.message}`, { step: "call", cause });
	}
	return response;
}

/**
 * The request with what carries the token. The body is merged here and not in the core, whose memory never shrinks.
 * @param {import("../module/wall.js").TokenView} view
 * @param {PlatformRequestInit} init
 * @returns {Promise<PlatformRequestInit>}
 */
async function carry(view, init) {
	const all = new Headers(init.headers);
	for (const [name, value] of Object.entries(view.headers ?? {})) {
		all.set(name, value);
	}
	const headers = Object.fromEntries(all); // what any fetch understands
	if (!view.body) {
		return { ...init, headers };
	}
	const method = init.method ?? "POST";
	if (/^(get|head)$/i.test(method)) {
		throw invalid("method", "must allow a body, as the token is carried inside it");
	}
	const body = carryBody(view.body, await textOrBytes(init.body));
	if (body === undefined) {
		throw invalid("body", "must be a JSON object, as the token is carried inside it");
	}
	headers["content-type"] ??= "application/json; charset=UTF-8";
	return { ...init, method, headers, body };
}

/** @param {any} body */
async function textOrBytes(body) {
	if (body === undefined || body === null) {
		return "";
	}
	if (typeof body === "string") {
		return body;
	}
	const isBlob = typeof body.size === "number" && typeof body.arrayBuffer === "function";
	const bytes = asBytes(isBlob ? await body.arrayBuffer() : body);
	if (!bytes) {
		throw invalid("body", "must be a JSON object as text or bytes, as the token is carried inside it");
	}
	return bytes;
}

/**
 * Whether a body that was sent cannot be sent again: a stream, or what Node's fetch and node-fetch take for one.
 * @param {any} body
 */
function isUsedUp(body) {
	return (
		typeof body === "object" &&
		body !== null &&
		(typeof body.getReader === "function" || typeof body.pipe === "function" || Symbol.asyncIterator in body)
	);
}
