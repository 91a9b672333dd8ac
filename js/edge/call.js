// Sealed calls: the edge adds the token, and the page never sees it.
import { isTokenAnswer, look } from "./answer.js";
import { peek, readBody, streamOf, tooLarge } from "./body.js";
import { carryBody, membersOf, objectOf } from "../members.js";
import { target } from "./path.js";
import { Problem, problemType } from "./problem.js";
import { queryCarriesToken } from "./token-names.js";

/** @typedef {import("./sessions.js").KeptToken} KeptToken */
/** @typedef {import("./sessions.js").Session} Session */

/** Says in an answer that a token had died: "sent", or "body-too-large" where the call could not be sent once more. */
export const replayHeader = "cctoken-replay";

/** A JSON object that carries a token is read whole, up to this many bytes. */
const maxCarrying = 1 << 20;

/** So much of a refusal can mean something for a token; bytes. */
const maxRefusal = 64 << 10;

/** An answer that may bring a new token is read whole, up to this many bytes. */
const maxRolling = 1 << 20;

/** Member of an answer's JSON object in which ccmessaging may send a new token, besides the header. */
const rolledMember = "token";

/**
 * @typedef {object} Call
 * @property {Request} request
 * @property {ReadableStream<Uint8Array> | null} body of it
 * @property {string} path below the base URL, as the caller wrote it
 * @property {string} search with its question mark, or ""
 * @property {import("./config.js").Connection} connection
 * @property {import("./config.js").CallPolicy} policy
 * @property {Session} session
 * @property {string} user a keyed hash of who calls
 * @property {import("./sessions.js").Sessions} sessions
 * @property {Record<string, unknown>} log
 */

/**
 * @param {Call} call
 * @returns {Promise<Response>}
 */
export async function sealedCall(call) {
	const { request, connection, policy, session, sessions, user, log } = call;
	if (!policy.methods.includes(request.method)) {
		throw new Problem("method_not_allowed", "This method is not open to calls.", { headers: { allow: policy.methods.join(", ") } });
	}
	if (request.headers.has("upgrade")) {
		throw new Problem("invalid_request", "A connection cannot be upgraded here.", { field: "upgrade", reason: "upgrade" });
	}
	const url = target(connection.baseUrl, call.path, call.search, policy.paths);
	// A token that the caller brings must not stand beside the edge's own.
	if (queryCarriesToken(call.search)) {
		throw new Problem("invalid_request", "The query must not carry a token: the edge adds it.", { field: "query", reason: "token_in_query" });
	}
	let token = await sessions.token(session, { user });
	const body = await outgoing(call, token);
	/** Why it was sent once more: once for each reason, as two tokens can die together. @type {Set<unknown>} */
	const reasons = new Set();
	const place = `${request.method} ${url.pathname}`;
	for (;;) {
		const sent = Date.now();
		const response = await send(call, url, token, body);
		log.vendorStatus = response.status;
		const answer = await understand(response, token, log);
		const outcome = answer.meaning && (await sessions.judge(session, { serial: token.serial, call: place, user, sentAgo: Date.now() - sent, ...answer.meaning }));
		if (response.ok) {
			sessions.accepted(session, token.serial, user, place);
		}
		if (outcome) {
			log.token = outcome.rolled ? "rolled" : outcome.replay ? "dead" : undefined;
		}
		if (outcome?.replay && !reasons.has(outcome.reason) && body.again) {
			const other = await sessions.token(session, { instead: token.serial, user });
			if (other.serial !== token.serial) { // otherwise none could be had, and others still use this one
				reasons.add(outcome.reason);
				answer.drop();
				log.replayed = true;
				token = other;
				body.refresh(token);
				continue;
			}
		}
		const replayed = reasons.size > 0 ? "sent" : outcome?.replay ? "body-too-large" : undefined;
		return relay(response, answer, policy, replayed);
	}
}

/**
 * The caller's body as it is sent on.
 * @typedef {object} Outgoing
 * @property {(fail: (error: unknown) => void) => BodyInit | undefined} take fail ends the exchange, where the body cannot be completed
 * @property {boolean} again whether it can be sent once more
 * @property {(token: KeptToken) => void} refresh for another token, where the body carries it
 */

