// The front door: who calls, from where, for what; then the keeper is asked, or the call is made.
import { identityFor, mayUse, notOpen } from "./access.js";
import { parseJson, readBody } from "./body.js";
import { sealedCall } from "./call.js";
import { checkConfig, ConfigError } from "./config.js";
import { Environment } from "./environment.js";
import { checkOrigin, corsHeaders, preflight } from "./origin.js";
import { Problem } from "./problem.js";
import { KeeperProblem } from "./sessions.js";
import { base64url } from "./signature.js";
import { maxSignedBody } from "./signed.js";

/** @typedef {import("./environment.js").Bindings} Bindings */

/** The bodies of the edge's own interfaces are small; bytes. */
const maxOwnBody = 64 << 10;

/** A token's value is at most this long, as in the core. */
const maxToken = 16 << 10;

/** Every answer has these. The last two keep a vendor's page that a browser is led to from acting in the edge's name. */
const always = {
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/**
 * What one request is about, as it becomes known: the headers of its answer, what is logged of it, and what to call where the
 * answer ends before its end.
 * @typedef {{ headers: Record<string, string>, log: Record<string, unknown>, cutOff: (side: "vendor" | "caller") => void }} Visit
 */

/**
 * The edge as a Worker: its default export. A configuration that is given in code is checked at once; otherwise it is
 * read from the variable CCTOKEN_CONFIG, and the edge refuses everything but `/healthz` until that can be used.
 * @param {import("./config.js").EdgeConfig} [config] the configuration. It is checked as a whole, whatever its type says.
 * @returns {{ fetch: (request: Request, bindings: Bindings) => Promise<Response> }} the Worker's handler, which is given
 *   the Worker's bindings by name. What it refuses is answered by `application/problem+json`
 * @throws {ConfigError} where the configuration that was given cannot be used
 * @example
 * // worker.js
 * import { createEdge } from "cctoken/edge";
 * export { Keeper, Nonces } from "cctoken/edge";
 *
 * export default createEdge({
 * 	authentication: {
 * 		staff: {
 * 			type: "jwt", issuer: "https://login.example.com/", audience: "console-edge", algorithms: ["RS256"],
 * 			jwksUrl: "https://login.example.com/.well-known/jwks.json",
 * 		},
 * 	},
 * 	origins: ["https://console.example.com"],
 * 	connections: {
 * 		sales: {
 * 			system: "isales", baseUrl: "https://aicc.example.com",
 * 			identity: { user: "abcd", passwd: { secret: "SALES_PASSWD" } },
 * 			allow: [{ by: "staff" }],
 * 			call: { methods: ["GET"], paths: ["/rest/isales/v1/openapi/obs/business"] },
 * 		},
 * 	},
 * });
 */
export function createEdge(config) {
	const checked = config === undefined ? undefined : checkConfig(config);
	/** @type {WeakMap<object, Environment | ConfigError>} */
	const environments = new WeakMap();
	/** @param {Bindings} bindings */
	const environmentOf = (bindings) => {
		let environment = environments.get(bindings);
		if (!environment) {
			try {
				environment = new Environment(checked ?? checkConfig(configIn(bindings)), bindings);
			} catch (error) {
				if (!(error instanceof ConfigError)) {
					throw error;
				}
				environment = error;
			}
			environments.set(bindings, environment);
		}
		return environment;
	};
	return {
		async fetch(request, bindings) {
			const began = Date.now();
			const id = crypto.randomUUID();
			let answered = false;
			let ended = false;
			// One line of JSON: names from the configuration, words of this program, numbers. Nothing of a caller or a token.
			const tell = (/** @type {object} */ line) => console.log(JSON.stringify({ ...line, ms: Date.now() - began }));
			/** @type {Visit} */
			const visit = {
				headers: { ...always, "cctoken-request": id },
				log: { event: "request", request: id, method: safeMethod(request.method) },
				cutOff(side) {
					if (!ended) {
						ended = true;
						tell({ event: "cut_off", request: id, side });
					}
				},
			};
			// A caller who leaves ends all that is done for it, with the runtime's request. Only this is called then.
			request.signal.addEventListener("abort", () => {
				if (answered) {
					return visit.cutOff("caller");
				}
				ended = true;
				tell({ ...visit.log, code: "caller_left", status: 499 });
			});
			let response;
			try {
				response = await answer(request, environmentOf(bindings), visit);
			} catch (error) {
				response = refusal(error, visit);
			}
			if (response instanceof Response) {
				for (const name in visit.headers) {
					response.headers.set(name, /** @type {string} */ (visit.headers[name]));
				}
			} else {
				response = new Response(JSON.stringify(response.json), { headers: { ...visit.headers, "content-type": "application/json" } });
			}
			answered = true;
			if (!ended) {
				tell({ ...visit.log, status: response.status });
			}
			return response;
		},
	};
}

/** @param {Bindings} bindings */
function configIn({ CCTOKEN_CONFIG: config }) {
	if (config === undefined || config === "") {
		throw new ConfigError(["CCTOKEN_CONFIG is missing"]);
	}
	if (typeof config !== "string") {
		return config; // a variable may hold JSON as it is
	}
	try {
		return JSON.parse(config);
	} catch {
		throw new ConfigError(["CCTOKEN_CONFIG is not JSON"]);
	}
}

/**
 * @param {Request} request
 * @param {Environment | ConfigError} environment
 * @param {Visit} visit
 * @returns {Promise<Response | { json: object }>}
 */
async function answer(request, environment, visit) {
	const { path, search } = split(request.url);
	const route = routeOf(path);
	visit.log.route = route;
	const problems = environment instanceof ConfigError ? environment.problems : environment.missing;
	if (route === "healthz") {
		requireMethod(request, ["GET", "HEAD"]);
		return health(problems);
	}
	if (environment instanceof ConfigError || problems.length > 0) {
		throw new Problem("not_configured", "The edge is not configured; /healthz says what is missing.");
	}
	const { config: { origins }, bodyTimeoutMs: timeoutMs } = environment;
	const origin = request.headers.get("origin");
	visit.headers.vary = "Origin";
	Object.assign(visit.headers, corsHeaders(origin, origins, environment.browsers));
	checkOrigin(request.headers, origins);
	if (route === "unknown") {
		throw new Problem("not_found", "There is nothing here.");
	}
	if (request.method === "OPTIONS") {
		if (origin === null) {
			throw new Problem("method_not_allowed", "OPTIONS is for preflights.", { headers: { allow: "POST" } });
		}
		return preflight(environment.browsers);
	}
	if (route !== "call") {
		requireMethod(request, ["POST"]);
	}

	/** What was read of a signed request, as the signature covers its body. @type {Uint8Array<ArrayBuffer> | undefined} */
	let read;
	/** @type {ReturnType<import("./strangers.js").Strangers["begin"]> | undefined} */
	let stranger;
	const principal = await environment.authenticator.principal(request.headers, async () => {
		stranger = environment.strangers.begin(request.signal);
		read = await readBody(request, { most: route === "call" ? maxSignedBody : maxOwnBody, timeoutMs, grow: stranger.grow });
		return { method: request.method, target: path + search, body: read };
	}).finally(() => stranger?.end());
	visit.log.by = principal.by;
	await limit(environment, principal);

	if (route === "call") {
		const [name = "", below] = cut(path.slice("/v1/call/".length), "/");
		const { connection, session, user } = await open(environment, principal, name, origin, visit);
		if (!connection.call) {
			throw notOpen("no_calls");
		}
		return sealedCall({
			request, path: `/${below}`, search, connection, session,
			body: read ? (read.length > 0 ? new Response(read).body : null) : request.body,
			policy: connection.call, sessions: environment.sessions, user, bodyTimeoutMs: timeoutMs, cutOff: visit.cutOff, log: visit.log,
		});
	}

	const body = parseJson(request, read ?? (await readBody(request, { most: maxOwnBody, timeoutMs })));
	if (typeof body.connection !== "string") {
		throw new Problem("invalid_request", "connection must be the name of a connection.", { field: "connection", reason: "field" });
	}
	const { connection, session, user } = await open(environment, principal, body.connection, origin, visit);
	if (connection.sealed) {
		throw new Problem("sealed", "This connection hands out no token: make your calls through /v1/call.");
	}
	if (route === "verify") {
		only(body, ["connection", "token"]);
		const token = tokenIn(body, "token");
		if (token === undefined) {
			throw new Problem("invalid_request", "token is missing.", { field: "token", reason: "field" });
		}
		const { valid, source, reason, expiresIn } = await environment.sessions.verify(session, token);
		return { json: { valid, source, reason, expiresIn } };
	}
	only(body, ["connection", "rejected", "force"]);
	if (body.force !== undefined && typeof body.force !== "boolean") {
		throw new Problem("invalid_request", "force must be true or false.", { field: "force", reason: "field" });
	}
	const kept = await environment.sessions.token(session, {
		user,
		...(body.rejected !== undefined && { rejected: tokenIn(body, "rejected") }),
		...(body.force && { force: true }),
	});
	return { json: handedOut(kept, connection) };
}

/**
 * What a page gets of a token.
 * @param {import("./sessions.js").KeptToken} kept
 * @param {import("./config.js").Connection} connection
 */
function handedOut({ system, value, expiresIn, headers, query, body, rolls }, { shareAccessToken }) {
	// The app's AccessToken lets its holder apply for the token of any user, with the app's key.
	const withheld = system === "ccmessaging" && !shareAccessToken ? ["authorization", "x-app-key"] : [];
	return {
		system, token: value, expiresIn,
		headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !withheld.includes(name.toLowerCase()))),
		query, body, rolls,
	};
}

