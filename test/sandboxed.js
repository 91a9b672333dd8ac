// A sandbox for the tests of a file, or of a `describe`: as new before each of them.
import { after, before, beforeEach } from "node:test";
import { sandboxIdentities } from "../tools/demo/identities.js";
import { controls, startServer } from "../tools/demo/server.js";

/**
 * @typedef {object} Own
 * @property {string} url its address
 * @property {any[]} listed an identity of each system, and a call of it
 * @property {(system: string) => any} own one of these, which is the caller's to change
 */

/**
 * Starts it before the first test, and stops it after the last. What it answers has the sandbox's controls from then on.
 * @param {string[]} [flags] of the sandbox
 * @returns {ReturnType<typeof controls> & Own}
 */
export function sandboxed(flags) {
	/** @type {any} */ let server;
	/** @type {any} */ const sandbox = {
		own: (/** @type {string} */ system) =>
			structuredClone(sandbox.listed.find((/** @type {any} */ { identity }) => identity.system === system)),
	};
	before(async () => {
		server = await startServer("127.0.0.1:0", flags);
		Object.assign(sandbox, controls(server.url), { url: server.url, listed: await sandboxIdentities(server.url) });
	});
	after(() => server?.stop());
	beforeEach(() => sandbox.reset());
	return sandbox;
}
