// Sealed calls: the edge adds the token, and the page never sees it.
import { maxAnswer, problemMedia } from "../../generated/limits.js";
import { carryBody } from "../../client/members.js";
import { withReplay } from "../../client/replay.js";
import { peek } from "../../client/source.js";
import { callersSource, piecesOf, readBody, sourceOf, tooLarge } from "../request/body.js";
import { streamOf } from "../request/stream.js";
import { isPacked } from "./encoding.js";
import { checkStatus, onward } from "./onward.js";
import { target } from "./path.js";
import { Problem } from "../request/problem.js";
import { queryCarriesToken } from "./token-names.js";
import { understand } from "./understood.js";

/** @typedef {import("../keeper/sessions.js").KeptToken} KeptToken */
/** @typedef {import("../keeper/sessions.js").Session} Session */

/** Says in an answer that a token had died: "sent", or "body-too-large" where the call could not be sent once more. */
export const replayHeader = "cctoken-replay";

/** A JSON object that carries a token is read whole, up to as much as is read of an answer. */
const maxCarrying = maxAnswer;

/** The runtime passes control characters on in headers, at which a caller's own HTTP fails. */
const unsendable = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * @typedef {object} Call
 * @property {import("../request/answer.js").Incoming} request
 * @property {import("../request/body.js").Body} body of it
 * @property {import("../config/environment.js").VendorFetch} fetch
 * @property {string} path below the base URL, as the caller wrote it
 * @property {string} search with its question mark, or ""
 * @property {import("../config/config.js").Connection} connection
 * @property {import("../config/config.js").CallPolicy} policy
 * @property {Session} session
 * @property {string} user a keyed hash of who calls
 * @property {import("../keeper/sessions.js").Sessions} sessions
 * @property {number} bodyTimeoutMs how long a piece of the caller's body is waited for
 * @property {(side: "vendor" | "caller") => void} cutOff told whose end broke, where the caller has had the answer's head
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
		throw new Problem("invalid_request", "The query must not carry a token: the edge adds it.", {
			field: "query",
			reason: "token_in_query",
		});
	}
	const place = `${request.method} ${url.pathname}`;
	/** @type {Outgoing | undefined} */
	let body;
	let dead = false;
	const {
		answer: { response, understood },
		replays,
	} = await withReplay({
		token: (instead) => sessions.token(session, { user, ...(instead !== undefined && { instead }) }),
		async send(token, again) {
			if (body) {
				body.refresh(token);
			} else {
				body = await outgoing(call, token);
			}
			const sent = Date.now();
			const response = await send(call, url, token, body);
			log.vendorStatus = response.status;
			const understood = await understand(response, token, connection.system, log);
			const outcome =
				understood.meaning &&
				(await sessions.judge(session, { serial: token.serial, call: place, user, sentAgo: Date.now() - sent, ...understood.meaning }));
			if (response.ok && !understood.meaning) {
				sessions.accepted(session, token.serial, user, place);
			}
			dead = outcome?.replay === true;
			if (outcome) {
				log.token = outcome.rolled ? "rolled" : dead ? "dead" : undefined;
			}
			if (dead && body.again) {
				again(outcome?.reason);
			}
			return { response, understood };
		},
		drop({ understood }) {
			understood.drop();
			log.replayed = true;
		},
	});
	if (understood.withheld) {
		understood.drop();
		throw understood.withheld;
	}
	const replayed = replays > 0 ? "sent" : dead ? "body-too-large" : undefined;
	return relay(response, await onward(response.headers, understood.body, call.cutOff), policy, replayed);
}

/**
 * The caller's body as it is sent on.
 * @typedef {object} Outgoing
 * @property {(fail: (error: unknown) => void, moved: () => void) => BodyInit | undefined} take fail ends the exchange, where the body
 *   cannot be completed; moved is called whenever the vendor has taken some of it
 * @property {() => boolean} [owed] whether it is the caller who is waited for
 * @property {boolean} again whether it can be sent once more
 * @property {(token: KeptToken) => void} refresh for another token, where the body carries it
 */

/**
 * @param {Call} call
 * @param {KeptToken} token
 * @returns {Promise<Outgoing>}
 */
