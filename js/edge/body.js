// Bodies, read as far as they may be.
import { Problem } from "./problem.js";

/** The caller's body is longer than it may be. */
export const tooLarge = () => new Problem("too_large", "The request's body is larger than is accepted here.", { reason: "body" });

/**
 * The beginning of a stream, and all of it once more.
 * @typedef {object} Peeked
 * @property {Uint8Array<ArrayBuffer>} bytes what was read
 * @property {boolean} whole whether that is all
 * @property {() => ReadableStream<Uint8Array>} rest where it is not: the stream from its beginning; to be taken once
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
		cancel: () => void reader?.cancel().catch(() => {}),
		rest: () => new ReadableStream({
			start(controller) {
				for (const chunk of chunks) {
					controller.enqueue(chunk);
				}
			},
			async pull(controller) {
				const part = await reader?.read();
				if (!part || part.done) {
					controller.close();
				} else {
					controller.enqueue(part.value);
				}
			},
			cancel: (reason) => reader?.cancel(reason),
		}),
	};
}

/**
 * All of the caller's body.
 * @param {Request} request
 * @param {number} most bytes
 */
export async function readBody(request, most) {
	if (Number(request.headers.get("content-length") ?? 0) > most) {
		throw tooLarge();
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
function joined(chunks, size) {
	const bytes = new Uint8Array(size);
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}
