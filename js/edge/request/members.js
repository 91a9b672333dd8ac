import { Problem } from "./problem.js";

/**
 * A misspelt or foreign member is refused, above all one that would name somebody else.
 * @param {Record<string, unknown>} body
 * @param {string[]} names
 */
export function only(body, names) {
	if (Object.keys(body).some((name) => !names.includes(name))) {
		throw new Problem("invalid_request", `Only ${names.join(", ")} are understood here.`, { field: "body", reason: "unknown_member" });
	}
}
