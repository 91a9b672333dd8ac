// What the sandbox lists of its systems, as JavaScript uses it. No system is known here by name.

/** @typedef {import("../client/identity.js").VendorIdentity} VendorIdentity */

/**
 * What `client.fetch(identity, path, init)` makes a business call of.
 * @typedef {object} Call
 * @property {string} path it follows the identity's `baseUrl`
 * @property {{ method: string, body?: string }} init its method, and its body where it has one
 */

/**
 * What a sandbox says of one of its systems.
 * @typedef {object} ListedSystem
 * @property {SandboxSystem} name as everything here names it
 * @property {VendorIdentity} [identity] one that it accepts; absent: applications have none of this system
 * @property {{ method: string, path: string, body?: string }} [business] a business call of the identity
 * @property {string[]} endpoints those that a fault may name
 * @property {SandboxSystem} [behind] the system that asks this one for a token first; its endpoints have this one's name among them
 * @property {{ name: string, example: string }[]} credentials what `refuse` takes: the names of the identity's fields, and
 *   what that identity has there
 * @property {string} subject the name of the one of these that tells its tokens apart: what `revoke` and `roll` take
 * @property {{ name: string, documented: number, most?: number }[]} lifetimes of its tokens in seconds; 0 is without end
 * @property {boolean} rolls whether `roll` takes it
 * @property {boolean} exceptionInfo whether a fault of a status may have a text
 * @property {{ logins: number, seconds: number }} [logins] how many a user has in so many seconds before they are intercepted
 */

/**
 * What the sandbox counts, revokes and refuses apart: the systems that the package knows, and those that one of them asks
 * for a token first. `sandbox.systems` lists them.
 * @typedef {VendorIdentity["system"] | (string & {})} SandboxSystem
 */

/**
 * The control endpoint that lists the systems.
 * @param {string} url the sandbox's address, for those who will use the identities
 */
export const systemsAt = (url) => `systems?origin=${encodeURIComponent(url)}`;

/**
 * Identities that the sandbox accepts.
 * @param {readonly ListedSystem[]} systems
 */
export function identitiesOf(systems) {
	const identities = systems.flatMap(({ identity }) => (identity ? [identity] : []));
	return /** @type {{ [S in VendorIdentity["system"]]: Extract<VendorIdentity, { system: S }> }} */ (
		Object.fromEntries(identities.map((identity) => [identity.system, identity]))
	);
}

/**
 * Their business calls.
 * @param {readonly ListedSystem[]} systems
 */
export function businessOf(systems) {
	const calls = systems.flatMap(({ name, business }) => {
		if (!business) {
			return [];
		}
		const { path, ...init } = business;
		return [/** @type {[string, Call]} */ ([name, { path, init }])];
	});
	return /** @type {Record<SandboxSystem, Call>} */ (Object.fromEntries(calls));
}
