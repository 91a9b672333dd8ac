// Node's HTTP server in front of the sandbox's program. It behaves as Go's own server does for the native sandbox:
// the same limits, the same broken connections.
import { createServer } from "node:http";
import { isIP } from "node:net";
import { SandboxError } from "./error.js";

/** @typedef {import("./program.js").Program} Program */

/** What the program reads of a body; it refuses anything larger. */
const maxBody = 1 << 20;
/** How much more of a body than that is read, so that its sender comes to read the refusal. */
const maxDiscarded = 16 << 20;

/**
 * @param {Program} program
 * @param {{ host: string, port: number }} where
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function listen(program, { host, port }) {
	const server = createServer(
		{
			maxHeaderSize: 64 << 10,
			headersTimeout: 5_000,
			requestTimeout: 15_000,
			keepAliveTimeout: 60_000,
			connectionsCheckingInterval: 1_000,
		},
		(request, response) => {
			exchange(program, request, response).catch(() => response.destroy());
		},
	);
	await new Promise((resolve, reject) => {
		server.once("error", (cause) => reject(notListening(host, port, cause)));
		server.listen(port, host, () => resolve(undefined));
	});
	server.on("error", () => {}); // of a single connection: no concern of the others
	const address = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		url: `http://${reachable(address)}:${address.port}`,
		async close() {
			const closed = new Promise((resolve) => server.close(() => resolve(undefined)));
			server.closeAllConnections(); // a delay fault is not waited for
			await closed;
		},
	};
}

/**
 * A host that a client on this machine can use: every address of the machine is none of them.
 * @param {import("node:net").AddressInfo} address
 */
function reachable({ family, address }) {
	if (family === "IPv6") {
		return `[${address === "::" ? "::1" : address}]`;
	}
	return address === "0.0.0.0" ? "127.0.0.1" : address;
}

/**
 * @param {string} host
 * @param {number} port
 * @param {any} cause
 */
function notListening(host, port, cause) {
	const why =
		cause.code === "EADDRINUSE"
			? "is in use: end what listens there, or choose another port; 0 takes a free one"
			: cause.code === "EACCES"
				? "is not for this user: choose a port from 1024 up"
				: "cannot be listened on: the host must be an address of this machine";
	// What is no address may be anything: it is not repeated.
	const where = isIP(host) || host === "localhost" ? `${host}:${port}` : "The host";
	return new SandboxError("not_listening", `${where} ${why}.`, { cause });
}

/**
 * @param {Program} program
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function exchange(program, request, response) {
	const { body, broken, excess } = await read(request);
	if (excess) {
		response.setHeader("Connection", "close");
	}
	const gone = program.serve(
		{ method: request.method ?? "", target: request.url ?? "", headers: request.rawHeaders, body, broken },
		{
			head(status, headers) {
				for (const [name, value] of headers) {
					response.appendHeader(name, value);
				}
				response.writeHead(status);
			},
			body(bytes) {
				if (response.destroyed) {
					return false;
				}
				response.write(bytes);
				return true;
			},
			end(broken) {
				if (broken) {
					breakOff(response);
				} else {
					response.end();
				}
			},
			crash() {
				if (response.headersSent) {
					response.destroy();
				} else {
					response.writeHead(500, { "content-type": "text/plain", connection: "close" }).end("the sandbox has crashed\n");
				}
			},
		},
	);
	response.once("close", gone);
}

/**
 * The body, up to one byte more than the program takes: enough for it to see that there is too much.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<{ body: Uint8Array, broken: boolean, excess: boolean }>}
 */
async function read(request) {
	/** @type {Uint8Array[]} */
	const parts = [];
	let size = 0;
	let broken = false;
	try {
		for await (const part of request) {
			if (size <= maxBody) {
				parts.push(part);
			}
			size += part.length;
			if (size > maxBody + maxDiscarded) {
				break; // which destroys the connection
			}
		}
	} catch {
		broken = true;
	}
	return { body: Buffer.concat(parts).subarray(0, maxBody + 1), broken, excess: size > maxBody };
}

/**
 * Ends the connection after what was written to it.
 * @param {import("node:http").ServerResponse} response
 */
function breakOff(response) {
	const { socket } = response;
	if (!response.headersSent) {
		socket?.destroy();
		return;
	}
	// The bytes of the response are on their way to the socket when this is called: an empty write is behind them.
	response.write("", () => socket?.destroySoon());
}
