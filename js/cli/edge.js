// cctoken edge: what operators of an edge see and do in a shell.
import { reset } from "./edge/reset.js";
import { status } from "./edge/status.js";
import { resume, stop, stopped } from "./edge/stops.js";
import { UsageError } from "./usage.js";

/**
 * What each takes, beside what says which edge and who asks.
 * @type {Record<string, { does: (context: import("./context.js").Context) => Promise<number>, takes: readonly string[] }>}
 */
const orders = {
	status: { does: status, takes: ["connection"] },
	stop: { does: stop, takes: ["by", "subject", "hash", "connection"] },
	resume: { does: resume, takes: ["by", "subject", "hash", "connection"] },
	stopped: { does: stopped, takes: [] },
	reset: { does: reset, takes: ["connection", "session"] },
};

/** Those of the command's options that are not for all orders. */
const special = [...new Set(Object.values(orders).flatMap(({ takes }) => takes))];

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest } = context;
	const [name = ""] = rest;
	const order = rest.length === 1 && Object.hasOwn(orders, name) ? orders[name] : undefined;
	if (!order) {
		throw new UsageError(`edge does one of these: ${Object.keys(orders).join(", ")}. See cctoken edge --help.`);
	}
	const foreign = special.find((option) => options[option] !== undefined && !order.takes.includes(option));
	if (foreign !== undefined) {
		const which = Object.keys(orders).filter((one) => orders[one]?.takes.includes(foreign));
		throw new UsageError(`--${foreign} is for cctoken edge ${which.join(", ")}.`, foreign);
	}
	return order.does(context);
}
