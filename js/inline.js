// The entry that needs no file beside it: the WebAssembly is inside the JavaScript. For tools that lose assets, such as
// programs bundled into a single file.
import { entry } from "./entry.js";
import { load } from "./load-inline.js";

export const { initialize, createClient, getToken, verifyToken } = /* @__PURE__ */ entry(load);
export * from "./public.js";
