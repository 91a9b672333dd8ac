// Sends sealed calls by node:http: with the headers that it is given and no other, no redirect followed, no cookie, no cache, and as
// long as an answer goes on. Node's own fetch adds headers, and ends an answer that is silent for five minutes.
import { Agent, request as overHttp } from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { lengthOfStream } from "../request/stream.js";
import { drained } from "./drain.js";
import { sourceOfReadable } from "./source.js";

/** For so long a connection is kept that nobody uses: less than servers keep theirs, so that a call rarely meets one that is just being closed. */
const idleMs = 4_000;

/** So many headers of an answer are read; bytes. */
const maxHeaderBytes = 64 << 10;

/** Sent again where the connection, which was used before, was closed by the other side before anything came: nothing can have happened. */
const repeatable = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];

/** What is unpacked, as workerd does it. @type {Record<string, () => import("node:stream").Transform>} */
const unpackers = { gzip: createGunzip, br: createBrotliDecompress };

/** An answer, as far as the front door looks at one. @typedef {Pick<Response, "status" | "ok" | "headers"> & { body: import("../../client/source.js").Source | null }} Answer */

export class Vendors {
	#plain = new Agent({ keepAlive: true, timeout: idleMs });
	#tls = new TlsAgent({ keepAlive: true, timeout: idleMs });

	/**
	 * @param {URL} url
	 * @param {RequestInit} init
	 * @returns {Promise<any>} an Answer; rejected where there is none
	 */
	fetch = async (url, init) => {
		try {
			return await this.#send(url, init);
		} catch (error) {
			if (error instanceof Stale && repeatable.includes(init.method ?? "GET") && !(init.body instanceof ReadableStream)) {
				return this.#send(url, init);
			}
			throw error;
		}
	};

	/** Ends the connections that nobody uses. */
	close() {
		this.#plain.destroy();
		this.#tls.destroy();
	}

	/**
	 * @param {URL} url
	 * @param {RequestInit} init
	 * @returns {Promise<Answer>}
	 */
	#send(url, { method, headers, body, signal }) {
		const tls = url.protocol === "https:";
		const sent = /** @type {Headers} */ (headers);
		const length = body instanceof ReadableStream ? lengthOfStream(body) : undefined;
		return new Promise((resolve, reject) => {
			const request = (tls ? overTls : overHttp)(url, {
				method,
				headers: {
					...Object.fromEntries(sent),
					...(!sent.has("accept-encoding") && { "accept-encoding": "gzip, br" }),
					...(length !== undefined && { "content-length": String(length) }),
				},
				agent: tls ? this.#tls : this.#plain,
				maxHeaderSize: maxHeaderBytes,
				...(signal && { signal }),
			});
			request.on("error", (error) => {
				const { code } = /** @type {NodeJS.ErrnoException} */ (error);
				reject(request.reusedSocket && code === "ECONNRESET" ? new Stale() : error);
			});
			request.on("response", (response) => {
				request.on("error", () => {}); // told where the body is read
				resolve(answerOf(response, request));
			});
			request.on("upgrade", (_, socket) => {
				socket.destroy();
				reject(new Error("an upgrade that nobody asked for"));
			});
			if (body instanceof ReadableStream) {
				pass(body, request).catch((error) => request.destroy(error));
			} else {
				request.end(body);
			}
		});
	}
}

class Stale extends Error {}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {import("node:http").ClientRequest} request
 */
async function pass(body, request) {
	const reader = body.getReader();
	request.once("close", () => void reader.cancel().catch(() => {}));
	for (let part = await reader.read(); !part.done; part = await reader.read()) {
		if (!request.write(part.value)) {
			await drained(request);
		}
	}
	request.end();
}

/**
 * @param {import("node:http").IncomingMessage} response
 * @param {import("node:http").ClientRequest} request
 * @returns {Answer}
 */
function answerOf(response, request) {
	const { statusCode: status = 0, rawHeaders } = response;
	const headers = new Headers();
	for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
		headers.append(/** @type {string} */ (rawHeaders[i]), /** @type {string} */ (rawHeaders[i + 1]));
	}
	const bodiless = request.method === "HEAD" || status === 204 || status === 304;
	if (bodiless) {
		response.resume();
	}
	const unpack = unpackers[headers.get("content-encoding")?.trim() ?? ""];
	return {
		status,
		ok: status >= 200 && status < 300,
		headers,
		body: bodiless ? null : sourceOfReadable(response, { unpacker: unpack?.() }),
	};
}
