// Runs the command as a process of its own, with an environment of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../../js/cli/main.js", import.meta.url));

/** What a process needs of the environment, whatever this one's has: no settings, no proxy, no colour. */
export const bare = Object.fromEntries(
	["PATH", "HOME", "SystemRoot", "TEMP", "TMP"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
);

/**
 * @typedef {object} How
 * @property {Record<string, string>} [env] on top of the bare one
 * @property {string | Uint8Array} [input] standard input; by default empty
 * @property {string} [cwd]
 * @property {string[]} [node] node's own arguments
 * @property {string} [runtime] node itself; default the one that runs the tests
 * @property {string} [program] the command's file; default that of the repository
 */

/**
 * @param {readonly string[]} args
 * @param {How} [how]
 */
export function start(
	args,
	{ env = {}, cwd = fileURLToPath(new URL(".", import.meta.url)), node = [], runtime = process.execPath, program = main } = {},
) {
	return spawn(runtime, [...node, program, ...args], { cwd, env: { ...bare, ...env }, stdio: ["pipe", "pipe", "pipe"] });
}

/**
 * @param {readonly string[]} args
 * @param {How} [how]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string, json: any }>} json: what standard output holds, if it does
 */
export async function command(args, how = {}) {
	const child = start(args, how);
	const output = { stdout: "", stderr: "" };
	for (const name of /** @type {const} */ (["stdout", "stderr"])) {
		child[name].setEncoding("utf8").on("data", (text) => (output[name] += text));
	}
	child.stdin.on("error", () => {}); // it need not be read
	child.stdin.end(how.input ?? "");
	const stuck = setTimeout(() => child.kill("SIGKILL"), 120_000);
	const [code] = await once(child, "close");
	clearTimeout(stuck);
	let json;
	try {
		json = JSON.parse(output.stdout);
	} catch {
		json = undefined;
	}
	return { code, ...output, json };
}

/**
 * The flags of an identity without its secret, and the secret for the environment.
 * @param {any} identity
 * @returns {{ flags: string[], env: Record<string, string> }}
 */
export function given({ appSecret, passwd, password, accessToken, params, ...rest }) {
	const flags = Object.entries(rest).flatMap(([name, value]) => [
		`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
		String(value),
	]);
	const env = {
		CCTOKEN_APP_SECRET: appSecret,
		CCTOKEN_PASSWD: passwd,
		CCTOKEN_PASSWORD: password,
		CCTOKEN_ACCESS_TOKEN: accessToken,
		CCTOKEN_PARAMS: params && JSON.stringify(params),
	};
	return { flags, env: /** @type {any} */ (Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))) };
}
