// What the vendor answered to the package, as far as it tells anything: the package itself, rightly, forgets it.
import { failingCode, subjectOf } from "./answer.js";
import { beginning, maxText } from "./beginning.js";
import { originOf, typeOf } from "./probe.js";

/**
 * @typedef {object} Exchange
 * @property {string} origin
 * @property {string} path
 * @property {number} status 0 where there was no answer
 * @property {"html" | "json" | "other" | "empty"} content what the body is, whatever its header calls it
 * @property {string | undefined} location the origin of a redirect's target
 * @property {string} code the member of the body by which it is a failure, or ""
 * @property {import("../../generated/words.js").Reason | undefined} about what the text of a refusal speaks of
 * @property {string} failure the code of a lost connection, or ""
 */

/** @type {Exchange} */
export const nothing = Object.freeze({
	origin: "",
	path: "",
	status: 0,
	content: "empty",
	location: undefined,
	code: "",
	about: undefined,
	failure: "",
});

/**
 * A fetch that notes what comes back.
 * @param {import("../../generated/systems.js").System} system
 * @returns {{ fetch: typeof fetch, exchanges: Exchange[] }}
 */
export function record(system) {
	/** @type {Exchange[]} */
	const exchanges = [];
	return {
		exchanges,
		async fetch(input, init) {
			const url = new URL(String(input));
			/** @type {Exchange} */
			const exchange = { ...nothing, origin: url.origin, path: url.pathname };
			exchanges.push(exchange);
			try {
				const response = await globalThis.fetch(input, init);
				exchange.status = response.status;
				exchange.location = originOf(response.headers.get("location"), url);
				const copy = response.clone();
				const text = await beginning(copy);
				exchange.content = contentOf(text, typeOf(response.headers.get("content-type")));
				exchange.code = failingCode(system, text);
				exchange.about = subjectOf(system, text);
				return response;
			} catch (error) {
				exchange.failure = failureOf(error);
				throw error;
			}
		},
	};
}

/**
 * @param {string} body its beginning
 * @param {import("./probe.js").Answer["type"]} type what the header says
 * @returns {Exchange["content"]}
 */
function contentOf(body, type) {
	if (body.trim() === "") {
		return "empty";
	}
	try {
		JSON.parse(body);
		return "json";
	} catch {
		if (type === "html" || /^\s*<(!doctype html|html)/i.test(body)) {
			return "html";
		}
		return body.length >= maxText && /^\s*[{[]/.test(body) ? "json" : "other"; // the rest of it was not read
	}
}

/**
 * The code under fetch's own error; where a proxy refused a tunnel, its status.
 * @param {any} error
 */
export function failureOf(error) {
	for (let inner = error; inner; inner = inner.cause) {
		// Words of Node's own fetch, which has no code for a proxy that refuses a tunnel.
		const refused = /^Proxy response \((\d{3})\)/.exec(String(inner.message));
		if (refused) {
			return `PROXY_${refused[1]}`;
		}
		if (typeof inner.code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(inner.code)) {
			return inner.code;
		}
	}
	return "";
}
