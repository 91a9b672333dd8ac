// What callers ask a client or a session for: a token, a verification, a business call. Each may end its own wait.
import { call } from "./call.js";
import { anyToken } from "./driver.js";
import { TokenError } from "./error.js";
import { errands } from "../generated/limits.js";
import { signsIn } from "./identity.js";
import { invalidOption, known } from "./option.js";
import { headOf } from "./http.js";
import { maxMeaning } from "./meaning.js";
import { statusOf } from "./response.js";
import { abortable, checkSignal, reasonOf } from "./signal.js";
import { Token } from "./token.js";

/** @typedef {import("./driver.js").Driver} Driver */
/** @typedef {import("./sessions.js").Reference} Reference */

/**
 * What a caller asks for beyond a token that can be used.
 * @typedef {object} GetTokenOptions
 * @property {import("./platform.js").PlatformSignal} [signal] ends this caller's wait with `aborted`; others who wait are not affected
 * @property {boolean} [forceRefresh] get a new token even though the current one could be used
 * @property {Token | string} [rejected] a token that a vendor has just rejected (401): it is not handed out again. Safe to
 *   say late: where the session has a newer token by now, that is what is returned.
 */

/**
 * How somebody signs in.
 * @typedef {object} SignInOptions
 * @property {import("./platform.js").PlatformSignal} [signal] ends this caller's wait with `aborted`; the sign-in itself goes on
 * @property {boolean} [force] sign in also where the person is signed in already: that session ends
 */

/**
 * How long a caller waits for a sign-out.
 * @typedef {object} SignOutOptions
 * @property {import("./platform.js").PlatformSignal} [signal] ends this caller's wait with `aborted`; the sign-out itself goes on
 */

/**
 * For how long signs of life are given.
 * @typedef {object} KeepAliveOptions
 * @property {import("./platform.js").PlatformSignal} [signal] ends them, as the function does that is returned
 */

/**
 * The answer to a call, as whichever client gives it.
 * @typedef {object} Answered
 * @property {number} status of HTTP
 * @property {any} headers a Headers object, or another with `get`, or a plain object by name
 * @property {unknown} [body] its text, where it was read; ccmessaging can send a token inside it. Anything else is left alone
 */

/**
 * What is known of a call that somebody else made.
 * @typedef {object} AdoptOptions
 * @property {Date | number} [sentAt] when it was sent, by this machine's clock, a number in milliseconds since 1970: the life of what
 *   it brought is counted from then. By default now, so say it where the answer took seconds
 */

/**
 * How long a caller waits for a verification.
 * @typedef {object} VerifyOptions
 * @property {import("./platform.js").PlatformSignal} [signal] ends this caller's wait with `aborted`
 */

/**
 * What is known of a token.
 * @typedef {object} Verification
 * @property {boolean | null} valid null where nobody here can tell
 * @property {"vendor" | "core"} source who says so: the vendor's own interface, or what the core remembers
 * @property {"live" | "confirmed" | "denied" | "expired" | "rejected" | "superseded" | "other_subject" | "unknown"} reason
 *   by the vendor: "confirmed" or "denied". By the core: "live", its life is not over and nobody rejected it; "expired";
 *   "rejected" by a vendor; "superseded" by a newer one, and may or may not still be accepted; of "other_subject", as it says
 *   itself; or "unknown"
 * @property {Date | null} expiresAt null where no expiry is known
 */

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {GetTokenOptions} [options]
 * @returns {Promise<Token>}
 */
