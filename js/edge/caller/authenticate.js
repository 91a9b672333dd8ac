// Who is calling.
import { claimsFor } from "./access.js";
import { bearer, Issuer } from "./bearer.js";
import { SignedRequests, parseSignature } from "./signed.js";
import { scheme } from "./signature.js";
import { unauthorized } from "./unauthorized.js";

/**
 * A caller who has shown who they are.
 * @typedef {object} Principal
 * @property {string} by the configuration's name of the way they came
 * @property {string} subject
 * @property {Record<string, unknown>} claims those that the configuration speaks of
 */

/**
 * Reads the whole request, and has it checked.
 * @typedef {(check: (request: { method: string, target: string, body: Uint8Array<ArrayBuffer> }) => Promise<Principal>) => Promise<Principal>} Signed
 */

export class Authenticator {
	/** @type {Issuer[]} */ issuers = [];
	/** @type {Issuer[]} */ #bearers = [];
	/** @type {SignedRequests[]} */ #machines = [];

	/**
	 * @param {import("../config/config.js").CheckedConfig} config
	 * @param {ConstructorParameters<typeof SignedRequests>[2]} environment
	 * @param {Issuer[]} [former] of the configuration before: one that is the same goes on with the keys that it has
	 */
	constructor({ authentication, connections, operators }, environment, former = []) {
		for (const [name, settings] of Object.entries(authentication)) {
			if (settings.type === "signed") {
				this.#machines.push(new SignedRequests(name, settings, environment));
			} else {
				const claims = claimsFor(name, connections, operators);
				this.issuers.push(former.find((issuer) => issuer.is(name, settings, claims)) ?? new Issuer(name, settings, claims));
			}
		}
		/** The headers, besides Authorization, in which browsers may have to bring a JWT. Those come with cookies. */
		this.ambientHeaders = [...new Set(this.issuers.flatMap(({ settings }) => settings.header ?? []))];
		this.#bearers = this.issuers.filter(({ settings }) => !settings.header);
	}

	/**
	 * @param {Pick<Headers, "get">} headers
	 * @param {Signed} signed called only where the body decides
	 * @returns {Principal | Promise<Principal>} throws a Problem, or is rejected with one
	 */
	principal(headers, signed) {
		const authorization = headers.get("authorization");
		if (authorization !== null) {
			if (authorization.startsWith(`${scheme} `)) {
				return this.#machine(authorization, signed);
			}
			const token = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1];
			if (!token) {
				throw unauthorized("malformed");
			}
			return bearer(token, this.#bearers);
		}
		for (const header of this.ambientHeaders) {
			const token = headers.get(header);
			if (token !== null) {
				return bearer(
					token,
					this.issuers.filter(({ settings }) => settings.header === header),
				);
			}
		}
		throw unauthorized("missing");
	}

	/** @param {string} authorization @param {Signed} signed */
	#machine(authorization, signed) {
		const parts = parseSignature(authorization);
		const machines = this.#machines.find((one) => one.knows(parts.keyId)) ?? this.#machines[0];
		if (!machines) {
			throw unauthorized("scheme");
		}
		machines.admit(parts);
		return signed((request) => machines.check(parts, request));
	}
}
