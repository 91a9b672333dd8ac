// Bodies, read as far as they may be.
import { Problem } from "./problem.js";

/** The caller's body is longer than it may be. */
export const tooLarge = () => new Problem("too_large", "The request's body is larger than is accepted here.", { reason: "body" });

/**
 * The beginning of a stream, and all of it once more.
 * @typedef {object} Peeked
 * @property {Uint8Array<ArrayBuffer>} bytes what was read
 * @property {boolean} whole whether that is all
 * @property {() => AsyncGenerator<Uint8Array>} chunks all of the stream from its beginning; to be taken once
 * @property {() => void} cancel where nobody wants the rest
 */

/**
 * Reads a stream until it ends or more than a number of bytes have come.
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {number} most
 * @returns {Promise<Peeked>}
 */
export async function peek(stream, most) {
	/** @type {Uint8Array[]} */
	const chunks = [];
	let size = 0;
	let whole = true;
	const reader = stream?.getReader();
	for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
		chunks.push(part.value);
		size += part.value.length;
		if (size > most) {
			whole = false;
			break;
		}
	}
	return {
		bytes: joined(chunks, size),
		whole,
		async *chunks() {
			yield* chunks;
			for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
				yield part.value;
			}
		},
		cancel: () => void reader?.cancel().catch(() => {}),
	};
}

/**
 * A stream that the runtime can send by itself, with what chunks bring.
 *
 * A source that fails must not look like one that has ended: workerd closes a request or an answer whose stream failed
 * just as one that is complete. So the stream is left open, and failed is called, which has to end the exchange.
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(error: unknown) => void} failed
 * @returns {ReadableStream<Uint8Array>}
 */
export function streamOf(chunks, failed) {
	const { readable, writable } = new (/** @type {any} */ (globalThis).IdentityTransformStream)();
	const writer = writable.getWriter();
	const pump = async () => {
		try {
			for await (const chunk of chunks) {
				await writer.write(chunk);
			}
		} catch (error) {
			return failed(error);
		}
		await writer.close();
	};
	pump().catch(() => {}); // nobody reads any more
	return readable;
}

/**
 * All of the caller's body.
 * @param {Request} request
 * @param {number} most bytes
 */
export async function readBody(request, most) {
	const declared = request.headers.get("content-length");
	if (Number(declared ?? 0) > most) {
		throw tooLarge();
	}
	if (declared !== null) {
		return new Uint8Array(await request.arrayBuffer()); // the runtime reads as much as was declared, and no more
	}
	const { bytes, whole, cancel } = await peek(request.body, most);
	if (!whole) {
		cancel();
		throw tooLarge();
	}
	return bytes;
}

/**
 * The caller's body as a JSON object.
 * @param {Request} request
 * @param {Uint8Array} bytes
 * @returns {Record<string, unknown>}
 */
export function parseJson(request, bytes) {
	// This content type is one that no foreign page can send without asking first.
	if (!/^application\/json *(?:;|$)/i.test(request.headers.get("content-type") ?? "")) {
		throw new Problem("invalid_request", "The content type must be application/json.", { field: "content-type", reason: "content_type" });
	}
	try {
		const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
		if (typeof value === "object" && value !== null && !Array.isArray(value)) {
			return value;
		}
	} catch {
		// said below
	}
	throw new Problem("invalid_request", "The body must be a JSON object.", { field: "body", reason: "body_not_json" });
}

/** @param {Uint8Array[]} chunks @param {number} size */
export function joined(chunks, size) {
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}
