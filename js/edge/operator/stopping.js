// An operator stops a user, ends a stop, and sees who is stopped.
import { only } from "../request/members.js";
import { Problem } from "../request/problem.js";
import { connectionNamed } from "./named.js";
import { stopOf } from "./stop-list.js";
import { forgetTokens } from "./stopped.js";

/** @typedef {import("../caller/authenticate.js").Principal} Principal */
/** @typedef {import("./operator.js").Order} Order */

/** @param {Order} order */
export async function stop({ asked: { environment, visit }, principal, body }) {
	only(body, ["by", "subject", "user", "connection"]);
	const { config, sessions } = environment;
	const { user, whose } = await userIn(body, environment);
	const connection = connectionNamed(body.connection, environment);
	if (connection === undefined && user === (await sessions.user(principal))) {
		throw new Problem("invalid_request", "An operator cannot stop itself: nobody could take it back.", {
			field: "subject",
			reason: "self",
		});
	}
	visit.log.stopped = user;
	const stops = stopsOf(environment);
	await stops.stop(stopOf(user, connection));
	const since = await stops.since(user, connection);
	const names = connection === undefined ? Object.keys(config.connections) : [connection];
	const left = await Promise.all(
		names.map(async (name) => {
			const one = /** @type {import("../config/config.js").CheckedConnection} */ (config.connections[name]);
			return (whose ? await forgetTokens(environment, whose, one, since ?? Date.now()) : false) ? [] : [name];
		}),
	);
	return { user, connection, since: since && new Date(since).toISOString(), pending: left.flat() };
}

/** @param {Order} order */
export async function resume({ asked: { environment, visit }, body }) {
	only(body, ["by", "subject", "user", "connection"]);
	const { user } = await userIn(body, environment);
	const connection = connectionNamed(body.connection, environment);
	visit.log.resumed = user;
	await stopsOf(environment).resume(stopOf(user, connection));
	return { user, connection };
}

/** @param {Order} order */
export async function stopped({ asked: { environment } }) {
	const all = await stopsOf(environment).all();
	return {
		stopped: [...all].map(([key, since]) => {
			const [user, connection] = key.split("/");
			return { user, connection, since: new Date(since).toISOString() };
		}),
	};
}

/**
 * Whom a body is about: by a way in and a subject, or by the keyed hash that is in the log.
 * @param {Record<string, unknown>} body
 * @param {import("../config/environment.js").Environment} environment
 * @returns {Promise<{ user: string, whose?: Principal }>} whose: where it is known who that is
 */
async function userIn({ by, subject, user }, { config, sessions }) {
	if (user !== undefined && by === undefined && subject === undefined) {
		if (typeof user !== "string" || !/^[A-Za-z0-9_-]{22}$/.test(user)) {
			throw new Problem("invalid_request", "user must be a hash as it is in the log.", { field: "user", reason: "field" });
		}
		return { user };
	}
	if (typeof by !== "string" || !Object.hasOwn(config.authentication, by)) {
		throw new Problem("invalid_request", "by must be the name of a way to sign in.", { field: "by", reason: "field" });
	}
	if (user !== undefined || typeof subject !== "string" || subject === "") {
		throw new Problem("invalid_request", "Either by and subject must be given, or user.", { field: "subject", reason: "field" });
	}
	return { user: await sessions.user({ by, subject }), whose: { by, subject, claims: claimsOf(config.authentication[by], subject) } };
}

/**
 * The claims of a machine are in the configuration; those of others come with their JWTs.
 * @param {import("../config/config.js").CheckedConfig["authentication"][string] | undefined} authentication
 * @param {string} subject
 */
function claimsOf(authentication, subject) {
	const keys = authentication?.type === "signed" ? Object.values(authentication.keys) : [];
	return keys.find((key) => key.subject === subject)?.claims ?? {};
}

/** @param {import("../config/environment.js").Environment} environment */
const stopsOf = ({ stops }) => /** @type {import("./stops.js").Stops} */ (stops); // there is one where there are operators
