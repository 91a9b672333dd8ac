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

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @typedef {import("../../client/source.js").Source} Source */
/** Also tells whether a piece is waited for. @typedef {Source & { waiting: () => boolean }} Watched */
/** A body that may have come before it is asked for: arrived is all of it then. @typedef {Source & { arrived: () => Uint8Array<ArrayBuffer> | undefined }} Arriving */
/** A body as a platform has it. @typedef {ReadableStream<Uint8Array> | Source | Arriving | null} Body */

/**
 * @param {Body} body
 * @param {{ length?: number, most?: number }} [options] length: of all of it, where it is known; most: bytes at once
 * @returns {Watched} what its read is rejected with is the platform's own
 */
export function sourceOf(body, options) {
	return body && "read" in body ? watched(body) : sourceOfStream(body, options);
}

/**
 * @param {Source} source
 * @returns {Watched}
 */
function watched(source) {
	let waiting = false;
	return {
		async read() {
			waiting = true;
			try {
				return await source.read();
			} finally {
				waiting = false;
			}
		},
		waiting: () => waiting,
		cancel: () => source.cancel(),
	};
}

/**
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {{ length?: number, most?: number }} [options]
 * @returns {Watched}
 */
function sourceOfStream(stream, { length = Infinity, most = pieceBytes } = {}) {
	const reader = stream?.getReader({ mode: "byob" });
	let buffer = reader && new ArrayBuffer(Math.max(1, Math.min(length, most)));
	let left = length;
	return watched({
		async read() {
			if (!reader || !buffer || left === 0) {
				return undefined;
			}
			const { done, value } = await reader.read(new Uint8Array(buffer));
			buffer = value?.buffer;
			left -= value?.length ?? 0;
			return done ? undefined : value;
		},
		cancel: () => void reader?.cancel().catch(() => {}),
	});
}

/**
 * The caller's body. Its faults are Problems, and it is not waited for without an end.
 * @param {Body} body
 * @param {{ length?: number, most?: number, timeoutMs: number, whole?: boolean }} options whole: the time is for all of it, and not for
 *   each piece; the others as sourceOf has them
 * @returns {Watched}
 */
export function callersSource(body, { timeoutMs, whole = false, ...options }) {
	const source = sourceOf(body, options);
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let timer;
	/** @type {Promise<never> | undefined} */
	let late;
	const rest = () => {
		clearTimeout(timer);
		late = undefined;
	};
	const begin = () => /** @type {Promise<never>} */ (new Promise((_, reject) => (timer = setTimeout(() => reject(stalled()), timeoutMs))));
	return {
		...source,
		async read() {
			late ??= begin();
			let piece;
			try {
				piece = await Promise.race([source.read(), late]);
			} catch (error) {
				rest();
				source.cancel();
				throw error instanceof Problem ? error : brokenOff();
			}
			if (!piece || !whole) {
				rest();
			}
			return piece;
		},
		cancel() {
			rest();
			source.cancel();
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
 * All of the caller's body, at once where it has come already.
 * @param {{ headers: Pick<Headers, "get">, body: Body }} request
 * @param {{ most: number, timeoutMs: number, grow?: (bytes: number) => void }} options most: bytes; timeoutMs: for all of it
 * @returns {Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>} throws a Problem, or is rejected with one
 */
export function readBody({ headers, body }, options) {
	const declared = headers.get("content-length");
	if (Number(declared ?? 0) > options.most) {
		throw tooLarge();
	}
	const arrived = body && "arrived" in body ? body.arrived() : undefined;
	if (!arrived) {
		return gathered(body, declared, options);
	}
	if (arrived.length > options.most) {
		throw tooLarge();
	}
	options.grow?.(arrived.length);
	return arrived;
}

/**
 * @param {Body} body
 * @param {string | null} declared its length
 * @param {Parameters<typeof readBody>[1]} options
 */
async function gathered(body, declared, { most, timeoutMs, grow }) {
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
 * @param {import("./answer.js").Incoming} request
 * @param {Uint8Array} bytes
 * @returns {Record<string, unknown>}
 */
export function parseJson(request, bytes) {
	// This content type is one that no foreign page can send without asking first.
	if (!/^application\/json *(?:;|$)/i.test(request.headers.get("content-type") ?? "")) {
		throw new Problem("invalid_request", "The content type must be application/json.", { field: "content-type", reason: "content_type" });
	}
	try {
		const value = JSON.parse(decoder.decode(bytes));
		if (typeof value === "object" && value !== null && !Array.isArray(value)) {
			return value;
		}
	} catch {
		// said below
	}
	throw new Problem("invalid_request", "The body must be a JSON object.", { field: "body", reason: "body_not_json" });
}
