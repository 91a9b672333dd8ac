// The path of a sealed call. A path is understood once more by every server behind this one, and not always alike, so
// whatever has two readings is refused: nothing is repaired.
import { Problem } from "../request/problem.js";
import { handsOutTokens } from "./vendor-paths.js";

/** RFC 3986's characters of a path, without ";": some servers cut a segment there, and read "..;" as "..". */
const plain = /^(?:\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%[0-9A-Fa-f]{2})*)+$/;

/**
 * The ASCII characters that may be escaped. Not among them: letters, digits and -._~, whose escapes many servers undo before
 * they look (RFC 3986, 6.2.2.2); what separates, / \ ; ? #; the percent sign, as some decode twice; and controls.
 */
const escapable = new Set(" !\"$&'()*+,:<=>@[]^`{|}");

/**
 * What could be made a separator, a dot or an escape: by NFKC, by a code page's nearest character, or by being dropped. Letters
 * are none of this, and so a file's name in any language passes.
 */
const treacherous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufffd⁄∕⧸⟋╱⧵⧹∖⟍╲¥₩。۔ꓸ٪]/u;

/**
 * Refuses a path below the base URL that has more than one meaning, or that is not open.
 * @param {string} path begins with "/"
 * @param {readonly string[]} allowed prefixes that end with "/", and whole paths
 * @param {string} base path of the base URL, without a slash at its end
 */
function admit(path, allowed, base) {
	const segments = path.split("/").slice(1);
	const read = plain.test(path) && hasPlainEscapes(path) ? segments.map(decoded) : [];
	if (read.length === 0 || read.some((segment, i) => segment === undefined || isSlippery(segment, i === segments.length - 1))) {
		throw new Problem(
			"invalid_request",
			"The path must be plain: no dot segments, no empty ones, no needless escapes, no look-alikes of separators.",
			{
				field: "path",
				reason: "path_not_canonical",
			},
		);
	}
	if (
		!allowed.some((entry) => (entry.endsWith("/") ? path.startsWith(entry) : path === entry)) ||
		handsOutTokens(`${base}/${read.join("/")}`)
	) {
		throw new Problem("forbidden", "This path is not open to calls.", { reason: "path_not_allowed" });
	}
}

/** @param {string} path in which each % begins an escape */
function hasPlainEscapes(path) {
	return (path.match(/%../g) ?? []).every((escape) => {
		const code = parseInt(escape.slice(1), 16);
		return code > 0x7f || escapable.has(String.fromCharCode(code));
	});
}

/**
 * A segment without its escapes, or undefined where they are no UTF-8: then anything may be made of it.
 * @param {string} segment
 */
function decoded(segment) {
	try {
		return decodeURIComponent(segment);
	} catch {
		return undefined;
	}
}

/**
 * Whether a server could read a segment as another one, or as several or none.
 * @param {string} segment decoded
 * @param {boolean} last
 */
function isSlippery(segment, last) {
	if (segment === "") {
		return !last;
	}
	const letters = segment.match(/[^\0-\x7f]/gu) ?? [];
	if (letters.some((letter) => treacherous.test(letter) || /[./\\;%。]/.test(letter.normalize("NFKC")))) {
		return true;
	}
	// Dots, also with spaces around them, which some take off, and with letters between them, which some drop.
	const normal = segment.normalize("NFKC");
	const ascii = normal.replace(/[^\0-\x7f]/g, "");
	return dots.test(normal) || (dots.test(ascii) && ascii.split(".").length > 2) || ticket.test(normal);
}

/** Some read a plus sign as a space. */
const dots = /^[.\s+]*$/;

/** What ASP.NET takes for a session's ticket, and cuts out of a path: "(S(…))", also with something between that is dropped. */
const ticket = /\([^a-z0-9()]*[a-z0-9]?[^a-z0-9()]*\(/i;

/**
 * The URL that a call goes to.
 * @param {string} baseUrl
 * @param {string} path below it, as the caller wrote it
 * @param {string} search with its question mark, or ""
 * @param {readonly string[]} allowed prefixes that end with "/", and whole paths
 */
export function target(baseUrl, path, search, allowed) {
	const base = new URL(baseUrl);
	admit(path, allowed, base.pathname.replace(/\/$/, ""));
	const url = new URL(baseUrl + path + search);
	// Never so, after what was checked before: the last line of defence of every credential.
	if (url.origin !== base.origin || url.href !== base.href.replace(/\/$/, "") + path + url.search || url.username || url.password) {
		throw new Problem("invalid_request", "The path must stay below the connection's base URL.", {
			field: "path",
			reason: "path_left_base",
		});
	}
	return url;
}
