// Where an identity's requests go: to its base URL, and where its system depends on another one perhaps to that one's.
import { dependencies } from "../generated/tokens.js";

/** @typedef {import("../generated/identity.js").VendorIdentity} VendorIdentity */

/**
 * The part on which an identity's system depends.
 * @param {VendorIdentity} identity
 */
export function dependencyOf({ system }) {
	const dependency = dependencies[system];
	return dependency?.system === system ? undefined : dependency;
}

/**
 * A field that a description names.
 * @param {VendorIdentity} identity
 * @param {string | undefined} name
 * @returns {unknown}
 */
const fieldOf = (identity, name) =>
	name === undefined ? undefined : /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (identity))[name];

/**
 * Whether the caller gives the token of the part, which then is not asked for one.
 * @param {VendorIdentity} identity
 */
export const isGiven = (identity) => fieldOf(identity, dependencyOf(identity)?.given) !== undefined;

/**
 * The base URL to which a step's request goes.
 * @param {VendorIdentity} identity
 * @param {string | undefined} step
 * @returns {string}
 */
export function baseAt(identity, step) {
	const dependency = dependencyOf(identity);
	return String((step === dependency?.step ? fieldOf(identity, dependency?.at) : undefined) ?? identity.baseUrl);
}

/**
 * The base URLs of all requests up to a token, in their order.
 * @param {VendorIdentity} identity
 * @returns {string[]}
 */
export function basesOf(identity) {
	const dependency = dependencyOf(identity);
	return [...(dependency && !isGiven(identity) ? [baseAt(identity, dependency.step)] : []), identity.baseUrl];
}
