// The entry for browsers, and for whatever else has fetch and no entry of its own.
import { entry } from "./entry.js";
import { load } from "./load-browser.js";

export const { initialize, createClient, getToken, verifyToken } = /* @__PURE__ */ entry(load);
export * from "./public.js";
