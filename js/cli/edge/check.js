// cctoken edge check: whether an edge can use a configuration, before it is given one. Nothing is asked of anybody.
import { checkConfig, ConfigError, secretsOf } from "../../edge/config/config.js";
import { exit } from "../exit.js";
import { readText } from "../files.js";
import { parseJSON } from "../json.js";
import { table } from "../terminal.js";
import { UsageError } from "../usage.js";

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>} usage where the configuration cannot be used
 */
export async function check({ options, rest, stdout, paint }) {
	const [path] = rest;
	if (path === undefined || rest.length !== 1) {
		throw new UsageError("Which configuration? Give one file: cctoken edge check edge.json.");
	}
	const read = await readText(path, { what: "the configuration" });
	const { problems, secrets } = checked(parseJSON(read?.text ?? "", "The configuration"));
	const usable = problems.length === 0;
	if (options["json"]) {
		stdout.write(`${JSON.stringify(usable ? { usable, secrets: Object.fromEntries(secrets) } : { usable, problems })}\n`);
	} else if (usable) {
		stdout.write(`The configuration can be used. These are the secrets that it names:\n${table([...secrets], paint)}`);
	} else {
		stdout.write(`The configuration cannot be used:\n${problems.map((problem) => `  ${shown(problem)}\n`).join("")}`);
	}
	return usable ? exit.ok : exit.usage;
}

/**
 * @param {unknown} input
 * @returns {{ problems: readonly string[], secrets: Map<string, string> }} secrets: where each stands, by its name
 */
function checked(input) {
	try {
		return { problems: [], secrets: secretsOf(checkConfig(input)) };
	} catch (error) {
		if (!(error instanceof ConfigError)) {
			throw error;
		}
		return { problems: error.problems, secrets: new Map() };
	}
}

/** A problem quotes no value, but it names fields, which may be anything. @param {string} problem */
const shown = (problem) => problem.replaceAll(/[^ -~]/g, "?");
