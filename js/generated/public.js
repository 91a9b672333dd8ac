// What the package exports of its systems and words. Generated from the Go descriptions in core (make generate): change those.

export { systems } from "./systems.js";

/** @typedef {import("./systems.js").System} System */
/** @typedef {import("./systems.js").SystemDescription} SystemDescription */
/** @typedef {import("./systems.js").FieldDescription} FieldDescription */
/** @typedef {import("./systems.js").Carrier} Carrier */
/** @typedef {import("./identity.js").AppCubeIdentity} AppCubeIdentity */
/** @typedef {import("./identity.js").OiapIdentity} OiapIdentity */
/** @typedef {import("./identity.js").ApiFabricIdentity} ApiFabricIdentity */
/** @typedef {import("./identity.js").CcmessagingIdentity} CcmessagingIdentity */
/** @typedef {import("./identity.js").IsalesIdentity} IsalesIdentity */
/** @typedef {import("./identity.js").CubeDriveIdentity} CubeDriveIdentity */
/** @typedef {import("./identity.js").AstroZeroIdentity} AstroZeroIdentity */
/** @typedef {import("./identity.js").CcgatewayIdentity} CcgatewayIdentity */
/** @typedef {import("./identity.js").CcgatewayConfigIdentity} CcgatewayConfigIdentity */
/** @typedef {import("./identity.js").VendorIdentity} VendorIdentity */
/** @typedef {import("./identity.js").Supplied} Supplied */
/** @typedef {import("./words.js").TokenErrorCode} TokenErrorCode */
/** @typedef {import("./words.js").Step} Step */
/** @typedef {import("./words.js").Reason} Reason */
/** @typedef {import("./words.js").EventType} EventType */
