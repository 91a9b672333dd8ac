// What a caller may use, and as whom. Nothing of this comes from the request's own words but the connection's name.
import { Problem } from "./problem.js";

/** @typedef {import("./authenticate.js").Principal} Principal */
/** @typedef {import("./config.js").Connection} Connection */

/**
 * One answer for a connection that does not exist and for one that is not open to this caller or page, so that names
 * cannot be found out.
 * @param {string} reason
 */
export const notOpen = (reason) => new Problem("forbidden", "There is no such connection for you.", { reason });

/**
 * The claims that decide what a caller of this way in may do, or as whom: no other is of interest.
 * @param {string} by
 * @param {Record<string, Connection>} connections
 * @returns {Set<string>}
 */
export function claimsFor(by, connections) {
	const open = Object.values(connections).filter(({ allow }) => allow.some((rule) => rule.by === by));
	return new Set(open.flatMap(({ allow, identity: { params = {}, ...fields } }) => [
		...allow.flatMap((rule) => (rule.by === by ? rule.claim ?? [] : [])),
		...[...Object.values(fields), ...Object.values(params)].flatMap((source) => (typeof source === "object" && "claim" in source ? source.claim : [])),
	]));
}

/**
 * @param {Principal} principal
 * @param {Connection} connection
 */
export function mayUse(principal, { allow }) {
	return allow.some(({ by, subjects, claim, values }) => {
		if (by !== principal.by || (subjects && !subjects.includes(principal.subject))) {
			return false;
		}
		if (claim === undefined || values === undefined) {
			return true;
		}
		const held = Object.hasOwn(principal.claims, claim) ? principal.claims[claim] : undefined;
		return (Array.isArray(held) ? held : [held]).some((one) => typeof one === "string" && values.includes(one));
	});
}

/**
 * The identity at the vendor, as the core reads it, with its members in one order.
 * @param {Principal} principal
 * @param {Connection} connection
 * @param {(binding: string) => string} secretOf
 * @returns {Record<string, any>}
 */
export function identityFor(principal, { system, baseUrl, authUrl, identity }, secretOf) {
	/** @param {any} source @returns {string} */
	const value = (source) => {
		if (typeof source === "string") {
			return source;
		}
		if ("secret" in source) {
			return secretOf(source.secret);
		}
		const own = "claim" in source
			? Object.hasOwn(principal.claims, source.claim) && principal.claims[source.claim]
			: principal.subject;
		if (typeof own !== "string" || own === "") {
			throw notOpen("claim_missing");
		}
		return own;
	};
	/** @type {Record<string, any>} */
	const fields = { system, baseUrl, ...(authUrl !== undefined && { authUrl }) };
	for (const [name, source] of Object.entries(identity)) {
		if (source !== undefined) {
			fields[name] = name === "params" ? sorted(mapped(source, value)) : value(source);
		}
	}
	return sorted(fields);
}

/** @param {Record<string, any>} record @param {(source: any) => string} value */
function mapped(record, value) {
	return Object.fromEntries(Object.entries(record).map(([name, source]) => [name, value(source)]));
}

/** @param {Record<string, any>} record */
function sorted(record) {
	return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
