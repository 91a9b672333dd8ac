// cctoken edge: what operators of an edge see and do in a shell, and an edge that runs there.
import { check } from "./edge/check.js";
import { reset } from "./edge/reset.js";
import { serve } from "./edge/serve.js";
import { status } from "./edge/status.js";
import { resume, stop, stopped } from "./edge/stops.js";
import { UsageError } from "./usage.js";

/**
 * What each takes; and whether it takes a file.
 * @type {Record<string, { does: (context: import("./context.js").Context) => Promise<number>, takes: readonly string[], file?: boolean }>}
 */
const orders = {
	status: { does: status, takes: ["edge", "connection"] },
	stop: { does: stop, takes: ["edge", "by", "subject", "hash", "connection"] },
	resume: { does: resume, takes: ["edge", "by", "subject", "hash", "connection"] },
	stopped: { does: stopped, takes: ["edge"] },
	reset: { does: reset, takes: ["edge", "connection", "session"] },
	check: { does: check, takes: [], file: true },
	serve: { does: serve, takes: ["host", "port", "path", "store"], file: true },
};

/** Those of the command's options that are not for all orders. */
const special = [...new Set(Object.values(orders).flatMap(({ takes }) => takes))];

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest } = context;
	const [name = "", ...files] = rest;
	const order = Object.hasOwn(orders, name) ? orders[name] : undefined;
	if (!order || (files.length > 0 && !order.file)) {
		throw new UsageError(`edge does one of these: ${Object.keys(orders).join(", ")}. See cctoken edge --help.`);
	}
	const foreign = special.find((option) => options[option] !== undefined && !order.takes.includes(option));
	if (foreign !== undefined) {
		const which = Object.keys(orders).filter((one) => orders[one]?.takes.includes(foreign));
		throw new UsageError(`--${foreign} is for cctoken edge ${which.join(", ")}.`, foreign);
	}
	return order.does({ ...context, rest: files });
}
