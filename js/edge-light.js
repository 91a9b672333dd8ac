// The entry for Vercel's edge runtime (edge-light), whose tools compile a .wasm file ahead of time where the import
// asks for the module. https://vercel.com/docs/functions/wasm
import core from "../dist/core.wasm?module";
import { entry } from "./entry.js";
import { load } from "./load-compiled.js";

export const { initialize, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load(core));
export * from "./public.js";
