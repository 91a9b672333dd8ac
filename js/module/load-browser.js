// Where browsers, and everything that is like one, find the core.
import { compileUrl, notBeside } from "./compile.js";

/**
 * @param {import("./module.js").Location} location
 * @returns {Promise<object>} a `WebAssembly.Module`
 */
export async function load({ wasmUrl, fresh }) {
	let where = wasmUrl;
	try {
		// Bundlers recognise this very expression, and carry the file along.
		where ??= new URL("../../dist/core.wasm", import.meta.url).href;
	} catch (cause) {
		throw notBeside(cause);
	}
	return compileUrl(where, fresh);
}
