// An issuer's public keys, fetched once for all who wait. In a Worker one request must not wait for what another has
// begun to fetch: a thousand consoles at a cold edge would be a thousand requests to the issuer. Here one request
// fetches, and the others look now and then whether it has.
import { createLocalJWKSet, errors } from "jose";
import { peek } from "../../client/source.js";
import { sleep, within } from "../moments.js";
import { sourceOf } from "../request/body.js";

/** How long an issuer is waited for, its answer included; milliseconds. */
const timeoutMs = 5_000;
/** How much of its answer is read; bytes. */
const maxBytes = 256 << 10;
/** After this time its keys are fetched again; milliseconds. */
const freshMs = 600_000;
/** While they cannot be fetched, those that it had are good for this long; milliseconds. */
const goodMs = 86_400_000;
/** A key that is not among those that came is asked for once in this time, whoever names it; milliseconds. */
const restMs = 3_000;
/** After a failed fetch none is made for a moment, or for longer where there are keys to go on with; milliseconds. */
const failedMs = 1_000;
const failedAgainMs = 15_000;
/** How often those look who wait, at first and in the end; milliseconds. */
const lookMs = 20;
const maxLookMs = 320;
/** So many wait at once until a new key may be asked for. Strangers can be as many as they like. */
const maxWaiting = 100;

/** @typedef {(header: import("jose").JWTHeaderParameters, token: import("jose").FlattenedJWSInput) => Promise<CryptoKey>} GetKey as jwtVerify takes it */

/**
 * @param {URL} url
 * @returns {GetKey & { ready: () => Promise<void> }} ready: rejected where there are no keys that are good
 */
export function issuerKeys(url) {
	/** The keys that came last. @type {ReturnType<typeof createLocalJWKSet> | undefined} */
	let keys;
	let fetchedAt = -Infinity;
	let failedAt = -Infinity;
	/** When the fetch under way was begun. A request that was abandoned never says that it has ended. */
	let fetchingAt = -Infinity;
	/** How many wait for the next fetch. Counted anew after each: one that was abandoned does not say so either. */
	let waiting = 0;

	const youngerThan = (/** @type {number} */ ms) => keys !== undefined && within(fetchedAt, ms);
	const held = () => /** @type {NonNullable<typeof keys>} */ (keys);

	const refresh = async () => {
		fetchingAt = Date.now();
		try {
			keys = createLocalJWKSet(await fetchKeys(url));
			fetchedAt = Date.now();
			failedAt = -Infinity;
			waiting = 0;
		} catch (error) {
			failedAt = Date.now();
			throw error;
		} finally {
			fetchingAt = -Infinity;
		}
	};

	/** Where there are keys that are good, an issuer that does not answer costs nobody theirs. */
	const kept = async () => {
		let look = lookMs;
		while (!youngerThan(freshMs)) {
			const others = within(fetchingAt, timeoutMs + failedMs);
			if (youngerThan(goodMs) && (others || within(failedAt, failedAgainMs))) {
				return;
			}
			if (within(failedAt, failedMs)) {
				throw new errors.JWKSTimeout();
			}
			if (others) {
				await sleep(look);
				look = Math.min(2 * look, maxLookMs);
				continue;
			}
			try {
				await refresh();
			} catch (error) {
				if (!youngerThan(goodMs)) {
					throw error;
				}
			}
			return;
		}
	};

	/** Fetches what the issuer may have published since, or waits until it may be asked for. */
	const renewed = async () => {
		const before = keys;
		let counted = false;
		while (keys === before) {
			if (within(failedAt, restMs)) {
				throw new errors.JWKSTimeout(); // nobody can say whether there is such a key
			}
			if (!within(fetchedAt, restMs) && !within(fetchingAt, timeoutMs + failedMs)) {
				return refresh();
			}
			if (!counted && ++waiting > maxWaiting) {
				throw new errors.JWKSTimeout();
			}
			counted = true;
			await sleep(Math.max(lookMs, fetchedAt + restMs - Date.now()));
		}
	};

	/** @type {GetKey} */
	const getKey = async (header, token) => {
		const before = keys;
		await kept();
		try {
			return await held()(header, token);
		} catch (error) {
			if (!(error instanceof errors.JWKSNoMatchingKey) || keys !== before) {
				throw error;
			}
		}
		await renewed();
		return held()(header, token);
	};
	return Object.assign(getKey, { ready: kept });
}

/**
 * @param {URL} url
 * @returns {Promise<any>} what is no set of keys, createLocalJWKSet refuses
 */
async function fetchKeys(url) {
	const response = await fetch(url, {
		headers: { accept: "application/json, application/jwk-set+json" },
		redirect: "manual",
		signal: AbortSignal.timeout(timeoutMs),
	});
	const { bytes, whole, source } = await peek(sourceOf(response.body), maxBytes);
	if (response.status !== 200 || !whole) {
		source.cancel();
		throw new errors.JWKSInvalid();
	}
	return JSON.parse(new TextDecoder().decode(bytes));
}
