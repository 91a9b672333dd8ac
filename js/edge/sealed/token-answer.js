// What a vendor answered is looked at before a page may have it: whatever the interfaces that hand out tokens answer stays
// here, should a call ever have reached one. Those answers are small, and JSON or XML under any content type.
import { refusalMs, successMs } from "../../client/meaning.js";
import { peek } from "../../client/source.js";
import { sourceOf } from "../request/body.js";
import { isPacked, lengthOf } from "./encoding.js";
import { holdsToken } from "./token-names.js";
import { Problem } from "../request/problem.js";

/** So much of an answer is looked at; bytes. One that declares more passes at its headers. */
export const maxLooked = 64 << 10;

/** @typedef {import("../../client/source.js").Source} Source */

/**
 * An answer, as far as it was looked at.
 * @typedef {object} Looked
 * @property {Uint8Array} bytes of its beginning
 * @property {Problem} [withheld] why no page may have it
 * @property {Uint8Array<ArrayBuffer> | Source} body
 */

/**
 * Looks at an answer as far as it must: one that does not begin like JSON or XML passes at its first bytes, and an event stream
 * at its headers, as these may come long before. What does begin so is held until it ends or is larger than is looked at, and so
 * is what is packed. Where that takes too long its headers pass, and what is held is its body. Of a refusal the beginning is always
 * looked at.
 * @param {Response} response
 * @param {Source} source its body
 * @param {(why: Problem) => void} note is told why a body was ended
 * @returns {Promise<Looked>}
 */
export async function look({ headers, ok }, source, note) {
	const type = typeOf(headers);
	const packed = isPacked(headers);
	const length = lengthOf(headers);
	if (ok && length !== undefined && length > maxLooked) {
		return { bytes: new Uint8Array(), body: source };
	}
	const enough = (/** @type {Uint8Array} */ bytes) => !packed && !couldBeData(bytes.subarray(0, 256), type);
	const held = (/** @type {Source} */ from) =>
		begunAs(from, async () => {
			const { bytes, whole, source: all } = await peek(from, maxLooked, { enough });
			const withheld = whyWithheld(headers, bytes, whole);
			if (!withheld) {
				return all;
			}
			note(withheld);
			from.cancel();
			return sourceOf(null);
		});
	if (ok && length === undefined && !packed && /^\s*text\/event-stream\b/i.test(type)) {
		return { bytes: new Uint8Array(), body: held(source) };
	}
	const { bytes, whole, late, source: all } = await begun(ok, (late) => peek(source, maxLooked, { enough, late, tolerant: true }));
	return {
		bytes,
		withheld: late ? undefined : whyWithheld(headers, bytes, whole),
		body: whole ? bytes : late ? held(all) : all,
	};
}

/**
 * The beginning of an answer, waited for as long as one may be.
 * @template T
 * @param {boolean} ok whether it is a success
 * @param {(late: Promise<unknown>) => Promise<T>} read told when no more is to be waited for
 * @returns {Promise<T>}
 */
export async function begun(ok, read) {
	/** @type {any} */
	let timer;
	try {
		return await read(new Promise((resolve) => (timer = setTimeout(resolve, ok ? successMs : refusalMs))));
	} finally {
		clearTimeout(timer);
	}
}

/**
 * Why no page may have an answer. What is packed in a way that cannot be undone here cannot be looked through: it is
 * known by its size alone that it is none of those that hand out tokens.
 * @param {Headers} headers
 * @param {Uint8Array} bytes of it, or of its beginning
 * @param {boolean} whole whether they are all
 */
export function whyWithheld(headers, bytes, whole) {
	if (isPacked(headers)) {
		return whole && bytes.length > 0
			? new Problem("malformed_response", "The vendor's answer is packed, and may hold a token that must not pass.", {
					reason: "vendor_encoding",
				})
			: undefined;
	}
	return isTokenAnswer(bytes, typeOf(headers))
		? new Problem("token_withheld", "The vendor's answer looks like one that hands out a token, and is withheld.", {
				reason: "token_in_answer",
			})
		: undefined;
}

/**
 * A source that is read as what is made of its beginning, once somebody reads it.
 * @param {Source} source
 * @param {() => Promise<Source>} begin
 * @returns {Source}
 */
