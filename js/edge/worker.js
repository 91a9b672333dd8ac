// The Worker itself, as it is deployed from here: a main module exports its handler and its Durable Objects, nothing else.
export { default, Keeper, Nonces } from "./index.js";
