// The edge's own interfaces: a token is handed out, or verified, of a connection that is not sealed; and of one in which somebody
// signs in, that is done, and the token stays here.
import { maxToken } from "../../generated/limits.js";
import { tokens } from "../../generated/tokens.js";
import { only } from "./members.js";
import { Problem } from "./problem.js";

/**
 * A connection that is open to a caller, and the caller's session there.
 * @typedef {{ connection: import("../config/config.js").Connection, user: string, session: import("../keeper/sessions.js").Session }} Opened user: a keyed
 *   hash of who calls
 */

/**
 * The name of the connection that a body asks for.
 * @param {Record<string, unknown>} body
 */
export function connectionIn({ connection }) {
	if (typeof connection !== "string") {
		throw new Problem("invalid_request", "connection must be the name of a connection.", { field: "connection", reason: "field" });
	}
	return connection;
}

/** @param {import("../config/config.js").Connection} connection */
export function requireUnsealed({ sealed }) {
	if (sealed) {
		throw new Problem("sealed", "This connection hands out no token: make your calls through /v1/call.");
	}
}

/**
 * @param {Record<string, unknown>} body
 * @param {Opened} opened
 * @param {import("../keeper/sessions.js").Sessions} sessions
 */
export async function verified(body, { session }, sessions) {
	only(body, ["connection", "token"]);
	const token = tokenIn(body, "token");
	if (token === undefined) {
		throw new Problem("invalid_request", "token is missing.", { field: "token", reason: "field" });
	}
	const { valid, source, reason, expiresIn } = await sessions.verify(session, token);
	return { json: { valid, source, reason, expiresIn } };
}

/**
 * @param {Record<string, unknown>} body
 * @param {Opened} opened
 * @param {import("../keeper/sessions.js").Sessions} sessions
 */
export async function handedOut(body, { connection, session, user }, sessions) {
	only(body, ["connection", "rejected", "force"]);
	const force = isForced(body);
	const kept = await sessions.token(session, {
		user,
		...(body.rejected !== undefined && { rejected: tokenIn(body, "rejected") }),
		...(force && { force }),
	});
	return { json: shown(kept, connection) };
}

/**
 * @param {import("./route.js").Errand} errand
 * @param {Record<string, unknown>} body
 * @param {Opened} opened
 * @param {import("../keeper/sessions.js").Sessions} sessions
 */
export async function attended(errand, body, { connection, session }, sessions) {
	only(body, errand === "sign-in" ? ["connection", "force"] : ["connection"]);
	if (!tokens[connection.system].signsIn) {
		throw new Problem("invalid_request", "This connection signs nobody in: its tokens come when they are needed.", {
			field: "connection",
			reason: "signs_nobody_in",
		});
	}
	await sessions.attend(session, errand, isForced(body));
	return { json: {} };
}

/**
 * What a page gets of a token.
 * @param {import("../keeper/sessions.js").KeptToken} kept
 * @param {import("../config/config.js").Connection} connection
 */
function shown({ value, expiresIn, headers, query, body, rolls }, { system, shareAppToken }) {
	const { guarded } = tokens[system];
	return {
		system,
		token: value,
		expiresIn,
		headers: shareAppToken || guarded.length === 0 ? headers : without(headers, guarded),
		query,
		body,
		rolls,
	};
}

/**
 * An app's own token lets its holder get the token of any user, with the app's key.
 * @param {Record<string, string>} headers
 * @param {readonly string[]} names
 */
function without(headers, names) {
	const withheld = names.map((name) => name.toLowerCase());
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !withheld.includes(name.toLowerCase())));
}

/** @param {Record<string, unknown>} body */
function isForced({ force = false }) {
	if (typeof force !== "boolean") {
		throw new Problem("invalid_request", "force must be true or false.", { field: "force", reason: "field" });
	}
	return force;
}

/** @param {Record<string, unknown>} body @param {string} name */
function tokenIn(body, name) {
	const value = body[name];
	if (value !== undefined && (typeof value !== "string" || value.length > maxToken || !/^[!-~]+$/.test(value))) {
		throw new Problem("invalid_request", `${name} must be the value of a token.`, { field: name, reason: "field" });
	}
	return value;
}
