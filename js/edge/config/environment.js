// What the Worker is given: bindings and secrets. Looked at once for each environment, and as a whole.
import {
	leastKeeperTimeoutMs as least,
	mostKeeperConnections,
	mostKeeperTimeoutMs as most,
	storageKey,
	storageKeys,
} from "../../generated/limits.js";
import { Authenticator } from "../caller/authenticate.js";
import { replayHeader } from "../sealed/call.js";
import { Readiness } from "../request/ready.js";
import { requestHeader } from "../request/problem.js";
import { ConfigError, secretsOf } from "./config.js";
import { CallerRate } from "../caller/rate.js";
import { Measures } from "../metrics/measures.js";
import { nonceMemory } from "../caller/signed.js";
import { Stops } from "../operator/stops.js";
import { reach } from "../keeper/objects.js";
import { Sessions } from "../keeper/sessions.js";
import { Strangers } from "../caller/strangers.js";

/** A Worker's bindings, by name. @typedef {Record<string, any>} Bindings */

/** Sends a sealed call: as the platform's `fetch`, which follows no redirect. @typedef {(url: URL, init: RequestInit) => Promise<Response>} VendorFetch */

/**
 * What differs between the places where an edge runs, beside the keepers.
 * @typedef {object} Platform
 * @property {VendorFetch} fetch
 * @property {(config: import("./config.js").CheckedConfig, bindings: Bindings) => string[]} missing what the place itself must have been given
 *   and was not, one line each, by names only
 */

/** Cloudflare's, and workerd anywhere. @type {Platform} */
const worker = { fetch: (url, init) => fetch(url, init), missing: missingInWorker };

/** The shortest secret that may name objects or sign requests, in characters. */
const leastKey = 32;

/** How long the body of a request is waited for, unless BODY_TIMEOUT_MS says otherwise; milliseconds. */
const defaultBodyTimeoutMs = 15_000;

/** A configuration together with what it needs. */
export class Environment {
	/** @type {Strangers} */ strangers;
	/** @type {Authenticator} */ authenticator;

	/**
	 * @param {import("./config.js").CheckedConfig} config
	 * @param {Bindings} bindings
	 * @param {Platform} [platform]
	 * @param {Environment} [former] with the same bindings, and the configuration of before: what does not hang on that goes on
	 */
	constructor(config, bindings, platform = worker, former = undefined) {
		this.config = config;
		/** Why a later configuration is not in force in place of this one. @type {readonly string[]} */
		this.refused = [];
		/** What is missing, one line each, by names only. */
		this.missing = [...platform.missing(config, bindings), ...missing(config, bindings)];
		this.fetch = platform.fetch;
		/** @param {string} name */
		this.secretOf = (name) => /** @type {string} */ (bindings[name]);
		const measures = new Measures(bindings.ANALYTICS);
		this.sessions = new Sessions(bindings.KEEPER, bindings.NAME_KEY, Number(bindings.KEEPER_TIMEOUT_MS) || undefined, measures);
		/** Who may read the metrics without being an operator. @type {string | undefined} */
		this.metricsToken = bindings.METRICS_TOKEN;
		/** Who is stopped, where there is somebody who can stop. @type {Stops | undefined} */
		this.stops =
			config.operators.allow.length > 0
				? (former?.stops ?? new Stops(async () => reach(bindings.KEEPER, await this.sessions.name(JSON.stringify(["stops"])))))
				: undefined;
		/**
		 * The connection to which a caller came last, and their session there, for as long as the caller is known: most requests ask for the
		 * same as the one before. It holds no text that what is known of the caller does not hold.
		 * @type {WeakMap<import("../caller/authenticate.js").Principal, import("../request/token-routes.js").Opened>}
		 */
		this.opened = new WeakMap();
		this.bodyTimeoutMs = Number(bindings.BODY_TIMEOUT_MS) || defaultBodyTimeoutMs;
		this.strangers = former?.strangers ?? new Strangers(this.bodyTimeoutMs);
		const machines = { secretOf: this.secretOf, firstTime: nonceMemory(bindings.NONCES) };
		this.authenticator = new Authenticator(config, machines, former?.authenticator.issuers);
		this.readiness = new Readiness(this);
		const policies = Object.values(config.connections).flatMap(({ call }) => call ?? []);
		/** What browsers are told, the same for every path: no connection's name can be found out with it. */
		this.browsers = {
			credentials: this.authenticator.ambientHeaders.length > 0,
			methods: distinct(["POST", ...policies.flatMap(({ methods }) => methods)]),
			headers: distinct(["authorization", "content-type", ...policies.flatMap(({ requestHeaders = [] }) => requestHeaders)]),
			exposed: distinct(["retry-after", replayHeader, requestHeader, ...policies.flatMap(({ responseHeaders = [] }) => responseHeaders)]),
		};
		const perMinute = Number(bindings.RATE_LIMIT_PER_MINUTE) || undefined;
		/** @type {{ limit: (by: { key: string }) => Promise<{ success: boolean, retryAfter?: number }> } | undefined} */
		this.limiter = former?.limiter ?? bindings.RATE_LIMITER ?? (perMinute && new CallerRate(perMinute));
	}
}

