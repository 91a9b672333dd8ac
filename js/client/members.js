// Members of a JSON object's text, as they stand in it. JSON.parse would round long numbers: what is carried through
// keeps its very bytes.

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} quoted the name as it stands in the text
 * @property {string} text of the value
 */

/**
 * The members at the top of an object, or undefined where the bytes are not exactly one JSON object.
 * @param {Uint8Array} bytes
 * @returns {Member[] | undefined}
 */
export function membersOf(bytes) {
	const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
	return split(decode(bom ? bytes.subarray(3) : bytes), (quoted) =>
		JSON.parse(/[^\0-\x7f]/.test(quoted) ? new TextDecoder().decode(encode(quoted)) : quoted),
	);
}

/**
 * The bytes of a JSON object with these members. A name may stand twice, as it did where it came from.
 * @param {Member[]} members
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function objectOf(members) {
	return encode(written(members));
}

/**
 * The JSON object of a business call with the members that carry its token, which replace those of the same name; or
 * undefined where the body is no JSON object. Empty counts as an empty object. As the core's CarryBody does it.
 * @template {string | Uint8Array} Body
 * @param {Record<string, string>} carried
 * @param {Body} body
 * @returns {(Body extends string ? string : Uint8Array<ArrayBuffer>) | undefined} text of text, and bytes of bytes
 */
export function carryBody(carried, body) {
	const isText = typeof body === "string";
	const own = body.length === 0 ? [] : isText ? split(body.replace(/^\ufeff/, ""), JSON.parse) : membersOf(body);
	if (!own) {
		return undefined;
	}
	const quote = (/** @type {string} */ text) => (isText ? JSON.stringify(text) : decode(new TextEncoder().encode(JSON.stringify(text))));
	const members = [
		...Object.entries(carried).map(([name, value]) => ({ name, quoted: quote(name), text: quote(value) })),
		...own.filter(({ name }) => !Object.hasOwn(carried, name)),
	];
	return /** @type {any} */ (isText ? written(members) : objectOf(members));
}

/** @param {Member[]} members */
const written = (members) => `{${members.map(({ quoted, text }) => `${quoted}:${text}`).join(",")}}`;

/**
 * Splits a text, or answers undefined where it is not exactly one JSON object.
 * @param {string} text
 * @param {(quoted: string) => string} nameOf
 * @returns {Member[] | undefined}
 */
function split(text, nameOf) {
	try {
		const value = JSON.parse(text);
		if (typeof value !== "object" || value === null || Array.isArray(value)) {
			return undefined;
		}
	} catch {
		return undefined;
	}
	/** @type {Member[]} */
	const members = [];
	let at = skip(text, text.indexOf("{") + 1);
	while (text[at] === '"') {
		const named = endOfString(text, at);
		const value = skip(text, skip(text, named) + 1); // past the colon
		const end = endOfValue(text, value);
		const quoted = text.slice(at, named);
		members.push({ name: nameOf(quoted), quoted, text: text.slice(value, end) });
		at = skip(text, end);
		if (text[at] === ",") {
			at = skip(text, at + 1);
		}
	}
	return members;
}

/** @param {string | undefined} c */
const isSpace = (c) => c === " " || c === "\n" || c === "\r" || c === "\t";

/** @param {string} text @param {number} at */
function skip(text, at) {
	while (isSpace(text[at])) {
		at++;
	}
	return at;
}

/** @param {string} text @param {number} at where its opening quote is */
function endOfString(text, at) {
	for (at++; text[at] !== '"'; at++) {
		if (text[at] === "\\") {
			at++;
		}
	}
	return at + 1;
}

/** @param {string} text @param {number} at */
function endOfValue(text, at) {
	let depth = 0;
	for (;;) {
		const c = text[at];
		if (c === '"') {
			at = endOfString(text, at);
			if (depth === 0) {
				return at;
			}
			continue;
		}
		if (c === "{" || c === "[") {
			depth++;
		} else if (c === "}" || c === "]") {
			if (depth === 0) {
				return at; // of a number or a word, by the end of the object
			}
			depth--;
			if (depth === 0) {
				return at + 1;
			}
		} else if (depth === 0 && (c === "," || isSpace(c))) {
			return at;
		}
		at++;
	}
}

/**
 * One byte is one character, so that positions and bytes agree, and text in any encoding passes unharmed.
 * @param {Uint8Array} bytes
 */
function decode(bytes) {
	let text = "";
	for (let at = 0; at < bytes.length; at += 8192) {
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	}
	return text;
}

/** @param {string} text */
function encode(text) {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) {
		bytes[i] = text.charCodeAt(i);
	}
	return bytes;
}
