// Where browsers, and everything that is like one, find the core.
import { compileUrl } from "./compile.js";

/**
 * @param {import("./module.js").Location} location
 * @returns {Promise<object>} a `WebAssembly.Module`
 */
export function load({ wasmUrl, fresh }) {
	// Bundlers recognise this very expression, and carry the file along.
	return compileUrl(wasmUrl ?? new URL("../../dist/core.wasm", import.meta.url).href, fresh);
}
