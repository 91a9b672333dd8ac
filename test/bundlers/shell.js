// Runs a guide's commands, each in a process group of its own, so that what npx and its like start also ends.
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** The groups that run now. Whatever ends the test, none is left behind. @type {Set<number>} */
const running = new Set();
process.once("exit", () => running.forEach((group) => signal(group, "SIGKILL")));

/**
 * @param {string} script for bash; ends at the first command that fails
 * @param {{ cwd: string, env: Record<string, string> }} where
 */
function start(script, { cwd, env }) {
	const child = spawn("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
	const said = { stdout: "", stderr: "" };
	for (const name of /** @type {const} */ (["stdout", "stderr"])) {
		child[name].setEncoding("utf8").on("data", (text) => (said[name] += stripVTControlCharacters(text)));
	}
	const group = /** @type {number} */ (child.pid);
	running.add(group);
	const ended = new Promise((resolve) =>
		child.once("close", (code) => {
			running.delete(group);
			resolve(code);
		}),
	);
	return { child, said, group, ended };
}

/**
 * @param {number} group
 * @param {NodeJS.Signals} name
 */
function signal(group, name) {
	try {
		process.kill(-group, name);
	} catch (error) {
		if (error.code !== "ESRCH") {
			throw error;
		}
	}
}

/**
 * Runs commands to their end.
 * @param {string} script
 * @param {{ cwd: string, env: Record<string, string> }} where
 * @param {number} timeoutMs
 * @returns {Promise<{ stdout: string, stderr: string }>} what was said
 * @throws {Error} with all that was said, where a command failed or took too long
 */
export async function run(script, where, timeoutMs) {
	const { said, group, ended } = start(script, where);
	let late = false;
	const timer = setTimeout(() => {
		late = true;
		signal(group, "SIGKILL");
	}, timeoutMs);
	const code = await ended;
	clearTimeout(timer);
	if (code !== 0) {
		throw new Error(`${script.trim()}\n${late ? `took over ${timeoutMs / 1000} s` : `ended with ${code}`}:\n${said.stdout}${said.stderr}`);
	}
	return said;
}

/**
 * Starts a command that serves, and waits until it tells its address.
 * @param {string} script
 * @param {{ cwd: string, env: Record<string, string> }} where
 * @param {number} timeoutMs
 * @returns {Promise<{ url: string, said: () => string, stop: () => Promise<void> }>}
 */
export async function serve(script, where, timeoutMs) {
	const { child, said, group, ended } = start(script, where);
	const all = () => said.stdout + said.stderr;
	const stop = async () => {
		signal(group, "SIGTERM");
		const stubborn = setTimeout(() => signal(group, "SIGKILL"), 5_000);
		await ended;
		clearTimeout(stubborn);
	};
	const url = await new Promise((resolve) => {
		const look = () => {
			const found = /\bhttp:\/\/(localhost|127\.0\.0\.1):(\d+)/.exec(all());
			if (found) {
				resolve(found[0]);
			}
		};
		child.stdout.on("data", look);
		child.stderr.on("data", look);
		ended.then(() => resolve(undefined));
		setTimeout(resolve, timeoutMs).unref();
	});
	if (!url) {
		await stop();
		throw new Error(`${script.trim()}\ndid not tell an address:\n${all()}`);
	}
	return { url, said: all, stop };
}