/**
 * The connection of that name, if it is open to the caller and the page, and the caller's session there.
 * @param {Environment} environment
 * @param {import("./authenticate.js").Principal} principal
 * @param {string} name
 * @param {string | null} origin
 * @param {Visit} visit
 */
async function open({ config, sessions, secretOf }, principal, name, origin, visit) {
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
	const user = await sessions.user(principal);
	visit.log.user = user;
	return { connection, user, session: await sessions.session(identityFor(principal, connection, secretOf)) };
}

/**
 * @param {Environment} environment
 * @param {import("./authenticate.js").Principal} principal
 */
async function limit({ limiter }, { by, subject }) {
	if (!limiter) {
		return;
	}
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${by}\n${subject}`));
	const { success } = await limiter.limit({ key: base64url(new Uint8Array(digest)) });
	if (!success) {
		throw new Problem("rate_limited", "Too many requests; wait before the next.", { retryAfter: 60 });
	}
}

/**
 * @param {unknown} error
 * @param {Visit} visit
 */
function refusal(error, { log }) {
	if (error instanceof Problem || error instanceof KeeperProblem) {
		log.code = error.code;
		log.reason = error instanceof Problem ? error.reason : undefined;
		return error.toResponse();
	}
	// Its text could quote anything; its name and where it was thrown cannot.
	log.code = "internal";
	log.reason = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "unknown";
	return new Problem("internal", "The edge has failed at this request.").toResponse();
}

/** @param {readonly string[]} problems */
function health(problems) {
	return problems.length === 0
		? Response.json({ status: "ok" })
		: Response.json({ status: "not_configured", missing: problems }, { status: 503 });
}

/**
 * The path and the query as they were sent: URL parsers would resolve what must be seen.
 * @param {string} url
 */
function split(url) {
	const [before] = cut(url, "#");
	const [address = "", query] = cut(before, "?");
	const path = address.slice(address.indexOf("/", address.indexOf("://") + 3));
	return { path, search: query === undefined ? "" : `?${query}` };
}

/** @param {string} path */
function routeOf(path) {
	switch (path) {
		case "/healthz":
			return "healthz";
		case "/v1/token":
			return "token";
		case "/v1/verify":
			return "verify";
	}
	return /^\/v1\/call\/[^/]+\//.test(path) ? "call" : "unknown";
}

/** @param {Request} request @param {string[]} methods */
function requireMethod(request, methods) {
	if (!methods.includes(request.method)) {
		throw new Problem("method_not_allowed", `Only ${methods.join(" and ")} ${methods.length > 1 ? "are" : "is"} understood here.`, {
			headers: { allow: methods.join(", ") },
		});
	}
}

/**
 * A misspelt or foreign member is refused, above all one that would name somebody else.
 * @param {Record<string, unknown>} body
 * @param {string[]} names
 */
function only(body, names) {
	if (Object.keys(body).some((name) => !names.includes(name))) {
		throw new Problem("invalid_request", `Only ${names.join(", ")} are understood here.`, { field: "body", reason: "unknown_member" });
	}
}

/** @param {Record<string, unknown>} body @param {string} name */
function tokenIn(body, name) {
	const value = body[name];
	if (value !== undefined && (typeof value !== "string" || value.length > maxToken || !/^[!-~]+$/.test(value))) {
		throw new Problem("invalid_request", `${name} must be the value of a token.`, { field: name, reason: "field" });
	}
	return value;
}

/** @param {string} method anybody may write what they like there */
function safeMethod(method) {
	return /^[A-Z]{1,10}$/.test(method) ? method : "other";
}

/** @param {string} text @param {string} at @returns {[string, string | undefined]} */
function cut(text, at) {
	const i = text.indexOf(at);
	return i < 0 ? [text, undefined] : [text.slice(0, i), text.slice(i + at.length)];
}
