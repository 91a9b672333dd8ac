// What every entry gives besides its functions: the classes, what is known of the systems, and the names of the types.
export { Client, Session } from "./client.js";
export { TokenError } from "./error.js";
export * from "./generated/public.js";
export { Token } from "./token.js";

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {import("./identity.js").EdgeIdentity} EdgeIdentity */
/** @typedef {import("./client.js").ClientOptions} ClientOptions */
/** @typedef {import("./client.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./client.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./client.js").Verification} Verification */
/** @typedef {import("./events.js").TokenEvent} TokenEvent */
/** @typedef {import("./effects.js").Purpose} Purpose */
/** @typedef {import("./module.js").InitializeOptions} InitializeOptions */
