// What a vendor answered is looked at before a page may have it: whatever the interfaces that hand out tokens answer stays
// here, should a call ever have reached one. Those answers are small, and JSON or XML under any content type.
import { joined } from "./body.js";
import { holdsToken } from "./token-names.js";
import { Problem } from "./problem.js";

/** So much of an answer is looked at; bytes. One that declares more passes at its headers. */
export const maxLooked = 64 << 10;

/**
 * @typedef {object} Looked
 * @property {boolean} withheld whether no page may have it
 * @property {BodyInit} body
 * @property {() => void} drop where nobody gets it
 */

/**
 * Looks at an answer as far as it must: one that does not begin like JSON or XML passes at its first bytes, and an event stream
 * at its headers, as these may come long before. What does begin so is held until it ends or is larger than is looked at.
 * @param {Response} response with a body
 * @param {() => void} note is called where a stream was ended for what it held
 * @returns {Promise<Looked>}
 */
export async function look({ headers, body }, note) {
	const source = /** @type {ReadableStream<Uint8Array>} */ (body);
	const type = headers.get("content-type") ?? "";
	const length = headers.has("content-encoding") ? null : headers.get("content-length");
	if (Number(length ?? 0) > maxLooked) {
		return { withheld: false, body: source, drop: () => void source.cancel().catch(() => {}) };
	}
	const reader = source.getReader();
	const drop = () => void reader.cancel().catch(() => {});
	if (length === null && /^\s*text\/event-stream\b/i.test(type)) {
		const begun = beginningOf(reader, type).then((begun) => {
			if (!isTokenAnswer(begun.bytes, type)) {
				return begun;
			}
			note();
			drop();
			return { bytes: new Uint8Array(0), whole: true };
		});
		return { withheld: false, body: resumed(source, reader, begun, length), drop };
	}
	let begun;
	try {
		begun = await beginningOf(reader, type);
	} catch {
		throw new Problem("network", "The connection to the vendor was lost before its answer was complete.");
	}
	return {
		withheld: isTokenAnswer(begun.bytes, type),
		body: begun.whole ? begun.bytes : resumed(source, reader, Promise.resolve(begun), length),
		drop,
	};
}

/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, whole: boolean }} Beginning */

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {string} type
 * @returns {Promise<Beginning>}
 */
async function beginningOf(reader, type) {
	/** @type {Uint8Array[]} */
	const chunks = [];
	let size = 0;
	let first = new Uint8Array(0);
	for (;;) {
		const { value, done } = await reader.read();
		if (done) {
			return { bytes: joined(chunks, size), whole: true };
		}
		chunks.push(value);
		size += value.length;
		if (first.length < 256) {
			first = joined(chunks, size).subarray(0, 256);
		}
		if (size > maxLooked || !couldBeData(first, type)) {
			return { bytes: joined(chunks, size), whole: false };
		}
	}
}

/**
 * What was read of a source, and the rest of it by the runtime itself.
 * @param {ReadableStream<Uint8Array>} source
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader of it
 * @param {Promise<Beginning>} begun
 * @param {string | null} length so that an answer that breaks off is not taken for a whole one
 * @returns {ReadableStream<Uint8Array>}
 */
function resumed(source, reader, begun, length) {
	const { FixedLengthStream, IdentityTransformStream } = /** @type {any} */ (globalThis);
	const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
	const pump = async () => {
		const writer = writable.getWriter();
		try {
			const { bytes, whole } = await begun;
			await writer.write(bytes);
			if (whole) {
				return await writer.close();
			}
		} catch (error) {
			reader.cancel().catch(() => {}); // the caller has gone, or the vendor
			throw await writer.abort(error);
		}
		writer.releaseLock();
		reader.releaseLock();
		await source.pipeTo(writable);
	};
	pump().catch(() => {}); // the answer breaks off, which is all that can be said by now
	return readable;
}

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

/** A token of any of the systems: a word of some length. A message such as "expired" is none. @param {string} value */
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
