// The edge as a Worker.
import { answered } from "./request/answered.js";
import { checkConfig, ConfigError } from "./config/config.js";
import { configIn, Environment } from "./config/environment.js";
import { ConfigFile } from "./config/file.js";

/** @typedef {import("./config/environment.js").Bindings} Bindings */

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
			const { response, headers } = await answered(request, environmentOf(bindings), { analytics: bindings.ANALYTICS });
			if (!(response instanceof Response)) {
				return new Response(JSON.stringify(response.json), { headers: { ...headers, "content-type": "application/json" } });
			}
			for (const name in headers) {
				response.headers.set(name, /** @type {string} */ (headers[name]));
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
		return new ConfigFile(bindings.CONFIGURATION, (config, former) => new Environment(checkConfig(config), bindings, undefined, former));
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
