// What an edge in Node keeps besides its sessions, in this process.
import { NonceMemory } from "./nonces.js";

/** @returns {Pick<import("../keeper/records.js").Storage, "get" | "put" | "sync">} */
export function memory() {
	/** @type {Map<string, unknown>} */
	const kept = new Map();
	return {
		get: async (key) => kept.get(key),
		async put(entries) {
			for (const [key, value] of Object.entries(entries)) {
				kept.set(key, value);
			}
		},
		async sync() {},
	};
}

/**
 * Used signatures, asked for as the Durable Objects of the binding NONCES are.
 * @param {() => number} now wall-clock milliseconds
 */
export function noncesIn(now) {
	const used = new NonceMemory(now);
	return {
		/** @param {string} scope */
		idFromName: (scope) => scope,
		/** @param {string} scope */
		get: (scope) => ({
			async fetch(/** @type {string} */ _url, /** @type {RequestInit} */ { body } = {}) {
				const { nonce, seconds } = JSON.parse(String(body));
				return new Response(null, { status: used.first(JSON.stringify([scope, nonce]), seconds * 1000) ? 200 : 409 });
			},
		}),
	};
}
