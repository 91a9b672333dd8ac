// Consoles that sign in with a JWT: of an OIDC issuer, or of Cloudflare Access.
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from "jose";
import { Cache } from "../cache.js";
import { digest } from "../digest.js";
import { issuerKeys } from "./issuer-keys.js";
import { Problem } from "../request/problem.js";
import { unauthorized } from "./unauthorized.js";

/** @typedef {import("./authenticate.js").Principal} Principal */

/** A JWT longer than this is not looked at. */
const maxLength = 16 << 10;

/** For how long a token that was found genuine is known as that; milliseconds. */
const knownMs = 60_000;

/** How many of an issuer's tokens are known. */
const bounds = { maxBytes: 8 << 20, maxEntries: 10_000 };

/** One issuer. */
export class Issuer {
	#keys;
	/**
	 * Whose tokens were checked a moment ago, by the tokens' digests. A console sends the same one with every request, and its
	 * signature costs more than all the rest; the issuer's keys themselves are kept for longer than this.
	 * @type {Cache<Principal>}
	 */
	#known = new Cache(bounds);

	/**
	 * @param {string} name
	 * @param {import("../config/config.js").JwtAuthentication} settings
	 * @param {Set<string>} [claims] those of interest; a token may hold any number of others, as long as they like
	 */
	constructor(name, settings, claims = new Set()) {
		this.name = name;
		this.settings = settings;
		this.claims = claims;
		this.#keys = settings.jwksUrl ? issuerKeys(new URL(settings.jwksUrl)) : createLocalJWKSet(/** @type {any} */ (settings.jwks));
	}

	/**
	 * @param {string} name
	 * @param {import("../config/config.js").JwtAuthentication} settings
	 * @param {Set<string>} claims
	 */
	is(name, settings, claims) {
		const text = (/** @type {unknown[]} */ ...what) => JSON.stringify(what);
		return text(name, settings, [...claims].sort()) === text(this.name, this.settings, [...this.claims].sort());
	}

	/** Whether a token could be checked; rejected where its keys cannot be had. Keys that were given are there. */
	async ready() {
		if ("ready" in this.#keys) {
			await this.#keys.ready();
		}
	}

	/** What the tokens that are known take, about; bytes. */
	get bytes() {
		return this.#known.bytes;
	}

	/**
	 * @param {string} digest of a token
	 * @returns {Principal | undefined} whose it is, where it was checked a moment ago
	 */
	known(digest) {
		return this.#known.get(digest)?.value;
	}

	/**
	 * @param {string} token that is not known
	 * @param {string} digest of it
	 * @returns {Promise<Principal>}
	 */
	async check(token, digest) {
		const now = Date.now();
		const { issuer, audience, algorithms, subjectClaim = "sub", clockToleranceSeconds = 5, maxAgeSeconds = 86_400 } = this.settings;
		let payload;
		try {
			({ payload } = await jwtVerify(token, this.#keys, {
				issuer,
				audience,
				algorithms,
				clockTolerance: clockToleranceSeconds,
				maxTokenAge: maxAgeSeconds,
				requiredClaims: ["iss", "aud", "exp", "iat", subjectClaim],
			}));
		} catch (error) {
			throw refusal(error);
		}
		const subject = payload[subjectClaim];
		if (typeof subject !== "string" || subject === "") {
			throw unauthorized("subject");
		}
		const principal = {
			by: this.name,
			subject,
			claims: Object.fromEntries(Object.entries(payload).filter(([name]) => this.claims.has(name))),
		};
		const { exp = 0, iat = 0 } = payload;
		const until = Math.min(now + knownMs, exp * 1000, (iat + maxAgeSeconds) * 1000);
		if (until > now) {
			this.#known.set(digest, principal, { from: now, until });
		}
		return principal;
	}
}

/**
 * Who brings a JWT.
 * @param {string} token
 * @param {Issuer[]} issuers of which it may be
 * @returns {Principal | Promise<Principal>} at once where that is known, and the platform digests at once
 */
export function bearer(token, issuers) {
	if (token.length > maxLength) {
		throw unauthorized("too_long");
	}
	const digested = digest(token);
	return typeof digested === "string" ? bearerOf(token, digested, issuers) : digested.then((it) => bearerOf(token, it, issuers));
}

/** @param {string} token @param {string} digested @param {Issuer[]} issuers */
function bearerOf(token, digested, issuers) {
	for (const issuer of issuers) {
		const known = issuer.known(digested);
		if (known) {
			return known;
		}
	}
	return issuerOf(token, issuers).check(token, digested);
}

/**
 * Whom a JWT is of, by what it says itself: nothing is trusted yet.
 * @param {string} token
 * @param {Issuer[]} issuers
 */
function issuerOf(token, issuers) {
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
	return new Problem("unavailable", "The issuer's keys cannot be had at the moment; try again.", { reason: "issuer_keys", retryAfter: 1 });
}
