// The entry for Cloudflare's Workers, and for workerd wherever it runs. WebAssembly comes as a module of its own there,
// compiled when the Worker is deployed. https://developers.cloudflare.com/workers/runtime-apis/webassembly/javascript/
import core from "../dist/core.wasm";
import { entry } from "./entry.js";
import { load } from "./load-compiled.js";

export const { initialize, createClient, getToken, verifyToken } = /* @__PURE__ */ entry(load(core));
export * from "./public.js";
