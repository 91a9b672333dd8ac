// A token that somebody already has, and a business call of their choice.
import { createClient } from "../../node.js";
import { failingCode } from "./answer.js";
import { beginning } from "./beginning.js";
import { problem, warning, well } from "./finding.js";

/** @typedef {import("./finding.js").Finding} Finding */

/**
 * @param {import("../../client/identity.js").VendorIdentity} identity
 * @param {string} value
 * @param {{ timeoutMs: number, asked: boolean, called: boolean }} how asked: whether a business call with it is wanted; called: whether it follows
 * @returns {Promise<Finding>}
 */
export async function examine(identity, value, { timeoutMs, asked, called }) {
	const client = createClient({ timeoutMs });
	try {
		const { valid, reason } = await client.verifyToken(value, identity);
		if (valid) {
			return well("given token", "is valid: the vendor confirms it");
		}
		if (valid === false) {
			return reason === "other_subject"
				? problem("given token", "token_invalid", "the token that was given is another user's or channel's", "It says so itself.", [
						"Get one for this identity: cctoken get.",
					])
				: problem(
						"given token",
						"token_invalid",
						"the token that was given has expired, was revoked, or never was one",
						"The vendor says that it is not valid.",
						["Get a new one: cctoken get. In a program, let the package keep it: it renews it in time."],
					);
		}
		if (called) {
			return {
				...well("given token", `${identity.system} has no interface that tells whether it is valid: the call shows it`),
				level: "note",
			};
		}
		return warning(
			"given token",
			"token_unknown",
			"nobody can tell whether the token that was given is valid",
			`${identity.system} has no interface for that.`,
			[
				asked
					? "The business call of --check-path shows it, once a new token can be got to compare it with."
					: "--check-path PATH makes a business call with it, which shows it; choose a harmless one.",
			],
		);
	} catch (error) {
		const { code, message } = /** @type {import("../../client/error.js").TokenError} */ (error);
		return problem(
			"given token",
			"vendor_unavailable",
			"the vendor could not be asked about the token that was given",
			`${message} [${code}].`,
			["Try again."],
		);
	} finally {
		client.close();
	}
}

/**
 * A business call with the given token, and with the new one for comparison.
 * @param {import("../../client/identity.js").VendorIdentity} identity
 * @param {import("../../client/token.js").Token} fresh
 * @param {string | undefined} given
 * @param {string} path
 * @param {number} timeoutMs
 * @returns {Promise<Finding>}
 */
export async function tryCall(identity, fresh, given, path, timeoutMs) {
	const send = (/** @type {string} */ value) => call(identity, fresh, value, path, timeoutMs);
	let withFresh, withGiven;
	try {
		withGiven = given === undefined ? undefined : await send(given);
		withFresh = await send(fresh.value);
	} catch (error) {
		return problem(
			"call",
			"connection_reset",
			"the business call got no answer",
			`The connection failed (${/** @type {any} */ (error)?.cause?.code ?? /** @type {any} */ (error)?.name}).`,
			["Try again, or another path."],
		);
	}
	if (withGiven !== undefined && rank(withGiven) > rank(withFresh) && rank(withFresh) < failed) {
		// What is no word on the token may have been the vendor's bad moment: it is asked once more.
		const again = denies(withGiven) || withGiven.code ? withGiven : await send(given ?? "").catch(() => withGiven);
		if (rank(again) <= rank(withFresh)) {
			return well(
				"call",
				`answered ${said(withGiven)} with the given token at first, and then ${said(again)}; ${said(withFresh)} with a new one`,
			);
		}
		return problem(
			"call",
			"token_invalid",
			denies(again)
				? "the token that was given has expired or was revoked"
				: "the token that was given is refused, while a new one is accepted",
			`With it the call is answered ${said(again)}, with a new one ${said(withFresh)}.`,
			["Take a new one: cctoken get. In a program, let the package keep it: it renews it in time."],
		);
	}
	if (withFresh.status < 400 && withFresh.code) {
		return warning(
			"call",
			"call_refused",
			`the business call is answered ${said(withFresh)} even with a new token`,
			"The vendor's code in the answer says that the call failed, whatever the status.",
			["Check the path and what the interface asks for."],
		);
	}
	if (withFresh.status < 400) {
		return well(
			"call",
			withGiven === undefined
				? `answered ${said(withFresh)} with the new token`
				: `answered ${said(withGiven)} with the given token, ${said(withFresh)} with a new one`,
		);
	}
	return problem(
		"call",
		"call_refused",
		`the business call is answered ${said(withFresh)} even with a new token`,
		denies(withFresh)
			? "The token is fresh: so the account may not make this call, or the address is not admitted for it."
			: "The login works: so it is the call itself.",
		[denies(withFresh) ? "Check the rights of the account or app for this interface." : "Check the path and what the interface asks for."],
	);
}

/**
 * @typedef {object} Outcome
 * @property {number} status
 * @property {string} code the member of the body by which it is a failure, with its value where that is a number; or ""
 */

const failed = 2;

/**
 * How far from an answer it is: a redirect, to a login mostly, is between.
 * @param {Outcome} outcome
 */
const rank = ({ status, code }) => (status >= 400 || code ? failed : status >= 300 ? 1 : 0);

/** @param {Outcome} outcome */
const denies = ({ status }) => status === 401 || status === 403;

/** @param {Outcome} outcome */
const said = ({ status, code }) => (status < 400 && code ? `${status} with ${code}` : String(status));

/**
 * @param {import("../../client/identity.js").VendorIdentity} identity
 * @param {import("../../client/token.js").Token} fresh
 * @param {string} value
 * @param {string} path
 * @param {number} timeoutMs
 * @returns {Promise<Outcome>}
 */
async function call(identity, fresh, value, path, timeoutMs) {
	// As the new token is carried, so is the other.
	const swap = (/** @type {Record<string, string>} */ fields) =>
		Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.replace(fresh.value, () => value)]));
	const body = Object.keys(fresh.body).length > 0 ? JSON.stringify(swap(fresh.body)) : undefined;
	const response = await fetch(identity.baseUrl.replace(/\/+$/, "") + path, {
		method: body === undefined ? "GET" : "POST",
		headers: { ...swap(fresh.headers), ...(body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" }) },
		body,
		redirect: "manual",
		signal: AbortSignal.timeout(timeoutMs),
	});
	return { status: response.status, code: failingCode(identity.system, await beginning(response)) };
}
