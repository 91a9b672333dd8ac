// Identities: who a token is for. What the systems have of their own is generated from their descriptions.
import { TokenError } from "./error.js";
import { objects, ownToken, signing, snapshot, supplied, unchanged as same } from "../generated/identity.js";
import { says } from "./says.js";

export { snapshot };

/** @typedef {import("../generated/systems.js").System} System */
/** @typedef {import("../generated/identity.js").Supplied} Supplied */
/** @typedef {import("../generated/identity.js").VendorIdentity} VendorIdentity */
/** @typedef {import("../generated/identity.js").Fields} Fields */

/**
 * What every identity of an edge has.
 * @typedef {object} EdgeConnection
 * @property {string} edge the edge's URL, such as `https://tokens.example.com`
 * @property {string} connection the name of a connection in the edge's configuration
 */

/**
 * What an edge's identity has whose authorization is a text.
 * @typedef {object} EdgeText
 * @property {string} authorization what the user shows: the enterprise's own bearer token (a JWT). Another text is another
 *   session.
 * @property {string} [subject] not needed: two users' texts differ
 */

/** An edge's identity whose authorization is a text. @typedef {EdgeConnection & EdgeText} EdgeTextIdentity */

/**
 * What an edge's identity has whose authorization is, or may be, a function.
 * @typedef {object} EdgeSupplied
 * @property {string | (() => Supplied | Promise<Supplied>)} authorization what the user shows: the enterprise's own bearer token (a JWT),
 *   or a function that is asked for it whenever one is needed
 * @property {string} subject who the function speaks for: any text that is another one for another user, such as the user's ID.
 *   It is not sent, and nothing else tells users apart: a function does not say whose authorization it gives.
 */

/**
 * An edge's identity whose authorization comes by a function. All connections of an edge share what it gives for one subject; of
 * several functions the one is asked that came with the call that needs it.
 * @typedef {EdgeConnection & EdgeSupplied} EdgeSuppliedIdentity
 */

/**
 * A connection of an edge: a Worker that holds the credentials, and gives this user's tokens to whoever shows that it is
 * this user ("The edge", docs/edge.md). Business calls (`fetch`) go through the edge as well.
 * @typedef {EdgeTextIdentity | EdgeSuppliedIdentity} EdgeIdentity
 */

/**
 * Who a token is for. Two identities are one when all their fields are equal, whatever the objects.
 * @typedef {VendorIdentity | EdgeIdentity} Identity
 */

/** The fields that there are. */
const names = Object.keys(snapshot({}));

/**
 * What a caller's object says now, read once: an object can say something else each time that it is asked. A value that is
 * itself an object counts as no text, whatever it would say of itself as JSON. What an object inherits counts where it is a field.
 * @param {unknown} identity
 * @returns {Fields}
 */
export function read(identity) {
	if (typeof identity !== "object" || identity === null) {
		throw invalid("must be an object");
	}
	try {
		const fields = bare(identity);
		for (const name of names) {
			if (!(name in fields) && says(identity, name)) {
				fields[name] = /** @type {any} */ (identity)[name];
			}
		}
		/** @type {[string, object][]} */
		const inner = [];
		for (const name of objects) {
			const value = fields[name];
			if (typeof value === "object" && value !== null && !Array.isArray(value)) {
				inner.push([name, plain(bare(value))]);
			}
		}
		plain(fields);
		for (const [name, value] of inner) {
			fields[name] = value;
		}
		return fields;
	} catch (cause) {
		throw invalid("cannot be read: it throws", cause);
	}
}

/**
 * What an object says itself, in one that inherits nothing.
 * @param {object} object
 * @returns {Record<string, unknown>}
 */
const bare = (object) => Object.assign(Object.create(null), object);

/** @param {Record<string, unknown>} fields @returns {Record<string, any>} */
function plain(fields) {
	for (const name of Object.keys(fields)) {
		if (typeof fields[name] === "object" && fields[name] !== null) {
			fields[name] = bare({});
		}
	}
	if (typeof fields.toJSON === "function") {
		delete fields.toJSON; // it would speak in the fields' place
	}
	return fields;
}

