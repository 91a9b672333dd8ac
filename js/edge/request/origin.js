// Which pages may call: CORS for those whose origin is listed, to the letter, and nothing for any other. This is also
// what keeps a foreign page from using what a browser adds by itself, such as the cookie of Cloudflare Access.
import { Problem } from "./problem.js";

/**
 * Whether a request comes from where it may: from a listed origin; from the edge's own origin; or from no page at all.
 * @param {Pick<Headers, "get">} headers
 * @param {readonly string[]} origins
 */
export function checkOrigin(headers, origins) {
	const origin = headers.get("origin");
	if (origin !== null) {
		if (!origins.includes(origin)) {
			throw new Problem("forbidden", "Pages of this origin may not call here.", { reason: "origin" });
		}
		return;
	}
	// Browsers leave Origin out of some requests, but say where these come from. Programs say neither.
	const site = headers.get("sec-fetch-site");
	if (site !== null && (site !== "same-origin" || headers.get("sec-fetch-mode") === "navigate")) {
		throw new Problem("forbidden", "A page calls with fetch, from a listed origin.", { reason: "fetch_site" });
	}
}

/**
 * What browsers are told with an answer.
 * @param {string | null} origin
 * @param {readonly string[]} origins
 * @param {{ credentials: boolean, exposed: readonly string[] }} options credentials: whether a JWT may come with a cookie
 * @returns {Record<string, string>}
 */
export function corsHeaders(origin, origins, { credentials, exposed }) {
	if (origin === null || !origins.includes(origin)) {
		return {};
	}
	return {
		"access-control-allow-origin": origin,
		...(credentials && { "access-control-allow-credentials": "true" }),
		...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
	};
}

/**
 * The answer to a preflight. It is the same for every path, so that no connection's name can be found out with it.
 * @param {{ methods: readonly string[], headers: readonly string[] }} allowed
 */
export function preflight({ methods, headers }) {
	return new Response(null, {
		status: 204,
		headers: {
			"access-control-allow-methods": methods.join(", "),
			"access-control-allow-headers": headers.join(", "),
			"access-control-max-age": "600",
		},
	});
}
