// Exit codes. They are part of the command's interface: docs/cli.md and --help list them.
import { SandboxError } from "../sandbox/error.js";
import { TokenError } from "../client/error.js";
import { UsageError } from "./usage.js";

export const exit = Object.freeze({
	ok: 0,
	no: 1,
	usage: 2,
	refused: 3,
	unavailable: 4,
	stranger: 5,
	unknown: 6,
	internal: 70,
	interrupted: 130,
	pipe: 141,
});

/** What each code means, for --help. @type {[number, string][]} */
export const exitCodes = [
	[exit.ok, "it is done; the token is valid; the business call was answered below 400"],
	[exit.no, "a negative answer: the token is not valid, the business call was answered with 400 or above, or there was nothing to reset"],
	[exit.usage, "the command, the configuration or a file is wrong; nothing was sent to a vendor"],
	[exit.refused, "the vendor refused: key, secret, address, account or field values; trying again changes nothing"],
	[exit.unavailable, "network or vendor unavailable, or too many calls; try again later"],
	[exit.stranger, "what answered does not behave as the vendor: a wrong base URL, a proxy, a login page"],
	[exit.unknown, "verify: nobody can tell whether the token is valid"],
	[exit.internal, "a fault of cctoken itself: please report it; or a file of its package is missing or damaged: install it again"],
	[exit.interrupted, "interrupted (Ctrl-C); the sandbox then ends with 0"],
	[exit.pipe, "the program that read the output stopped reading"],
];

/** @type {Record<import("../client/error.js").TokenErrorCode, number>} */
const ofToken = {
	invalid_identity: exit.usage,
	invalid_request: exit.usage,
	invalid_option: exit.usage,
	credentials_refused: exit.refused,
	account_locked: exit.refused,
	blocked: exit.refused,
	address_not_admitted: exit.refused,
	bad_request: exit.refused,
	vendor_failure: exit.refused,
	token_rejected: exit.refused,
	signed_out: exit.refused,
	already_signed_in: exit.refused,
	network: exit.unavailable,
	timeout: exit.unavailable,
	unavailable: exit.unavailable,
	rate_limited: exit.unavailable,
	cooling_down: exit.unavailable,
	login_budget: exit.unavailable,
	stale_on_arrival: exit.unavailable,
	not_found: exit.stranger,
	unexpected_status: exit.stranger,
	malformed_response: exit.stranger,
	response_too_large: exit.stranger,
	redirected: exit.stranger,
	unauthorized: exit.refused,
	forbidden: exit.refused,
	sealed: exit.refused,
	stopped: exit.refused,
	not_configured: exit.unavailable,
	supplier_failed: exit.internal,
	fetch_failed: exit.internal,
	too_many_sessions: exit.internal,
	forgotten: exit.internal,
	aborted: exit.unavailable,
	closed: exit.internal,
	client_started: exit.internal,
	module_not_found: exit.internal,
	module_invalid: exit.internal,
	module_stale: exit.internal,
	module_started: exit.internal,
	module_failed: exit.internal,
};

/**
 * The exit code for what went wrong.
 * @param {unknown} error
 * @returns {number}
 */
export function exitOf(error) {
	if (error instanceof UsageError) {
		return exit.usage;
	}
	if (error instanceof TokenError) {
		return ofToken[error.code] ?? exit.internal;
	}
	if (error instanceof SandboxError) {
		return error.code === "invalid_option" || error.code === "not_listening" ? exit.usage : exit.internal;
	}
	return exit.internal;
}
