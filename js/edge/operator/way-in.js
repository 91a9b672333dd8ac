// The operators' own way in. To everybody else there is nothing here, as under any path that does not exist.
import { mayUse } from "../caller/access.js";
import { Problem } from "../request/problem.js";

/** @param {string} [reason] */
export const nothingHere = (reason) => new Problem("not_found", "There is nothing here.", { reason });

/**
 * The operator who calls.
 * @param {import("../request/answer.js").Asked} asked
 * @param {() => Promise<import("../request/answer.js").Caller>} callerOf
 * @returns {Promise<import("../request/answer.js").Caller>} rejected with what any unknown path is answered, whatever the matter is
 */
export async function operatorOf({ request, origin, environment: { config, sessions, stops } }, callerOf) {
	// No page: a browser adds cookies by itself, and an operator's may be open beside a foreign one.
	if (config.operators.length === 0 || origin !== null || request.method === "OPTIONS") {
		throw nothingHere();
	}
	let caller;
	try {
		caller = await callerOf();
	} catch (error) {
		throw error instanceof Problem ? nothingHere(error.reason ?? error.code) : error;
	}
	if (!mayUse(caller.principal, { allow: config.operators })) {
		throw nothingHere("no_operator");
	}
	if (stops && (await stops.since(await sessions.user(caller.principal)).catch(() => undefined)) !== undefined) {
		throw nothingHere("stopped");
	}
	return caller;
}
