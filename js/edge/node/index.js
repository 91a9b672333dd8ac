// What `cctoken/edge/node` gives a program in Node: the same edge, as a handler of node:http.
import { build } from "../../../dist/build.js";
import { createDriver } from "../../client/client.js";
import { platformClock } from "../../client/clock.js";
import { TokenError } from "../../client/error.js";
import { invalidOption } from "../../client/option.js";
import { keeperTimeoutMs } from "../../generated/limits.js";
import { load } from "../../module/load-node.js";
import { createModule } from "../../module/module.js";
import { checkConfig, ConfigError, secretsOf } from "../config/config.js";
import { configIn, Environment } from "../config/environment.js";
import { Measures } from "../metrics/measures.js";
import { answered } from "../request/answered.js";
import { Problem } from "../request/problem.js";
import { incoming, isTaken, leaving } from "./incoming.js";
import { Keepers } from "./keeper.js";
import { log } from "./log.js";
import { memory, noncesIn } from "./memory.js";
import { noncesInStore, reachInTime, SharedStopList } from "./shared.js";
import { StopList } from "../operator/stop-list.js";
import { outgoing } from "./outgoing.js";
import { givenBy } from "./secrets.js";
import { serve } from "./server.js";
import { Vendors } from "./vendor.js";
import { Work } from "./work.js";

export { ConfigError, serve };

/** @typedef {import("../config/config.js").EdgeConfig} EdgeConfig */

/**
 * How an edge in Node is set up.
 * @typedef {object} EdgeOptions
 * @property {string} [path] where the program mounts it, such as "/edge"; by default it has the whole server
 * @property {Record<string, string | undefined>} [env] where its secrets and settings are, each as NAME, or as the path of a file in
 *   NAME_FILE. By default the process' environment
 * @property {import("../../client/store.js").Store} [store] where other edges have the same sessions, used signatures and stopped users: any
 *   number of them, with the same NAME_KEY, is then one ("cctoken/store"). By default they are in the memory of this process
 */

/**
 * An edge in Node.
 * @typedef {object} NodeEdge
 * @property {(request: any, response: any) => void} handler answers a request of
 *   node:http, an `IncomingMessage`, with its `ServerResponse`, and so of whatever framework stands on that. The body must not have been read
 * @property {(config: EdgeConfig) => void} reload has another configuration in force from the next request on. Sessions stay. Throws a
 *   ConfigError where it cannot be used, or where something that it names is missing: then the one of before stays in force, and `/healthz`
 *   says why as `refused`, until there is a good one
 * @property {(problems: readonly string[]) => void} refuse has `/healthz` say so of one that could not even be read. The problems are
 *   seen by anybody: names of fields, and no value
 * @property {readonly string[]} missing what is wrong with the configuration, or what it needs and the environment does not have, by names only:
 *   until that is mended all requests but `/healthz` are answered 503
 * @property {() => Promise<void>} ready asks the store, if there is one, for what it is asked for before a login. Rejected with a TokenError
 *   `unavailable` where that fails, or takes longer than a second: worth to be known before it takes a caller. Later, `/readyz` says so
 * @property {() => void} close ends the keepers' client and the connections to vendors; whoever still waits is told to try again
 */

/** So many sessions are kept in memory; those that were used least lately go first. */
const maxSessions = 100_000;

/**
 * The edge in Node: the front door of `cctoken/edge`, with the package's own client as its keeper.
 * @param {EdgeConfig} [config] the configuration. It is checked as a whole, whatever its type says. By default it is the variable
 *   CCTOKEN_CONFIG, as JSON, and the edge refuses everything but `/healthz` where that cannot be used.
 * @param {EdgeOptions} [options] how it is set up
 * @returns {NodeEdge} what it refuses is answered by `application/problem+json`
 * @throws {ConfigError} where the configuration that was given cannot be used, or a secret's file cannot be read
 * @throws {TokenError} `invalid_option` where the path is none
 * @example
 * import { readFile } from "node:fs/promises";
 * import { createEdge, serve } from "cctoken/edge/node";
 *
 * const edge = createEdge(JSON.parse(await readFile("edge.json", "utf8")));
 * await serve(edge.handler, { host: "127.0.0.1", port: 8788 });
 */
