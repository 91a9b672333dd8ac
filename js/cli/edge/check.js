// cctoken edge check: whether an edge can use a configuration, before it is given one. Nothing is asked of anybody.
import { checkConfig, ConfigError, secretsOf } from "../../edge/config/config.js";
import { exit } from "../exit.js";
import { table } from "../terminal.js";
import { configurationIn, fileIn, listed, unusable } from "./configuration.js";

/** The secrets that no configuration names. @type {[name: string, what: string][]} */
const own = [
	["NAME_KEY", "the edge itself: at least 32 random characters"],
	["STORAGE_KEYS", "the edge itself: in Workers, and in Node with --store"],
];

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>} usage where the configuration cannot be used
 */
export async function check({ options, rest, stdout, paint }) {
	const { problems, secrets } = checked(await configurationIn(fileIn(rest, "check")));
	const usable = problems.length === 0;
	if (options["json"]) {
		stdout.write(`${JSON.stringify(usable ? { usable, secrets: Object.fromEntries(secrets) } : { usable, problems })}\n`);
	} else if (usable) {
		stdout.write(`The configuration can be used. These are the secrets that the edge then needs:\n${table([...secrets], paint)}`);
	} else {
		stdout.write(unusable + listed(problems));
	}
	return usable ? exit.ok : exit.usage;
}

/**
 * @param {unknown} input
 * @returns {{ problems: readonly string[], secrets: Map<string, string> }} secrets: where each stands, by its name
 */
function checked(input) {
	try {
		return { problems: [], secrets: new Map([...own, ...secretsOf(checkConfig(input))]) };
	} catch (error) {
		if (!(error instanceof ConfigError)) {
			throw error;
		}
		return { problems: error.problems, secrets: new Map() };
	}
}
