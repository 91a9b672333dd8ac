// A request of node:http as the front door reads one. Of X-Forwarded-* and the like nothing is read.
import { sourceOfReadable } from "./source.js";

/** @typedef {import("../request/answer.js").Incoming} Incoming */

/**
 * @param {import("node:http").IncomingMessage & { originalUrl?: string }} request
 * @param {string} path where the edge is mounted, or ""
 * @param {AbortSignal} signal
 * @returns {Incoming}
 */
export function incoming(request, path, signal) {
	// Frameworks cut off the path at which they mount; what was sent is what is signed.
	const target = request.originalUrl ?? request.url ?? "/";
	const inside = path !== "" && (target === path || target.startsWith(`${path}/`) || target.startsWith(`${path}?`));
	return {
		method: request.method ?? "GET",
		url: `http://${hostIn(request.headers.host)}${inside ? target.slice(path.length) : target}`,
		target,
		headers: {
			get: (name) => request.headersDistinct[name.toLowerCase()]?.join(", ") ?? null,
			has: (name) => request.headersDistinct[name.toLowerCase()] !== undefined,
		},
		body: hasBody(request) ? sourceOfReadable(request, { cancel() {} }) : null,
		signal,
	};
}

/** What cannot be a host's name and port is nobody's. @param {string | undefined} host */
const hostIn = (host = "") => (/^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(host) ? host : "host.invalid");

/** @param {import("node:http").IncomingMessage} request */
const hasBody = ({ headers }) => headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * Whether somebody else has read the body, such as a framework's parser: what was signed cannot be seen any more.
 * @param {import("node:http").IncomingMessage} request
 */
export const isTaken = (request) => request.readableDidRead && hasBody(request);