export async function acquire(driver, reference, options) {
	const { signal, forceRefresh = false, rejected } = known(options, ["signal", "forceRefresh", "rejected"]);
	const want = { ...anyToken, force: Boolean(forceRefresh), rejected: rejected == null ? "" : valueOf(rejected, "rejected") };
	return abortable(signal, () => (want.force || want.rejected ? driver.token(reference, want) : driver.plain(reference)));
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {SignInOptions} [options]
 * @returns {Promise<Token | null>}
 */
export async function signIn(driver, reference, options) {
	const { signal, force = false } = known(options, ["signal", "force"]);
	return abortable(signal, () => driver.attend(reference, force ? errands.signInByForce : errands.signIn));
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {SignOutOptions} [options]
 * @returns {Promise<void>}
 */
export async function signOut(driver, reference, options) {
	const { signal } = known(options, ["signal"]);
	await abortable(signal, () => driver.attend(reference, errands.signOut));
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {KeepAliveOptions} [options]
 * @returns {() => void} ends it
 */
export function keepAlive(driver, reference, options) {
	const { signal } = known(options, ["signal"]);
	checkSignal(signal);
	if (!signsIn(reference.json)) {
		throw new TokenError("invalid_request", "system signs nobody in: its tokens come when they are asked for", {
			step: "input",
			field: "system",
		});
	}
	const stop = signal?.aborted ? () => {} : driver.keepAlive(reference);
	signal?.addEventListener("abort", stop, { once: true });
	return () => {
		signal?.removeEventListener("abort", stop);
		stop();
	};
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {Token | string} token
 * @param {import("./platform.js").PlatformSignal} [signal]
 * @returns {Promise<Verification>}
 */
export async function verify(driver, reference, token, signal) {
	const value = valueOf(token, "token");
	const { valid, invalid, vendor, reason, expiresAt } = await abortable(signal, () => driver.verify(reference, value));
	return {
		valid: valid ? true : invalid ? false : null,
		source: vendor ? "vendor" : "core",
		reason: /** @type {Verification["reason"]} */ (reason),
		expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
	};
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {import("./platform.js").FetchInput} input
 * @param {import("./platform.js").CallInit | null} [init]
 * @returns {Promise<import("./platform.js").PlatformResponse>}
 */
export function business(driver, reference, input, init) {
	const { through, baseUrl } = driver.calls(reference);
	return call(
		driver,
		through,
		(signal, instead) =>
			abortable(signal, () => (instead ? driver.token(through, { ...anyToken, instead }) : driver.plain(through)), reasonOf),
		baseUrl,
		input,
		init,
	);
}

/**
 * @param {Driver} driver
 * @param {Reference} reference
 * @param {Token} token that the call carried
 * @param {Answered} response
 * @param {AdoptOptions} [options]
 * @returns {boolean}
 */
export function adopt(driver, reference, token, response, options) {
	const now = driver.now();
	const { sentAt = now.wall } = known(options, ["sentAt"]);
	const view = Token.is(token) ? Token.view(token) : undefined;
	if (!view || !driver.owns(reference, view)) {
		throw invalidOption("token", "must be a Token of this session, as it was handed out");
	}
	const status = statusOf(response);
	if (status === undefined) {
		throw invalidOption("response", "must be a Response, or have the status and the headers of one");
	}
	const ago = Math.max(0, now.wall - Number(sentAt)); // by this machine's clock, as it was said by that
	if (!Number.isFinite(ago)) {
		throw invalidOption("sentAt", "must be a Date, or milliseconds since 1970");
	}
	if (status === 401 || status === 403) {
		return false;
	}
	const text = typeof response.body === "string" ? response.body : "";
	const sent = { wall: now.wall - ago, mono: now.mono - ago };
	const meaning = new TextEncoder().encode(text.slice(0, maxMeaning)).subarray(0, maxMeaning);
	return driver.judge(reference, view, "adopted", sent, headOf(/** @type {any} */ (response), view.rolls), meaning).rolled === true;
}

/**
 * @param {unknown} token
 * @param {string} field
 * @returns {string}
 */
export function valueOf(token, field) {
	if (Token.is(token)) {
		return Token.view(token).value; // of a copy of it, too
	}
	if (typeof token !== "string") {
		throw invalidOption(field, "must be a Token or the value of one");
	}
	return token;
}
