// One request without credentials, mostly to a path that no vendor has: what answers there, and what time it believes it is.
import { request as requestHTTP } from "node:http";
import { late, overTLS } from "./network.js";
import { reasonIn } from "./way.js";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {"html" | "json" | "other" | "none"} type
 * @property {string | undefined} location the origin of a redirect's target
 * @property {string | undefined} reason what a proxy says that it met in place of the host
 * @property {number | undefined} skewMs how far this machine's clock is ahead of the answer's, in milliseconds
 */

/** Below the base URL. */
const probePath = "/cctoken-doctor";

/**
 * Not by fetch: certificates are not checked here, as even a server with a wrong one may tell the time. Nothing but the
 * path is sent, and to a proxy its login.
 * @param {import("./way.js").Way} way
 * @param {URL} base
 * @param {{ method: string, path: string }} [what]
 * @returns {Promise<Answer>} rejected with the error of the connection
 */
export async function probe(way, base, { method, path } = { method: "GET", path: probePath }) {
	const url = new URL(base.href.replace(/\/+$/, "") + path);
	const secure = url.protocol === "https:";
	const forward = secure ? undefined : way.forward;
	const socket = await (forward?.open ?? way.open)();
	const connection = secure ? await overTLS(socket, way.host, { checked: false, ms: way.ms }) : socket;
	const began = Date.now();
	return new Promise((resolve, reject) => {
		const request = requestHTTP({
			createConnection: () => connection,
			method,
			path: forward ? url.href : url.pathname + url.search,
			headers: { host: url.host, accept: "application/json", ...forward?.headers },
		});
		request.setTimeout(way.ms, () => request.destroy(late()));
		request.on("error", reject);
		request.once("response", (response) => {
			const { headers, statusCode: status = 0 } = response;
			response.destroy();
			resolve({
				status,
				type: typeOf(headers["content-type"]),
				location: originOf(headers.location, url),
				reason: reasonIn(headers),
				skewMs: skewOf(headers.date, headers.age, (began + Date.now()) / 2),
			});
		});
		request.end();
	});
}

/** @param {string | null | undefined} contentType */
export function typeOf(contentType) {
	return !contentType ? "none" : /\bhtml\b/i.test(contentType) ? "html" : /\bjson\b/i.test(contentType) ? "json" : "other";
}

/**
 * @param {string | null | undefined} location
 * @param {URL} from
 */
export function originOf(location, from) {
	try {
		return location ? new URL(location, from).origin : undefined;
	} catch {
		return undefined;
	}
}

/**
 * @param {string | undefined} date
 * @param {string | undefined} age seconds that the answer spent in a cache
 * @param {number} local milliseconds
 */
function skewOf(date, age, local) {
	const theirs = Date.parse(date ?? "");
	// The header counts whole seconds, rounded down.
	return Number.isNaN(theirs) ? undefined : local - (theirs + 500 + (Number(age) || 0) * 1000);
}
