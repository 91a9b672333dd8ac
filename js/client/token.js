// A token as callers get it.
const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * A token that could be used when it was handed out. Its value is there for who asks for it by name; no printed,
 * inspected or serialised form shows it.
 */
export class Token {
	/** @type {import("../module/wall.js").TokenView} */ #view;
	/** @type {string} */ #json;
	/** @type {import("./suppliers.js").Supplier | undefined} */ #supplier;

	/**
	 * @internal
	 * @param {import("../module/wall.js").TokenView} view
	 * @param {import("./identity.js").Encoded} identity
	 */
	constructor(view, identity) {
		this.#view = view;
		this.#json = identity.json;
		this.#supplier = identity.supplier;
	}

	/** The token itself. */
	get value() {
		return this.#view.value;
	}

	/** The system that issued it. */
	get system() {
		return this.#view.system;
	}

	/** When it was asked for, by this machine's clock. Its life is counted from here. */
	get issuedAt() {
		return new Date(this.#view.issuedAt ?? 0);
	}

	/** When its life ends, by this machine's clock, or null where the system states no lifetime (cubedrive). */
	get expiresAt() {
		return this.#after(this.#view.expires);
	}

	/**
	 * From when on it is renewed in the background of a call that asks for it, by this machine's clock; null where
	 * `expiresAt` is. For display: when to renew is not the caller's to decide.
	 */
	get renewAt() {
		return this.#after(this.#view.renew);
	}

	/** From when on it is not handed out any more, by this machine's clock; null where `expiresAt` is. */
	get usableUntil() {
		return this.#after(this.#view.usable);
	}

	/** The headers that a business call carries. */
	get headers() {
		return { ...this.#view.headers };
	}

	/** URL parameters that carry the token in place of headers where a link must (cubedrive); otherwise empty. */
	get query() {
		return { ...this.#view.query };
	}

	/** Members of the JSON object that a business call's body carries (appcube, oiap); otherwise empty. */
	get body() {
		return { ...this.#view.body };
	}

	/** @param {number | undefined} ms */
	#after(ms) {
		return ms === undefined ? null : new Date((this.#view.issuedAt ?? 0) + ms);
	}

	/** What may be shown of it: all but what makes it a token. */
	toJSON() {
		return { system: this.system, issuedAt: this.issuedAt, expiresAt: this.expiresAt };
	}

	/** The system's name, and nothing of the token. */
	toString() {
		return `[token of ${this.system}]`;
	}

	[inspect]() {
		return `Token { system: '${this.system}', issuedAt: ${this.issuedAt.toISOString()}, expiresAt: ${this.expiresAt?.toISOString() ?? null}, value: [hidden] }`;
	}

	/**
	 * @internal
	 * @param {Token} token
	 */
	static view(token) {
		return token.#view;
	}

	/**
	 * @internal
	 * @param {Token} token
	 */
	static identity(token) {
		return { json: token.#json, supplier: token.#supplier };
	}

	/**
	 * @internal
	 * @param {unknown} value
	 * @returns {value is Token}
	 */
	static is(value) {
		return typeof value === "object" && value !== null && #view in value;
	}
}
