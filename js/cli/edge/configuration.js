// An edge's configuration in a file, as those who check it and those who run it are given one.
import { readText } from "../files.js";
import { parseJSON } from "../json.js";
import { UsageError } from "../usage.js";

const what = "The edge's configuration";

/**
 * The one file that an order is about.
 * @param {readonly string[]} rest
 * @param {string} order
 */
export function fileIn(rest, order) {
	const [path] = rest;
	if (path === undefined || rest.length !== 1) {
		throw new UsageError(`Which configuration? Give one file: cctoken edge ${order} edge.json.`);
	}
	return path;
}

/**
 * @param {string} path
 * @returns {Promise<any>} rejected with a UsageError, of the field "file" where it cannot be read
 */
export async function configurationIn(path) {
	const read = await readText(path, { what, field: "file" });
	return parseJSON(read?.text ?? "", what);
}

/**
 * What is wrong with a configuration, for a terminal: a problem quotes no value, but it names fields, which may be anything.
 * @param {readonly string[]} problems
 */
export const listed = (problems) => problems.map((problem) => `  ${problem.replaceAll(/[^ -~]/g, "?")}\n`).join("");

/** What is said before that. */
export const unusable = `${what} cannot be used:\n`;
