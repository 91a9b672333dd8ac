// What a caller may use, and as whom. Nothing of this comes from the request's own words but the connection's name.
import { fieldsOf, sorted, sourcesOf } from "../config/identity-fields.js";
import { Problem } from "../request/problem.js";

/** @typedef {import("./authenticate.js").Principal} Principal */
/** @typedef {import("../config/config.js").Connection} Connection */

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
 * @param {{ allow: import("../config/config.js").Rule[] }} [operators]
 * @returns {Set<string>}
 */
export function claimsFor(by, connections, operators = { allow: [] }) {
	const open = Object.values(connections).filter(({ allow }) => allow.some((rule) => rule.by === by));
	const ruled = (/** @type {import("../config/config.js").Rule[]} */ rules) =>
		rules.flatMap((rule) => (rule.by === by ? (rule.claim ?? []) : []));
	return new Set([
		...ruled(operators.allow),
		...open.flatMap((connection) => [
			...ruled(connection.allow),
			...sourcesOf(connection).flatMap(([, source]) => (typeof source === "object" && "claim" in source ? source.claim : [])),
		]),
	]);
}

/**
 * @param {Principal} principal
 * @param {{ allow: import("../config/config.js").Rule[] }} rules a connection, or the operators'
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
 * @param {readonly import("../config/identity-fields.js").Field[]} [described] the system's fields
 * @returns {Record<string, any>}
 */
export function identityFor(principal, { system, baseUrl, identity }, secretOf, described = fieldsOf(system)) {
	/** @param {any} source @param {string} [kind] */
	const value = (source, kind) => {
		if (typeof source !== "object") {
			return source;
		}
		const own =
			"secret" in source
				? secretOf(source.secret)
				: "claim" in source
					? Object.hasOwn(principal.claims, source.claim) && principal.claims[source.claim]
					: principal.subject;
		if (kind === "number" && (typeof own === "number" || typeof own === "string") && /^-?\d{1,16}$/.test(String(own))) {
			return Number(own);
		}
		if (typeof own !== "string" || own === "" || kind === "number") {
			throw notOpen("claim_missing");
		}
		return own;
	};
	/** @type {Record<string, any>} */
	const fields = { system, baseUrl };
	for (const { name, kind } of described) {
		const source = identity[name];
		if (source !== undefined) {
			fields[name] = kind === "parameters" ? sorted(mapped(source, value)) : value(source, kind);
		}
	}
	return sorted(fields);
}

/** @param {Record<string, any>} record @param {(source: any) => string} value */
function mapped(record, value) {
	return Object.fromEntries(Object.entries(record).map(([name, source]) => [name, value(source)]));
}
