// What can be set, and by which names: the one table behind flags, environment and files. What the systems need comes from
// their descriptions.
import { systems } from "../generated/systems.js";
import { tokens } from "../generated/tokens.js";

/** @typedef {import("../generated/systems.js").FieldDescription} Field */
/** A system, as far as the command needs to know of it. @typedef {{ name: string, fields: readonly Field[] }} Described */

/**
 * All that the systems have under one name.
 * @typedef {object} Setting
 * @property {string} name as in the identity and in files
 * @property {string} env the variable
 * @property {string} flag where a field of that name is no secret. Arguments are seen by every process of the machine, and kept
 *   in histories and logs: what people may try for a secret is refused.
 * @property {Field["kind"]} kind
 * @property {boolean} secret
 */

/**
 * @typedef {object} Catalogue
 * @property {readonly Described[]} systems
 * @property {readonly Setting[]} settings each once, in the order of the systems
 */

/**
 * @param {readonly Described[]} described
 * @returns {Catalogue}
 */
export function catalogueOf(described) {
	/** @type {Map<string, Setting>} */
	const settings = new Map();
	for (const { name, kind, secret } of described.flatMap(({ fields }) => fields)) {
		if (!settings.has(name)) {
			const words = name.split(/(?=[A-Z])/);
			settings.set(name, { name, kind, secret, flag: words.join("-").toLowerCase(), env: `CCTOKEN_${words.join("_").toUpperCase()}` });
		}
	}
	return { systems: described, settings: [...settings.values()] };
}

/** The systems that the package knows. */
export const catalogue = catalogueOf(systems);

/** The flag of all fields that are parameters, NAME=VALUE: what is secret of them is refused. */
export const parameterFlag = "param";

/** What people may try for a secret, beside its name. */
export const secretWords = ["secret", "password", "pass", "pwd", "bearer", "credentials", "api-password", "api-secret"];

/** A token to verify. */
export const tokenEnv = "CCTOKEN_TOKEN";
/** What people may try for it. */
export const tokenFlags = ["token", "auth-token", "refresh-token"];

/** The file that is looked for in the current folder. */
export const defaultFile = "cctoken.json";

/** Settings that are not of the identity. */
export const general = {
	system: "CCTOKEN_SYSTEM",
	config: "CCTOKEN_CONFIG",
	profile: "CCTOKEN_PROFILE",
	secretsFile: "CCTOKEN_SECRETS_FILE",
	timeout: "CCTOKEN_TIMEOUT",
	store: "CCTOKEN_STORE",
};

/** What carries a token, whatever its name says. */
const carriers = new Set(Object.values(tokens).flatMap(({ carriers }) => carriers.map((name) => name.toLowerCase())));

/** Of an operator of an edge. */
export const edgeEnv = {
	url: "CCTOKEN_EDGE_URL",
	keyId: "CCTOKEN_EDGE_KEY_ID",
	key: "CCTOKEN_EDGE_KEY",
	bearer: "CCTOKEN_EDGE_BEARER",
};

/**
 * Whether a parameter's or a header's name says that its value is a secret.
 * @param {string} name
 */
export function looksSecret(name) {
	return carriers.has(name.toLowerCase()) || /secret|passw|pwd|token|credential|auth|cookie|session|signature|api-?key/i.test(name);
}
