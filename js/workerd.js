// The entry for Cloudflare's Workers, and for workerd wherever it runs. WebAssembly comes as a module of its own there,
// compiled when the Worker is deployed. https://developers.cloudflare.com/workers/runtime-apis/webassembly/javascript/
import * as workers from "cloudflare:workers";
import core from "../dist/core.wasm";
import { entry } from "./entry.js";
import { load } from "./module/load-compiled.js";

/** @type {import("./client/platform.js").WaitUntil} */
function waitUntil(work) {
	try {
		workers.waitUntil?.(work.then(undefined, () => {})); // its failure is told to those who wait for the token
	} catch {
		// Outside a request nothing ends early.
	}
}

export const { initialize, configure, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load(core), {
	waitUntil,
});
export * from "./client/public.js";