async function outgoing({ request, body, policy, bodyTimeoutMs }, token) {
	const { maxBodyBytes = 0, replayBytes = 0 } = policy;
	const declared = request.headers.get("content-length");
	if (Number(declared ?? 0) > maxBodyBytes) {
		throw tooLarge();
	}
	if (token.body) {
		if (request.method === "GET" || request.method === "HEAD") {
			throw new Problem("invalid_request", "The method must allow a body, as the token is carried inside it.", { field: "method" });
		}
		const own = await readBody({ headers: request.headers, body }, { most: Math.min(maxCarrying, maxBodyBytes), timeoutMs: bodyTimeoutMs });
		const carry = (/** @type {KeptToken} */ { body: members = {} }) => {
			const carrying = carryBody(members, own);
			if (!carrying) {
				throw new Problem("invalid_request", "The body must be a JSON object, as the token is carried inside it.", {
					field: "body",
					reason: "body_not_json",
				});
			}
			return carrying;
		};
		let carrying = carry(token);
		return { take: () => carrying, again: true, refresh: (next) => void (carrying = carry(next)) };
	}
	if (!body || request.method === "GET" || request.method === "HEAD") {
		return { take: () => undefined, again: true, refresh() {} };
	}
	const length = declared === null ? undefined : Number(declared);
	const source = callersSource(body, { length, timeoutMs: bodyTimeoutMs });
	if (length !== undefined && length > replayBytes) {
		return { take: (fail, moved) => streamOf(piecesOf(source), fail, { length, moved }), owed: source.waiting, again: false, refresh() {} };
	}
	const { bytes, whole, source: all } = await peek(source, replayBytes);
	return whole
		? { take: () => bytes, again: true, refresh() {} }
		: {
				take: (fail, moved) => streamOf(bounded(piecesOf(all), maxBodyBytes), fail, { moved }),
				owed: source.waiting,
				again: false,
				refresh() {},
			};
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
async function send({ request, policy, fetch }, url, token, body) {
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
	/** @type {any} */
	let timer;
	let answered = false;
	// The vendor's time begins anew with all that it takes, and stands still while it is the caller who is waited for.
	const wait = () => {
		clearTimeout(timer);
		if (!answered) {
			timer = setTimeout(
				() => (body.owed?.() ? wait() : end(new Problem("timeout", "The vendor did not begin to answer in time."))),
				policy.timeoutMs,
			);
		}
	};
	wait();
	request.signal.addEventListener("abort", () => abort.abort());
	const failed = (/** @type {unknown} */ error) => end(/** @type {Problem} */ (error));
	let response;
	try {
		response = await fetch(url, {
			method: request.method,
			headers,
			body: body.take(failed, wait),
			redirect: "manual",
			signal: abort.signal,
		});
	} catch {
		throw why ?? new Problem("network", "There is no connection to the vendor, or it was lost.");
	} finally {
		answered = true;
		clearTimeout(timer);
	}
	checkStatus(response);
	if (response.status >= 300 && response.status < 400 && response.status !== 304) {
		sourceOf(response.body).cancel();
		throw new Problem("redirected", "The vendor answered a redirect, which is not followed with credentials.");
	}
	return response;
}

/**
 * The answer as the caller gets it: listed headers only, and never one that could be taken for the edge's own word.
 * @param {Response} response
 * @param {BodyInit | null} body
 * @param {import("../config/config.js").CallPolicy} policy
 * @param {string} [replayed]
 */
function relay({ status, headers: theirs }, body, { responseHeaders = [] }, replayed) {
	const headers = new Headers();
	for (const name of responseHeaders) {
		const value = theirs.get(name);
		if (value !== null && !unsendable.test(value)) {
			headers.set(name, value);
		}
	}
	if ((headers.get("content-type") ?? "").toLowerCase().includes(problemMedia)) {
		headers.set("content-type", "application/json");
	}
	if (replayed) {
		headers.set(replayHeader, replayed);
	}
	if (body === null || status === 204 || status === 205 || status === 304) {
		return new Response(null, { status, headers });
	}
	// Packed bytes are of no use without the word for how. What the runtime has not unpacked it does not pack either.
	if (isPacked(theirs)) {
		headers.set("content-encoding", /** @type {string} */ (theirs.get("content-encoding")));
	}
	return new Response(body, { status, headers });
}
