// cctoken edge stop, resume and stopped. Whom an order is about is said by their subject, which is sent and nowhere shown, or by the keyed
// hash that the edge's log has; what comes back are hashes.
import { exit } from "../exit.js";
import { readInput } from "../files.js";
import { table } from "../terminal.js";
import { UsageError } from "../usage.js";
import { edgeOf, stranger } from "./ask.js";
import { isName, isUser, oneConnection } from "./names.js";
import { word } from "./said.js";

/** @typedef {import("../context.js").Context} Context */
/** Who is stopped, and where: on all connections, unless one is named. @typedef {{ user: string, connection?: string, since?: string }} Stop */

/** @param {Context} context @returns {Promise<number>} */
export async function stop(context) {
	const body = await order(context);
	const answer = await edgeOf(context)("stop", body);
	const made = stopIn(answer);
	const pending = Array.isArray(answer.pending) ? answer.pending.map(word) : [];
	show(context, { ...made, pending }, [
		["stopped", made.user],
		["where", where(made)],
		["since", word(made.since)],
		...(pending.length > 0 ? [pair("tokens", `forgotten when the user next comes: ${pending.join(", ")}`)] : []),
	]);
	return exit.ok;
}

/** @param {Context} context @returns {Promise<number>} */
export async function resume(context) {
	const body = await order(context);
	const ended = stopIn(await edgeOf(context)("resume", body));
	show(context, ended, [
		["resumed", ended.user],
		["where", where(ended)],
	]);
	return exit.ok;
}

/** @param {Context} context @returns {Promise<number>} */
export async function stopped(context) {
	const answer = await edgeOf(context)("stopped");
	if (!Array.isArray(answer.stopped)) {
		throw stranger(200);
	}
	/** @type {Stop[]} */
	const stops = answer.stopped.map(stopIn);
	if (stops.length === 0 && !context.options["json"]) {
		context.stdout.write("Nobody is stopped.\n");
	} else {
		show(
			context,
			{ stopped: stops },
			stops.map((one) => pair(one.user, `${where(one)}, since ${word(one.since)}`)),
		);
	}
	return exit.ok;
}

/**
 * Whom it is about, and where.
 * @param {Context} context
 * @returns {Promise<object>}
 */
async function order({ options, stdin, hidden }) {
	const { by, subject, hash: user } = options;
	const connection = oneConnection(options);
	if (user !== undefined && by === undefined && subject === undefined) {
		if (!isUser(user)) {
			throw new UsageError("--hash must be as the edge's log has it.", "hash");
		}
		return { user, connection };
	}
	if (user !== undefined || by === undefined || subject === undefined) {
		throw new UsageError("Whom? Give --by and --subject, or --hash from the edge's log.", "subject");
	}
	if (!isName(by)) {
		throw new UsageError("--by names a way to sign in of the edge's configuration.", "by");
	}
	const whole = subject === "-" ? (await readInput(stdin, "The subject")).replace(/\r?\n$/, "") : subject;
	if (whole === "") {
		throw new UsageError("The subject is empty.", "subject");
	}
	hidden.push(whole);
	return { by, subject: whole, connection };
}

/**
 * A stop in an answer, and nothing else of it: no more than a hash, a name and a time.
 * @param {any} answer
 * @returns {Stop}
 */
function stopIn(answer) {
	const { user, connection, since } = answer ?? {};
	if (!isUser(user) || (connection !== undefined && !isName(connection)) || (since !== undefined && Number.isNaN(Date.parse(since)))) {
		throw stranger(200);
	}
	return { user, connection, since: since && new Date(since).toISOString() };
}

/** @param {Stop} stop */
const where = ({ connection }) => connection ?? "all connections";

/** @param {string} label @param {string} value @returns {[string, string]} */
const pair = (label, value) => [label, value];

/**
 * @param {Context} context
 * @param {object} data
 * @param {[string, string][]} rows
 */
function show({ options, stdout, paint }, data, rows) {
	stdout.write(options["json"] ? `${JSON.stringify(data)}\n` : table(rows, paint));
}
