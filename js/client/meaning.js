// How far the answer to a business call is read before its caller has it: what becomes of the token stands in a refusal, or, where
// the system speaks in bodies, at the beginning of a small one. All else passes at its headers.
import { headerOf, statusOf } from "./response.js";

/** A verdict is a small JSON object, or stands at the beginning of a larger one: no documented one is longer than a tenth of this. Bytes. */
export const maxMeaning = 16 << 10;

/**
 * So long the beginning of a success is waited for after its headers; milliseconds. It comes with them, or one round trip after: this
 * is one to another continent, or the loss of one packet. What takes longer is still being made, and its caller may not wait.
 */
export const successMs = 300;

/** A refusal does not stream, and what it says decides whether the call is sent once more; milliseconds. */
export const refusalMs = 2_000;

/**
 * How long the beginning of an answer's body is waited for, as it may say what becomes of the token; 0 where it cannot.
 * @param {import("./platform.js").PlatformResponse} response
 * @param {boolean | undefined} speaks whether the system's answers say so also with another status than 401 and 403
 */
export function patience(response, speaks) {
	const status = statusOf(response) ?? 0;
	if (status === 401 || status === 403 || (speaks && status >= 400 && status <= 599)) {
		return refusalMs;
	}
	const success = status >= 200 && status <= 299;
	// What is declared may count packed bytes: unpacked there are more of them.
	const large = Number(headerOf(response, "content-length") ?? 0) > maxMeaning;
	const streams = /^\s*text\/event-stream\b/i.test(headerOf(response, "content-type") ?? "");
	return speaks && success && !large && !streams ? successMs : 0;
}

/**
 * Whether no more is to be learned of a body: the JSON object that it begins with is complete, or it begins with something else.
 * @returns {(bytes: Uint8Array) => boolean} to be asked again as more has come, of all that has
 */
export function objectIsOver() {
	let at = 0;
	let depth = 0;
	let quoted = false;
	return (bytes) => {
		for (; at < bytes.length; at++) {
			const c = bytes[at];
			if (quoted) {
				at += Number(c === 0x5c); // what comes after a backslash ends no string
				quoted = c !== 0x22;
			} else if (depth === 0) {
				if (c === 0x7b) {
					depth = 1;
				} else if (!isSpace(c) && !(at < 3 && c === byteOrderMark[at])) {
					return true;
				}
			} else if (c === 0x22) {
				quoted = true;
			} else if (c === 0x7b || c === 0x5b) {
				depth++;
			} else if ((c === 0x7d || c === 0x5d) && --depth === 0) {
				return true;
			}
		}
		return false;
	};
}

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** @param {number | undefined} c */
const isSpace = (c) => c === 0x20 || (c !== undefined && c >= 0x09 && c <= 0x0d);
