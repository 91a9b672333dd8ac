// JSON that people write by hand: what is wrong and where is told, and nothing of it is quoted.
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
	} catch {
		// The parser's own words quote the text, and do not always say where.
		const before = json.slice(0, faultIn(json)).split(/\r\n|\r|\n/);
		throw new UsageError(`${what} is not valid JSON: look at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}.`);
	}
}

const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const word = /(?:true|false|null)(?!\w)/y;
const space = /[ \t\r\n]*/y;

/**
 * Where a text stops being JSON.
 * @param {string} json
 * @returns {number} the index of the first token that is wrong or missing
 */
function faultIn(json) {
	let at = 0;
	/** The brackets that are to be closed, innermost last. @type {string[]} */
	const open = [];
	/** @param {RegExp} token */
	const take = (token) => {
		token.lastIndex = at;
		const found = token.exec(json);
		at += found?.[0].length ?? 0;
		return found !== null;
	};
	const skip = () => take(space);
	const next = (/** @type {string} */ mark) => {
		skip();
		const is = json[at] === mark;
		at += is ? 1 : 0;
		return is;
	};
	/** The name of a member, with its colon. */
	const name = () => (skip(), take(string)) && next(":");

	for (;;) {
		// A value begins here.
		if (next("{")) {
			open.push("}");
			if (!next("}")) {
				if (!name()) {
					return at;
				}
				continue;
			}
			open.pop();
		} else if (next("[")) {
			open.push("]");
			if (!next("]")) {
				continue;
			}
			open.pop();
		} else if (!take(string) && !take(number) && !take(word)) {
			return at;
		}
		// It has ended: what is around it ends too, or goes on.
		for (let close = open.at(-1); !next(","); close = open.at(-1)) {
			if (close === undefined || !next(close)) {
				return at;
			}
			open.pop();
		}
		if (open.length === 0) {
			return at - 1; // a comma after all
		}
		if (open.at(-1) === "}" && !name()) {
			return at;
		}
	}
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
