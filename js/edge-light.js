// The entry for Vercel's edge runtime (edge-light), whose tools compile a .wasm file ahead of time where the import
// asks for the module. https://vercel.com/docs/functions/wasm
import core from "../dist/core.wasm?module";
import { entry } from "./entry.js";
import { load } from "./module/load-compiled.js";

// Where Next and Vercel leave a request's waitUntil for libraries that have no import of theirs.
const contexts = [Symbol.for("@next/request-context"), Symbol.for("@vercel/request-context")];

/** @type {import("./client/platform.js").WaitUntil} */
function waitUntil(work) {
	const settled = work.then(undefined, () => {}); // its failure is told to those who wait for the token
	for (const symbol of contexts) {
		const context = /** @type {any} */ (globalThis)[symbol]?.get?.();
		if (context?.waitUntil) {
			context.waitUntil(settled);
			return;
		}
	}
}

export const { initialize, configure, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load(core), {
	waitUntil,
});
export * from "./client/public.js";
