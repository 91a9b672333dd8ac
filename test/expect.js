import assert from "node:assert/strict";
import { TokenError } from "../js/client/error.js";

/**
 * For assert.rejects and assert.throws: a TokenError of that code.
 * @param {string} code
 * @param {Record<string, unknown>} [fields] what else it must say
 * @returns {(error: unknown) => true}
 */
export function tokenError(code, fields = {}) {
	return (error) => {
		assert.ok(error instanceof TokenError, `not a TokenError: ${error?.stack ?? error}`);
		assert.equal(error.code, code, error.message);
		for (const [name, value] of Object.entries(fields)) {
			assert.deepEqual(error[name], value, name);
		}
		return true;
	};
}
