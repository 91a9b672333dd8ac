// The entry for Node, Deno and Bun: all three read the WebAssembly file with Node's own fs.
import { entry } from "./entry.js";
import { load } from "./module/load-node.js";

export const { initialize, configure, createClient, validateIdentity, getToken, verifyToken } = /* @__PURE__ */ entry(load);
export * from "./client/public.js";
