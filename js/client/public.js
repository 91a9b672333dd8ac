// What every entry exports besides its functions: the classes, what is known of the systems, and the types' names.
export { Client } from "./client.js";
export { Session } from "./session.js";
export { TokenError } from "./error.js";
export * from "../generated/public.js";
export { Token } from "./token.js";

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {import("./identity.js").EdgeIdentity} EdgeIdentity */
/** @typedef {import("./client.js").ClientOptions} ClientOptions */
/** @typedef {import("./asking.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./asking.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./asking.js").SignInOptions} SignInOptions */
/** @typedef {import("./asking.js").SignOutOptions} SignOutOptions */
/** @typedef {import("./asking.js").KeepAliveOptions} KeepAliveOptions */
/** @typedef {import("./asking.js").Answered} Answered */
/** @typedef {import("./asking.js").AdoptOptions} AdoptOptions */
/** @typedef {import("./platform.js").CallLimit} CallLimit */
/** @typedef {import("./asking.js").Verification} Verification */
/** @typedef {import("./events.js").TokenEvent} TokenEvent */
/** @typedef {import("./effects.js").Fetch} Fetch */
/** @typedef {import("./effects.js").Purpose} Purpose */
/** @typedef {import("./platform.js").FetchInput} FetchInput */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").StoreEvent} StoreEvent */
/** @typedef {import("../module/module.js").InitializeOptions} InitializeOptions */