/**
 * @param {string} reason
 * @param {unknown} [cause] what the caller's object threw
 */
const invalid = (reason, cause) =>
	new TokenError("invalid_identity", `identity ${reason}`, { step: "input", field: "identity", ...(cause === undefined ? {} : { cause }) });

/**
 * Whether an object still says what it said when the snapshot was taken.
 * @param {Fields} copy
 * @param {Fields} f
 */
export const unchanged = (copy, f) => same(copy, f, sameTexts);

/**
 * @param {Readonly<Record<string, string>> | undefined} a
 * @param {Readonly<Record<string, string>> | undefined} b
 */
function sameTexts(a, b) {
	if (!a || !b || typeof b !== "object") {
		return false;
	}
	const names = Object.keys(b);
	return names.length === Object.keys(a).length && names.every((name) => Object.hasOwn(a, name) && a[name] === b[name]);
}

/**
 * An identity as it goes to the core, and the caller's functions in it, if there are any.
 * @typedef {object} Encoded
 * @property {string} json
 * @property {readonly import("./suppliers.js").Supplier[]} suppliers
 */

/**
 * The identity as JSON for the core. A function cannot go there: its number stands in for it.
 * @param {Fields} read
 * @param {import("./suppliers.js").Suppliers} suppliers
 * @returns {Encoded}
 */
export function encode(read, suppliers) {
	const fields = bare(read);
	/** @type {import("./suppliers.js").Supplier[]} */
	const found = [];
	for (const { field, of, base, by } of supplied) {
		delete fields[`${field}Supplier`]; // the core's own, and not the caller's to set
		const ask = fields[field];
		if (typeof ask === "function") {
			const at = base.map((name) => fields[name]).find((url) => url !== undefined && url !== null);
			const supplier = suppliers.supplier([of, at, ...by.map((name) => fields[name])], /** @type {() => unknown} */ (ask));
			fields[`${field}Supplier`] = supplier.number;
			delete fields[field];
			found.push(supplier);
		}
	}
	delete fields[`${ownToken}Supplier`];
	const ask = fields[ownToken];
	if (typeof ask === "function") {
		delete fields[ownToken];
		const supplier = suppliers.supplier([ownToken, ...said(fields)], /** @type {() => unknown} */ (ask), true);
		fields[`${ownToken}Supplier`] = supplier.number;
		found.push(supplier);
	}
	try {
		return { json: JSON.stringify(fields), suppliers: found };
	} catch {
		throw invalid("must hold plain values only");
	}
}

/**
 * What an object says, in whatever order it says so.
 * @param {Record<string, unknown>} object
 * @returns {unknown[]}
 */
const said = (object) =>
	Object.keys(object)
		.sort()
		.flatMap((name) => {
			const value = object[name];
			return value == null ? [] : [[name, typeof value === "object" ? said(/** @type {any} */ (value)) : value]];
		});

/**
 * Whether somebody signs in with an identity; of an edge's connection only the edge knows.
 * @param {string} json an identity as encoded
 */
export function signsIn(json) {
	const { edge, system } = bare(JSON.parse(json));
	return edge !== undefined || signing.includes(system);
}

/**
 * The identity of what carries a business call, and the base URL that the call's path is appended to. A call for an
 * edge's user goes to the edge, and carries nothing but that user's authorization.
 * @param {string} json an identity as encoded
 * @returns {{ json: string, baseUrl: string }}
 */
export function callsOf(json) {
	const { edge, connection, baseUrl, ...rest } = /** @type {Record<string, any>} */ (bare(JSON.parse(json)));
	if (edge === undefined) {
		return { json, baseUrl };
	}
	let name;
	try {
		name = encodeURIComponent(connection);
	} catch {
		// half of a surrogate pair
		throw new TokenError("invalid_identity", "edge: connection must be a text of whole characters", {
			system: "edge",
			step: "input",
			field: "connection",
		});
	}
	return {
		json: JSON.stringify({ __proto__: null, ...rest, system: "authorization", edge }),
		baseUrl: `${String(edge).replace(/\/+$/, "")}/v1/call/${name}`,
	};
}
