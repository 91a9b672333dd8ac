// What an edge in Node is given by its environment: each variable, or the file that NAME_FILE names, as containers' secrets are.
import { readFileSync } from "node:fs";
import { ConfigError } from "../config/config.js";

/** What the edge itself reads, besides the names in its configuration. */
const own = [
	"NAME_KEY",
	"STORAGE_KEYS",
	"METRICS_TOKEN",
	"KEEPER_TIMEOUT_MS",
	"KEEPER_CONNECTIONS",
	"BODY_TIMEOUT_MS",
	"RATE_LIMIT_PER_MINUTE",
];

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {Iterable<string>} names
 * @returns {Record<string, string>} what is there of them
 * @throws {ConfigError} where a file cannot be read; it names the variable, and repeats no value
 */
export function givenBy(env, names) {
	/** @type {Record<string, string>} */
	const given = {};
	/** @type {string[]} */
	const problems = [];
	for (const name of new Set([...own, ...names])) {
		const value = env[name];
		const file = env[`${name}_FILE`];
		if (value !== undefined && value !== "") {
			given[name] = value;
		} else if (file !== undefined && file !== "") {
			try {
				given[name] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
			} catch {
				problems.push(`${name}_FILE: the file that it names cannot be read`);
			}
		}
	}
	if (problems.length > 0) {
		throw new ConfigError(problems);
	}
	return given;
}
