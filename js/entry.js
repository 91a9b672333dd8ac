import { build } from "../dist/build.js";
import { createClient } from "./client.js";
import { platformClock } from "./clock.js";
import { createModule } from "./module.js";

/**
 * The package for one platform, which says where the WebAssembly file is found. Nothing starts until it is used.
 * @param {import("./module.js").Load} load
 * @param {import("./driver.js").WaitUntil} [waitUntil] for platforms that end what a request has begun together with it
 */
export function entry(load, waitUntil) {
	const module = createModule(load, { build, waitUntil });
	/** @type {import("./client.js").Client | undefined} */
	let shared;
	const client = () => (shared ??= createClient(module, {}, platformClock, waitUntil));
	return {
		/**
		 * Starts the WebAssembly module ahead of its first use, or from another place than the package's own. Not needed
		 * otherwise. A call after the start changes nothing; one after a failure tries again.
		 * @param {import("./module.js").InitializeOptions} [options]
		 * @returns {Promise<void>} rejected with a TokenError: `module_not_found`, `module_invalid`,
		 *   `module_stale`, `module_started` or `module_failed`
		 */
		initialize: (options) => module.initialize(options),

		/**
		 * A client with settings and sessions of its own.
		 * @param {import("./client.js").ClientOptions} [options]
		 * @returns {import("./client.js").Client}
		 * @throws {import("./error.js").TokenError} `invalid_option`
		 */
		createClient: (options) => createClient(module, options, platformClock, waitUntil),

		/**
		 * A token for an identity, by a client that all callers share. See `Client.getToken`.
		 * @param {import("./identity.js").Identity} identity
		 * @param {import("./client.js").GetTokenOptions} [options]
		 * @returns {Promise<import("./token.js").Token>} rejected with a TokenError
		 */
		getToken: (identity, options) => client().getToken(identity, options),

		/**
		 * Whether a token is valid, by the client that `getToken` uses. See `Client.verifyToken`.
		 * @type {import("./client.js").Client["verifyToken"]}
		 */
		verifyToken: (/** @type {any} */ token, /** @type {any} */ identity, /** @type {any} */ options) =>
			client().verifyToken(token, identity, options),
	};
}
