import { invalidOption } from "./error.js";

/**
 * How long new tokens live, by their kinds, in whole seconds from 1 up. The `lifetimes` of each of `sandbox.systems` are
 * the kinds.
 * @typedef {{ [kind: string]: number }} Lifetimes
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
 * @property {number} [lifetime] in seconds, of all tokens that `lifetimes` does not name. A refresh token lives longer, in
 *   the documented proportion. Default: as each system's document says.
 * @property {Lifetimes} [lifetimes] in seconds
 * @property {{ [system: string]: number }} [logins] how many logins a user has in a minute, or whatever the system's window is,
 *   before they are intercepted. Default: as `sandbox.systems` has it.
 * @property {PathReading} [paths] how the servers before the systems read a path. Default "written".
 * @property {string | readonly string[]} [allowOrigin] the origin whose pages may call the sandbox, such as "http://127.0.0.1:5173",
 *   or several. By default none: a page's call needs CORS.
 * @property {() => number} [now] the vendors' time of day in milliseconds. Default `Date.now`.
 */

const names = ["host", "port", "lifetime", "lifetimes", "logins", "paths", "allowOrigin", "now"];

/**
 * The options as the program and the server take them. Which names there are, of systems, kinds of tokens and readings, is checked by the program alone.
 * @param {SandboxOptions} [options]
 */
export function readOptions(options = {}) {
	if (typeof options !== "object" || options === null) {
		throw invalidOption("options", "must be an object");
	}
	const unknown = Object.keys(options).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw invalidOption(unknown, `is not an option; there are ${names.join(", ")}`);
	}
	const { host = "127.0.0.1", port = 0, lifetime, lifetimes = {}, logins = {}, paths = "written", allowOrigin = [], now } = options;
	if (typeof host !== "string" || host === "") {
		throw invalidOption("host", "must be an address of this machine, such as 127.0.0.1");
	}
	if (!isWhole(port, 0, 65_535)) {
		throw invalidOption("port", "must be a whole number from 0 to 65535");
	}
	if (lifetime !== undefined && !Number.isSafeInteger(lifetime)) {
		throw invalidOption("lifetime", wholeSeconds);
	}
	checkNumbers("lifetimes", lifetimes, wholeSeconds);
	checkNumbers("logins", logins, "must be a whole number");
	if (typeof paths !== "string" || !paths) {
		throw invalidOption("paths", "must be the name of a reading, such as written");
	}
	const allowOrigins = [allowOrigin].flat();
	if (!allowOrigins.every(isOrigin)) {
		throw invalidOption("allowOrigin", "must be an origin without a path, such as http://127.0.0.1:5173, or several");
	}
	if (now !== undefined && typeof now !== "function") {
		throw invalidOption("now", "must be a function that answers milliseconds");
	}
	return {
		host,
		port,
		settings: { lifetime, lifetimes, logins, paths, allowOrigins, hostClock: now !== undefined },
		now: steady(now ?? Date.now),
	};
}

const wholeSeconds = "must be a whole number of seconds";

/**
 * @param {string} option
 * @param {unknown} value
 * @param {string} what each of its numbers must be
 */
function checkNumbers(option, value, what) {
	if (typeof value !== "object" || value === null) {
		throw invalidOption(option, "must be an object");
	}
	for (const [name, number] of Object.entries(value)) {
		if (!Number.isSafeInteger(number)) {
			throw invalidOption(`${option}.${name}`, what);
		}
	}
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
			throw invalidOption("now", "must answer a number of milliseconds");
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
