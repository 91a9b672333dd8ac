// The ways to a token that are compared, in the order of the table. The first is what the others are related to: a handle
// to one session, as all the others hold a client or a function for one identity too.
import { existsSync } from "node:fs";

/**
 * @typedef {object} Way
 * @property {string} name in the table
 * @property {string} program in ways/: it exports `connect(url, key)`, which answers `get`, a function that gives the
 *   token's text for the identity of that key, and `live`, a loop over it
 * @property {string} [package] that it needs
 * @property {URL} [needs] a file that not everybody has built: without it, this way is not measured
 * @property {string} [page] why a page cannot download it, where it is not for browsers
 */

const node = "Node only";

/** What `make tiny` builds. */
export const lightUrl = new URL("../../../dist/core.tiny.wasm", import.meta.url);

/** @type {Way[]} */
export const all = [
	{ name: "**cctoken**, `session.getToken()`", program: "handle.js" },
	{ name: "**cctoken**, `getToken(identity)`", program: "ours.js" },
	{ name: "**cctoken**, `getToken(identity)`, by a light core", program: "light.js", needs: lightUrl },
	{ name: "closure by hand", program: "closure.js" },
	{ name: "closure that keeps the promise", program: "promise.js" },
	{ name: "@smithy/property-provider", program: "smithy.js", package: "@smithy/property-provider" },
	{ name: "google-auth-library", program: "google.js", package: "google-auth-library", page: node },
	{ name: "@azure/msal-node", program: "msal.js", package: "@azure/msal-node", page: node },
	{ name: "@larksuiteoapi/node-sdk", program: "lark.js", package: "@larksuiteoapi/node-sdk", page: node },
	{ name: "simple-oauth2", program: "simple.js", package: "simple-oauth2", page: node },
	{ name: "openid-client", program: "openid.js", package: "openid-client" },
];

export const ways = all.filter(({ needs }) => !needs || existsSync(needs));