/**
 * @param {Call} call
 * @param {KeptToken} token
 * @returns {Promise<Outgoing>}
 */
async function outgoing({ request, body, policy }, token) {
	const { maxBodyBytes = 0, replayBytes = 0 } = policy;
	const declared = request.headers.get("content-length");
	if (Number(declared ?? 0) > maxBodyBytes) {
		throw tooLarge();
	}
	if (token.body) {
		if (request.method === "GET" || request.method === "HEAD") {
			throw new Problem("invalid_request", "The method must allow a body, as the token is carried inside it.", { field: "method" });
		}
		const own = await readBody(new Request(request, { body }), Math.min(maxCarrying, maxBodyBytes));
		const carry = (/** @type {KeptToken} */ { body: members = {} }) => {
			const carrying = carryBody(members, own);
			if (!carrying) {
				throw new Problem("invalid_request", "The body must be a JSON object, as the token is carried inside it.", { field: "body", reason: "body_not_json" });
			}
			return carrying;
		};
		let carrying = carry(token);
		return { take: () => carrying, again: true, refresh: (next) => void (carrying = carry(next)) };
	}
	if (!body || request.method === "GET" || request.method === "HEAD") {
		return { take: () => undefined, again: true, refresh() {} };
	}
	if (declared !== null && Number(declared) > replayBytes) {
		return { take: (fail) => fixed(body, Number(declared), fail), again: false, refresh() {} };
	}
	const { bytes, whole, chunks } = await peek(body, replayBytes);
	return whole
		? { take: () => bytes, again: true, refresh() {} }
		: { take: (fail) => streamOf(bounded(chunks(), maxBodyBytes), fail), again: false, refresh() {} };
}

/**
 * A body whose length is known passes through without being touched, and the vendor is told the length.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} length bytes
 * @param {(error: unknown) => void} fail
 * @returns {ReadableStream<Uint8Array>}
 */
function fixed(stream, length, fail) {
	const { readable, writable } = new (/** @type {any} */ (globalThis).FixedLengthStream)(length);
	stream.pipeTo(writable).catch(fail);
	return readable;
}

/**
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {number} most bytes
 */
async function* bounded(chunks, most) {
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		if (size > most) {
			throw tooLarge();
		}
		yield chunk;
	}
}

/**
 * @param {Call} call
 * @param {URL} url
 * @param {KeptToken} token
 * @param {Outgoing} body
 */
async function send({ request, policy }, url, token, body) {
	const headers = new Headers();
	for (const name of policy.requestHeaders ?? []) {
		const value = request.headers.get(name);
		if (value !== null) {
			headers.set(name, value);
		}
	}
	for (const [name, value] of Object.entries(token.headers)) {
		headers.set(name, value);
	}
	if (token.body && !headers.has("content-type")) {
		headers.set("content-type", "application/json; charset=UTF-8");
	}
	const abort = new AbortController();
	/** @type {Problem | undefined} */
	let why;
	const end = (/** @type {Problem} */ problem) => {
		why ??= problem;
		abort.abort();
	};
	const timer = setTimeout(() => end(new Problem("timeout", "The vendor did not begin to answer in time.")), policy.timeoutMs);
	const failed = (/** @type {unknown} */ error) =>
		end(error instanceof Problem ? error : new Problem("invalid_request", "The request's body broke off.", { field: "body", reason: "body_broken" }));
	let response;
	try {
		response = await fetch(url, { method: request.method, headers, body: body.take(failed), redirect: "manual", signal: abort.signal });
	} catch {
		throw why ?? new Problem("network", "There is no connection to the vendor, or it was lost.");
	} finally {
		clearTimeout(timer);
	}
	if (response.status >= 300 && response.status < 400 && response.status !== 304) {
		response.body?.cancel().catch(() => {});
		throw new Problem("redirected", "The vendor answered a redirect, which is not followed with credentials.");
	}
	return response;
}

/**
 * A vendor's answer, as far as it was read.
 * @typedef {object} Understood
 * @property {{ status: number, retryAfter?: string, date?: string, rolled?: string, body?: string } | undefined} meaning what the
 *   core is to judge; undefined where the answer cannot say anything of the token
 * @property {BodyInit | null} body what the caller gets
 * @property {boolean} withheld whether no caller may get it: it looks like one that hands out a token
 * @property {() => void} drop where nobody gets it
 */

