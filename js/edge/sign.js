// For machines that call an edge: signs their requests. Runs wherever WebCrypto and fetch do.

import { base64url, importKey, scheme, stringToSign } from "./caller/signature.js";

/**
 * The key of a machine, which it shares with the edge.
 * @typedef {object} SigningKey
 * @property {string} keyId 1 to 64 letters, digits, hyphens and underscores, as the edge's configuration names it
 * @property {string} secret the shared key; at least 32 characters, from a random source
 */

/**
 * What of a request is signed.
 * @typedef {object} Signable
 * @property {string} method such as "POST"
 * @property {string | { readonly href: string }} url a string or a `URL`, of which the path and the query are signed, exactly as they are sent
 * @property {Uint8Array<ArrayBuffer>} [body] nothing by default
 */

/**
 * The value of the Authorization header for one request. It is good once, and for as long as the edge's `windowSeconds`
 * says.
 * @param {SigningKey} key the machine's key
 * @param {Signable} request what is to be sent
 * @param {{ timestamp?: number, nonce?: string }} [fixed] seconds since 1970, and a text that was never used before; by
 *   default this machine's clock, and a random one
 * @returns {Promise<string>} rejected with a TypeError where the key ID has another form, the secret is too short, or the
 *   URL is not valid; neither the key ID nor the secret is in it
 * @example
 * const url = "https://edge.example.com/v1/token";
 * const body = new TextEncoder().encode(JSON.stringify({ connection: "reports" }));
 * const authorization = await sign({ keyId: "nightly", secret: process.env.EDGE_KEY }, { method: "POST", url, body });
 * await fetch(url, { method: "POST", headers: { authorization, "content-type": "application/json" }, body });
 */
export async function sign({ keyId, secret }, { method, url, body = new Uint8Array() }, fixed = {}) {
	if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId)) {
		throw new TypeError("keyId must be 1 to 64 letters, digits, hyphens and underscores");
	}
	if (typeof secret !== "string" || secret.length < 32) {
		throw new TypeError("secret must have at least 32 characters");
	}
	const { timestamp = Math.floor(Date.now() / 1000), nonce = base64url(crypto.getRandomValues(new Uint8Array(18))) } = fixed;
	const { pathname, search } = new URL(typeof url === "string" ? url : url.href);
	const text = await stringToSign({ method, target: pathname + search, timestamp: String(timestamp), nonce, body });
	const signature = await crypto.subtle.sign("HMAC", await importKey(secret, "sign"), text);
	return `${scheme} key="${keyId}", timestamp="${timestamp}", nonce="${nonce}", signature="${base64url(new Uint8Array(signature))}"`;
}

/**
 * Makes a `fetch` whose every request is signed. Bodies are read before they are sent, as they are signed too; redirects
 * are handed back, not followed. What it makes is rejected as `sign` is, and as `fetch` is.
 * @param {SigningKey} key the machine's key, for the requests to one edge
 * @param {import("../client/platform.js").PlatformFetch} [send] used in place of the platform's own
 * @returns {(input: string | { readonly href: string } | (typeof globalThis extends { Request: { prototype: infer T } } ? T : never), init?: import("../client/platform.js").PlatformRequestInit) => Promise<import("../client/platform.js").PlatformResponse>} a function that is called as `fetch` is
 * @example
 * const edge = signedFetch({ keyId: "nightly", secret: process.env.EDGE_KEY });
 * const response = await edge("https://edge.example.com/v1/token", {
 * 	method: "POST",
 * 	headers: { "content-type": "application/json" },
 * 	body: JSON.stringify({ connection: "reports" }),
 * });
 */
export function signedFetch(key, send = (input, init) => globalThis.fetch(input, init)) {
	return async (input, init) => {
		const request = new Request(typeof input === "object" && "href" in input ? input.href : input, init);
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
