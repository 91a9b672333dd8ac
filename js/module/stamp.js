// The identity of a WebAssembly file. tools/build/stamp.js writes it.

/** The custom section that holds it. */
export const section = "cctoken";

/** @typedef {{ readonly version: string, readonly core: string }} Build the package's version, and a SHA-256 in hexadecimal */

/**
 * @param {object} module a `WebAssembly.Module`
 * @returns {Build | undefined} undefined where the file has none that can be read
 */
export function identityOf(module) {
	const [content] = WebAssembly.Module.customSections(/** @type {WebAssembly.Module} */ (module), section);
	// It is shown in an error: what does not look like an identity is not taken for one.
	const found = content && /^(\d[\w.+-]{0,40}) ([0-9a-f]{64})$/.exec(new TextDecoder().decode(content));
	return found ? { version: String(found[1]), core: String(found[2]) } : undefined;
}
