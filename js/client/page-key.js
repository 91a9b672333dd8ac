// What the pages of one browser call a session, and seal what they say of it with. Both are made of its identity, so who has that
// needs nothing else, and other scripts of the origin, who see the names and hear what is said, learn neither a secret nor a token.
import { digest } from "./digest.js";

/** @typedef {{ name: string, key: object }} PageKey */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * How often the identity is hashed. It may hold a password, which somebody could guess at who sees the name: each guess costs
 * as much as this, and a page's first token milliseconds. A script of the origin has better ways than that: it can read what is typed.
 */
const iterations = 20_000;
const salt = encoder.encode("cctoken pages");
/** Of AES-GCM, in bytes. */
const nonceLength = 12;

const subtle = () => /** @type {any} */ (globalThis).crypto.subtle;

/**
 * @param {string} identity
 * @returns {Promise<PageKey>}
 */
export async function pageKey(identity) {
	const text = await subtle().importKey("raw", encoder.encode(identity), "PBKDF2", false, ["deriveBits"]);
	const bits = await subtle().deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, text, 256);
	const [name, key] = await Promise.all([digest(bits), subtle().importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"])]);
	return { name, key };
}

/**
 * @param {object} key
 * @param {object} said
 * @returns {Promise<Uint8Array>}
 */
export async function seal(key, said) {
	const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
	const sealed = await subtle().encrypt({ name: "AES-GCM", iv: nonce }, key, encoder.encode(JSON.stringify(said)));
	const box = new Uint8Array(nonceLength + sealed.byteLength);
	box.set(nonce);
	box.set(new Uint8Array(sealed), nonceLength);
	return box;
}

/**
 * @param {object} key
 * @param {unknown} box
 * @returns {Promise<any>} undefined where it was not sealed with the key
 */
export async function open(key, box) {
	try {
		const bytes = /** @type {Uint8Array} */ (box);
		const iv = bytes.subarray(0, nonceLength);
		return JSON.parse(decoder.decode(await subtle().decrypt({ name: "AES-GCM", iv }, key, bytes.subarray(nonceLength))));
	} catch {
		return undefined;
	}
}
