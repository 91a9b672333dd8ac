// Where Node finds the core: beside the package's own files, or where it is told.
import { readFile } from "node:fs/promises";
import { compileBytes, compileUrl, notBeside, notFound, shown } from "./compile.js";

/**
 * @param {import("./module.js").Location} location a path, or a URL of file:, http:, https:, data: or blob:
 * @returns {Promise<object>} a `WebAssembly.Module`
 */
export async function load({ wasmUrl, fresh }) {
	let where = wasmUrl;
	try {
		where ??= new URL("../../dist/core.wasm", import.meta.url).href;
	} catch (cause) {
		throw notBeside(cause);
	}
	if (/^(https?|data|blob):/i.test(where)) {
		return compileUrl(where, fresh);
	}
	let bytes;
	try {
		// Not every string with a colon is a URL: C:\core.wasm is a path.
		bytes = await readFile(/^file:/i.test(where) ? new URL(where) : where);
	} catch (cause) {
		throw notFound(shown(where), cause);
	}
	return compileBytes(bytes, shown(where));
}