export function begunAs(source, begin) {
	/** @type {Source | undefined} */
	let made;
	return { ...source, read: async () => (made ??= await begin()).read() };
}

/** @param {Headers} headers */
const typeOf = (headers) => headers.get("content-type") ?? "";

/**
 * Whether an answer begins like JSON or XML, also inside a call of JavaScript, or is of an alphabet that cannot be read here.
 * @param {Uint8Array} bytes
 * @param {string} type
 */
function couldBeData(bytes, type) {
	return textsOf(bytes, type)?.some((text) => /^\s*(?:$|[{"<]|\)\]\}|(?:\/\*.{0,20}\*\/\s*)?[\w$.]+\s*\()/.test(text)) ?? true;
}

/**
 * Whether an answer looks like one that hands out a token: a JSON object, or one inside it, with a member that holds one, or
 * XML with such an element. What is in a list is a matter of business, such as the devices of a user.
 * @param {Uint8Array} bytes of it, or of its beginning
 * @param {string} type its content type
 */
export function isTokenAnswer(bytes, type) {
	return textsOf(bytes, type)?.some(hasToken) ?? true;
}

/** @param {string} text */
function hasToken(text) {
	const start = text.trimStart();
	switch (start[0]) {
		case "[":
			return false;
		case "<":
			return [...start.matchAll(element)].some(([, name = "", value = ""]) => holdsToken(name) && isToken(value));
		case '"': {
			const inner = parsed(start);
			return typeof inner === "string" && inner.includes("{") && objectHasToken(inner);
		}
	}
	return objectHasToken(start);
}

const element = /<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]*)/g;

/** A string, or a sign, or whatever else stands between signs. */
const lexeme = /\s*(?:("[^"\\]*(?:\\[^][^"\\]*)*")|([{}[\],:])|[^\s{}[\],:"]+)/y;

/** @param {string} text that may have been cut off, and may have something before its first object */
function objectHasToken(text) {
	lexeme.lastIndex = text.indexOf("{");
	if (lexeme.lastIndex < 0) {
		return false;
	}
	let depth = 0;
	/** How deep the outermost list is, and the outermost value of a member that holds a token; 0 where there is none. */
	let list = 0;
	let held = 0;
	let last = "";
	/** @type {string | undefined} */
	let name;
	for (let found = lexeme.exec(text); found; found = lexeme.exec(text)) {
		const [, quoted, sign] = found;
		const holds = held > 0 || (name !== undefined && list === 0 && holdsToken(parsed(name) ?? ""));
		if (quoted !== undefined) {
			if (holds && isToken(parsed(quoted) ?? "")) {
				return true;
			}
			last = quoted;
		}
		name = sign === ":" ? last : undefined;
		if (sign === "{" || sign === "[") {
			depth++;
			held ||= holds ? depth : 0;
			list ||= sign === "[" ? depth : 0;
		} else if (sign === "}" || sign === "]") {
			held = held === depth ? 0 : held;
			list = list === depth ? 0 : list;
			depth--;
		}
	}
	return false;
}

/** A token of any of the systems: a word of some length. A message such as "expired" is too short. @param {string} value */
function isToken(value) {
	return /^\s*(?:Bearer\s+)?[!-~]{16,}\s*$/i.test(value);
}

/** @param {string} json */
function parsed(json) {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/**
 * The texts that an answer can be read as: by the alphabet that it names, and by that of nearly all. Undefined where its alphabet is
 * not known here and it is not of that one: a page could get of it what was not seen here, as whoever asks may have chosen the
 * alphabet by the header Accept.
 * @param {Uint8Array} bytes
 * @param {string} type
 */
function textsOf(bytes, type) {
	const [, charset = "utf-8"] = /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(type) ?? [];
	try {
		const named = decoderOf(charset);
		const texts = [named, decoderOf("utf-8", named === undefined)].map((decoder) => decoder?.decode(bytes, { stream: true }) ?? "");
		// Without what UTF-16 and UTF-32 have between and before the letters, read by another alphabet.
		return [...new Set(texts)].map((text) => text.replace(/[\0\ufeff\ufffd]/g, ""));
	} catch {
		return undefined;
	}
}

/** @param {string} label @param {boolean} [fatal] */
function decoderOf(label, fatal = false) {
	try {
		return new TextDecoder(label, { fatal });
	} catch {
		return undefined;
	}
}
