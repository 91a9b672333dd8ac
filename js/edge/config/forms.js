// The forms of what stands in a configuration.
import { mayPass } from "../sealed/header-names.js";

/** @typedef {((text: string) => boolean) & { expected?: string }} Check */

/** @param {(text: string) => boolean} check @param {string} expected @returns {Check} */
export const checking = (check, expected) => Object.assign(check, { expected });

export const oneOf = (/** @type {string[]} */ ...values) =>
	checking((text) => values.includes(text), `must be one of ${values.join(", ")}`);
export const binding = checking((text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text), "must be the name of a binding");
export const headerName = checking((text) => /^[A-Za-z0-9-]+$/.test(text), "must be the name of a header");
export const passable = checking(
	(text) => mayPass(text.toLowerCase()),
	"must be the name of a header that may pass: none that carries credentials, concerns the connection, or speaks for the edge",
);
export const pathPrefix = checking(
	(text) => /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]+\/)*[A-Za-z0-9._~!$&'()*+,=:@-]*$/.test(text) && !/\/\.\.?(?:\/|$)/.test(text),
	'must be a plain path that begins with "/"; one that ends with "/" is a prefix',
);

export const locationHint = checking((text) => /^[a-z]{2,10}$/.test(text), "must be a location hint of the platform, such as weur");

export const origin = checking((text) => {
	const url = parse(text);
	return url !== undefined && url.origin === text && isWeb(url);
}, "must be an origin as browsers send it, such as https://console.example.com");

export const webUrl = checking((text) => {
	const url = parse(text);
	return url !== undefined && isWeb(url) && url.username === "" && url.password === "" && url.hash === "";
}, "must be an https URL, or http on loopback");

export const baseUrl = checking((text) => {
	const url = parse(text);
	return (
		url !== undefined &&
		webUrl(text) &&
		url.search === "" &&
		!text.includes("?") &&
		!text.includes("\\") &&
		url.href.replace(/\/+$/, "") === text.replace(/\/+$/, "")
	);
}, "must be an https URL (or http on loopback) in its normal form: lower case, no default port, no credentials, query or fragment");

/** @param {string} text */
function parse(text) {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/** @param {URL} url */
function isWeb({ protocol, hostname }) {
	return protocol === "https:" || (protocol === "http:" && (hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]"));
}

/** @param {unknown} value @returns {value is string} */
export function isText(value) {
	return typeof value === "string" && value !== "";
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} jwks */
export function isPublicKeySet(jwks) {
	return (
		isRecord(jwks) &&
		Array.isArray(jwks.keys) &&
		jwks.keys.length > 0 &&
		jwks.keys.every((key) => isRecord(key) && (key.kty === "RSA" || key.kty === "EC" || key.kty === "OKP") && !("d" in key))
	);
}
