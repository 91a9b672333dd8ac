// The functions that every entry exports, over one module, and one client that getToken and verifyToken share.
import { build } from "../dist/build.js";
import { createClient } from "./client/client.js";
import { errorOf, TokenError } from "./client/error.js";
import { encode, read } from "./client/identity.js";
import { createModule } from "./module/module.js";
import { Suppliers } from "./client/suppliers.js";
import { check } from "./module/wall.js";

/**
 * The package for one platform, which says where the WebAssembly file is found. Nothing starts until it is used.
 * @param {import("./module/module.js").Load} load
 * @param {import("./client/client.js").Facilities} [facilities] what this platform has besides
 */
export function entry(load, facilities = {}) {
	facilities = { ...facilities, version: build.version };
	const module = createModule(load, { build, waitUntil: facilities.waitUntil });
	/** @type {import("./client/client.js").Client | undefined} */
	let shared;
	const client = () => (shared ??= createClient(module, undefined, undefined, facilities));
	return {
		/**
		 * Starts the WebAssembly module ahead of its first use, or from another place than the package's own. Not needed
		 * otherwise. A call after the start changes nothing; one after a failure tries again.
		 * @param {import("./module/module.js").InitializeOptions} [options] where the core comes from; by default the package's own file
		 * @returns {Promise<void>} rejected with a TokenError: `module_not_found`, `module_invalid`,
		 *   `module_stale`, `module_started`, `module_failed` or `invalid_option`
		 * @example
		 * await initialize({ wasmUrl: "/assets/core.wasm" });
		 */
		initialize: (options) => module.initialize(options),

		/**
		 * Sets up the client that `getToken` and `verifyToken` share, as `createClient` sets up one of your own: once, where the program
		 * begins, before either of the two is used. A library leaves it to the program, and makes a client of its own.
		 * @param {import("./client/client.js").ClientOptions} [options] its settings
		 * @returns {import("./client/client.js").Client & import("./client/platform.js").PlatformDisposable} that client, for what only a client has: `fetch`, `session`, `close`
		 * @throws {import("./client/error.js").TokenError} `invalid_option`, and `client_started` where that client is there already
		 * @example
		 * configure({ timeoutMs: 10_000, onEvent: (event) => console.log(event.type, event.system) });
		 * const token = await getToken(identity);
		 */
		configure(options) {
			if (shared) {
				throw new TokenError(
					"client_started",
					"The client that getToken and verifyToken share is there already. Call configure once, before anything else, or make another client with createClient.",
				);
			}
			shared = createClient(module, options, undefined, facilities);
			return /** @type {any} */ (shared);
		},

		/**
		 * A client with settings of its own.
		 * @param {import("./client/client.js").ClientOptions} [options] its settings
		 * @returns {import("./client/client.js").Client & import("./client/platform.js").PlatformDisposable} a client. It shares
		 *   the WebAssembly module with others, and in a browser the sessions of the same identities with those of all pages of the origin
		 * @throws {import("./client/error.js").TokenError} `invalid_option`
		 * @example
		 * const client = createClient({ timeoutMs: 10_000, onEvent: (event) => console.log(event.type, event.system) });
		 */
		createClient: (options) => /** @type {any} */ (createClient(module, options, undefined, facilities)),

		/**
		 * Checks the fields of an identity, as a form does while it is filled in. Nothing is sent and no session is made.
		 * @param {import("./client/identity.js").Identity} identity what is to be checked
		 * @returns {Promise<void>} rejected with a TokenError: `invalid_identity`, whose `field` names the first field at fault
		 * @example
		 * try {
		 * 	await validateIdentity(identity);
		 * } catch (error) {
		 * 	console.log(error.field, error.message); // baseUrl …
		 * }
		 */
		async validateIdentity(identity) {
			const { json } = encode(read(identity), new Suppliers(1));
			const error = check(await module.start(), json);
			if (error) {
				throw errorOf(error);
			}
		},

		/**
		 * A token for an identity, by a client that all callers share: the one at hand where it may still be used, otherwise
		 * a new one. Call it wherever a token is needed: any number of callers at once cause one login.
		 * @param {import("./client/identity.js").Identity} identity who the token is for
		 * @param {import("./client/asking.js").GetTokenOptions} [options] what is asked for beyond a token that can be used
		 * @returns {Promise<import("./client/token.js").Token>} rejected with a TokenError, whose `code` says what went wrong
		 * @example
		 * const identity = { system: "isales", baseUrl: "https://aicc.example.com", user: "abcd", passwd: process.env.PASSWD };
		 * const token = await getToken(identity);
		 * let response = await fetch("https://aicc.example.com/rest/isales/v1/openapi/obs/business", { headers: token.headers });
		 * if (response.status === 401) {
		 * 	const fresh = await getToken(identity, { rejected: token });
		 * 	response = await fetch("https://aicc.example.com/rest/isales/v1/openapi/obs/business", { headers: fresh.headers });
		 * }
		 */
		getToken: (identity, options) => client().getToken(identity, options),

		/**
		 * Whether a token is valid, by the client that `getToken` uses: by the vendor's own interface where there is one
		 * (cubedrive), otherwise by what the core knows of it. Never `true` for a token that nobody here can vouch for.
		 * @type {import("./client/client.js").Client["verifyToken"]}
		 */
		verifyToken: (/** @type {any} */ token, /** @type {any} */ identity, /** @type {any} */ options) =>
			client().verifyToken(token, identity, options),
	};
}
