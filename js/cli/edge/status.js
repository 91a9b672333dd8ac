// cctoken edge status: how an edge's keepers are, as its operators see them.
import { sign } from "../../edge/sign.js";
import { TokenError } from "../../client/error.js";
import { exit } from "../exit.js";
import { edgeEnv } from "../settings.js";
import { span, table } from "../terminal.js";
import { UsageError } from "../usage.js";

/** How long the edge is waited for; milliseconds. It waits for a keeper for five seconds itself. */
const timeoutMs = 15_000;

/**
 * @param {import("../context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, stdout, spinner, paint } = context;
	const connections = options["connection"] ?? [];
	if (connections.length === 0 || !connections.every((/** @type {string} */ name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))) {
		throw new UsageError("--connection names a connection of the edge: give it once or several times.", "connection");
	}
	const base = baseOf(options["edge"] ?? context.env[edgeEnv.url]);
	const authorize = authorizationOf(context);
	spinner.start("Asking the edge");
	/** @type {Awaited<ReturnType<typeof statusOf>>[]} */
	const statuses = await Promise.all(connections.map((/** @type {string} */ name) => statusOf(base, name, authorize)));
	spinner.stop();
	if (options["json"]) {
		stdout.write(`${JSON.stringify({ connections: statuses })}\n`);
	} else {
		stdout.write(statuses.map((status) => page(status, paint)).join("\n"));
	}
	return statuses.every(({ keepers }) => keepers.every(({ error }) => error === undefined)) ? exit.ok : exit.unavailable;
}

/** @param {string | undefined} given */
function baseOf(given) {
	if (!given) {
		throw new UsageError(`Which edge? Give --edge URL, or ${edgeEnv.url} in the environment.`, "edge");
	}
	try {
		const { protocol, hostname, origin, username, password, pathname, search } = new URL(given);
		const local = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
		if ((protocol === "https:" || (protocol === "http:" && local)) && !username && !password && pathname === "/" && !search) {
			return origin;
		}
	} catch {
		// said below
	}
	throw new UsageError("The edge must be an https URL without a path, or http of this machine.", "edge");
}

/**
 * What shows that an operator asks: a machine's key, or a bearer token of one's own sign-in. Both are secrets, and so in the environment.
 * @param {import("../context.js").Context} context
 * @returns {(url: string) => Promise<string>}
 */
function authorizationOf({ env, hidden }) {
	const { [edgeEnv.keyId]: keyId, [edgeEnv.key]: secret, [edgeEnv.bearer]: bearer } = env;
	hidden.push(...[secret, bearer].flatMap((one) => one ?? []));
	if (bearer && !secret) {
		if (!/^[A-Za-z0-9._~+/=-]+$/.test(bearer)) {
			throw new UsageError(`${edgeEnv.bearer} must be a token and nothing else.`, edgeEnv.bearer);
		}
		return async () => `Bearer ${bearer}`;
	}
	if (!keyId || !secret || bearer) {
		throw new UsageError(
			`Who asks? Give ${edgeEnv.keyId} and ${edgeEnv.key} of a machine that is an operator, or ${edgeEnv.bearer}, in the environment.`,
		);
	}
	if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId) || secret.length < 32) {
		throw new UsageError(`${edgeEnv.keyId} or ${edgeEnv.key} has not the form of one: a name, and at least 32 characters.`, edgeEnv.key);
	}
	return (url) => sign({ keyId, secret }, { method: "GET", url });
}

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

/**
 * @param {string} base
 * @param {string} connection
 * @param {(url: string) => Promise<string>} authorize
 * @returns {Promise<{ connection: string, system: string, keepers: Keeper[] }>}
 */
async function statusOf(base, connection, authorize) {
	const url = `${base}/v1/operator/status?connection=${connection}`;
	let response;
	let body;
	try {
		const headers = { authorization: await authorize(url) };
		response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
		body = await response.json().catch(() => undefined);
	} catch (error) {
		const late = error instanceof Error && error.name === "TimeoutError";
		throw late
			? new TokenError("timeout", "the edge did not answer in time", { retryable: true })
			: new TokenError("network", "no connection to the edge, or it was lost", { retryable: true });
	}
	const { status } = response;
	if (status === 200 && Array.isArray(body?.keepers)) {
		return body;
	}
	if (status === 404) {
		throw new TokenError("forbidden", "the edge shows nothing to these credentials: check that they are an operator's, and the URL", {
			httpStatus: status,
		});
	}
	if (status === 400 && body?.field === "connection") {
		throw new UsageError("The edge has no connection of that name.", "connection");
	}
	if (status === 503 && body?.code === "not_configured") {
		throw new TokenError("not_configured", "the edge lacks a part of its configuration; its /healthz says which", { httpStatus: status });
	}
	if (status === 503 || status === 429) {
		throw new TokenError("unavailable", "the edge cannot answer at the moment; try again", { httpStatus: status, retryable: true });
	}
	throw new TokenError("unexpected_status", "what answers is not an edge, or one of another version; check the URL", {
		httpStatus: status,
	});
}

/**
 * @param {{ connection: string, system: string, keepers: Keeper[] }} status
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

/** What the edge says goes to a terminal: words only. @param {unknown} value */
const word = (value) => (/^[\w:.-]{1,80}$/.test(String(value)) ? String(value) : "?");

/** @param {unknown} value */
const count = (value) => (typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0);
