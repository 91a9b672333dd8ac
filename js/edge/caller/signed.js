// Machines that sign their requests: the signature covers all of a request but its headers, is good for a few minutes, and once.
import { Problem } from "../request/problem.js";
import { fromBase64url, importKey, scheme, stringToSign } from "./signature.js";
import { unauthorized } from "./unauthorized.js";

/** @typedef {import("./authenticate.js").Principal} Principal */

/** A signed body is read as a whole before it is known whose it is; bytes. */
export const maxSignedBody = 1 << 20;

const form = new RegExp(
	`^${scheme} key="([A-Za-z0-9_-]{1,64})", timestamp="([0-9]{1,12})", nonce="([A-Za-z0-9_-]{16,64})", signature="([A-Za-z0-9_-]{43})"$`,
);

/** Machines of one entry of the configuration. */
export class SignedRequests {
	/** Who has each key. @type {Map<string, Principal>} */ #holders;
	/** Keys, not promises of them: one request must not wait for what another has begun. @type {Map<string, CryptoKey>} */ #keys = new Map();

	/**
	 * @param {string} name of the entry
	 * @param {import("../config/config.js").SignedAuthentication & { windowSeconds?: number }} settings
	 * @param {{ secretOf: (binding: string) => string, firstTime: (scope: string, nonce: string, seconds: number) => Promise<boolean> }} environment
	 */
	constructor(name, settings, environment) {
		this.name = name;
		this.settings = settings;
		this.environment = environment;
		this.#holders = new Map(Object.entries(settings.keys).map(([id, { subject, claims = {} }]) => [id, { by: name, subject, claims }]));
	}

	/** @param {string} keyId */
	knows(keyId) {
		return Object.hasOwn(this.settings.keys, keyId);
	}

	/**
	 * Refuses what no body could make good, so that none need be read for it. That an unknown key is refused at once tells
	 * which key IDs there are: those are names, and only the keys are secret.
	 * @param {Parts} parts
	 */
	admit({ keyId, timestamp }) {
		if (!this.knows(keyId)) {
			throw unauthorized("unknown_key");
		}
		if (Math.abs(Date.now() / 1000 - Number(timestamp)) > this.#windowSeconds) {
			throw unauthorized("timestamp");
		}
	}

	/**
	 * @param {Parts} parts admitted
	 * @param {{ method: string, target: string, body: Uint8Array<ArrayBuffer> }} request
	 * @returns {Promise<Principal>}
	 */
	async check({ keyId, timestamp, nonce, signature }, request) {
		const key = /** @type {NonNullable<typeof this.settings.keys[string]>} */ (this.settings.keys[keyId]);
		const genuine = await crypto.subtle.verify(
			"HMAC",
			await this.#key(keyId, key),
			signature,
			await stringToSign({ ...request, timestamp, nonce }),
		); // takes the same time for every wrong signature
		if (!genuine) {
			throw unauthorized("signature");
		}
		// Only now, so that strangers cannot fill the memory of nonces. Remembered for as long as the clock may be off either way.
		if (!(await this.environment.firstTime(`${this.name}/${keyId}`, nonce, 2 * this.#windowSeconds + 1))) {
			throw unauthorized("nonce_replayed");
		}
		return /** @type {Principal} */ (this.#holders.get(keyId));
	}

	get #windowSeconds() {
		return this.settings.windowSeconds ?? 300;
	}

	/** @param {string} keyId @param {{ secret: string }} entry */
	async #key(keyId, { secret }) {
		let key = this.#keys.get(keyId);
		if (!key) {
			key = await importKey(this.environment.secretOf(secret), "verify");
			this.#keys.set(keyId, key);
		}
		return key;
	}
}

/** @typedef {{ keyId: string, timestamp: string, nonce: string, signature: Uint8Array<ArrayBuffer> }} Parts */

/**
 * @param {string} authorization
 * @returns {Parts}
 */
export function parseSignature(authorization) {
	const [, keyId, timestamp, nonce, signature] = form.exec(authorization) ?? [];
	const bytes = fromBase64url(signature ?? "");
	if (!keyId || !timestamp || !nonce || bytes?.length !== 32) {
		throw unauthorized("malformed");
	}
	return { keyId, timestamp, nonce, signature: bytes };
}

/**
 * @param {DurableObjectNamespaceLike} namespace
 * @returns {(scope: string, nonce: string, seconds: number) => Promise<boolean>}
 */
export function nonceMemory(namespace) {
	return async (scope, nonce, seconds) => {
		const answer = await namespace.get(namespace.idFromName(scope)).fetch("https://nonces/", {
			method: "POST",
			body: JSON.stringify({ nonce, seconds }),
		});
		if (answer.status !== 200 && answer.status !== 409) {
			throw new Problem("unavailable", "The memory of used signatures does not answer; try again.", { reason: "nonces_unavailable" });
		}
		return answer.status === 200;
	};
}

/** @typedef {{ idFromName: (name: string) => any, get: (id: any) => { fetch: (url: string, init?: RequestInit) => Promise<Response> } }} DurableObjectNamespaceLike */
