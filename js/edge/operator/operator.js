// What operators may ask. None of it shows a secret, a token or a subject: users are keyed hashes, as in the log, and
// sessions have their keyed names.
import { parseJson, readBody } from "../request/body.js";
import { requireMethod } from "../request/route.js";
import { requestHeader } from "../request/problem.js";
import { configuration } from "./configuration.js";
import { reset, status } from "./overview.js";
import { resume, stop, stopped } from "./stopping.js";
import { nothingHere } from "./way-in.js";

/** @typedef {import("../request/answer.js").Asked} Asked */
/** @typedef {import("../caller/authenticate.js").Principal} Principal */
/** @typedef {{ asked: Asked, principal: Principal, body: Record<string, unknown> }} Order */

/** A body of an operator's is small; bytes. */
const maxBody = 16 << 10;

/** What browsers are told of these interfaces. None of a browser's own credentials is asked for. */
export const operatorsPages = {
	credentials: false,
	methods: ["GET", "POST"],
	headers: ["authorization", "content-type"],
	exposed: ["retry-after", requestHeader],
};

/** @type {Record<string, { method: "GET" | "POST", answer: (order: Order) => Promise<object> }>} */
const interfaces = {
	configuration: { method: "GET", answer: configuration },
	stop: { method: "POST", answer: stop },
	resume: { method: "POST", answer: resume },
	stopped: { method: "GET", answer: stopped },
	status: { method: "GET", answer: status },
	reset: { method: "POST", answer: reset },
};

/**
 * @param {Asked} asked
 * @param {Principal} principal an operator
 * @returns {Promise<{ json: object }>}
 */
export async function operated(asked, principal) {
	const { request, route, environment, visit, read } = asked;
	const name = route.path.slice("/v1/operator/".length);
	const one = Object.hasOwn(interfaces, name) ? interfaces[name] : undefined;
	if (!one) {
		throw nothingHere("no_interface");
	}
	visit.log.operator = name;
	visit.log.user = await environment.sessions.user(principal);
	requireMethod(request, [one.method]);
	const bytes = read ?? (await readBody(request, { most: maxBody, timeoutMs: environment.bodyTimeoutMs }));
	const body = one.method === "POST" ? parseJson(request, bytes) : {};
	return { json: await one.answer({ asked, principal, body }) };
}
