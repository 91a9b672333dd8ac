// Checks the options of a call. An unknown one is refused, as a misspelt option would otherwise be ignored in silence.
import { TokenError } from "./error.js";
import { maxTimeoutMs } from "../generated/limits.js";
import { says } from "./says.js";

/**
 * @param {string} field
 * @param {string} reason
 */
export function invalidOption(field, reason) {
	return new TokenError("invalid_option", `${field} ${reason}`, { step: "input", field });
}

/**
 * A limit of time, in milliseconds.
 * @param {number} timeoutMs
 */
export function timeLimit(timeoutMs) {
	if (!(Number.isFinite(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) {
		throw invalidOption("timeoutMs", `must be from 1 to ${maxTimeoutMs.toLocaleString("en")} milliseconds`);
	}
	return timeoutMs;
}

/**
 * The options of a call, if there are only such as it has. A null counts as absent, in place of the options and of any of them.
 * @template {object} T
 * @param {T | null | undefined} options
 * @param {readonly (keyof T & string)[]} names of the call's options
 * @returns {Partial<T>}
 */
export function known(options, names) {
	/** @type {Partial<T>} */
	const given = Object.create(null);
	if (options === undefined || options === null) {
		return given;
	}
	if (typeof options !== "object") {
		throw invalidOption("options", "must be an object");
	}
	for (const name of Object.keys(options)) {
		if (!(/** @type {readonly string[]} */ (names).includes(name))) {
			// A name of the caller's own could be anything, a secret by mistake too.
			throw invalidOption(/^[A-Za-z]{1,32}$/.test(name) ? name : "a name", `is not an option here; there are: ${names.join(", ")}`);
		}
	}
	for (const name of names) {
		if (says(options, name) && options[name] !== null) {
			given[name] = options[name];
		}
	}
	return given;
}
