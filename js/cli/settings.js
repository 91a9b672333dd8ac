// What can be set, and by which names: the one table behind flags, environment and files.

/** @typedef {import("../identity.js").System} System */

/** @type {readonly System[]} */
export const systems = ["appcube", "ccmessaging", "isales", "cubedrive"];

/**
 * A field of an identity that is no secret.
 * @typedef {object} Field
 * @property {string} name as in the identity and in files
 * @property {string} flag
 * @property {string} env
 * @property {readonly System[]} of
 * @property {boolean} [optional]
 * @property {string} help
 */

/** @type {readonly Field[]} */
export const fields = [
	{ name: "baseUrl", flag: "base-url", env: "CCTOKEN_BASE_URL", of: systems, help: "the system's base URL, such as https://service.besclouds.com" },
	{ name: "authUrl", flag: "auth-url", env: "CCTOKEN_AUTH_URL", of: ["ccmessaging"], optional: true, help: "base URL of tokenByAkSk, where it is another" },
	{ name: "appKey", flag: "app-key", env: "CCTOKEN_APP_KEY", of: ["appcube", "ccmessaging"], help: "app key; of appcube the tenant ID" },
	{ name: "userId", flag: "user-id", env: "CCTOKEN_USER_ID", of: ["ccmessaging"], help: "1 to 32 characters" },
	{ name: "userName", flag: "user-name", env: "CCTOKEN_USER_NAME", of: ["ccmessaging"], help: "for display" },
	{ name: "channelId", flag: "channel-id", env: "CCTOKEN_CHANNEL_ID", of: ["ccmessaging"], help: "the Configuration ID of the channel" },
	{ name: "locale", flag: "locale", env: "CCTOKEN_LOCALE", of: ["ccmessaging"], help: "language without a country: zh, en" },
	{ name: "user", flag: "user", env: "CCTOKEN_USER", of: ["isales"], help: "account of CC-iSales" },
	{ name: "method", flag: "method", env: "CCTOKEN_METHOD", of: ["cubedrive"], optional: true, help: "of getLogin: POST (default) or GET" },
];

/**
 * A secret. It has no flag: arguments are seen by every process of the machine, and kept in histories and logs.
 * @typedef {object} Secret
 * @property {string} name as in the identity and in secrets files
 * @property {string} env
 * @property {readonly System[]} of
 * @property {readonly string[]} flags what people may try; each is refused
 */

/** @type {readonly Secret[]} */
export const secrets = [
	{ name: "appSecret", env: "CCTOKEN_APP_SECRET", of: ["appcube", "ccmessaging"], flags: ["app-secret", "appsecret", "appSecret", "secret", "api-password", "client-secret"] },
	{ name: "accessToken", env: "CCTOKEN_ACCESS_TOKEN", of: ["ccmessaging"], flags: ["access-token", "accesstoken", "accessToken", "bearer"] },
	{ name: "passwd", env: "CCTOKEN_PASSWD", of: ["isales"], flags: ["passwd", "password", "pass", "pwd"] },
];

/** CubeDrive's parameters as JSON, secret ones among them. */
export const paramsEnv = "CCTOKEN_PARAMS";
/** A token to verify. */
export const tokenEnv = "CCTOKEN_TOKEN";
/** What people may try for it. */
export const tokenFlags = ["token", "auth-token", "refresh-token"];

/** Settings that are not of the identity. */
export const general = {
	system: "CCTOKEN_SYSTEM",
	config: "CCTOKEN_CONFIG",
	profile: "CCTOKEN_PROFILE",
	secretsFile: "CCTOKEN_SECRETS_FILE",
	timeout: "CCTOKEN_TIMEOUT",
};

/**
 * Whether a parameter's or a header's name says that its value is a secret.
 * @param {string} name
 */
export function looksSecret(name) {
	return /secret|passw|pwd|token|credential|auth|cookie|session|signature|api-?key/i.test(name);
}
