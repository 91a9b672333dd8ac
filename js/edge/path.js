// The path of a sealed call. A path is understood once more by every server behind this one, and not always alike, so
// whatever has two readings is refused: nothing is repaired.
import { handsOutTokens } from "./vendor-paths.js";
import { Problem } from "./problem.js";

/** RFC 3986's characters of a path, without ";": some servers cut a segment there, and read "..;" as "..". */
const plain = /^(?:\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%[0-9A-Fa-f]{2})*)+$/;

/** Escapes of what means something in a path, or nothing good in any: controls, % . / ; \ and DEL. */
const meaningful = /%(?:[01][0-9a-f]|25|2e|2f|3b|5c|7f)/i;

/**
 * The path below the base URL as the caller wrote it, once it has been found to have one meaning only.
 * @param {string} path begins with "/"
 * @param {readonly string[]} allowed prefixes that end with "/", and whole paths
 * @returns {string}
 */
export function admitted(path, allowed) {
	const segments = path.split("/").slice(1);
	if (!plain.test(path) || meaningful.test(path) || segments.some((segment, i) => isSlippery(segment, i === segments.length - 1))) {
		throw new Problem("invalid_request", "The path must be plain: no dot segments, no empty ones, no escaped separators.", {
			field: "path", reason: "path_not_canonical",
		});
	}
	if (!allowed.some((entry) => (entry.endsWith("/") ? path.startsWith(entry) : path === entry)) || handsOutTokens(path)) {
		throw new Problem("forbidden", "This path is not open to calls.", { reason: "path_not_allowed" });
	}
	return path;
}

/**
 * Whether a server could read a segment as another one: dots, also with spaces around them, which some take off; letters
 * that look like separators, which some make such of; and what is not UTF-8, of which anything may be made.
 * @param {string} segment
 * @param {boolean} last
 */
function isSlippery(segment, last) {
	if (segment === "") {
		return !last;
	}
	try {
		const read = decodeURIComponent(segment).normalize("NFKC");
		return /^[.\s]*$/.test(read) || /[/\\;\p{Cc}]/u.test(read);
	} catch {
		return true;
	}
}

/**
 * The URL that a call goes to.
 * @param {string} baseUrl
 * @param {string} path admitted
 * @param {string} search with its question mark, or ""
 */
export function target(baseUrl, path, search) {
	const base = new URL(baseUrl);
	const url = new URL(baseUrl + path + search);
	// Never so, after what was checked before: the last line of defence of every credential.
	if (url.origin !== base.origin || url.href !== base.href.replace(/\/$/, "") + path + url.search || url.username || url.password) {
		throw new Problem("invalid_request", "The path must stay below the connection's base URL.", { field: "path", reason: "path_left_base" });
	}
	return url;
}
