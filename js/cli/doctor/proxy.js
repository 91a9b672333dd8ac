// Whether requests go through a proxy. Node has let its fetch use the environment's proxy since 24.0 and 22.21, and only
// where it is told to; curl and browsers need no telling, which is why "it works with curl".

/**
 * @typedef {object} Proxy
 * @property {string} variable that names it
 * @property {URL | undefined} url undefined where the variable holds none
 * @property {boolean} used whether this Node's fetch goes through it
 * @property {boolean} able whether this Node's fetch could
 */

/**
 * The proxy that the environment names for an address, unless it excepts the address.
 * @param {URL} target
 * @param {NodeJS.ProcessEnv} env
 * @param {{ version: string, execArgv: readonly string[] }} node
 * @returns {{ proxy: Proxy | undefined, excepted: boolean }}
 */
export function proxyFor(target, env, { version, execArgv }) {
	const names = target.protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
	// On Windows the two are one variable, under whichever name.
	const variable = names.find((name) => env[name]);
	if (!variable) {
		return { proxy: undefined, excepted: false };
	}
	if (isExcepted(target, env["no_proxy"] || env["NO_PROXY"] || "")) {
		return { proxy: undefined, excepted: true };
	}
	const able = isAble(version);
	const told = env["NODE_USE_ENV_PROXY"] === "1" || execArgv.includes("--use-env-proxy") || /(^|\s)--use-env-proxy(\s|$)/.test(env["NODE_OPTIONS"] ?? "");
	let url;
	try {
		url = new URL(/** @type {string} */ (env[variable]));
	} catch {
		url = undefined;
	}
	return { proxy: { variable, url, able, used: able && told }, excepted: false };
}

/** @param {string} version such as "22.21.0" */
function isAble(version) {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major >= 24 || (major === 22 && minor >= 21);
}

/**
 * @param {URL} target
 * @param {string} list of NO_PROXY
 */
function isExcepted({ hostname, port, protocol }, list) {
	const effective = port || (protocol === "https:" ? "443" : "80");
	return list
		.toLowerCase()
		.split(/[\s,]+/)
		.filter(Boolean)
		.some((entry) => {
			if (entry === "*") {
				return true;
			}
			const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
			const domain = name.replace(/^\*?\./, "");
			return (only === undefined || only === effective) && (hostname === domain || hostname.endsWith(`.${domain}`));
		});
}
