// What the body of a system's answer says: whether it is a failure, and of what a refusal speaks. Values and texts are looked
// at and then forgotten: they can quote what was sent.
import { subjects } from "../../generated/refusals.js";
import { tokens } from "../../generated/tokens.js";

/** @typedef {import("../../generated/systems.js").System} System */

/** Members in which gateways, and services of any kind, say why. */
const anybodys = ["message", "error"];

/**
 * The member by which an answer is a failure, with its value where that is a number.
 * @param {System} system
 * @param {string} body
 * @returns {string} "" where it is no failure, or nobody can tell
 */
export function failingCode(system, body) {
	const { codes, success } = tokens[system];
	const fields = membersOf(body);
	const name = codes.find((each) => ["string", "number", "boolean"].includes(typeof fields[each]));
	if (name === undefined || success.includes(String(fields[name]))) {
		return "";
	}
	const value = String(fields[name]);
	return /^(-?\d{1,9}|false)$/.test(value) ? `${name} ${value}` : name; // a text could quote anything
}

/**
 * What a refusal speaks of.
 * @param {System} system
 * @param {string} body
 * @returns {import("../../generated/words.js").Reason | undefined}
 */
export function subjectOf(system, body) {
	const fields = membersOf(body);
	const text = [...tokens[system].explains, ...anybodys]
		.map((name) => fields[name])
		.filter((each) => typeof each === "string")
		.join("\n")
		.toLowerCase();
	return subjects.find(({ words }) => words.every((list) => list.some((word) => text.includes(word))))?.of;
}

/**
 * @param {string} body
 * @returns {Record<string, unknown>} empty where it is no object
 */
function membersOf(body) {
	try {
		return Object(JSON.parse(body));
	} catch {
		return {};
	}
}
