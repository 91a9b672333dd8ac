// How a keeper answers. Generated from the Go descriptions in core (make generate): change those.

/** The HTTP status of each code; of all others it is 502. @type {Readonly<Record<string, number>>} */
export const statuses = { invalid_identity: 500, invalid_request: 500, timeout: 504, unavailable: 503, rate_limited: 503, cooling_down: 503, login_budget: 503, token_rejected: 429, signed_out: 409, already_signed_in: 409, not_configured: 503, too_many_sessions: 503, forgotten: 503, module_failed: 503 };
/** Those of a code that is about one field, where it is another. @type {Readonly<Record<string, Readonly<Record<string, number>>>>} */
export const statusesByField = {
	token: { invalid_identity: 400, invalid_request: 400 },
	force: { rate_limited: 429 },
};
/** The steps whose requests count as a login at the vendor. @type {readonly string[]} */
export const loginSteps = ["access_token", "apply", "login"];
