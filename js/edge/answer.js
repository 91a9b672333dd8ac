// A vendor's answer on its way to the caller: what is broken is told as the vendor's fault, or breaks for the caller too.
import { Gathered, piecesOf, sourceOf, streamOf } from "./body.js";
import { Problem } from "./problem.js";

/**
 * An answer's beginning is waited for, so much of it and for so long: what is broken from the start, and what is short, is
 * known before the caller is told anything.
 */
const firstBytes = 64 << 10;
const firstMs = 50;

/** Where nobody knows how much is to come, the first of it may be an event that somebody waits for. */
const furtherMs = 2;

/** What the runtime unpacks by itself: these words, and no other way to write them. */
const unpacked = ["gzip", "br"];

/**
 * Whether an answer's bytes are still packed in a way that only the caller may understand.
 * @param {Headers} headers
 */
export function isPacked(headers) {
	const encoding = headers.get("content-encoding")?.trim() ?? "";
	return encoding !== "" && encoding.toLowerCase() !== "identity" && !unpacked.includes(encoding);
}

/**
 * Statuses that announce an answer, or that there are not, are none. The runtime hands them out as they came.
 * @param {Response} response
 */
export function checkStatus({ status, body }) {
	if (status < 200 || status > 599) {
		body?.cancel().catch(() => {});
		throw new Problem("malformed_response", "The vendor answered with a status that is no answer's.", { reason: "vendor_status" });
	}
}

/** @param {unknown} error of the platform, as an answer was read */
export function brokenAnswer(error) {
	return error instanceof TypeError
		? new Problem("malformed_response", "The vendor's answer is packed in a way that cannot be unpacked.", { reason: "vendor_encoding" })
		: new Problem("network", "The connection to the vendor was lost before its answer was complete.");
}

/**
 * An answer's body as it is sent on.
 * @param {Headers} headers
 * @param {BodyInit | AsyncIterable<Uint8Array> | null} body a stream of the vendor's, or what was made of one
 * @param {(side: "vendor" | "caller") => void} cutOff told whose end broke, once the caller has had the answer's head
 * @returns {Promise<BodyInit | null>} rejected with a Problem
 */
export async function onward(headers, body, cutOff) {
	const declared = headers.get("content-length");
	const length = declared === null || headers.has("content-encoding") ? undefined : Number(declared);
	/** @param {AsyncIterable<Uint8Array>} chunks @param {() => void} [cancel] */
	const streamed = (chunks, cancel = () => {}) =>
		streamOf(chunks, (_error, abort) => {
			cutOff("vendor");
			abort(); // where the length was told, the caller sees that it is not all
		}, {
			length,
			unread() {
				cutOff("caller");
				cancel();
			},
		});
	if (!(body instanceof ReadableStream)) {
		return isIterable(body) ? streamed(body) : body;
	}
	const source = sourceOf(body, { length });
	const begun = new Gathered();
	/** @type {any} */
	let timer;
	const after = (/** @type {number} */ ms) => new Promise((resolve) => (timer = setTimeout(resolve, ms, "late")));
	let late = after(firstMs);
	/** @type {Promise<Uint8Array | undefined> | undefined} */
	let coming;
	try {
		while (!coming && begun.length <= firstBytes) {
			coming = source.read();
			const piece = await Promise.race([coming, late]);
			if (piece === undefined) {
				return begun.bytes;
			}
			if (piece !== "late") {
				if (begun.length === 0 && declared === null) {
					clearTimeout(timer);
					late = after(furtherMs);
				}
				begun.add(piece);
				coming = undefined;
			}
		}
	} catch (error) {
		throw brokenAnswer(error);
	} finally {
		clearTimeout(timer);
	}
	return streamed((async function* () {
		if (begun.length > 0) {
			yield begun.bytes;
		}
		const next = await coming;
		if (next) {
			yield next;
		}
		if (next || !coming) {
			yield* piecesOf(source);
		}
	})(), source.cancel);
}

/** @param {BodyInit | AsyncIterable<Uint8Array> | null} body @returns {body is AsyncIterable<Uint8Array>} */
const isIterable = (body) => typeof body === "object" && body !== null && Symbol.asyncIterator in body;
