import { Problem } from "./problem.js";

/**
 * The one refusal of whoever has not shown who they are. Why is for the log: told to the caller, it would help to guess.
 * @param {string} reason
 */
export function unauthorized(reason) {
	return new Problem("unauthorized", "Sign in: the authorization is missing, or it is not valid here or not any more.", {
		reason,
		headers: { "www-authenticate": "Bearer" },
	});
}
