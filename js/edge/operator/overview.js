// An operator sees how a connection's keepers are, and ends a waiting time whose reason is gone.
import { identityFor } from "../caller/access.js";
import { dependencies } from "../../generated/tokens.js";
import { shardOf } from "../keeper/objects.js";
import { KeeperProblem } from "../keeper/sessions.js";
import { only } from "../request/members.js";
import { Problem } from "../request/problem.js";
import { connectionNamed } from "./named.js";

/** @typedef {import("../config/config.js").CheckedConnection} Connection */
/** @typedef {import("../config/environment.js").Environment} Environment */
/** @typedef {import("../keeper/sessions.js").Place} Place */
/** @typedef {import("./operator.js").Order} Order */

/** @param {Order} order */
export async function status({ asked: { environment, route } }) {
	const query = new URLSearchParams(route.search);
	only(Object.fromEntries(query), ["connection"]);
	const { name, connection } = connectionOf(query.get("connection") ?? undefined, environment);
	const { sessions } = environment;
	const shared = await sharedBy(connection, environment);
	const places = [
		...(await sessions.keepers(connection)).map((place, index) => ({ place, which: { keeper: index } })),
		...(shared ? [{ place: shared, which: { keeper: "shared" } }] : []),
	];
	const keepers = await Promise.all(
		places.map(async ({ place, which }) => {
			try {
				return { ...which, running: true, ...(await sessions.overview(place, "status")) };
			} catch (error) {
				if (error instanceof Problem || error instanceof KeeperProblem) {
					return { ...which, error: error.code };
				}
				throw error;
			}
		}),
	);
	return { connection: name, system: connection.system, keepers };
}

/** @param {Order} order */
export async function reset({ asked: { environment, visit }, body }) {
	only(body, ["connection", "session"]);
	const { connection } = connectionOf(body.connection, environment);
	const { session } = body;
	if (typeof session !== "string" || !/^(?:[a-z]+:)?[A-Za-z0-9_-]{43}$/.test(session)) {
		throw new Problem("invalid_request", "session must be the name of a session, as the status has it.", {
			field: "session",
			reason: "field",
		});
	}
	visit.log.reset = session;
	const { sessions } = environment;
	const shared = await sharedBy(connection, environment);
	const keepers = await sessions.keepers(connection);
	const place = shared?.object === session ? shared : keepers[shardOf(session, keepers.length)];
	const answer = await sessions.overview(/** @type {Place} */ (place), "reset", { session });
	return { reset: answer.reset === true };
}

/** @param {unknown} name @param {Environment} environment */
function connectionOf(name, environment) {
	const named = connectionNamed(name, environment);
	if (named === undefined) {
		throw new Problem("invalid_request", "connection is missing.", { field: "connection", reason: "field" });
	}
	return { name: named, connection: /** @type {Connection} */ (environment.config.connections[named]) };
}

/**
 * The keeper of the token on which those of all users of a connection depend, where there is one, and none of the users
 * has a say in whose it is.
 * @param {Connection} connection
 * @param {Environment} environment
 * @returns {Promise<Place | undefined>}
 */
async function sharedBy(connection, { sessions, secretOf }) {
	const own = dependencies[/** @type {keyof typeof dependencies} */ (connection.system)]?.fields ?? [];
	const isFixed = (/** @type {any} */ source) => typeof source !== "object" || "secret" in source;
	if (own.some((name) => connection.identity[name] !== undefined && !isFixed(connection.identity[name]))) {
		return undefined;
	}
	const fixed = Object.fromEntries(Object.entries(connection.identity).filter(([, source]) => isFixed(source)));
	const nobody = { by: "", subject: "", claims: {} };
	return sessions.shared(identityFor(nobody, { ...connection, identity: fixed }, secretOf), connection.keepers);
}
