// Stands on the wire between two programs, and keeps all that goes over it in either direction. It can also be the place
// where the wire is cut.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";

/**
 * A request and what was answered to it, as far as they have come.
 * @typedef {object} Exchange
 * @property {string} method
 * @property {string} url path and query
 * @property {string} head the request's, with all of its headers
 * @property {string} body
 * @property {number} status 0 where nothing was answered
 * @property {string} answerHead
 * @property {string} answerBody unpacked
 */

/**
 * @returns {Promise<Relay>}
 *
 * @typedef {object} Relay
 * @property {string} url its origin, on loopback; it stays the same wherever the relay leads
 * @property {string} target the origin that it leads to; to be set before the first request
 * @property {boolean} cut while it is set, every connection breaks before an answer
 * @property {Exchange[]} exchanges in the order in which they began
 * @property {() => Promise<void>} close
 */
export async function startRelay() {
	const server = createServer((incoming, outgoing) => {
		const { method = "", url = "" } = incoming;
		/** @type {Buffer[]} */
		const chunks = [];
		let encoding = "";
		/** @type {Exchange} */
		const exchange = {
			method,
			url,
			head: headOf(incoming),
			body: "",
			status: 0,
			answerHead: "",
			get answerBody() {
				return unpacked(Buffer.concat(chunks), encoding);
			},
		};
		relay.exchanges.push(exchange);
		if (relay.cut) {
			incoming.socket.destroy();
			return;
		}
		const { host: _, ...headers } = incoming.headers;
		const onward = request(relay.target + url, { method, headers, agent: false }, (answer) => {
			exchange.status = answer.statusCode ?? 0;
			exchange.answerHead = headOf(answer);
			outgoing.writeHead(exchange.status, answer.headers);
			encoding = answer.headers["content-encoding"] ?? "";
			answer.on("data", (chunk) => chunks.push(chunk));
			answer.on("error", () => outgoing.destroy()).pipe(outgoing);
		});
		onward.on("error", () => incoming.socket.destroy());
		outgoing.on("close", () => onward.destroy());
		incoming.on("data", (chunk) => (exchange.body += chunk.toString("latin1")));
		incoming.pipe(onward);
	});
	// Whoever keeps a connection for later finds it alive.
	server.keepAliveTimeout = 600_000;
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	/** @type {Relay} */
	const relay = {
		url: `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`,
		target: "",
		cut: false,
		exchanges: [],
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
	return relay;
}

/** @param {import("node:http").IncomingMessage} message */
function headOf({ method, url, statusCode, rawHeaders }) {
	return [statusCode ?? `${method} ${url}`, ...rawHeaders].join("\n");
}

/**
 * Text, of which each byte is a character, as far as it has come.
 * @param {Buffer} bytes
 * @param {string} encoding of the content
 */
function unpacked(bytes, encoding) {
	if (bytes.length === 0 || encoding === "" || encoding === "identity") {
		return bytes.toString("latin1");
	}
	if (encoding === "gzip") {
		return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
	}
	if (encoding === "br") {
		return brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString("latin1");
	}
	throw new Error(`nobody here can read what is packed as ${encoding}`);
}
