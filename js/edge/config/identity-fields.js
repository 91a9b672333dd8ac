// The fields of a connection's identity, as the systems' descriptions have them, and from where each takes its value.
import { systems } from "../../generated/systems.js";
import { baseUrl, binding, isRecord, isText } from "./forms.js";

/** @typedef {import("../../generated/systems.js").FieldDescription} Field */

/**
 * The fields of a system's identities beside the base URL, with which each description begins. What a caller's function gives
 * in place of another field is none here: an edge has that other field.
 * @param {string} system
 * @returns {readonly Field[]}
 */
export function fieldsOf(system) {
	const [, ...fields] = systems.find(({ name }) => name === system)?.fields ?? [];
	return fields.filter(({ kind, insteadOf }) => kind !== "supplied" || !insteadOf);
}

/**
 * Reads an identity whose fields these are.
 * @param {import("./reader.js").Reader} identity
 * @param {readonly Field[]} fields
 */
export function readIdentity(identity, fields) {
	/** @type {Record<string, unknown>} */
	const checked = {};
	for (const field of fields) {
		const value = identity.take(field.name);
		if (value === undefined) {
			continue;
		}
		const { is, said } = formOf(field);
		if (is(value)) {
			checked[field.name] = field.kind === "url" ? value.replace(/\/+$/, "") : value;
		} else {
			identity.fail(field.name, said);
			checked[field.name] = undefined; // given, if not well
		}
	}
	for (const { name, optional, insteadOf } of fields) {
		const others = fields.filter((field) => field.insteadOf === name).map((field) => field.name);
		const given = [name, ...others].filter((one) => one in checked).length;
		if (others.length > 0 && given !== 1) {
			identity.fail(name, `or ${others.join(" or ")} must be given, and only one of them`);
		} else if (others.length === 0 && given === 0 && !optional && !insteadOf) {
			identity.fail(name, "is missing");
		}
	}
	identity.end();
	return checked;
}

/**
 * What a field can be in a configuration. A secret comes from a binding, never from the configuration's text; and an address is
 * never one that a caller has a say in.
 * @param {Field} field
 * @returns {{ is: (value: any) => boolean, said: string }} said: what it must be
 */
function formOf({ kind, secret, values = [], minimum = 0, maximum = Number.MAX_SAFE_INTEGER }) {
	const others = '{ "secret": … }, { "subject": true } or { "claim": … }';
	if (kind === "parameters") {
		return {
			is: (value) =>
				isRecord(value) && Object.values(value).every((one) => isText(one) || isSource(one)) && Object.keys(value).every(isText),
			said: `must hold, by name, a text, ${others}`,
		};
	}
	if (secret) {
		return { is: (value) => isSource(value) && "secret" in value, said: 'must be { "secret": the name of a binding }' };
	}
	const listed = values.map((value) => JSON.stringify(value)).join(" or ");
	switch (kind) {
		case "url":
			return { is: (value) => isText(value) && baseUrl(value), said: /** @type {string} */ (baseUrl.expected) };
		case "choice":
			return { is: (value) => values.includes(value), said: `must be ${listed}` };
		case "flag":
			return { is: (value) => typeof value === "boolean", said: "must be true or false" };
		case "number":
			return values.length > 0
				? { is: (value) => values.includes(value) || isSource(value), said: `must be ${listed}, ${others}` }
				: {
						is: (value) => (Number.isInteger(value) && value >= minimum && value <= maximum) || isSource(value),
						said: `must be a whole number from ${minimum} to ${maximum}, ${others}`,
					};
	}
	return { is: (value) => isText(value) || isSource(value), said: `must be a text, ${others}` };
}

/** @param {unknown} value */
function isSource(value) {
	return (
		isRecord(value) &&
		Object.keys(value).length === 1 &&
		((isText(value.secret) && binding(value.secret)) || value.subject === true || isText(value.claim))
	);
}

/**
 * From where the values of a connection's identity come, by the names of the fields.
 * @param {import("./config.js").Connection} connection checked
 * @returns {[name: string, source: any][]}
 */
export function sourcesOf({ system, identity }) {
	return fieldsOf(system).flatMap(({ name, kind }) => {
		const value = identity[name];
		if (value === undefined) {
			return [];
		}
		return kind === "parameters"
			? Object.entries(value).map(([parameter, source]) => /** @type {[string, any]} */ ([`${name}.${parameter}`, source]))
			: [/** @type {[string, any]} */ ([name, value])];
	});
}

/**
 * A record with its members in one order: equal identities are one, however they were written.
 * @param {Record<string, any>} record
 */
export function sorted(record) {
	return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
