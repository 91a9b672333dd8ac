// Limits and forms that both languages keep to. Generated from the Go descriptions in core (make generate): change those.

/** The longest token, in bytes. */
export const maxToken = 16_384;
/** The most that is read of a vendor's answer, in bytes. */
export const maxAnswer = 1_048_576;
/** Bounds an acquisition or a verification with all its tries, in milliseconds. */
export const defaultTimeoutMs = 30_000;
/** The most that it can be set to, in milliseconds. */
export const maxTimeoutMs = 600_000;
/** How many identities a client keeps. */
export const defaultSessions = 1_000;
/** The most that it can be told to keep. */
export const maxSessions = 500_000;
/** For how long at most anything matters that a session must not forget, in milliseconds. */
export const mostKeptMs = 86_400_000;
/** How often a sign of life is given for who is signed in, in milliseconds. */
export const signOfLifeMs = 30_000;
/** Bounds an acquisition of an edge's keeper, in milliseconds. */
export const keeperTimeoutMs = 20_000;
/** The least that it can be set to, in milliseconds. */
export const leastKeeperTimeoutMs = 1_000;
/** How many requests to vendors an edge's keeper has under way at once. */
export const keeperConnections = 6;
/** The most that it can be set to. */
export const mostKeeperConnections = 1_000;
/** The most that it can be set to, in milliseconds. */
export const mostKeeperTimeoutMs = 120_000;
/** What the core is asked to do for who signs in, or is signed in. */
export const errands = { signIn: 1, signInByForce: 2, signOut: 3, keepAlive: 4 };
/** How the `type` of an edge's own refusals begins. */
export const problemUrn = "urn:cctoken:error:";
/** Their content type, which only they have. */
export const problemMedia = "application/problem+json";
/** One of the keys under which an edge's keeper stores. */
export const storageKey = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}=?$/;
/** The form of all of them, for people. */
export const storageKeys = "id:base64url-of-32-bytes, separated by commas";
