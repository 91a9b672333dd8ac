// cctoken edge: what the operators of an edge do in a shell.
import { UsageError } from "./usage.js";

/** @type {Record<string, () => Promise<{ main: (context: import("./context.js").Context) => Promise<number> }>>} */
const load = {
	status: () => import("./edge/status.js"),
	check: () => import("./edge/check.js"),
	serve: () => import("./edge/serve.js"),
};

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const [what = "", ...rest] = context.rest;
	const part = Object.hasOwn(load, what) ? load[what] : undefined;
	if (!part || (what !== "check" && rest.length > 0)) {
		throw new UsageError(`edge does one of these: ${Object.keys(load).join(", ")}. See cctoken edge --help.`);
	}
	const { main: run } = await part();
	return run({ ...context, rest });
}
