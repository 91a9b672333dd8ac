// The keys of a store: they name what is kept, and seal it.
import { invalidOption } from "../client/option.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A sealed value begins with this, so that another form can be told from it. */
const form = 1;
const nonceSize = 12;

/**
 * @param {Uint8Array} bytes
 */
export function base64url(bytes) {
	let text = "";
	for (let at = 0; at < bytes.length; at += 8192) {
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	}
	return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** A list of keys as "id:key,id2:key2", a key being 32 bytes in base64url. */
const one = /^([\w-]{1,32}):([\w-]{43})=?$/;

export class Keys {
	/** The first one seals. @type {string} */ #first = "";
	/** Each of them opens. @type {Map<string, Promise<CryptoKey>>} */ #sealing = new Map();
	/** @type {Promise<CryptoKey>} */ #naming;

	/**
	 * @param {unknown} text a list of keys
	 * @param {unknown} [nameKey] what names are made with, where keys are to be changed without losing what is kept
	 */
	constructor(text, nameKey) {
		let last = new Uint8Array();
		for (const part of typeof text === "string" ? text.split(",") : [""]) {
			const [, id, key] = one.exec(part.trim()) ?? [];
			if (id === undefined || key === undefined) {
				throw invalidOption("keys", "must list keys as id:key,id2:key2, a key being 32 bytes in base64url");
			}
			if (this.#sealing.has(id)) {
				throw invalidOption("keys", "lists two keys under one id");
			}
			last = bytesOf(key);
			this.#first ||= id;
			this.#sealing.set(id, derived(last, "seal", { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]));
		}
		if (nameKey !== undefined && (typeof nameKey !== "string" || nameKey.length < 32)) {
			throw invalidOption("nameKey", "must be a text of at least 32 characters");
		}
		const from = typeof nameKey === "string" ? encoder.encode(nameKey) : last;
		this.#naming = derived(from, "name", { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"]);
	}

	/**
	 * The name of an identity: it tells nothing of what it names.
	 * @param {string} identity
	 */
	async name(identity) {
		return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", await this.#naming, encoder.encode(identity))));
	}

	/**
	 * Encrypts a text for a name: moved to another one, it does not open.
	 * @param {string} name
	 * @param {string} text
	 */
	async seal(name, text) {
		const id = this.#first;
		const key = /** @type {CryptoKey} */ (await this.#sealing.get(id));
		const iv = crypto.getRandomValues(new Uint8Array(nonceSize));
		const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name, id) }, key, encoder.encode(text));
		return base64url(new Uint8Array([form, id.length, ...encoder.encode(id), ...iv, ...new Uint8Array(sealed)]));
	}

	/**
	 * @param {string} name
	 * @param {string} value
	 * @returns {Promise<string | undefined>} undefined where it does not open: its key is not listed any more, or somebody has changed it
	 */
	async open(name, value) {
		try {
			const bytes = bytesOf(value);
			const [is, length = 0] = bytes;
			const at = 2 + length;
			const id = decoder.decode(bytes.subarray(2, at));
			const key = await this.#sealing.get(id);
			if (is !== form || key === undefined) {
				return undefined;
			}
			const iv = bytes.subarray(at, at + nonceSize);
			const text = await crypto.subtle.decrypt(
				{ name: "AES-GCM", iv, additionalData: bound(name, id) },
				key,
				bytes.subarray(at + nonceSize),
			);
			return decoder.decode(text);
		} catch {
			return undefined;
		}
	}
}

/**
 * @param {string} name
 * @param {string} id
 */
const bound = (name, id) => encoder.encode(`cctoken store record\0${id}\0${name}`);

/**
 * A key for one purpose: the same secret serves for sealing and, where no other is given, for names.
 * @param {Uint8Array<ArrayBuffer>} secret
 * @param {string} purpose
 * @param {any} algorithm
 * @param {KeyUsage[]} usages
 */
async function derived(secret, purpose, algorithm, usages) {
	const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
	const info = encoder.encode(`cctoken store ${purpose}`);
	return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, material, algorithm, false, usages);
}
