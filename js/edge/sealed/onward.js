// A vendor's answer on its way to the caller: what is broken is told as the vendor's fault, or breaks for the caller too.
import { Gathered } from "../../client/source.js";
import { piecesOf, sourceOf } from "../request/body.js";
import { lengthOf } from "./encoding.js";
import { Problem } from "../request/problem.js";
import { streamOf } from "../request/stream.js";

/**
 * An answer's beginning is waited for, so much of it and for so long: what is broken from the start, and what is short, is
 * known before the caller is told anything.
 */
const firstBytes = 64 << 10;
const firstMs = 50;

/** Where nobody knows how much is to come, the first of it may be an event that somebody waits for. */
const furtherMs = 2;

/** @typedef {import("../../client/source.js").Source} Source */

/**
 * A status below 200 only announces an answer, and there is none above 599. The runtime hands out such statuses as they came.
 * @param {Response} response
 */
export function checkStatus({ status, body }) {
	if (status < 200 || status > 599) {
		sourceOf(body).cancel();
		throw new Problem("malformed_response", "The vendor answered with a status that no answer can have.", { reason: "vendor_status" });
	}
}

/** @param {unknown} error of the platform, as an answer was read */
export function brokenAnswer(error) {
	return error instanceof TypeError
		? new Problem("malformed_response", "The vendor's answer is packed in a way that cannot be unpacked.", { reason: "vendor_encoding" })
		: new Problem("network", "The connection to the vendor was lost before its answer was complete.");
}

/**
 * A vendor's answer as it is read. Its faults are Problems.
 * @param {Response} response
 * @returns {Source}
 */
export function vendorsSource({ headers, body }) {
	const source = sourceOf(body, { length: lengthOf(headers) });
	return {
		...source,
		async read() {
			try {
				return await source.read();
			} catch (error) {
				throw brokenAnswer(error);
			}
		},
	};
}

/**
 * An answer's body as it is sent on.
 * @param {Headers} headers
 * @param {Uint8Array<ArrayBuffer> | Source | null} body
 * @param {(side: "vendor" | "caller") => void} cutOff told whose end broke, once the caller has had the answer's head
 * @returns {Promise<BodyInit | null>} rejected with a Problem
 */
export async function onward(headers, body, cutOff) {
	if (body === null || body instanceof Uint8Array) {
		return body;
	}
	const begun = new Gathered();
	/** @type {any} */
	let timer;
	const after = (/** @type {number} */ ms) => new Promise((resolve) => (timer = setTimeout(resolve, ms, "late")));
	let late = after(firstMs);
	/** @type {Promise<Uint8Array | undefined> | undefined} */
	let coming;
	try {
		while (!coming && begun.length <= firstBytes) {
			coming = body.read();
			const piece = await Promise.race([coming, late]);
			if (piece === undefined) {
				return begun.bytes;
			}
			if (piece !== "late") {
				if (begun.length === 0 && !headers.has("content-length")) {
					clearTimeout(timer);
					late = after(furtherMs);
				}
				begun.add(piece);
				coming = undefined;
			}
		}
	} finally {
		clearTimeout(timer);
	}
	const chunks = (async function* () {
		if (begun.length > 0) {
			yield begun.bytes;
		}
		const next = await coming;
		if (next) {
			yield next;
		}
		if (next || !coming) {
			yield* piecesOf(body);
		}
	})();
	return streamOf(
		chunks,
		(_error, abort) => {
			cutOff("vendor");
			abort(); // where the length was told, the caller sees that it is not all
		},
		{
			length: lengthOf(headers),
			unread() {
				cutOff("caller");
				body.cancel();
			},
		},
	);
}
