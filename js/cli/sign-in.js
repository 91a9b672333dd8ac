// A token of a system in which somebody signs in. A sign-in has side effects, a telephone that rings say: it is made where the
// command's user asks for it, and never otherwise.
import { systems } from "../generated/systems.js";
import { UsageError } from "./usage.js";

/** The command's options for it. @type {Record<string, { type: "boolean" }>} */
export const signInOptions = { "sign-in": { type: "boolean" }, force: { type: "boolean" } };

/** @param {string} system */
export const signsIn = (system) => systems.some(({ name, signsIn }) => name === system && signsIn);

/**
 * @param {string} system
 * @param {Readonly<Record<string, any>>} options
 * @throws {UsageError} where the options do not fit the system
 */
export function checkSignIn(system, options) {
	if (options["force"] && !options["sign-in"]) {
		throw new UsageError("--force goes with --sign-in: it ends another session of the same person.", "force");
	}
	if (options["sign-out"] && !options["sign-in"]) {
		throw new UsageError("--sign-out goes with --sign-in: it signs out who has signed in for this call.", "sign-out");
	}
	if (signsIn(system) !== Boolean(options["sign-in"])) {
		throw new UsageError(
			options["sign-in"]
				? `--sign-in is not for ${system}: its tokens come when they are asked for.`
				: `Nobody is signed in, and a token of ${system} comes by a sign-in alone. It has effects at the vendor, so it is made where you say --sign-in.`,
			"sign-in",
		);
	}
}

/**
 * @param {import("../client/client.js").Client} client
 * @param {import("../client/identity.js").VendorIdentity} identity
 * @param {Readonly<Record<string, any>>} options
 * @returns {Promise<import("../client/token.js").Token>}
 */
export async function acquire(client, identity, options) {
	if (!options["sign-in"]) {
		return client.getToken(identity);
	}
	const token = await client.signIn(identity, { force: Boolean(options["force"]) });
	return /** @type {import("../client/token.js").Token} */ (token); // only an edge keeps one to itself
}
