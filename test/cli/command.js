// Runs the command as a process of its own, with an environment of its own.
import { systems } from "../../js/generated/systems.js";
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
export function given(identity) {
	const written = (/** @type {string} */ name, /** @type {string} */ sign) => name.replace(/[A-Z]/g, (letter) => `${sign}${letter}`);
	const set = Object.entries(identity).filter(([, value]) => value !== undefined);
	const flags = set
		.filter(([name]) => !secrets.has(name))
		.flatMap(([name, value]) => [`--${written(name, "-").toLowerCase()}`, String(value)]);
	const env = set
		.filter(([name]) => secrets.has(name))
		.map(([name, value]) => [`CCTOKEN_${written(name, "_").toUpperCase()}`, typeof value === "object" ? JSON.stringify(value) : value]);
	return { flags, env: Object.fromEntries(env) };
}

const secrets = new Set(systems.flatMap(({ fields }) => fields.filter(({ secret }) => secret).map(({ name }) => name)));
