// Where platforms that never compile WebAssembly at run time find the core: their tools have compiled the package's
// file ahead of time, and an import brings it.
import { TokenError } from "../client/error.js";

/**
 * @param {object} core the package's own file, as a `WebAssembly.Module`
 * @returns {import("./module.js").Load}
 */
export function load(core) {
	return async ({ wasmUrl }) => {
		if (wasmUrl !== undefined) {
			throw new TokenError(
				"module_invalid",
				"This platform compiles no WebAssembly at run time, so initialize({ wasmUrl }) cannot work here. Leave it out: the " +
					"package's own file is there already. Or import another one, and hand it over as initialize({ wasmModule }).",
			);
		}
		return core;
	};
}
