import { SandboxError } from "./error.js";

/**
 * How long new tokens live, in whole seconds from 1 up.
 * @typedef {object} Lifetimes
 * @property {number} [appcube] default 3600
 * @property {number} [ccmessaging] default 3600; never said in a response
 * @property {number} [accessToken] of ccmessaging; default and at most 3600
 * @property {number} [isales] default 300
 * @property {number} [isalesRefresh] of isales' refresh token; default 3600
 * @property {number} [cubedrive] by default until it is revoked
 */

/**
 * What the servers before the systems make of a path: with "written" nothing, so that only the documented form is known; with
 * "nginx", "envoy", "tomcat" or "iis" what these do; with "chain" all of it, several times.
 * @typedef {"written" | "nginx" | "envoy" | "tomcat" | "iis" | "chain"} PathReading
 */

/**
 * The settings of a sandbox.
 * @typedef {object} SandboxOptions
 * @property {string} [host] the address to listen on. Default "127.0.0.1".
 * @property {number} [port] default 0: a free one
 * @property {Lifetimes} [lifetimes] in seconds
 * @property {number} [cubedriveLogins] logins of a CubeDrive user in a minute before they are intercepted. Default 1000.
 * @property {PathReading} [paths] how the servers before the systems read a path. Default "written".
 * @property {string} [allowOrigin] the one origin whose pages may call the sandbox, such as "http://127.0.0.1:5173".
 *   By default none: a page's call needs CORS.
 * @property {() => number} [now] the vendors' time of day in milliseconds. Default `Date.now`.
 */

const names = ["host", "port", "lifetimes", "cubedriveLogins", "paths", "allowOrigin", "now"];
const readings = ["written", "nginx", "envoy", "tomcat", "iis", "chain"];
/** What a life can be set of: the members of Lifetimes. */
export const lives = ["appcube", "ccmessaging", "accessToken", "isales", "isalesRefresh", "cubedrive"];
/** Ten years, in seconds: the sandbox's own bound. */
const maxLife = 10 * 365 * 24 * 3600;

/**
 * The options, checked, as the program and the server take them.
 * @param {SandboxOptions} [options]
 */
export function readOptions(options = {}) {
	if (typeof options !== "object" || options === null) {
		throw invalid("options", "must be an object");
	}
	const unknown = Object.keys(options).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw invalid(unknown, `is not an option; there are ${names.join(", ")}`);
	}
	const { host = "127.0.0.1", port = 0, lifetimes = {}, cubedriveLogins = 0, paths = "written", allowOrigin = "", now } = options;
	if (typeof host !== "string" || host === "") {
		throw invalid("host", "must be an address of this machine, such as 127.0.0.1");
	}
	if (!isWhole(port, 0, 65_535)) {
		throw invalid("port", "must be a whole number from 0 to 65535");
	}
	if (typeof lifetimes !== "object" || lifetimes === null) {
		throw invalid("lifetimes", "must be an object");
	}
	for (const [name, seconds] of Object.entries(lifetimes)) {
		if (!lives.includes(name)) {
			throw invalid(`lifetimes.${name}`, `is not a lifetime; there are ${lives.join(", ")}`);
		}
		if (!isWhole(seconds, 1, maxLife)) {
			throw invalid(`lifetimes.${name}`, `must be a whole number of seconds from 1 to ${maxLife}`);
		}
	}
	if (options.cubedriveLogins !== undefined && !isWhole(cubedriveLogins, 1, 1_000_000)) {
		throw invalid("cubedriveLogins", "must be a whole number from 1 to 1,000,000");
	}
	if (!readings.includes(paths)) {
		throw invalid("paths", `must be one of ${readings.join(", ")}`);
	}
	if (allowOrigin !== "" && !isOrigin(allowOrigin)) {
		throw invalid("allowOrigin", "must be an origin without a path, such as http://127.0.0.1:5173");
	}
	if (now !== undefined && typeof now !== "function") {
		throw invalid("now", "must be a function that answers milliseconds");
	}
	return {
		host,
		port,
		settings: { lifetimes, cubedriveLogins, paths, allowOrigin, hostClock: now !== undefined },
		now: steady(now ?? Date.now),
	};
}

/**
 * A clock that always answers: the program cannot be left in the middle of a question.
 * @param {() => number} now
 */
function steady(now) {
	let last = Date.now();
	return () => {
		try {
			const ms = now();
			if (Number.isFinite(ms)) {
				return (last = ms);
			}
			throw invalid("now", "must answer a number of milliseconds");
		} catch (error) {
			// The test that gave the clock hears of it as of any error that nobody catches.
			queueMicrotask(() => {
				throw error;
			});
			return last;
		}
	};
}

/**
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
function isWhole(value, least, most) {
	return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** @param {unknown} value */
function isOrigin(value) {
	try {
		return typeof value === "string" && new URL(value).origin === value;
	} catch {
		return false;
	}
}

/**
 * @param {string} field
 * @param {string} reason
 */
function invalid(field, reason) {
	return new SandboxError("invalid_option", `createSandbox: ${field} ${reason}.`, { field });
}
