// The entry that needs no file beside it: the WebAssembly is inside the JavaScript. For tools that lose assets, such as
// programs bundled into a single file.
import { entry } from "./entry.js";
import { load } from "./module/load-inline.js";
import { pages } from "./client/pages.js";
import { tabs } from "./client/tabs.js";

// Node has locks and channels as well, but no pages that a user opens side by side.
const side = typeof document === "object" ? { tabs, pages } : {};

export const { initialize, configure, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load, side);
export * from "./client/public.js";
