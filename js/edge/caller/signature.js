// The signature of machines: what both sides compute.

/** The scheme's name in the Authorization header; it is also the first line of what is signed. */
export const scheme = "CCTOKEN-HMAC-SHA256";

const encoder = new TextEncoder();

/**
 * What is signed: six lines, none of which can hold a line's end.
 * @param {{ method: string, target: string, timestamp: string, nonce: string, body: Uint8Array<ArrayBuffer> }} request
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function stringToSign({ method, target, timestamp, nonce, body }) {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
	return encoder.encode([scheme, method.toUpperCase(), target, timestamp, nonce, base64url(digest)].join("\n"));
}

/** @param {string} secret @param {"sign" | "verify"} use */
export function importKey(secret, use) {
	return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

/** @param {Uint8Array} bytes */
export function base64url(bytes) {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | undefined} */
export function fromBase64url(text) {
	if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
		return undefined;
	}
	return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
