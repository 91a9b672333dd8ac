// What a request asks for, by its method and its path.
import { Problem } from "./problem.js";

/** What is done for who signs in, or is signed in. @typedef {"sign-in" | "sign-out" | "keep-alive"} Errand */

/**
 * @typedef {object} Route
 * @property {"healthz" | "readyz" | "token" | "verify" | Errand | "call" | "operator" | "metrics" | "unknown"} name
 * @property {string} path as it was sent
 * @property {string} search with its question mark, or ""
 */

/**
 * The path and the query stay as they were sent: URL parsers would resolve what must be seen.
 * @param {string} url
 * @returns {Route}
 */
export function routeOf(url) {
	const [before] = cut(url, "#");
	const [address = "", query] = cut(before, "?");
	const path = address.slice(address.indexOf("/", address.indexOf("://") + 3));
	return { name: nameOf(path), path, search: query === undefined ? "" : `?${query}` };
}

/** @param {string} path @returns {Route["name"]} */
function nameOf(path) {
	switch (path) {
		case "/healthz":
			return "healthz";
		case "/readyz":
			return "readyz";
		case "/metrics":
			return "metrics";
		case "/v1/token":
			return "token";
		case "/v1/verify":
			return "verify";
		case "/v1/sign-in":
			return "sign-in";
		case "/v1/sign-out":
			return "sign-out";
		case "/v1/keep-alive":
			return "keep-alive";
	}
	if (path.startsWith("/v1/operator/")) {
		return "operator";
	}
	return /^\/v1\/call\/[^/]+\//.test(path) ? "call" : "unknown";
}

/**
 * The connection that a call names, and the path below it.
 * @param {Route} route to a call
 */
export function calledBy({ path }) {
	const [name, below = ""] = cut(path.slice("/v1/call/".length), "/");
	return { name, below: `/${below}` };
}

/** @param {{ method: string }} request @param {string[]} methods */
export function requireMethod(request, methods) {
	if (!methods.includes(request.method)) {
		throw new Problem("method_not_allowed", `Only ${methods.join(" and ")} ${methods.length > 1 ? "are" : "is"} understood here.`, {
			headers: { allow: methods.join(", ") },
		});
	}
}

/** @param {string} text @param {string} at @returns {[string, string | undefined]} */
function cut(text, at) {
	const i = text.indexOf(at);
	return i < 0 ? [text, undefined] : [text.slice(0, i), text.slice(i + at.length)];
}
