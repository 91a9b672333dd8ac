const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * What went wrong. Codes are stable: programs may compare them.
 *
 * From the core, about a vendor or an identity:
 * - `invalid_identity`: a field of the identity is missing or wrong; `field` names it. Nothing was sent.
 * - `invalid_request`: a business call cannot carry the token as asked; `field` says what. The call was not sent.
 * - `credentials_refused`: the vendor does not accept the credentials.
 * - `address_not_admitted`: the vendor does not admit this network address.
 * - `bad_request`: the vendor answered 400. `not_found`: 404, the base URL is likely wrong.
 * - `vendor_failure`: the vendor answered 500, or a body whose own code (`vendorCode`) says failure.
 * - `unexpected_status`: a status that the vendor's documents do not have.
 * - `malformed_response`: the answer is not what the vendor's document describes.
 * - `response_too_large`: the answer is larger than 1 MiB.
 * - `redirected`: the vendor answered a redirect, which is never followed with credentials.
 * - `network`: no connection, or it was lost. `timeout`: no answer in time.
 * - `unavailable`: 502, 503 or 504. `rate_limited`: 429.
 * - `cooling_down`: not tried, as an earlier attempt failed a moment ago; `cause` is that failure.
 * - `login_budget`: not tried, as the logins that the vendor tolerates are used up for now.
 * - `token_rejected`: the vendor rejects the tokens that it issues.
 * - `stale_on_arrival`: the token was too old to use when it arrived.
 * - `supplier_failed`: the `accessToken` or `authorization` function failed or gave no token.
 * - `unauthorized`: the edge does not accept the authorization. `forbidden`: it does not give this connection to this user
 *   or origin. `sealed`: it hands out no token of this connection, but makes the calls. `not_configured`: a part of its
 *   configuration is missing.
 * - `too_many_sessions`: every session is in use and none can be evicted.
 * - `forgotten`: the session was forgotten while the caller waited.
 *
 * From the wrapper:
 * - `aborted`: the caller's AbortSignal fired; `cause` is its reason.
 * - `closed`: the client is closed.
 * - `invalid_option`: an option of a call is wrong; `field` names it.
 * - `module_not_found`, `module_invalid`: the WebAssembly file is not there, or is not this package's.
 * - `module_stale`: the WebAssembly file is of another build than the JavaScript.
 * - `module_started`: `initialize` came with another source after the start.
 * - `module_failed`: the WebAssembly module died; the next call starts a fresh one.
 * @typedef {"invalid_identity" | "invalid_request" | "credentials_refused" | "address_not_admitted" | "bad_request"
 *   | "not_found" | "vendor_failure" | "unexpected_status" | "malformed_response" | "response_too_large"
 *   | "redirected" | "network" | "timeout" | "unavailable" | "rate_limited" | "cooling_down" | "login_budget"
 *   | "token_rejected" | "stale_on_arrival" | "supplier_failed" | "unauthorized" | "forbidden" | "sealed"
 *   | "not_configured" | "too_many_sessions" | "forgotten" | "aborted" | "closed" | "invalid_option" | "module_not_found" | "module_invalid" | "module_stale" | "module_started" | "module_failed"} TokenErrorCode
 */

/**
 * @typedef {object} TokenErrorFields
 * @property {string} [system]
 * @property {string} [step]
 * @property {string} [field]
 * @property {number} [status]
 * @property {number} [vendorCode]
 * @property {boolean} [retryable]
 * @property {number} [retryAt] wall-clock milliseconds
 * @property {unknown} [cause]
 */

/**
 * Every failure of this package. It holds no secret, no token and no text from a vendor's body, so it may be printed,
 * logged and serialised. It is an `Error`, and its `cause`, where there is one, is the earlier failure, the platform's code,
 * or the caller's own error, which those forms leave out.
 */
export class TokenError extends Error {
	/**
	 * What went wrong; stable.
	 * @readonly
	 * @type {TokenErrorCode}
	 */
	code;
	/**
	 * The system's name, where it is known.
	 * @readonly
	 * @type {string | undefined}
	 */
	system;
	/**
	 * The exchange in which it happened: "input", "access_token", "authorization", "edge", "apply", "login",
	 * "refresh", "verify" or "call".
	 * @readonly
	 * @type {string | undefined}
	 */
	step;
	/**
	 * The input field at fault.
	 * @readonly
	 * @type {string | undefined}
	 */
	field;
	/**
	 * The HTTP status, where there was a response.
	 * @readonly
	 * @type {number | undefined}
	 */
	status;
	/**
	 * The vendor's own numeric failure code.
	 * @readonly
	 * @type {number | undefined}
	 */
	vendorCode;
	/**
	 * Whether the same call can succeed later, unchanged.
	 * @readonly
	 * @type {boolean}
	 */
	retryable;
	/**
	 * Before this time a further call fails without calling the vendor; null where nothing stands against one.
	 * @readonly
	 * @type {Date | null}
	 */
	retryAt;

	/**
	 * @param {TokenErrorCode} code
	 * @param {string} message
	 * @param {TokenErrorFields} [fields]
	 */
	constructor(code, message, fields = {}) {
		super(message, "cause" in fields ? { cause: fields.cause } : undefined);
		this.name = "TokenError";
		this.code = code;
		this.system = fields.system;
		this.step = fields.step;
		this.field = fields.field;
		this.status = fields.status;
		this.vendorCode = fields.vendorCode;
		this.retryable = fields.retryable ?? false;
		this.retryAt = fields.retryAt === undefined ? null : new Date(fields.retryAt);
	}

	/**
	 * A safe form: the fields, without stack, and of a cause only another TokenError or the platform's code.
	 * @returns {Record<string, unknown>}
	 */
	toJSON() {
		const { name, code, message, system, step, field, status, vendorCode, retryable, retryAt, cause } = this;
		return {
			name, code, message, system, step, field, status, vendorCode, retryable, retryAt,
			cause: cause instanceof TokenError ? cause.toJSON() : code === "network" ? platformCode(cause) : undefined,
		};
	}

	[inspect]() {
		const { name, message, cause, ...fields } = this.toJSON();
		const shown = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
		const text = shown.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
		return `${this.stack}\n{\n${text.join("\n")}\n}`;
	}
}

/**
 * The core's form of a failure.
 * @typedef {TokenErrorFields & { code: TokenErrorCode, message: string, cause?: Failure }} Failure
 */

/**
 * The platform's word for why a connection failed, of which only a code is ever kept.
 * @param {unknown} cause
 * @returns {{ code: string } | undefined}
 */
function platformCode(cause) {
	const code = /** @type {{ code?: unknown } | undefined} */ (cause)?.code;
	return typeof code === "string" ? { code } : undefined;
}

/**
 * What the core cannot say of a lost connection, as it does not know where it runs. Browsers give no reason, and have one more.
 * @param {unknown} cause
 */
function circumstance(cause) {
	const known = platformCode(cause);
	if (known) {
		return ` (${known.code})`;
	}
	return "document" in globalThis ? "; also check that the vendor allows this page's origin" : "";
}

/**
 * @param {Failure} failure
 * @param {unknown} [cause] what lies under a failure of the connection or of the caller's own function
 * @returns {TokenError}
 */
export function errorOf({ code, message, cause: earlier, ...fields }, cause) {
	if (earlier) {
		return new TokenError(code, message, { ...fields, cause: errorOf(earlier) });
	}
	const text = code === "network" ? message + circumstance(cause) : message;
	const own = cause !== undefined && (code === "network" || code === "supplier_failed");
	return new TokenError(code, text, own ? { ...fields, cause } : fields);
}
