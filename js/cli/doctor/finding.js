// What the doctor can find. Each finding says what was seen, why it is thought to mean what it says, and what to do.
import { exit } from "../exit.js";

/** @typedef {"ok" | "note" | "warning" | "problem" | "skipped"} Level */

/**
 * @typedef {object} Finding
 * @property {string} step what was looked at
 * @property {Level} level
 * @property {Verdict} verdict
 * @property {string} found
 * @property {string} [because]
 * @property {string[]} [todo]
 */

/** The exit code of a verdict, where it is a problem. They are part of the command's interface: docs/cli.md lists them. */
export const verdicts = Object.freeze({
	ok: exit.ok,
	skipped: exit.ok,
	configuration: exit.usage,
	port_not_allowed: exit.usage,

	proxy_not_used: exit.unavailable,
	proxy_unreachable: exit.unavailable,
	proxy_no_way: exit.unavailable,
	proxy_authentication: exit.unavailable,
	name_not_found: exit.unavailable,
	name_server: exit.unavailable,
	connection_refused: exit.unavailable,
	connection_timeout: exit.unavailable,
	connection_reset: exit.unavailable,
	unreachable: exit.unavailable,

	tls_expired: exit.unavailable,
	tls_not_yet_valid: exit.unavailable,
	tls_self_signed: exit.unavailable,
	tls_unknown_issuer: exit.unavailable,
	tls_wrong_name: exit.unavailable,
	tls_version: exit.unavailable,
	tls_failed: exit.unavailable,
	tls_unchecked: exit.ok,
	no_tls: exit.ok,
	https_on_http_port: exit.usage,
	http_on_https_port: exit.usage,

	clock_wrong: exit.unavailable,
	captive_portal: exit.stranger,
	page_instead_of_answer: exit.stranger,
	malformed_answer: exit.stranger,
	wrong_base_url: exit.stranger,
	redirected: exit.stranger,
	unexpected_status: exit.stranger,

	blocked: exit.refused,
	wrong_credentials: exit.refused,
	account_locked: exit.refused,
	already_signed_in: exit.refused,
	address_not_admitted: exit.refused,
	access_token_expired: exit.refused,
	access_token_not_accepted: exit.refused,
	refused_unclear: exit.refused,
	vendor_failure: exit.refused,
	bad_request: exit.refused,
	token_invalid: exit.no,
	token_unknown: exit.ok,
	call_refused: exit.no,

	rate_limited: exit.unavailable,
	vendor_unavailable: exit.unavailable,
	slow: exit.unavailable,
	failed: exit.internal,
});

/** @typedef {keyof typeof verdicts} Verdict */

/**
 * @param {string} step
 * @param {string} found
 * @returns {Finding}
 */
export const well = (step, found) => ({ step, level: "ok", verdict: "ok", found });

/**
 * @param {string} step
 * @param {string} found
 * @returns {Finding}
 */
export const skipped = (step, found) => ({ step, level: "skipped", verdict: "skipped", found });

/**
 * @param {string} step
 * @param {Verdict} verdict
 * @param {string} found
 * @param {string} because
 * @param {string[]} todo
 * @returns {Finding}
 */
export const problem = (step, verdict, found, because, todo) => ({ step, level: "problem", verdict, found, because, todo });

/**
 * @param {string} step
 * @param {Verdict} verdict
 * @param {string} found
 * @param {string} because
 * @param {string[]} todo
 * @returns {Finding}
 */
export const warning = (step, verdict, found, because, todo) => ({ step, level: "warning", verdict, found, because, todo });
