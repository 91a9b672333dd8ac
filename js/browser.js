// The entry for browsers, and for whatever else has fetch and no entry of its own.
import { entry } from "./entry.js";
import { load } from "./module/load-browser.js";
import { pages } from "./client/pages.js";
import { tabs } from "./client/tabs.js";

export const { initialize, configure, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load, {
	tabs,
	pages,
});
export * from "./client/public.js";
