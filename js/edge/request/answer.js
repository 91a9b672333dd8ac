// What a request is answered, step by step: what it asks for, whether the edge is able to, from which page it comes, who
// calls, and to which connection.
import { identityFor, mayUse, notOpen } from "../caller/access.js";
import { parseJson, readBody } from "./body.js";
import { sealedCall } from "../sealed/call.js";
import { ConfigError } from "../config/config.js";
import { checkOrigin, corsHeaders, preflight } from "./origin.js";
import { Problem } from "./problem.js";
import { metrics, readsMetrics } from "../metrics/metrics.js";
import { isFromOperatorsPage, nothingHere, operatorOf } from "../operator/way-in.js";
import { operated, operatorsPages } from "../operator/operator.js";
import { refuseStopped } from "../operator/stopped.js";
import { calledBy, requireMethod, routeOf } from "./route.js";
import { digest } from "../digest.js";
import { maxSignedBody } from "../caller/signed.js";
import { attended, connectionIn, handedOut, requireUnsealed, verified } from "./token-routes.js";

/** @typedef {import("../config/environment.js").Environment} Environment */
/** @typedef {import("../caller/authenticate.js").Principal} Principal */

/** The bodies of the edge's own interfaces are small; bytes. */
const maxOwnBody = 64 << 10;

/** Of an AbortSignal, what is used of one here. @typedef {{ addEventListener: (type: "abort", listener: () => void) => void }} Leaving */

/**
 * A request as it came. What is asked for stays as it was sent.
 * @typedef {object} Incoming
 * @property {string} method
 * @property {string} url with the path as it was sent, below the place where the edge is
 * @property {string} [target] the whole path and query as they were sent, where the edge is at a path: they are what is signed
 * @property {{ get: (name: string) => string | null, has: (name: string) => boolean }} headers
 * @property {import("./body.js").Body} body
 * @property {Leaving} signal fires when the caller has left
 */

/**
 * What one request is about, as it becomes known: the headers of its answer, what is logged of it, and what to call where the
 * answer ends before its end.
 * @typedef {{ headers: Record<string, string>, log: Record<string, unknown>, cutOff: (side: "vendor" | "caller") => void }} Visit
 */

/**
 * A request that is not refused so far.
 * @typedef {object} Asked
 * @property {Incoming} request
 * @property {import("./route.js").Route} route
 * @property {Environment} environment
 * @property {Visit} visit
 * @property {string | null} origin of the page, where it comes from one
 * @property {Uint8Array<ArrayBuffer> | undefined} read its body, where that was read to know who calls: a signature covers it
 */

/**
 * @param {Incoming} request
 * @param {Environment | ConfigError} environment
 * @param {Visit} visit
 * @returns {Promise<Response | { json: object }>} rejected with a Problem, or a KeeperProblem
 */
export async function answer(request, environment, visit) {
	const route = routeOf(request.url);
	visit.log.route = route.name;
	const problems = environment instanceof ConfigError ? environment.problems : environment.missing;
	if (route.name === "healthz") {
		requireMethod(request, ["GET", "HEAD"]);
		return health(problems, environment instanceof ConfigError ? [] : environment.refused);
	}
	if (route.name === "readyz") {
		requireMethod(request, ["GET", "HEAD"]);
		return readiness(
			environment instanceof ConfigError || problems.length > 0
				? { failing: ["configuration"], lost: [] }
				: await environment.readiness.look(),
		);
	}
	if (environment instanceof ConfigError || problems.length > 0) {
		throw new Problem("not_configured", "The edge is not configured; /healthz says what is missing.");
	}
	/** @type {Asked} */
	const asked = { request, route, environment, visit, origin: request.headers.get("origin"), read: undefined };
	admitPage(asked);
	if (route.name === "unknown") {
		throw nothingHere();
	}
	if (route.name === "metrics") {
		if (!(await readsMetrics(asked))) {
			await operatorOf(asked, () => callerOf(asked));
		}
		requireMethod(request, ["GET"]);
		return metrics();
	}
	if (route.name === "operator") {
		if (request.method === "OPTIONS" && isFromOperatorsPage(asked) && asked.origin !== null) {
			return preflight(operatorsPages);
		}
		const operator = await operatorOf(asked, () => callerOf(asked), { pages: true });
		visit.log.by = operator.by;
		await limit(environment, operator);
		return operated(asked, operator);
	}
	if (request.method === "OPTIONS") {
		return preflightOf(asked);
	}
	if (route.name !== "call") {
		requireMethod(request, ["POST"]);
	}
	const caller = await callerOf(asked);
	visit.log.by = caller.by;
	if (environment.limiter) {
		await limit(environment, caller);
	}
	return route.name === "call" ? call(asked, caller) : own(asked, caller);
}

/**
 * @param {readonly string[]} problems
 * @param {readonly string[]} refused why a later configuration is not in force
 */
function health(problems, refused) {
	return problems.length === 0
		? Response.json({ status: "ok", ...(refused.length > 0 && { refused }) })
		: Response.json({ status: "not_configured", missing: problems }, { status: 503 });
}

