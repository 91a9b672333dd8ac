// SHA-256 of a text, in base64url.
import { base64url } from "./caller/signature.js";

const encoder = new TextEncoder();

/** WebCrypto hands each digest over to another thread, which costs more than the digest. @type {typeof import("node:crypto") | undefined} */
const node = /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:crypto");

/** @type {(text: string) => string | Promise<string>} */
export const digest = node
	? node.hash // in Node 20 from its twelfth minor version on; it leaves no object behind
		? (text) => node.hash("sha256", text, "base64url")
		: (text) => node.createHash("sha256").update(text).digest("base64url")
	: async (text) => base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
