// A user who was stopped: refused, and their tokens forgotten at the keepers.
import { identityFor, mayUse } from "../caller/access.js";
import { sourcesOf } from "../config/identity-fields.js";
import { Problem } from "../request/problem.js";

/** @typedef {import("../caller/authenticate.js").Principal} Principal */
/** @typedef {import("../config/environment.js").Environment} Environment */
/** @typedef {import("../config/config.js").CheckedConnection} Connection */

/**
 * Refuses who is stopped. What the keepers have of them is forgotten first: where it is found by claims, only the user's own JWT tells
 * where that is.
 * @param {Environment} environment
 * @param {Principal} principal
 * @param {string} user a keyed hash of them
 * @param {string} name of the connection
 * @param {Connection} connection
 */
export async function refuseStopped(environment, principal, user, name, connection) {
	const since = await environment.stops?.since(user, name);
	if (since !== undefined) {
		await forgetTokens(environment, principal, connection, since);
		throw new Problem("stopped", "An operator has stopped this user.");
	}
}

/**
 * Has the keeper forget a user's tokens of before a stop, if the session is this user's own: that of an account which all
 * callers of a connection share is not.
 * @param {Environment} environment
 * @param {Principal} principal
 * @param {Connection} connection
 * @param {number} since milliseconds since 1970
 * @returns {Promise<boolean>} whether there is nothing left to forget
 */
export async function forgetTokens({ sessions, secretOf }, principal, connection, since) {
	if (!isPersonal(connection) || !mayUse(principal, connection)) {
		return true;
	}
	try {
		const session = await sessions.session(identityFor(principal, connection, secretOf), connection.keepers);
		await sessions.forget(session, since);
		return true;
	} catch {
		return false; // nothing is handed out to them anyway
	}
}

/** Whether who calls decides whose session it is. @param {Connection} connection */
export function isPersonal(connection) {
	return sourcesOf(connection).some(([, source]) => typeof source === "object" && !("secret" in source));
}
