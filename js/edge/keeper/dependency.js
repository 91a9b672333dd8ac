// What a session depends on: the token that many users' calls carry beside their own.
import { dependencies } from "../../generated/tokens.js";
import { sorted } from "../config/identity-fields.js";

/**
 * The identity of what this one depends on, with its members in one order; undefined where there is none, or its token is given.
 * @param {Record<string, any>} identity
 */
export function dependencyOf(identity) {
	const dependency = dependencies[/** @type {keyof typeof dependencies} */ (identity.system)];
	if (!dependency || identity[dependency.given] !== undefined) {
		return undefined;
	}
	const { system, fields, at } = dependency;
	const own = fields.filter((name) => identity[name] !== undefined).map((name) => [name, identity[name]]);
	return sorted({ ...Object.fromEntries(own), baseUrl: identity[at] ?? identity.baseUrl, system });
}
