// An edge as a server of its own: what a peer may take of it is bounded, and it ends without breaking off what it has begun.
import { createServer } from "node:http";

/** A request's headers have so long to come, and are so large at most: a JWT may take 16 KiB of them. */
const headersMs = 10_000;
const maxHeaderBytes = 32 << 10;
/** How often connections are looked at for that. */
const lookMs = 2_000;
/** So long a connection may be idle: longer than proxies keep theirs, so that none sends into one that is just being closed. */
const idleMs = 75_000;
/** So long those have who are being answered when it ends. */
const defaultGraceMs = 30_000;

/**
 * A server that listens.
 * @typedef {object} Served
 * @property {string} url where it listens, such as http://127.0.0.1:8788
 * @property {(graceMs?: number) => Promise<void>} close no further connection is taken; those who are being answered have so long, in milliseconds
 */

/**
 * A server for an edge, whose peers are bounded: headers of 32 KiB, which have ten seconds to come. Bodies are bounded by the edge. TLS
 * is a proxy's before it.
 * @param {(request: any, response: any) => void} handler of the edge
 * @param {{ host: string, port: number }} at port: 0 is any that is free
 * @returns {Promise<Served>} rejected with a TypeError where one of the two is missing, and with Node's own error where it cannot listen there
 */
export async function serve(handler, { host, port }) {
	if (typeof host !== "string" || host === "" || typeof port !== "number") {
		throw new TypeError("serve needs a host and a port: without a host Node listens at every address of the machine");
	}
	let closing = false;
	const server = createServer(
		{
			headersTimeout: headersMs,
			requestTimeout: 0, // bodies are bounded by who reads them
			connectionsCheckingInterval: lookMs,
			keepAliveTimeout: idleMs,
			maxHeaderSize: maxHeaderBytes,
		},
		(request, response) => {
			if (closing) {
				response.setHeader("connection", "close");
			}
			handler(request, response);
		},
	);
	await new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
		server.once("error", reject).listen(port, host, () => {
			server.off("error", reject);
			resolve();
		});
	});
	const { port: taken, family, address } = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
		close(graceMs = defaultGraceMs) {
			closing = true;
			return new Promise((resolve) => {
				const timer = setTimeout(() => server.closeAllConnections(), graceMs);
				server.close(() => {
					clearTimeout(timer);
					resolve();
				});
				server.closeIdleConnections();
			});
		},
	};
}
