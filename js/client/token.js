// A token as callers get it.
import { heldUnder } from "./held.js";

const inspect = Symbol.for("nodejs.util.inspect.custom");

/** What is within a token. @typedef {{ view: import("../module/wall.js").TokenView, identity: import("./identity.js").Encoded }} Within */

/** Another copy of the package, of which a program may well have two, understands it as well. @type {import("./held.js").Held<Within>} */
const within = heldUnder(Symbol.for("cctoken.token"));

/**
 * A token that could be used when it was handed out. Its value is there for who asks for it by name; no printed,
 * inspected, copied or serialised form shows it.
 */
export class Token {
	/**
	 * @internal
	 * @param {import("../module/wall.js").TokenView} view
	 * @param {import("./identity.js").Encoded} identity
	 */
	constructor(view, { json, suppliers }) {
		within.put(this, { view, identity: { json, suppliers } });
		Object.defineProperties(this, shown);
		Object.freeze(this); // everybody who asks for it gets this very object
	}

	/** The token itself. */
	get value() {
		return Token.view(this).value;
	}

	/** The system that issued it. */
	get system() {
		return Token.view(this).system;
	}

	/** When it was asked for, by this machine's clock. Its life is counted from here. */
	get issuedAt() {
		return new Date(Token.view(this).issuedAt ?? 0);
	}

	/** When its life ends, by this machine's clock, or null where the system states no lifetime (cubedrive). */
	get expiresAt() {
		return after(this, Token.view(this).expires);
	}

	/**
	 * From when on it is renewed in the background of a call that asks for it, by this machine's clock; null where
	 * `expiresAt` is. For display: when to renew is not the caller's to decide.
	 */
	get renewAt() {
		return after(this, Token.view(this).renew);
	}

	/** From when on it is not handed out any more, by this machine's clock; null where `expiresAt` is. */
	get usableUntil() {
		return after(this, Token.view(this).usable);
	}

	/** The headers that a business call carries. */
	get headers() {
		return { ...Token.view(this).headers };
	}

	/** URL parameters that carry the token in place of headers where a link must (cubedrive); otherwise empty. */
	get query() {
		return { ...Token.view(this).query };
	}

	/** Members of the JSON object that a business call's body carries (appcube, oiap); otherwise empty. */
	get body() {
		return { ...Token.view(this).body };
	}

	/** What may be shown of it: all but what makes it a token. */
	toJSON() {
		return { system: this.system, issuedAt: this.issuedAt, expiresAt: this.expiresAt };
	}

	/** The system's name, and nothing of the token. */
	toString() {
		return `[token of ${this.system}]`;
	}

	/**
	 * @internal
	 * @param {Token} token
	 */
	static view(token) {
		return within.of(token).view;
	}

	/**
	 * @internal
	 * @param {Token} token
	 */
	static identity(token) {
		return within.of(token).identity;
	}

	/**
	 * @internal
	 * @param {unknown} value
	 * @returns {value is Token}
	 */
	static is(value) {
		return within.by(value);
	}
}

/**
 * @param {Token} token
 * @param {number | undefined} ms
 */
const after = (token, ms) => (ms === undefined ? null : new Date(token.issuedAt.getTime() + ms));

/** What a copy of a token says, such as a structured clone: the same as its JSON. @type {PropertyDescriptorMap} */
const shown = Object.fromEntries(
	["system", "issuedAt", "expiresAt"].map((name) => [
		name,
		{ ...Object.getOwnPropertyDescriptor(Token.prototype, name), enumerable: true, configurable: false },
	]),
);

// Not a member of the class: it is nothing that a test's own token would need.
Object.assign(Token.prototype, {
	/** @this {Token} */
	[inspect]() {
		return `Token { system: '${this.system}', issuedAt: ${this.issuedAt.toISOString()}, expiresAt: ${this.expiresAt?.toISOString() ?? null}, value: [hidden] }`;
	},
});
