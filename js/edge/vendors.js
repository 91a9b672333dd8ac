// What the edge must know of the vendors' systems to keep their tokens in: plain tables, one entry a system.

/** @typedef {import("../identity.js").System} System */

/**
 * @typedef {object} TokenFacts
 * @property {readonly string[]} interfaces paths that hand out or examine tokens, below the base URL, as the vendor's documents write
 *   them. With what comes after: ".../obs/auth" is login and refresh
 * @property {readonly string[]} names of those interfaces that are closed wherever they stand, as gateways put them below other paths
 * @property {readonly string[]} carriers names under which a call carries a token: of a header, a query's parameter or a member of
 *   its body
 * @property {readonly string[]} members of those interfaces' answers, in which a token stands
 */

/** @type {Readonly<Record<System, TokenFacts>>} */
export const tokenFacts = {
	appcube: {
		interfaces: ["/oifde/rest/appcube/api/getAppCubeToken", "/oifde/rest/api/gettoken"],
		names: ["getAppCubeToken", "gettoken"],
		carriers: ["authToken"],
		members: ["authToken"],
	},
	ccmessaging: {
		interfaces: ["/apiaccess/ccmessaging/applyToken", "/apigovernance/api/oauth"],
		names: ["applyToken", "tokenByAkSk"],
		carriers: ["x-app-key", "Authorization", "ccmessaging-token", "access_token"],
		members: ["token", "ccmessaging-token", "AccessToken"],
	},
	isales: {
		interfaces: ["/rest/isales/v1/openapi/obs/auth"],
		names: [],
		carriers: ["Authentication", "Authorization"],
		members: ["token", "refreshToken"],
	},
	cubedrive: {
		interfaces: ["/getLogin", "/verifyAuthToken"],
		names: ["getLogin", "verifyAuthToken"],
		carriers: ["x-auth-token", "authToken"],
		members: ["x-auth-token"],
	},
};
