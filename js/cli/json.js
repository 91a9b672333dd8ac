// JSON that people write by hand: where it is wrong is told, and nothing of it is quoted.
import { UsageError } from "./usage.js";

/**
 * @param {string} given
 * @param {string} what it is, for the error
 * @returns {unknown}
 */
export function parseJSON(given, what) {
	const json = given.replace(/^\uFEFF/, "");
	try {
		return JSON.parse(json);
	} catch (error) {
		throw new UsageError(`${what} is not valid JSON${place(json, String(/** @type {Error} */ (error).message))}.`);
	}
}

/**
 * The place in a text that JSON.parse complains of. Its own words are not for printing: where it says "Unexpected token",
 * they quote the text, and tell no place.
 * @param {string} json
 * @param {string} complaint
 */
function place(json, complaint) {
	const [, position] = /^(?!Unexpected token).*JSON at position (\d+)/s.exec(complaint) ?? [];
	const at = complaint === "Unexpected end of JSON input" ? json.length : Number(position);
	if (Number.isNaN(at)) {
		return "";
	}
	const before = json.slice(0, at).split(/\r\n|\r|\n/);
	return `: look at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/**
 * @param {unknown} value
 * @param {string} what
 * @returns {Record<string, unknown>}
 */
export function object(value, what) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new UsageError(`${what} must be a JSON object.`);
	}
	return /** @type {Record<string, unknown>} */ (value);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
export function text(value, name) {
	if (typeof value !== "string" || value === "") {
		throw new UsageError(`${name} must be a text that is not empty.`, name);
	}
	return value;
}
