// The one error of this package, and how it is made of what the core says.
const inspect = Symbol.for("nodejs.util.inspect.custom");
/** By which errors of another copy of the package are known as well. */
const brand = Symbol.for("cctoken.error");

/** @typedef {import("../generated/words.js").TokenErrorCode} TokenErrorCode */

/**
 * @typedef {object} TokenErrorFields
 * @property {import("./identity.js").System | "edge"} [system]
 * @property {import("../generated/words.js").Step} [step]
 * @property {string} [field]
 * @property {number} [httpStatus] the HTTP status of what was answered, where there was an answer
 * @property {string} [vendorCode]
 * @property {import("../generated/words.js").Reason} [reason]
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
	// A member of its own, not an assignment: where Error.prototype is frozen (SES, Node's --frozen-intrinsics), that would throw.
	name = "TokenError";
	/**
	 * What went wrong; stable.
	 * @readonly
	 * @type {TokenErrorCode}
	 */
	code;
	/**
	 * The system's name, where it is known; or the edge, of what failed at that or on the way there.
	 * @readonly
	 * @type {import("./identity.js").System | "edge" | undefined}
	 */
	system;
	/**
	 * The exchange in which it happened.
	 * @readonly
	 * @type {import("../generated/words.js").Step | undefined}
	 */
	step;
	/**
	 * The input field at fault; also of a `token`, `accessToken` or `authorization` that was given or supplied and is refused.
	 * @readonly
	 * @type {string | undefined}
	 */
	field;
	/**
	 * The HTTP status of what was answered, where there was an answer. It is not called `status`: servers' frameworks take that
	 * member of an error for what they themselves should answer.
	 * @readonly
	 * @type {number | undefined}
	 */
	httpStatus;
	/**
	 * The vendor's own failure code, whole: such as "1", "200800002" or "100-006".
	 * @readonly
	 * @type {string | undefined}
	 */
	vendorCode;
	/**
	 * Why nobody is signed in, where that is what went wrong (`signed_out`).
	 * @readonly
	 * @type {import("../generated/words.js").Reason | undefined}
	 */
	reason;
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
		this.code = code;
		this.system = fields.system;
		this.step = fields.step;
		this.field = fields.field;
		this.httpStatus = fields.httpStatus;
		this.vendorCode = fields.vendorCode;
		this.reason = fields.reason;
		this.retryable = fields.retryable ?? false;
		this.retryAt = fields.retryAt === undefined ? null : new Date(fields.retryAt);
	}

	/**
	 * Whether something is an error of this package. Unlike `instanceof` it knows those of another copy of the package as well,
	 * and those of another realm.
	 * @param {unknown} value
	 * @returns {value is TokenError}
	 */
	static is(value) {
		return typeof value === "object" && value !== null && brand in value;
	}

	/**
	 * A safe form: the fields, without stack, and of a cause only another TokenError or the platform's code.
	 * @returns {Record<string, unknown>}
	 */
	toJSON() {
		const { name, code, message, system, step, field, httpStatus, vendorCode, reason, retryable, retryAt, cause } = this;
		return {
			name,
			code,
			message,
			system,
			step,
			field,
			httpStatus,
			vendorCode,
			reason,
			retryable,
			retryAt,
			cause: TokenError.is(cause) ? cause.toJSON() : code === "network" ? platformCode(cause) : undefined,
		};
	}
}

// It is told by who prints one that nobody caught. A bundler gives a class that speaks of itself another name.
Object.defineProperty(TokenError, "name", { value: "TokenError" });

Object.assign(TokenError.prototype, {
	[brand]: true,
	/** @this {TokenError} */
	[inspect]() {
		const { name, message, cause, ...fields } = this.toJSON();
		const shown = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
		const text = shown.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
		return `${this.stack}\n{\n${text.join("\n")}\n}`;
	},
});

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
	return "document" in globalThis ? "; also check that this page's origin is allowed there" : "";
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
	const text =
		code === "network"
			? message + circumstance(cause)
			: code === "supplier_failed" && TokenError.is(cause)
				? `${message}: ${cause.message}`
				: message;
	const own = cause !== undefined && (code === "network" || code === "supplier_failed" || code === "fetch_failed");
	return new TokenError(code, text, own ? { ...fields, cause } : fields);
}
