// SHA-256, as names have it that others can see.

/**
 * @param {Uint8Array | ArrayBuffer} data
 * @returns {Promise<string>} in hexadecimal digits
 */
export async function digest(data) {
	const hash = await /** @type {any} */ (globalThis).crypto.subtle.digest("SHA-256", data);
	return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
