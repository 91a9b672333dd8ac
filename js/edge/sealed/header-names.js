// Which headers may pass a sealed call, and which never do, whatever a configuration says.
import { tokens } from "../../generated/tokens.js";
import { carriesToken, holdsToken } from "./token-names.js";

/** Of a request, unless the connection lists others. */
export const defaultRequestHeaders = Object.freeze(["accept", "accept-language", "content-type"]);

/** Of an answer, unless the connection lists others. */
export const defaultResponseHeaders = Object.freeze([
	"content-type",
	"content-disposition",
	"content-language",
	"date",
	"etag",
	"last-modified",
	"retry-after",
]);

/** RFC 9110 section 7.6.1, and what speaks of the connection or of the message's length: the runtime writes these. */
const hopByHop = [
	"connection",
	"keep-alive",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
	"content-length",
	"content-encoding",
	"accept-encoding",
	"expect",
	"host",
	"proxy-authenticate",
	"proxy-authorization",
];

/** Credentials that are nobody's in particular. */
const credentials = [
	"cookie",
	"cookie2",
	"set-cookie",
	"set-cookie2",
	"www-authenticate",
	"authentication-info",
	"cf-access-jwt-assertion",
];

/** What belongs to the systems' tokens. What carries one is known however it is written. */
const theirs = Object.values(tokens).flatMap(({ beside }) => beside.map((name) => name.toLowerCase()));

/** What the edge says to browsers, and nobody in its name. */
const ours = [
	"cache-control",
	"content-security-policy",
	"content-security-policy-report-only",
	"strict-transport-security",
	"vary",
	"location",
	"content-location",
	"refresh",
	"link",
	"clear-site-data",
	"service-worker-allowed",
	"x-content-type-options",
	"x-frame-options",
	"origin",
	"referer",
	"forwarded",
	"alt-svc",
];

const never = new Set([...hopByHop, ...credentials, ...theirs, ...ours]);
const neverBegin = [
	"access-control-",
	"cross-origin-",
	"cctoken-",
	"cf-",
	"sec-",
	"x-forwarded-",
	"x-http-method",
	"x-method-override",
	"x-original-",
	"x-rewrite-",
	"proxy-",
];

/**
 * Whether a connection may list a header for requests or answers to pass.
 * @param {string} name in lower case
 */
export function mayPass(name) {
	return (
		/^[a-z0-9][a-z0-9-]*$/.test(name) &&
		!never.has(name) &&
		!neverBegin.some((begin) => name.startsWith(begin)) &&
		!carriesToken(name) &&
		!holdsToken(name)
	);
}
