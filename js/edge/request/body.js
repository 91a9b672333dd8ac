// Bodies, read as far as they may be.
import { peek } from "../../client/source.js";
import { Problem } from "./problem.js";

/** The caller's body is longer than it may be. */
export const tooLarge = () => new Problem("too_large", "The request's body is larger than is accepted here.", { reason: "body" });

/** The caller has stopped sending. */
const stalled = () => new Problem("request_timeout", "The request's body did not come in time.", { reason: "body_stalled" });

/** A caller's body that cannot be read is the caller's fault, or that of something on the way. */
const brokenOff = () =>
	new Problem("invalid_request", "The request's body broke off, or is not framed as HTTP asks.", { field: "body", reason: "body_broken" });

/** So much is read at once; bytes. */
const pieceBytes = 64 << 10;

/** @typedef {import("../../client/source.js").Source} Source */
/** Also tells whether a piece is waited for. @typedef {Source & { waiting: () => boolean }} Watched */

/**
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {{ length?: number, most?: number }} [options] length: of all of it, where it is known; most: bytes at once
 * @returns {Watched} what its read is rejected with is the platform's own
 */
export function sourceOf(stream, { length = Infinity, most = pieceBytes } = {}) {
	const reader = stream?.getReader({ mode: "byob" });
	let buffer = reader && new ArrayBuffer(Math.max(1, Math.min(length, most)));
	let waiting = false;
	let left = length;
	return {
		async read() {
			if (!reader || !buffer || left === 0) {
				return undefined;
			}
			waiting = true;
			try {
				const { done, value } = await reader.read(new Uint8Array(buffer));
				buffer = value?.buffer;
				left -= value?.length ?? 0;
				return done ? undefined : value;
			} finally {
				waiting = false;
			}
		},
		waiting: () => waiting,
		cancel: () => void reader?.cancel().catch(() => {}),
	};
}

/**
 * The caller's body. Its faults are Problems, and it is not waited for without an end.
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {{ length?: number, most?: number, timeoutMs: number, whole?: boolean }} options whole: the time is for all of it, and not for
 *   each piece; the others as sourceOf has them
 * @returns {Watched}
 */
export function callersSource(stream, { timeoutMs, whole = false, ...options }) {
	const source = sourceOf(stream, options);
	let until = Date.now() + timeoutMs;
	return {
		...source,
		async read() {
			if (!whole) {
				until = Date.now() + timeoutMs;
			}
			let timer;
			const late = new Promise((_, reject) => (timer = setTimeout(() => reject(stalled()), Math.max(0, until - Date.now()))));
			try {
				return await Promise.race([source.read(), late]);
			} catch (error) {
				source.cancel();
				throw error instanceof Problem ? error : brokenOff();
			} finally {
				clearTimeout(timer);
			}
		},
	};
}

/** @param {Source} source @returns {AsyncGenerator<Uint8Array>} all that is left of it */
export async function* piecesOf(source) {
	for (let piece = await source.read(); piece; piece = await source.read()) {
		yield piece;
	}
}

/**
 * A stream that the runtime can send by itself, with what chunks bring.
 *
 * A source that fails must not look like one that has ended: workerd closes a request or an answer whose stream failed
 * just as one that is complete, unless its length was told. So the stream is left open, and failed is called, which has
 * to end the exchange.
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(error: unknown, abort: () => void) => void} failed where chunks fail; abort ends the stream as it is
 * @param {{ length?: number, moved?: () => void, unread?: () => void }} [options] length: of all of it, where it is known; moved: called
 *   when a chunk was taken; unread: called when nobody takes them any more
 * @returns {ReadableStream<Uint8Array>}
 */
export function streamOf(chunks, failed, { length, moved = () => {}, unread = () => {} } = {}) {
	const { IdentityTransformStream, FixedLengthStream } = /** @type {any} */ (globalThis);
	const { readable, writable } = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
	const writer = writable.getWriter();
	const abort = () => void writer.abort().catch(() => {});
	const iterator = chunks[Symbol.asyncIterator]();
	const pump = async () => {
		for (;;) {
			let next;
			try {
				next = await iterator.next();
			} catch (error) {
				return failed(error, abort);
			}
			if (next.done) {
				return writer.close();
			}
			await writer.write(next.value);
			moved();
		}
	};
	pump().catch(unread);
	return readable;
}

/**
 * All of the caller's body.
 * @param {{ headers: Headers, body: ReadableStream<Uint8Array> | null }} request
 * @param {{ most: number, timeoutMs: number, grow?: (bytes: number) => void }} options most: bytes; timeoutMs: for all of it
 */
export async function readBody({ headers, body }, { most, timeoutMs, grow }) {
	const declared = headers.get("content-length");
	if (Number(declared ?? 0) > most) {
		throw tooLarge();
	}
	const source = callersSource(body, { length: declared === null ? undefined : Number(declared), most: 4096, timeoutMs, whole: true });
	try {
		const { bytes, whole } = await peek(source, most, { grow });
		if (whole) {
			return bytes;
		}
	} catch (error) {
		source.cancel();
		throw error;
	}
	source.cancel();
	throw tooLarge();
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