/** @param {import("./ready.js").Found} found */
function readiness({ failing, lost }) {
	const without = lost.length > 0 && { lost };
	return failing.length === 0
		? Response.json({ status: "ready", ...without })
		: Response.json({ status: "not_ready", failing, ...without }, { status: 503 });
}

/**
 * Tells a page whose origin is listed that it may read the answer, and refuses any other. Operators have pages of their own.
 * @param {Asked} asked
 */
function admitPage(asked) {
	const {
		request,
		route,
		environment: { config, browsers },
		visit,
		origin,
	} = asked;
	const operating = route.name === "operator" && isFromOperatorsPage(asked);
	const { origins } = operating ? config.operators : config;
	if (origin !== null) {
		Object.assign(visit.headers, corsHeaders(origin, origins, operating ? operatorsPages : browsers));
	}
	checkOrigin(request.headers, origins);
}

/** @param {Asked} asked */
function preflightOf({ environment, origin }) {
	if (origin === null) {
		throw new Problem("method_not_allowed", "OPTIONS is for preflights.", { headers: { allow: "POST" } });
	}
	return preflight(environment.browsers);
}

/**
 * Who calls. Of a request that is signed, the body is read before it is known whose it is: within what strangers may take.
 * @param {Asked} asked
 */
function callerOf(asked) {
	const {
		request,
		route,
		environment: { authenticator, strangers, bodyTimeoutMs: timeoutMs },
	} = asked;
	return authenticator.principal(request.headers, async (check) => {
		const stranger = strangers.begin(request.signal);
		try {
			asked.read = await readBody(request, {
				most: route.name === "call" ? maxSignedBody : maxOwnBody,
				timeoutMs,
				grow: stranger.grow,
			});
			return await check({ method: request.method, target: request.target ?? route.path + route.search, body: asked.read });
		} finally {
			stranger.end();
		}
	});
}

/**
 * @param {Environment} environment
 * @param {Principal} principal
 */
async function limit({ limiter }, { by, subject }) {
	if (!limiter) {
		return;
	}
	const { success, retryAfter = 60 } = await limiter.limit({ key: await digest(`${by}\n${subject}`) });
	if (!success) {
		throw new Problem("rate_limited", "Too many requests; wait before the next.", { retryAfter });
	}
}

/**
 * A sealed call.
 * @param {Asked} asked
 * @param {Principal} principal
 */
async function call(asked, principal) {
	const {
		request,
		route,
		read,
		environment: { sessions, fetch, bodyTimeoutMs },
		visit,
	} = asked;
	const { name, below } = calledBy(route);
	const { connection, session, user } = await open(asked, principal, name);
	if (!connection.call) {
		throw notOpen("no_calls");
	}
	return sealedCall({
		request,
		fetch,
		path: below,
		search: route.search,
		connection,
		session,
		body: read ? (read.length > 0 ? new Response(read).body : null) : request.body,
		policy: connection.call,
		sessions,
		user,
		bodyTimeoutMs,
		cutOff: (side) => visit.cutOff(side),
		log: visit.log,
	});
}

/**
 * One of the edge's own interfaces.
 * @param {Asked} asked
 * @param {Principal} principal
 */
async function own(asked, principal) {
	const {
		request,
		route,
		read,
		environment: { sessions, bodyTimeoutMs: timeoutMs },
	} = asked;
	const body = parseJson(request, read ?? (await readBody(request, { most: maxOwnBody, timeoutMs })));
	const opened = await open(asked, principal, connectionIn(body));
	if (route.name === "sign-in" || route.name === "sign-out" || route.name === "keep-alive") {
		return attended(route.name, body, opened, sessions);
	}
	requireUnsealed(opened.connection);
	return route.name === "verify" ? verified(body, opened, sessions) : handedOut(body, opened, sessions);
}

/**
 * The connection of that name, if it is open to the caller and the page, and the caller's session there.
 * @param {Asked} asked
 * @param {Principal} principal
 * @param {string} name
 * @returns {Promise<Opened>}
 */
async function open({ environment, visit, origin }, principal, name) {
	const { config, sessions, secretOf, opened } = environment;
	const connection = Object.hasOwn(config.connections, name) ? config.connections[name] : undefined;
	if (!connection) {
		throw notOpen("unknown_connection");
	}
	visit.log.connection = name;
	if (!mayUse(principal, connection)) {
		throw notOpen("not_allowed");
	}
	if (origin !== null && connection.origins && !connection.origins.includes(origin)) {
		throw notOpen("connection_origin");
	}
	const last = opened.get(principal);
	const known = last?.connection === connection ? last : undefined;
	const user = known?.user ?? (await sessions.user(principal));
	visit.log.user = user;
	await refuseStopped(environment, principal, user, name, connection);
	if (known) {
		return known;
	}
	const session = await sessions.session(identityFor(principal, connection, secretOf), connection.keepers);
	const now = { connection, user, session };
	opened.set(principal, now);
	return now;
}

/** @typedef {import("./token-routes.js").Opened} Opened */
