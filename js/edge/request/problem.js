// What the edge refuses, and how it says so: application/problem+json (RFC 9457) with the codes of the token core.
import { problemMedia, problemUrn } from "../../generated/limits.js";

/** The header of every answer with the ID that its line in the log has. */
export const requestHeader = "cctoken-request";

/** The HTTP status of each code of the front door's own. The keeper's problems come with their status. */
const statuses = Object.freeze({
	invalid_request: 400,
	unauthorized: 401,
	forbidden: 403,
	sealed: 403,
	stopped: 403,
	not_found: 404,
	method_not_allowed: 405,
	request_timeout: 408,
	too_large: 413,
	rate_limited: 429,
	internal: 500,
	network: 502,
	redirected: 502,
	response_too_large: 502,
	malformed_response: 502,
	token_withheld: 502,
	not_configured: 503,
	unavailable: 503,
	timeout: 504,
});

/** Whether the same request can succeed later, unchanged. */
const retryable = new Set(["request_timeout", "rate_limited", "network", "unavailable", "timeout"]);

/** @typedef {keyof typeof statuses} ProblemCode */

/**
 * @typedef {object} ProblemFields
 * @property {string} [reason] more exactly why, for the log only; one of the program's own words, never a value
 * @property {string} [field] what part of the request is at fault
 * @property {number} [retryAfter] seconds
 * @property {Record<string, string>} [headers] further headers of the answer
 */

/** A refusal. Its title is written for whoever made the request, and quotes nothing of it. */
export class Problem extends Error {
	/**
	 * @param {ProblemCode} code
	 * @param {string} title
	 * @param {ProblemFields} [fields]
	 */
	constructor(code, title, { reason, field, retryAfter, headers = {} } = {}) {
		super(title);
		this.name = "Problem";
		this.code = code;
		this.status = statuses[code];
		this.reason = reason;
		this.field = field;
		this.retryAfter = retryAfter;
		this.headers = headers;
	}

	/** @returns {Response} */
	toResponse() {
		const { code, message: title, status, field, retryAfter, headers } = this;
		const body = { type: problemUrn + code, title, status, code, field, retryable: retryable.has(code), retryAfter };
		return new Response(JSON.stringify(body), {
			status,
			headers: {
				...headers,
				"content-type": problemMedia,
				...(retryAfter !== undefined && { "retry-after": String(Math.ceil(retryAfter)) }),
			},
		});
	}
}
