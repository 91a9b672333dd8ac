// The edge as a Worker: each request is answered, whatever happens, and leaves a line in the log.
import { answer } from "./request/answer.js";
import { checkConfig, ConfigError } from "./config/config.js";
import { Environment } from "./config/environment.js";
import { ConfigFile } from "./config/file.js";
import { Measures } from "./metrics/measures.js";
import { Problem, requestHeader } from "./request/problem.js";
import { KeeperProblem } from "./keeper/sessions.js";

/** @typedef {import("./request/answer.js").Visit} Visit */
/** @typedef {import("./config/environment.js").Bindings} Bindings */

/** Every answer has these. The last two keep a vendor's page that a browser is led to from acting in the edge's name. */
const always = {
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
};

/**
 * The edge as a Worker: its default export. A configuration that is given in code is checked at once; otherwise it is
 * read from the variable CCTOKEN_CONFIG, or from the file edge.json of the service that is bound as CONFIGURATION, and the
 * edge refuses everything but `/healthz` until that can be used.
 * @param {import("./config/config.js").EdgeConfig} [config] the configuration. It is checked as a whole, whatever its type says.
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
	/** @type {WeakMap<object, Environment | ConfigError | ConfigFile>} */
	const environments = new WeakMap();
	/** @param {Bindings} bindings */
	const environmentOf = (bindings) => {
		let environment = environments.get(bindings);
		if (!environment) {
			environment = environmentIn(bindings, checked);
			environments.set(bindings, environment);
		}
		return environment instanceof ConfigFile ? environment.current() : environment;
	};
	return {
		async fetch(request, bindings) {
			const began = Date.now();
			const id = crypto.randomUUID();
			let answered = false;
			let ended = false;
			// One line of JSON: names from the configuration, words of this program, numbers. Nothing of a caller or a token.
			const tell = (/** @type {object} */ line) => console.log(JSON.stringify({ ...line, ms: Date.now() - began }));
			const tellEnd = (/** @type {Record<string, unknown>} */ line, /** @type {number} */ status) => {
				tell({ ...line, status });
				new Measures(bindings.ANALYTICS).request(line, status, Date.now() - began);
			};
			/** @type {Visit} */
			const visit = {
				headers: { ...always, [requestHeader]: id },
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
				tellEnd({ ...visit.log, code: "caller_left" }, 499);
			});
			let response;
			try {
				response = await answer(request, await environmentOf(bindings), visit);
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
				tellEnd(visit.log, response.status);
			}
			return response;
		},
	};
}

/**
 * @param {Bindings} bindings
 * @param {import("./config/config.js").CheckedConfig | undefined} given in code
 */
function environmentIn(bindings, given) {
	if (!given && bindings.CONFIGURATION !== undefined) {
		return new ConfigFile(bindings.CONFIGURATION, (config, former) => new Environment(checkConfig(config), bindings, former));
	}
	try {
		return new Environment(given ?? checkConfig(configIn(bindings)), bindings);
	} catch (error) {
		if (!(error instanceof ConfigError)) {
			throw error;
		}
		return error;
	}
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

/** @param {string} method anybody may write what they like there */
function safeMethod(method) {
	return /^[A-Z]{1,10}$/.test(method) ? method : "other";
}
