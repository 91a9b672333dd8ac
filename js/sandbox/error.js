/**
 * What went wrong with a sandbox.
 * - `invalid_option`: an option of `createSandbox` is wrong; `field` names it.
 * - `refused`: the sandbox does not take what it was told to do; the message says why.
 * - `not_listening`: the address is in use or not this machine's; `cause` has the system's error.
 * - `closed`: the sandbox was closed.
 * - `crashed`: the sandbox's program died. It answers nothing more; make another.
 * - `not_found`: the package's sandbox.wasm.br is missing or damaged.
 * @typedef {"invalid_option" | "refused" | "not_listening" | "closed" | "crashed" | "not_found"} SandboxErrorCode
 */

/** Every failure of a sandbox itself. What the systems answer is never one. */
export class SandboxError extends Error {
	/**
	 * @param {SandboxErrorCode} code
	 * @param {string} message
	 * @param {{ field?: string, cause?: unknown }} [fields]
	 */
	constructor(code, message, fields = {}) {
		super(message, "cause" in fields ? { cause: fields.cause } : undefined);
		this.name = "SandboxError";
		/** What went wrong; stable. @readonly */
		this.code = code;
		/** The option at fault. @readonly */
		this.field = fields.field;
	}
}

/**
 * @param {string} field the option at fault
 * @param {string} reason goes on after the option's name
 */
export function invalidOption(field, reason) {
	return new SandboxError("invalid_option", `createSandbox: ${field} ${reason}.`, { field });
}
