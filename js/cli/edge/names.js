// The names that an operator gives: what has not the form of one is not sent.
import { UsageError } from "../usage.js";

/** @param {unknown} text */
export const isName = (text) => typeof text === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(text);

/** A user, as a keyed hash. @param {unknown} text @returns {text is string} */
export const isUser = (text) => typeof text === "string" && /^[A-Za-z0-9_-]{22}$/.test(text);

/** A session, by its keyed name. @param {unknown} text */
export const isSession = (text) => typeof text === "string" && /^(?:[a-z]+:)?[A-Za-z0-9_-]{43}$/.test(text);

/**
 * The one connection that an order is about.
 * @param {Readonly<Record<string, any>>} options
 * @returns {string | undefined} undefined where none is named
 */
export function oneConnection({ connection: given = [] }) {
	if (given.length > 1 || !given.every(isName)) {
		throw new UsageError("--connection names one connection of the edge here.", "connection");
	}
	return given[0];
}
