// The signature of machines: what is signed, and a client that signs. Runs wherever WebCrypto and fetch do.
//
//	import { signedFetch } from "cctoken/edge/sign";
//
//	const edge = signedFetch({ keyId: "nightly-report", secret: process.env.EDGE_KEY });
//	const response = await edge("https://edge.example.com/v1/token", {
//		method: "POST",
//		headers: { "content-type": "application/json" },
//		body: JSON.stringify({ connection: "reports" }),
//	});

/** The scheme's name in the Authorization header; it is also the first line of what is signed. */
export const scheme = "CCTOKEN-HMAC-SHA256";

const encoder = new TextEncoder();

/** @typedef {import("../platform.js").PlatformFetch} PlatformFetch */
/** @typedef {import("../platform.js").PlatformRequestInit} PlatformRequestInit */
/** @typedef {import("../platform.js").PlatformResponse} PlatformResponse */
/** @typedef {typeof globalThis extends { URL: { prototype: infer T } } ? T : { readonly href: string }} PlatformUrl */
/** @typedef {typeof globalThis extends { Request: { prototype: infer T } } ? T : { readonly url: string }} PlatformRequest */
/** @typedef {typeof globalThis extends { CryptoKey: { prototype: infer T } } ? T : any} PlatformKey */

/**
 * @typedef {object} SigningKey
 * @property {string} keyId as the edge's configuration names it
 * @property {string} secret the shared key; at least 32 characters, from a random source
 */

/**
 * @typedef {object} Signable
 * @property {string} method
 * @property {string | PlatformUrl} url of which the path and the query are signed, exactly as they are sent
 * @property {Uint8Array<ArrayBuffer>} [body] nothing by default
 */

/**
 * The Authorization header for one request. It is good once, and for as long as the edge's window says.
 * @param {SigningKey} key
 * @param {Signable} request
 * @param {{ timestamp?: number, nonce?: string }} [fixed] seconds since 1970, and a text that was never used before; by
 *   default this machine's clock, and a random one
 * @returns {Promise<string>}
 */
export async function sign({ keyId, secret }, { method, url, body = new Uint8Array() }, fixed = {}) {
	if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId)) {
		throw new TypeError("keyId must be 1 to 64 letters, digits, hyphens and underscores");
	}
	if (typeof secret !== "string" || secret.length < 32) {
		throw new TypeError("secret must have at least 32 characters");
	}
	const { timestamp = Math.floor(Date.now() / 1000), nonce = base64url(crypto.getRandomValues(new Uint8Array(18))) } = fixed;
	const { pathname, search } = new URL(url);
	const text = await stringToSign({ method, target: pathname + search, timestamp: String(timestamp), nonce, body });
	const signature = await crypto.subtle.sign("HMAC", await importKey(secret, "sign"), text);
	return `${scheme} key="${keyId}", timestamp="${timestamp}", nonce="${nonce}", signature="${base64url(new Uint8Array(signature))}"`;
}

/**
 * A `fetch` whose every request is signed. Bodies are read before they are sent, as they are signed too.
 * @param {SigningKey} key
 * @param {PlatformFetch} [send] used in place of the platform's own
 * @returns {(input: string | PlatformUrl | PlatformRequest, init?: PlatformRequestInit) => Promise<PlatformResponse>}
 */
export function signedFetch(key, send = (input, init) => globalThis.fetch(input, init)) {
	return async (input, init) => {
		const request = new Request(input, init);
		const body = new Uint8Array(await request.arrayBuffer());
		const headers = new Headers(request.headers);
		headers.set("authorization", await sign(key, { method: request.method, url: request.url, body }));
		return send(request.url, {
			method: request.method,
			headers,
			...(body.length > 0 && { body }),
			redirect: "manual", // a signature is for one address
			signal: request.signal,
		});
	};
}

/**
 * What is signed: six lines, none of which can hold a line's end.
 * @param {{ method: string, target: string, timestamp: string, nonce: string, body: Uint8Array<ArrayBuffer> }} request
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function stringToSign({ method, target, timestamp, nonce, body }) {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
	return encoder.encode([scheme, method.toUpperCase(), target, timestamp, nonce, base64url(digest)].join("\n"));
}

/** @param {string} secret @param {"sign" | "verify"} use @returns {Promise<PlatformKey>} */
export function importKey(secret, use) {
	return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

/** @param {Uint8Array} bytes */
export function base64url(bytes) {
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | undefined} */
export function fromBase64url(text) {
	if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
		return undefined;
	}
	return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