export function createEdge(config, options = {}) {
	const { path = "", env = process.env, store, ...unknown } = options;
	if (Object.keys(unknown).length > 0) {
		throw new ConfigError(["there are no options but path, env and store"]);
	}
	if (!/^(?:\/[\w.~-]+)*$/.test(path)) {
		throw invalidOption("path", 'must be empty, or one such as "/edge"');
	}
	const { KEEPER_TIMEOUT_MS: timeout, KEEPER_CONNECTIONS: connections } = givenBy(env, []);
	const module = createModule(load, { build });
	const work = new Work({
		connections: Number(connections) || Infinity,
		clock: platformClock,
		measures: new Measures(),
		log,
	});
	const driver = createDriver(module, {
		fetch: work.fetch,
		onEvent: work.onEvent,
		...(store && { store, onStore: work.onStore }),
		timeoutMs: bounded(Number(timeout)) ?? keeperTimeoutMs,
		maxSessions,
	});
	const stops = store ? new SharedStopList(store) : new StopList(memory());
	const reached = async () => void (await (store && reachInTime(store)));
	const ready = async () => {
		await module.start();
		return reached().then(
			() => ({}),
			() => ({ lost: ["store"] }), // callers get their live tokens, and logins go on: nobody is served better elsewhere
		);
	};
	const keepers = new Keepers(driver, work, { ready, stops, maxSessions });
	work.about = (session) => {
		const { json, system } = driver.about(session);
		return { object: keepers.objectOf(json), system };
	};
	const vendors = new Vendors();
	const objects = { KEEPER: keepers, NONCES: store ? noncesInStore(store) : noncesIn(platformClock.wall) };
	/**
	 * @param {unknown} config
	 * @param {Environment} [former]
	 */
	const environmentOf = (config, former) => {
		const { checked, given } = read(config, env);
		return new Environment(checked, { ...given, ...objects }, { fetch: vendors.fetch, missing: () => [] }, former);
	};
	/** @type {Environment | ConfigError} */
	let environment;
	try {
		environment = environmentOf(config ?? configIn(givenBy(env, ["CCTOKEN_CONFIG"])));
	} catch (error) {
		if (config !== undefined || !(error instanceof ConfigError)) {
			throw error;
		}
		environment = error;
	}
	/** @param {readonly string[]} problems */
	const refuse = (problems) => {
		if (!(environment instanceof ConfigError)) {
			environment.refused = problems;
		}
	};
	/** @param {any} request @param {any} response */
	const exchange = async (request, response) => {
		const about = incoming(request, path, leaving(response));
		try {
			const answer = await answered(about, environment, isTaken(request) ? taken : platform);
			await outgoing(answer, request, response, about.body);
		} catch {
			response.destroy();
		}
	};
	return {
		handler: (request, response) => void exchange(request, response),
		reload(config) {
			try {
				const next = environmentOf(config, environment instanceof ConfigError ? undefined : environment);
				if (next.missing.length > 0) {
					throw new ConfigError(next.missing);
				}
				environment = next;
			} catch (error) {
				if (error instanceof ConfigError) {
					refuse(error.problems);
				}
				throw error;
			}
		},
		refuse,
		get missing() {
			return environment instanceof ConfigError ? environment.problems : environment.missing;
		},
		async ready() {
			try {
				await reached();
			} catch (cause) {
				throw new TokenError("unavailable", "the store does not answer, or cannot be written to", {
					field: "store",
					retryable: true,
					cause,
				});
			}
		},
		close() {
			driver.close();
			vendors.close();
		},
	};
}

const platform = { log };

/** Of a request whose body somebody else has read: the program's fault, and not the caller's. */
const taken = {
	log,
	admit() {
		throw new Problem("internal", "The request's body was read before it came to the edge.", { reason: "body_taken" });
	},
};

/**
 * A configuration, checked, and what it names of an environment.
 * @param {unknown} config
 * @param {Record<string, string | undefined>} env
 */
function read(config, env) {
	const checked = checkConfig(config);
	return { checked, given: givenBy(env, secretsOf(checked).keys()) };
}

/** What the client would not take; the environment says what is wrong with it. @param {number} ms */
const bounded = (ms) => (ms >= 1 && ms <= 600_000 ? ms : undefined);
