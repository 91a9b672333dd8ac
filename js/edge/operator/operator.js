// What operators may ask. None of it shows a secret, a token or a subject: users are keyed hashes, as in the log, and
// sessions have their keyed names.
import { only } from "../request/members.js";
import { parseJson, readBody } from "../request/body.js";
import { Problem } from "../request/problem.js";
import { requireMethod } from "../request/route.js";
import { stopOf } from "./stop-list.js";
import { forgetTokens } from "./stopped.js";
import { nothingHere } from "./way-in.js";

/** @typedef {import("../request/answer.js").Asked} Asked */
/** @typedef {import("../caller/authenticate.js").Principal} Principal */
/** @typedef {{ asked: Asked, principal: Principal, body: Record<string, unknown> }} Order */

/** A body of an operator's is small; bytes. */
const maxBody = 16 << 10;

/** @type {Record<string, { method: "GET" | "POST", answer: (order: Order) => Promise<object> }>} */
const interfaces = {
	stop: { method: "POST", answer: stop },
	resume: { method: "POST", answer: resume },
	stopped: { method: "GET", answer: stopped },
};

/**
 * @param {Asked} asked
 * @param {import("../request/answer.js").Caller} caller an operator
 * @returns {Promise<{ json: object }>}
 */
export async function operated(asked, { principal, read }) {
	const { request, route, environment, visit } = asked;
	const name = route.path.slice("/v1/operator/".length);
	const one = Object.hasOwn(interfaces, name) ? interfaces[name] : undefined;
	if (!one) {
		throw nothingHere("no_interface");
	}
	visit.log.operator = name;
	visit.log.user = await environment.sessions.user(principal);
	requireMethod(request, [one.method]);
	const bytes = read ?? (await readBody(request, { most: maxBody, timeoutMs: environment.bodyTimeoutMs }));
	const body = one.method === "POST" ? parseJson(request, bytes) : {};
	return { json: await one.answer({ asked, principal, body }) };
}

/** @param {Order} order */
async function stop({ asked: { environment, visit }, principal, body }) {
	only(body, ["by", "subject", "user", "connection"]);
	const { config, sessions } = environment;
	const { user, whose } = await userIn(body, environment);
	const connection = connectionIn(body, environment);
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
async function resume({ asked: { environment, visit }, body }) {
	only(body, ["by", "subject", "user", "connection"]);
	const { user } = await userIn(body, environment);
	const connection = connectionIn(body, environment);
	visit.log.resumed = user;
	await stopsOf(environment).resume(stopOf(user, connection));
	return { user, connection };
}

/** @param {Order} order */
async function stopped({ asked: { environment } }) {
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

/**
 * @param {Record<string, unknown>} body
 * @param {import("../config/environment.js").Environment} environment
 */
function connectionIn({ connection }, { config }) {
	if (connection !== undefined && (typeof connection !== "string" || !Object.hasOwn(config.connections, connection))) {
		throw new Problem("invalid_request", "connection must be the name of a connection.", { field: "connection", reason: "field" });
	}
	return connection;
}

/** @param {import("../config/environment.js").Environment} environment */
const stopsOf = ({ stops }) => /** @type {import("./stops.js").Stops} */ (stops); // there is one where there are operators
