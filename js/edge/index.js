// What `cctoken/edge` gives a Worker: `export { default, Keeper, Nonces } from "cctoken/edge";` is one.
import { createEdge } from "./edge.js";

export { ConfigError } from "./config/config.js";
export { Keeper } from "./keeper/keeper.js";
export { Nonces } from "./caller/nonces.js";
export { createEdge };

/** @typedef {import("./config/config.js").EdgeConfig} EdgeConfig */

/** A Worker's handler: the edge with the configuration in the variable CCTOKEN_CONFIG, or in the file of the service CONFIGURATION. As `createEdge()`. */
export default createEdge();
