// What every entry gives besides its four functions: the classes, and the names of the types.
export { Client, Session } from "./client.js";
export { TokenError } from "./error.js";
export { Token } from "./token.js";

/** @typedef {import("./identity.js").Identity} Identity */
/** @typedef {import("./identity.js").AppCubeIdentity} AppCubeIdentity */
/** @typedef {import("./identity.js").CcmessagingIdentity} CcmessagingIdentity */
/** @typedef {import("./identity.js").IsalesIdentity} IsalesIdentity */
/** @typedef {import("./identity.js").CubeDriveIdentity} CubeDriveIdentity */
/** @typedef {import("./identity.js").EdgeIdentity} EdgeIdentity */
/** @typedef {import("./identity.js").VendorIdentity} VendorIdentity */
/** @typedef {import("./identity.js").Supplied} Supplied */
/** @typedef {import("./client.js").ClientOptions} ClientOptions */
/** @typedef {import("./client.js").GetTokenOptions} GetTokenOptions */
/** @typedef {import("./client.js").VerifyOptions} VerifyOptions */
/** @typedef {import("./client.js").Verification} Verification */
/** @typedef {import("./driver.js").TokenEvent} TokenEvent */
/** @typedef {import("./driver.js").Purpose} Purpose */
/** @typedef {import("./error.js").TokenErrorCode} TokenErrorCode */
/** @typedef {import("./module.js").InitializeOptions} InitializeOptions */
