// Which proxy Node's fetch sends a request through. It has used the environment's since Node 24.0 and 22.21, and only where
// it is told to; curl and browsers need no telling, which is why "it works with curl".
//
// What is below was observed with Node 22.21.0, 22.23.3, 24.0.0, 24.21.0 and 26.10.0, by a proxy that noted who called:
// - the lower-case name wins over the upper-case one even where it is empty: http_proxy= hides HTTP_PROXY;
// - what goes to https:// and finds HTTPS_PROXY unset or empty takes HTTP_PROXY, where curl would go straight;
// - ALL_PROXY is not looked at;
// - a value that is no URL, or one of a protocol that Node has not, ends Node before any program of it starts;
// - https:// is always reached by CONNECT; http:// was too, until undici 8.7 (seen in Node 26), which has the proxy forward it.

/**
 * @typedef {object} Proxy
 * @property {string} variable that names it
 * @property {boolean} able whether this Node's fetch could go through it
 * @property {Use | undefined} use how this Node's fetch goes through it, if it does
 */

/**
 * @typedef {object} Use
 * @property {URL} url
 * @property {boolean} forwards whether it is handed the whole request, in place of a CONNECT to the host
 */

/**
 * @typedef {object} Runtime
 * @property {string} version of Node, such as "24.21.0"
 * @property {string} undici version of what fetch is made of
 * @property {readonly string[]} execArgv
 */

/** @returns {Runtime} the one that this runs in */
export const runtime = () => ({
	version: process.versions.node,
	undici: process.versions["undici"] ?? "0.0.0",
	execArgv: process.execArgv,
});

/**
 * The proxy that the environment names for an address, unless it excepts the address.
 * @param {URL} target
 * @param {NodeJS.ProcessEnv} env
 * @param {Runtime} node
 * @returns {{ proxy: Proxy | undefined, excepted: boolean }}
 */
export function proxyFor(target, env, { version, undici, execArgv }) {
	const secure = target.protocol === "https:";
	const variable = (secure ? named(env, "https_proxy", "HTTPS_PROXY") : undefined) ?? named(env, "http_proxy", "HTTP_PROXY");
	if (variable === undefined) {
		return { proxy: undefined, excepted: false };
	}
	if (isExcepted(target, env["no_proxy"] ?? env["NO_PROXY"] ?? "", undici)) {
		return { proxy: undefined, excepted: true };
	}
	const able = isSince(version, 24, 0) || (isSince(version, 22, 21) && !isSince(version, 23, 0));
	const use =
		able && isTold(env, execArgv, version)
			? { url: new URL(/** @type {string} */ (env[variable])), forwards: !secure && isSince(undici, 8, 7) }
			: undefined;
	return { proxy: { variable, able, use }, excepted: false };
}

/**
 * On Windows the two names are one variable.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} lower
 * @param {string} upper
 * @returns {string | undefined} the one of the two that counts, if it names anything
 */
function named(env, lower, upper) {
	const name = env[lower] === undefined ? upper : lower;
	return env[name] ? name : undefined;
}

/**
 * @param {string} version
 * @param {number} major
 * @param {number} minor
 */
function isSince(version, major, minor) {
	const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
	return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/**
 * Of several flags the last one counts, and any flag counts more than the variable.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} execArgv
 * @param {string} version of a Node that is able
 */
function isTold(env, execArgv, version) {
	const told = env["NODE_USE_ENV_PROXY"];
	if (isSince(version, 24, 0) && !isSince(version, 24, 5)) {
		return Boolean(told); // the flag came with 24.5; until then any value would do, "0" too
	}
	const flags = [...(env["NODE_OPTIONS"] ?? "").replaceAll('"', "").split(/\s+/), ...execArgv].filter((each) =>
		/^--(no-)?use[-_]env[-_]proxy$/.test(each),
	);
	const last = flags.at(-1);
	return last === undefined ? told === "1" : !last.startsWith("--no");
}

/**
 * Each generation of undici reads NO_PROXY in its own way: since 7.22 a name covers what is below it, with or without a dot
 * before it, and * must stand alone; since 8.10 the brackets of an address and a dot at the end do not matter.
 * @param {URL} target
 * @param {string} list
 * @param {string} undici its version
 */
function isExcepted({ hostname, port, protocol }, list, undici) {
	if (list === "*") {
		return true;
	}
	const effective = Number(port || (protocol === "https:" ? 443 : 80));
	const bare = (/** @type {string} */ name) => (isSince(undici, 8, 10) ? name.replace(/^\[(.+)\]$/, "$1").replace(/\.$/, "") : name);
	const host = bare(hostname);
	return list
		.toLowerCase()
		.split(/[\s,]+/)
		.filter(Boolean)
		.some((entry) => {
			const [, name = entry, only] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
			if (only !== undefined && Number(only) !== effective) {
				return false;
			}
			if (!isSince(undici, 7, 22)) {
				return /^[.*]/.test(name) ? host.endsWith(name.replace(/^\*/, "")) : host === name;
			}
			const domain = bare(name.replace(/^\*?\./, ""));
			return host === domain || host.endsWith(`.${domain}`);
		});
}
