// cctoken edge status: how an edge's keepers are.
import { exit } from "../exit.js";
import { span, table } from "../terminal.js";
import { UsageError } from "../usage.js";
import { edgeOf, stranger } from "./ask.js";
import { isName } from "./names.js";
import { count, word } from "./said.js";

/**
 * @typedef {object} Keeper as far as it is shown
 * @property {number | "shared"} keeper
 * @property {boolean} [running]
 * @property {string} [error]
 * @property {number} [age]
 * @property {Record<string, number>} [sessions]
 * @property {number} [logins]
 * @property {number} [unstored]
 * @property {{ open: number, waiting: number }} [requests]
 * @property {{ session: string, code: string, step: string, vendorStatus?: number, vendorCode?: string, endsIn: number }[]} [cooling]
 * @property {{ session: string, used: number, most: number, freeIn?: number }[]} [budgets]
 * @property {number} [more]
 */

/** How a connection's keepers are. @typedef {{ connection: string, system: string, keepers: Keeper[] }} Status */

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>}
 */
export async function status(context) {
	const { options, stdout, paint } = context;
	const connections = options["connection"] ?? [];
	if (connections.length === 0 || !connections.every(isName)) {
		throw new UsageError("--connection names a connection of the edge: give it once or several times.", "connection");
	}
	const ask = edgeOf(context);
	/** @type {Status[]} */
	const statuses = await Promise.all(connections.map((/** @type {string} */ name) => ask(`status?connection=${name}`)));
	if (!statuses.every(({ keepers }) => Array.isArray(keepers))) {
		throw stranger(200);
	}
	if (options["json"]) {
		stdout.write(`${JSON.stringify({ connections: statuses })}\n`);
	} else {
		stdout.write(statuses.map((one) => page(one, paint)).join("\n"));
	}
	return statuses.every(({ keepers }) => keepers.every(({ error }) => error === undefined)) ? exit.ok : exit.unavailable;
}

/**
 * @param {Status} status
 * @param {import("../terminal.js").Paint} paint
 */
function page({ connection, system, keepers }, paint) {
	const rows = keepers.map(
		(keeper) => /** @type {[string, string]} */ ([`keeper ${word(keeper.keeper)}`, lines(keeper, paint).join("\n")]),
	);
	return `${paint("bold", word(connection))} (${word(system)})\n${table(rows, paint)}`;
}

/**
 * @param {Keeper} keeper
 * @param {import("../terminal.js").Paint} paint
 * @returns {string[]}
 */
function lines({ running, error, age, sessions = {}, logins, unstored, requests, cooling = [], budgets = [], more }, paint) {
	if (error !== undefined) {
		return [paint("red", `does not answer: ${word(error)}`)];
	}
	if (!running) {
		return ["not in memory: nobody has asked for its sessions lately"];
	}
	const counts = Object.entries(sessions).flatMap(([state, n]) => (Number(n) > 0 ? [`${count(n)} ${word(state)}`] : []));
	return [
		[
			counts.join(", ") || "no sessions",
			`${count(logins)} logins in the last hour`,
			`${count(requests?.open)} requests under way${requests?.waiting ? `, ${count(requests.waiting)} waiting` : ""}`,
			...(unstored ? [`${count(unstored)} records being written`] : []),
			`up ${span(count(age) * 1000)}`,
		].join("; "),
		...cooling.map(({ session, code, step, vendorStatus, vendorCode, endsIn }) => {
			const why = [
				word(step),
				...(vendorStatus ? [`HTTP ${count(vendorStatus)}`] : []),
				...(vendorCode ? [`vendor code ${word(vendorCode)}`] : []),
			];
			return `${paint("yellow", "cooling")} ${word(session)}: ${word(code)} (${why.join(", ")}), for another ${span(count(endsIn) * 1000)}`;
		}),
		...budgets.map(({ session, used, most, freeIn }) => {
			const wait = freeIn ? `, the next in ${span(count(freeIn) * 1000)}` : "";
			return `${paint(freeIn ? "yellow" : "dim", "logins")} ${word(session)}: ${count(used)} of ${count(most)}${wait}`;
		}),
		...(more ? [`and ${count(more)} more`] : []),
	];
}
