// An issuer's public keys, fetched once for all who wait. In a Worker one request must not wait for what another has
// begun to fetch, so jose lets each fetch for itself: a thousand consoles at a cold edge would be a thousand requests
// to the issuer. Here one request fetches, and the others look now and then whether it has.
import { createRemoteJWKSet, errors } from "jose";

/** How long an issuer is waited for, and how long its keys are kept; milliseconds. */
const timeoutMs = 5_000;
const keptMs = 600_000;
/** After a fetch, none is made for a key that is not among what came; milliseconds. */
const cooldownMs = 30_000;
/** After a failed fetch, those who come are told so for a moment, without another one; milliseconds. */
const failedMs = 1_000;
/** How often those look who wait; milliseconds. */
const lookMs = 20;

/**
 * @param {URL} url
 * @returns {(header: import("jose").JWTHeaderParameters, token: import("jose").FlattenedJWSInput) => Promise<CryptoKey>} as jwtVerify takes it
 */
export function issuerKeys(url) {
	const remote = createRemoteJWKSet(url, { timeoutDuration: timeoutMs, cacheMaxAge: keptMs, cooldownDuration: cooldownMs });
	/** When the fetch under way was begun, or 0. A request that was abandoned never says that it has ended. */
	let fetching = 0;
	let failed = 0;

	/** @param {() => boolean} enough */
	const fetched = async (enough) => {
		while (!enough()) {
			const now = Date.now();
			if (now < failed + failedMs && now >= failed) {
				throw new errors.JWKSTimeout();
			}
			if (fetching !== 0 && now < fetching + timeoutMs + failedMs && now >= fetching) {
				await new Promise((resolve) => setTimeout(resolve, lookMs));
				continue;
			}
			fetching = now;
			try {
				await remote.reload();
				failed = 0;
			} catch (error) {
				failed = Date.now();
				throw error;
			} finally {
				fetching = 0;
			}
			return;
		}
	};

	return async (header, token) => {
		await fetched(() => remote.fresh);
		if (!remote.jwks()?.keys.some(({ kid }) => kid === header.kid)) {
			await fetched(() => remote.coolingDown);
		}
		return remote(header, token);
	};
}
