import { Problem } from "../request/problem.js";

/**
 * The one refusal of whoever has not shown who they are. The reason goes to the log alone: told to the caller, it would help to guess.
 * @param {string} reason
 */
export function unauthorized(reason) {
	return new Problem("unauthorized", "Sign in: the authorization is missing, has expired, or is not valid here.", {
		reason,
		headers: { "www-authenticate": "Bearer" },
	});
}
