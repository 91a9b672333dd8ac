// A request of node:http as the front door reads one. Of X-Forwarded-* and the like nothing is read.
import { sourceOfReadable } from "./source.js";

/** @typedef {import("../request/answer.js").Incoming} Incoming */

/**
 * @param {import("node:http").IncomingMessage & { originalUrl?: string }} request
 * @param {string} path where the edge is mounted, or ""
 * @param {import("../request/answer.js").Leaving} signal
 * @returns {Incoming}
 */
export function incoming(request, path, signal) {
	// Frameworks cut off the path at which they mount; what was sent is what is signed.
	const target = request.originalUrl ?? request.url ?? "/";
	const headers = request.headersDistinct; // what is got from it first is made of all headers
	const inside = path !== "" && (target === path || target.startsWith(`${path}/`) || target.startsWith(`${path}?`));
	return {
		method: request.method ?? "GET",
		url: `http://${hostIn(headers.host?.[0])}${inside ? target.slice(path.length) : target}`,
		target,
		headers: {
			get: (name) => headers[name.toLowerCase()]?.join(", ") ?? null,
			has: (name) => headers[name.toLowerCase()] !== undefined,
		},
		body: hasBody(request) ? sourceOfReadable(request, { cancel() {} }) : null,
		signal,
	};
}

/** What cannot be a host's name and port is nobody's. @param {string | undefined} host */
const hostIn = (host = "") => (/^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(host) ? host : "host.invalid");

/** @param {import("node:http").IncomingMessage} request */
const hasBody = ({ headersDistinct: headers }) =>
	headers["transfer-encoding"] !== undefined || Number(headers["content-length"]?.[0] ?? 0) > 0;

/**
 * Fires where a response is closed before all of it was sent. A signal of its own for each request would cost more than most of what
 * is done for one.
 * @param {import("node:http").ServerResponse} response
 * @returns {import("../request/answer.js").Leaving}
 */
export const leaving = (response) => ({
	addEventListener: (_, listener) => response.once("close", () => response.writableFinished || listener()),
});

/**
 * Whether somebody else has read the body, such as a framework's parser: what was signed cannot be seen any more.
 * @param {import("node:http").IncomingMessage} request
 */
export const isTaken = (request) => request.readableDidRead && hasBody(request);
