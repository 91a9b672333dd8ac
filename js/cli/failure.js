// What went wrong, in words for somebody at a shell, and as data for a program. The package's own texts are for programs
// that import it: where they advise what a shell has no way to do, or leave out what the command knows, others stand here.
import { fileURLToPath } from "node:url";
import { TokenError } from "../client/error.js";
import { SandboxError } from "../sandbox/error.js";
import { baseAt } from "./bases.js";
import { exit, exitOf } from "./exit.js";
import { UsageError } from "./usage.js";

/** @typedef {import("../client/identity.js").VendorIdentity} VendorIdentity */

/** What the doctor can tell more of. */
const forTheDoctor = new Set(["network", "timeout", "credentials_refused", "blocked", "vendor_failure"]);

/** What is wrong with the core's file. @type {Readonly<Record<string, string>>} */
const ofTheCore = {
	module_not_found: "is missing or cannot be read",
	module_invalid: "is damaged, or this Node cannot run it",
	module_stale: "is of another build than the rest",
};

/**
 * @param {unknown} error
 * @param {VendorIdentity} [identity] whose vendor was asked
 * @returns {string} what happened, to what, and what to do next
 */
export function message(error, identity) {
	const broken = brokenFile(error);
	if (broken) {
		return `The package's file ${broken}: install cctoken again.`;
	}
	if (error instanceof TokenError) {
		const when = retryAt(error);
		return [
			sentence(text(error, identity)),
			...(when ? [`Not before ${when.toISOString()}.`] : []),
			...(forTheDoctor.has(error.code) ? [`cctoken doctor ${error.code === "network" ? "looks for the reason" : "says more"}.`] : []),
			`[${error.code}]`,
		].join(" ");
	}
	if (error instanceof SandboxError || exitOf(error) !== exit.internal) {
		return /** @type {Error} */ (error).message;
	}
	// An unexpected error's own text could quote anything.
	const { name = "Error", code = "" } = /** @type {{ name?: string, code?: string }} */ (error ?? {});
	return `cctoken itself failed (${[name, code].filter(Boolean).join(" ")}). Please report it with the command that you used, without its secrets.`;
}

/**
 * The same as data.
 * @param {unknown} error
 * @param {VendorIdentity} [identity]
 * @returns {Record<string, unknown>}
 */
export function plain(error, identity) {
	if (error instanceof TokenError) {
		return {
			...error.toJSON(),
			message: brokenFile(error) ? message(error) : text(error, identity),
			retryAt: retryAt(error),
			address: addressOf(error, identity),
		};
	}
	const { name, code, field } = /** @type {{ name?: string, code?: string, field?: string }} */ (error ?? {});
	return {
		name,
		code: error instanceof UsageError ? "usage" : typeof code === "string" ? code : "internal",
		field,
		message: message(error),
	};
}

/**
 * The package's text, with the address in place of "the vendor" where there was no connection.
 * @param {TokenError} error
 * @param {VendorIdentity | undefined} identity
 */
function text(error, identity) {
	const address = addressOf(error, identity);
	if (address === undefined) {
		return error.message;
	}
	return error.message.includes("the vendor") ? error.message.replace("the vendor", address) : `${error.message}: ${address}`;
}

/**
 * Host and port that a request which got no answer went to. No more of a URL: the rest can hold credentials.
 * @param {TokenError} error
 * @param {VendorIdentity | undefined} identity
 * @returns {string | undefined}
 */
function addressOf({ code, step }, identity) {
	if (!identity || (code !== "network" && code !== "timeout")) {
		return undefined;
	}
	try {
		const { hostname, port, protocol } = new URL(baseAt(identity, step));
		return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
	} catch {
		return undefined;
	}
}

/**
 * When the vendor wants to be asked again. The package's own pauses end with this process, and are nobody's concern.
 * @param {TokenError} error
 */
function retryAt({ code, retryAt: at }) {
	return code === "rate_limited" || code === "unavailable" ? at : null;
}

/**
 * The package's own file at which it failed, and what is wrong with it.
 * @param {unknown} error
 * @returns {string | undefined}
 */
function brokenFile(error) {
	if (error instanceof TokenError) {
		const wrong = ofTheCore[error.code];
		const { code } = /** @type {{ code?: string }} */ (error.cause ?? {});
		return wrong && `${fileURLToPath(new URL("../../dist/core.wasm", import.meta.url))} ${wrong}${code ? ` (${code})` : ""}`;
	}
	const { code, url } = /** @type {{ code?: string, url?: string }} */ (error ?? {});
	if (code === "ERR_MODULE_NOT_FOUND") {
		return `${url?.startsWith("file:") ? fileURLToPath(url) : "of a script"} is missing`;
	}
	return undefined;
}

/** @param {string} text */
const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);
