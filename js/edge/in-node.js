// What Node gets of `cctoken/edge`. It cannot load the Worker's WebAssembly, and would only say that it knows no such file. The names are the
// Worker's: an import of one that is not there would be refused before anything else is said.
export class Keeper {}
export class Nonces {}
export class ConfigError extends Error {}
export function createEdge() {}
export default undefined;

throw new Error("cctoken/edge is for Workers, at Cloudflare or in workerd. In Node use cctoken/edge/node, or npx cctoken edge serve.");
