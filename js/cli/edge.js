// cctoken edge: what the operators of an edge do in a shell.
import { UsageError } from "./usage.js";

/** @type {Record<string, () => Promise<{ main: (context: import("./context.js").Context) => Promise<number> }>>} */
const load = {
	check: () => import("./edge/check.js"),
	status: () => import("./edge/status.js"),
};

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const [what = "", ...rest] = context.rest;
	const part = Object.hasOwn(load, what) ? load[what] : undefined;
	if (!part || (what === "status" && rest.length > 0)) {
		throw new UsageError("edge knows two things to do: cctoken edge status, and cctoken edge check FILE. See cctoken edge --help.");
	}
	const { main: run } = await part();
	return run({ ...context, rest });
}
