// Where tokens stand in requests and answers. Generated from the Go descriptions in core (make generate): change those.

/**
 * Where a system's tokens stand, and those of what it depends on.
 * @typedef {object} Tokens
 * @property {readonly string[]} paths below a base URL at which tokens are handed out, refreshed or verified, and below each of them
 * @property {readonly string[]} doors such paths below which others lie that are open; "*" stands for any one segment
 * @property {readonly string[]} interfaces names of those that are closed wherever they stand, as gateways put them below other paths
 * @property {readonly string[]} carriers headers, query parameters and members of a body that carry tokens
 * @property {readonly string[]} beside what else belongs to a login or a token: no header of such a name is a caller's
 * @property {readonly string[]} guarded headers that only the app itself may hold
 * @property {readonly string[]} answers members of answers that hold tokens
 * @property {string} rolls the member of a business answer's object that may hold a new token, or ""
 * @property {boolean} signsIn whether a token comes by a sign-in alone
 * @property {boolean} speaks whether the body of a business answer may say what becomes of the token, also under HTTP 200
 * @property {readonly string[]} codes members of answers that hold the system's own code; the first that is there counts
 * @property {readonly string[]} success those of its values that mean success
 * @property {readonly string[]} explains members of refusals whose text may say why
 */

/** @type {Readonly<Record<import("./systems.js").System, Tokens>>} */
export const tokens = {
	appcube: {
		paths: ["/oifde/rest/appcube/api/getAppCubeToken"],
		doors: [],
		interfaces: ["getAppCubeToken"],
		carriers: ["authToken"],
		beside: ["appKey", "appSecret"],
		guarded: [],
		answers: ["authToken"],
		rolls: "",
		signsIn: false,
		speaks: true,
		codes: ["errorCode"],
		success: ["0", "200"],
		explains: ["errorMsg"],
	},
	oiap: {
		paths: ["/oifde/rest/api/gettoken"],
		doors: [],
		interfaces: ["gettoken"],
		carriers: ["authToken"],
		beside: ["appKey", "appSecret", "username", "token"],
		guarded: [],
		answers: ["authToken"],
		rolls: "",
		signsIn: false,
		speaks: true,
		codes: ["errorCode"],
		success: ["0", "200"],
		explains: ["errorMsg"],
	},
	apifabric: {
		paths: ["/apigovernance/api/oauth"],
		doors: [],
		interfaces: ["tokenByAkSk"],
		carriers: ["Authorization", "X-APP-Key", "access_token"],
		beside: ["X-Token-Expire", "X-TenantSpaceID", "app_key", "app_secret"],
		guarded: ["Authorization", "x-app-key"],
		answers: ["AccessToken"],
		rolls: "",
		signsIn: false,
		speaks: false,
		codes: ["errorCode", "resultCode"],
		success: ["0"],
		explains: ["exceptionInfo"],
	},
	ccmessaging: {
		paths: ["/apiaccess/ccmessaging/applyToken", "/apigovernance/api/oauth"],
		doors: [],
		interfaces: ["applyToken", "tokenByAkSk"],
		carriers: ["ccmessaging-token", "Authorization", "X-APP-Key", "access_token"],
		beside: ["X-Token-Expire", "X-TenantSpaceID", "app_key", "app_secret"],
		guarded: ["Authorization", "x-app-key"],
		answers: ["token", "ccmessaging-token", "AccessToken"],
		rolls: "token",
		signsIn: false,
		speaks: true,
		codes: ["resultCode", "errorCode"],
		success: ["0", "200"],
		explains: ["exceptionInfo", "resultDesc"],
	},
	isales: {
		paths: ["/rest/isales/v1/openapi/obs/auth"],
		doors: [],
		interfaces: [],
		carriers: ["Authentication", "Authorization"],
		beside: ["refreshToken"],
		guarded: [],
		answers: ["token", "refreshToken"],
		rolls: "",
		signsIn: false,
		speaks: false,
		codes: ["result", "resultCode", "errorCode"],
		success: ["0"],
		explains: ["resultMsg", "resultDesc"],
	},
	cubedrive: {
		paths: ["/getLogin", "/verifyAuthToken"],
		doors: [],
		interfaces: ["getLogin", "verifyAuthToken"],
		carriers: ["X-Auth-Token", "authToken"],
		beside: [],
		guarded: [],
		answers: ["x-auth-token"],
		rolls: "",
		signsIn: false,
		speaks: false,
		codes: ["success"],
		success: ["true"],
		explains: [],
	},
	astrozero: {
		paths: ["/baas/auth/v1.0/oauth2"],
		doors: [],
		interfaces: [],
		carriers: ["access-token"],
		beside: ["client_id", "client_secret"],
		guarded: [],
		answers: ["access_token"],
		rolls: "",
		signsIn: false,
		speaks: false,
		codes: ["error"],
		success: [],
		explains: ["error_description"],
	},
	ccgateway: {
		paths: [],
		doors: ["/agentgateway/resource/onlineagent/*"],
		interfaces: ["forcelogin", "updateGuid"],
		carriers: ["Guid", "Set-GUID"],
		beside: [],
		guarded: [],
		answers: ["guid"],
		rolls: "",
		signsIn: true,
		speaks: true,
		codes: ["retcode"],
		success: ["0"],
		explains: [],
	},
	ccgatewayconfig: {
		paths: ["/agentgateway/resource/config/login"],
		doors: [],
		interfaces: [],
		carriers: ["Guid", "Set-GUID"],
		beside: [],
		guarded: [],
		answers: ["guid"],
		rolls: "",
		signsIn: false,
		speaks: true,
		codes: ["retcode"],
		success: ["0"],
		explains: ["message"],
	},
};

/**
 * A system whose token every request of another one carries too, or its own: one of it serves all identities with the same fields.
 * @typedef {object} Dependency
 * @property {string} system its name
 * @property {readonly string[]} fields
 * @property {string} at the field of the other one with its base URL
 * @property {string} given the field that is the token itself, where the caller gives it
 * @property {import("./words.js").Step} step in which its token is got
 */

/** @type {Readonly<Partial<Record<import("./systems.js").System, Dependency>>>} */
export const dependencies = {
	apifabric: { system: "apifabric", fields: ["appKey", "appSecret", "accessToken"], at: "", given: "accessToken", step: "access_token" },
	ccmessaging: { system: "apifabric", fields: ["appKey", "appSecret", "accessToken"], at: "authUrl", given: "accessToken", step: "access_token" },
};
