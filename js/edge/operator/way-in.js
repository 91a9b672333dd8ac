// The operators' own way in. To everybody else there is nothing here, as under any path that does not exist.
import { mayUse } from "../caller/access.js";
import { Problem } from "../request/problem.js";

/** @typedef {import("../caller/authenticate.js").Principal} Principal */

/** @param {string} [reason] */
export const nothingHere = (reason) => new Problem("not_found", "There is nothing here.", { reason });

/**
 * Whether a request comes from a page that operators may use. Browsers leave Origin out of some requests to the page's own
 * origin, but tell where these come from.
 * @param {import("../request/answer.js").Asked} asked
 */
export function isFromOperatorsPage({ request, origin, environment: { config } }) {
	const { origins } = config.operators;
	// By its host: the edge may be behind what speaks TLS for it, and does not know then whether it is https.
	return origin === null ? origins.some((one) => new URL(one).host === new URL(request.url).host) : origins.includes(origin);
}

/**
 * The operator who calls.
 * @param {import("../request/answer.js").Asked} asked
 * @param {() => Principal | Promise<Principal>} callerOf
 * @param {{ pages?: boolean }} [options] pages: whether those that operators may use are let in, and not programs alone
 * @returns {Promise<Principal>} rejected with what any unknown path is answered, whatever the matter is
 */
export async function operatorOf(asked, callerOf, { pages = false } = {}) {
	const {
		request,
		origin,
		environment: { config, sessions, stops },
	} = asked;
	if (config.operators.allow.length === 0 || request.method === "OPTIONS") {
		throw nothingHere();
	}
	if (origin !== null || request.headers.has("sec-fetch-site")) {
		if (!pages || !isFromOperatorsPage(asked)) {
			throw nothingHere();
		}
		// A browser adds cookies by itself, whatever page it is that calls: only what a page has to know lets it in.
		if (!/^bearer /i.test(request.headers.get("authorization") ?? "")) {
			throw nothingHere("no_bearer");
		}
	}
	let caller;
	try {
		caller = await callerOf();
	} catch (error) {
		throw error instanceof Problem ? nothingHere(error.reason ?? error.code) : error;
	}
	if (!mayUse(caller, config.operators)) {
		throw nothingHere("no_operator");
	}
	if (stops && (await isStopped(stops, await sessions.user(caller)))) {
		throw nothingHere("stopped");
	}
	return caller;
}

/** Whether that is known of an operator: where nothing is, they may look. @param {import("./stops.js").Stops} stops @param {string} user */
async function isStopped(stops, user) {
	try {
		return (await stops.since(user)) !== undefined;
	} catch {
		return false;
	}
}