/**
 * @param {Response} response
 * @param {KeptToken} token that the call carried
 * @param {Record<string, unknown>} log
 * @returns {Promise<Understood>}
 */
async function understand(response, { rolls }, { request, connection }) {
	const { status, headers, body } = response;
	const type = headers.get("content-type") ?? "";
	const json = /\bjson\b/i.test(type);
	const head = {
		status,
		retryAfter: headers.get("retry-after") ?? undefined,
		date: headers.get("date") ?? undefined,
		rolled: (rolls && headers.get(rolls)) ?? undefined,
	};
	const cancel = () => void body?.cancel().catch(() => {});
	if (!body) {
		return { meaning: response.ok && head.rolled === undefined ? undefined : head, body: null, withheld: false, drop: cancel };
	}
	if (!response.ok) {
		const { bytes, whole, chunks, cancel: drop } = await peeked(response, maxRefusal);
		return {
			meaning: { ...head, body: json ? base64(bytes.subarray(0, maxRefusal)) : undefined },
			body: whole ? bytes : streamOf(chunks(), () => {}),
			withheld: isTokenAnswer(bytes, type),
			drop,
		};
	}
	if (!rolls || !json) {
		// Of a stream the request's own line is written before its first byte is there.
		const note = () => console.log(JSON.stringify({ event: "stream_ended", request, connection, reason: "token_in_answer" }));
		return { meaning: head.rolled === undefined ? undefined : head, ...(await look(response, note)) };
	}
	const { bytes, whole, cancel: drop } = await peeked(response, maxRolling);
	if (!whole) {
		drop();
		throw new Problem("response_too_large", "The vendor's JSON is larger than 1 MiB, and may hold a token that must not pass.");
	}
	// A new token in the body is for the session, and the page must not see it, whether it was adopted or came too late.
	const members = membersOf(bytes);
	const rolled = members?.filter(({ name }) => name === rolledMember) ?? [];
	const rest = rolled.length === 0 ? bytes : objectOf(/** @type {import("../members.js").Member[]} */ (members).filter(({ name }) => name !== rolledMember));
	return {
		meaning: head.rolled === undefined && rolled.length === 0 ? undefined : { ...head, body: base64(objectOf(rolled)) },
		body: rest,
		withheld: isTokenAnswer(rest, type),
		drop() {},
	};
}

/**
 * @param {Response} response
 * @param {number} most
 * @returns {Promise<import("./body.js").Peeked>}
 */
async function peeked(response, most) {
	const { headers, body } = response;
	const length = headers.get("content-length");
	try {
		if (length !== null && Number(length) <= most && !headers.has("content-encoding")) {
			const bytes = new Uint8Array(await response.arrayBuffer()); // quicker, and no more than was declared
			return { bytes, whole: true, async *chunks() {}, cancel() {} };
		}
		return await peek(body, most);
	} catch {
		throw new Problem("network", "The connection to the vendor was lost before its answer was complete.");
	}
}

/**
 * The answer as the caller gets it: listed headers only, and never one that could be taken for the edge's own word.
 * @param {Response} response
 * @param {Understood} answer
 * @param {import("./config.js").CallPolicy} policy
 * @param {string} [replayed]
 */
function relay({ status, headers: theirs }, { body, withheld, drop }, { responseHeaders = [] }, replayed) {
	if (withheld) {
		drop();
		throw new Problem("token_withheld", "The vendor's answer looks like one that hands out a token, and is withheld.", { reason: "token_in_answer" });
	}
	const headers = new Headers();
	for (const name of responseHeaders) {
		const value = theirs.get(name);
		if (value !== null) {
			headers.set(name, value);
		}
	}
	if ((headers.get("content-type") ?? "").toLowerCase().includes(problemType)) {
		headers.set("content-type", "application/json");
	}
	if (replayed) {
		headers.set(replayHeader, replayed);
	}
	return new Response(status === 204 || status === 205 || status === 304 ? null : body, { status, headers });
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
	let text = "";
	for (let at = 0; at < bytes.length; at += 8192) {
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	}
	return btoa(text);
}