/** @param {string[]} names */
const distinct = (names) => [...new Set(names)];

/**
 * @param {import("./config.js").CheckedConfig} config
 * @param {Bindings} bindings
 */
function missingInWorker(config, bindings) {
	const lines = [];
	const machines = Object.values(config.authentication).some(({ type }) => type === "signed");
	for (const name of ["KEEPER", ...(machines ? ["NONCES"] : [])]) {
		if (typeof bindings[name]?.idFromName !== "function") {
			lines.push(`${name}: the binding of the Durable Object class ${name === "KEEPER" ? "Keeper" : "Nonces"}`);
		}
	}
	return [...lines, ...missingKeys(bindings)];
}

/** @param {Bindings} bindings */
export function missingKeys({ STORAGE_KEYS: keys }) {
	return typeof keys === "string" && keys.split(",").every((key) => storageKey.test(key.trim()))
		? []
		: [`STORAGE_KEYS: the secret with the keys under which tokens are stored, as ${storageKeys}`];
}

/**
 * @param {import("./config.js").CheckedConfig} config
 * @param {Bindings} bindings
 */
function missing(config, bindings) {
	const lines = [];
	if (typeof bindings.NAME_KEY !== "string" || bindings.NAME_KEY.length < leastKey) {
		lines.push(`NAME_KEY: a secret of at least ${leastKey} random characters, which names the objects`);
	}
	const { METRICS_TOKEN: token } = bindings;
	if (token !== undefined && !(typeof token === "string" && token.length >= leastKey && /^[\w.~+/=-]+$/.test(token))) {
		lines.push(`METRICS_TOKEN: a secret of at least ${leastKey} random letters and digits, or nothing`);
	}
	// The first is checked by the keeper as well, so that a mistake is told before there is one. The other keeps to the same.
	for (const name of ["KEEPER_TIMEOUT_MS", "BODY_TIMEOUT_MS"]) {
		const timeout = bindings[name];
		if (timeout !== undefined && !(/^\d+$/.test(String(timeout)) && Number(timeout) >= least && Number(timeout) <= most)) {
			lines.push(`${name}: a whole number of milliseconds from ${least} to ${most}, or nothing`);
		}
	}
	const rate = bindings.RATE_LIMIT_PER_MINUTE;
	if (rate !== undefined && !/^[1-9]\d{0,5}$/.test(String(rate))) {
		lines.push("RATE_LIMIT_PER_MINUTE: a whole number from 1 to 999999, or nothing");
	}
	const connections = bindings.KEEPER_CONNECTIONS;
	if (connections !== undefined && !(/^[1-9]\d{0,3}$/.test(String(connections)) && Number(connections) <= mostKeeperConnections)) {
		lines.push(`KEEPER_CONNECTIONS: a whole number from 1 to ${mostKeeperConnections}, or nothing`);
	}
	for (const [name, where] of secretsOf(config)) {
		const value = bindings[name];
		const signing = where.startsWith("authentication.");
		if (typeof value !== "string" || value === "" || (signing && value.length < leastKey)) {
			lines.push(`${name}: a secret${signing ? ` of at least ${leastKey} random characters` : ""}, for ${where}`);
		}
	}
	return lines;
}

/** @param {Bindings} bindings */
export function configIn({ CCTOKEN_CONFIG: config }) {
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
