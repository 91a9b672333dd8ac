// Finds the core inside the JavaScript.
import { core } from "../../dist/inline.js";
import { compileBytes, compileUrl } from "./compile.js";

/**
 * @param {import("./module.js").Location} location
 * @returns {Promise<object>} a `WebAssembly.Module`
 */
export async function load(location) {
	// Not by way of load-browser.js: bundlers would carry the file along that it names.
	return location.wasmUrl === undefined ? compileBytes(await unpack(core), "cctoken/inline") : compileUrl(location.wasmUrl);
}

/**
 * @param {string} packed gzip in base64
 * @returns {Promise<ArrayBuffer>}
 */
async function unpack(packed) {
	// Not by fetch of a data: address, which a Content-Security-Policy's connect-src would have to allow.
	const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
