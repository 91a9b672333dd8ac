// Consoles that sign in with a JWT: of an OIDC issuer, or of Cloudflare Access.
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from "jose";
import { issuerKeys } from "./issuer-keys.js";
import { Problem } from "./problem.js";
import { unauthorized } from "./unauthorized.js";

/** @typedef {import("./authenticate.js").Principal} Principal */

/** A JWT longer than this is not looked at. */
const maxLength = 16 << 10;

/** For how long a token that was found genuine is known as that, and how many of them are; milliseconds. */
const knownMs = 60_000;
const maxKnown = 10_000;

/** One issuer. */
export class Issuer {
	#keys;
	/**
	 * Tokens that were checked a moment ago. A console sends the same one with every request, and its signature costs more
	 * than all the rest; the issuer's keys themselves are kept for longer than this.
	 * @type {Map<string, { principal: Principal, from: number, until: number }>}
	 */
	#known = new Map();

	/**
	 * @param {string} name
	 * @param {import("./config.js").JwtAuthentication} settings
	 */
	constructor(name, settings) {
		this.name = name;
		this.settings = settings;
		this.#keys = settings.jwksUrl
			? issuerKeys(new URL(settings.jwksUrl))
			: createLocalJWKSet(/** @type {any} */ (settings.jwks));
	}

	/** @param {string} token whether it was checked a moment ago; check says whether that still counts */
	knows(token) {
		return this.#known.has(token);
	}

	/**
	 * @param {string} token
	 * @returns {Promise<Principal>}
	 */
	async check(token) {
		const now = Date.now();
		const known = this.#known.get(token);
		if (known && now >= known.from && now < known.until) {
			return known.principal;
		}
		this.#known.delete(token);
		const { issuer, audience, algorithms, subjectClaim = "sub", clockToleranceSeconds = 5, maxAgeSeconds = 86_400 } = this.settings;
		let payload;
		try {
			({ payload } = await jwtVerify(token, this.#keys, {
				issuer, audience, algorithms, clockTolerance: clockToleranceSeconds, maxTokenAge: maxAgeSeconds,
				requiredClaims: ["iss", "aud", "exp", "iat", subjectClaim],
			}));
		} catch (error) {
			throw refusal(error);
		}
		const subject = payload[subjectClaim];
		if (typeof subject !== "string" || subject === "") {
			throw unauthorized("subject");
		}
		const principal = { by: this.name, subject, claims: payload };
		const { exp = 0, iat = 0 } = payload;
		const until = Math.min(now + knownMs, exp * 1000, (iat + maxAgeSeconds) * 1000);
		if (until > now) {
			if (this.#known.size >= maxKnown) {
				this.#known.delete(/** @type {string} */ (this.#known.keys().next().value));
			}
			this.#known.set(token, { principal, from: now, until });
		}
		return principal;
	}
}

/**
 * Whom a JWT is of, by what it says itself: nothing is trusted yet.
 * @param {string} token
 * @param {Issuer[]} issuers
 */
export function issuerOf(token, issuers) {
	if (token.length > maxLength) {
		throw unauthorized("too_long");
	}
	const one = issuers.find((issuer) => issuer.knows(token));
	if (one) {
		return one;
	}
	let claimed;
	try {
		claimed = decodeJwt(token).iss;
	} catch {
		throw unauthorized("malformed");
	}
	const issuer = issuers.find(({ settings }) => settings.issuer === claimed);
	if (!issuer) {
		throw unauthorized("wrong_issuer");
	}
	return issuer;
}

/** @param {unknown} error of jose; its text may quote a claim and goes nowhere */
function refusal(error) {
	if (error instanceof errors.JWTExpired) {
		return unauthorized(error.claim === "iat" ? "too_old" : "expired");
	}
	if (error instanceof errors.JWTClaimValidationFailed) {
		const reasons = { iss: "wrong_issuer", aud: "wrong_audience", nbf: "not_yet_valid", iat: "issued_in_the_future", exp: "no_expiry" };
		return unauthorized(Object.hasOwn(reasons, error.claim) ? reasons[/** @type {keyof typeof reasons} */ (error.claim)] : "claim");
	}
	if (error instanceof errors.JOSEAlgNotAllowed) {
		return unauthorized("algorithm");
	}
	if (error instanceof errors.JWSSignatureVerificationFailed) {
		return unauthorized("signature");
	}
	if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
		return unauthorized("unknown_key");
	}
	if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid || error instanceof errors.JOSENotSupported) {
		return unauthorized("malformed");
	}
	// Whatever is left is not the caller's doing: the issuer's keys did not come, or cannot be read.
	return new Problem("unavailable", "The keys that tell who is calling cannot be had at the moment; try again.", { reason: "issuer_keys" });
}
