// The entry for browsers, and for whatever else has fetch and no entry of its own.
import { entry } from "./entry.js";
import { load } from "./load-browser.js";
import { pages } from "./tabs.js";

export const { initialize, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load, { tabs: pages });
export * from "./public.js";
