// The interfaces that hand out or examine tokens, under the paths of the vendors' documents. No sealed call may reach
// them: with the headers that the edge adds, they would hand the page a token, and of whatever user it names.

/** @typedef {import("../identity.js").System} System */

/** @type {Record<System, string[]>} in lower case; below the connection's base URL */
const tokenPaths = {
	appcube: ["/oifde/rest/appcube/api/getappcubetoken", "/oifde/rest/api/gettoken"],
	ccmessaging: ["/apiaccess/ccmessaging/applytoken", "/apigovernance/api/oauth"],
	isales: ["/rest/isales/v1/openapi/obs/auth"],
	cubedrive: ["/getlogin", "/verifyauthtoken"],
};

const all = Object.values(tokenPaths).flat();

/**
 * Whether a path belongs to an interface of any vendor that hands out tokens: a base URL may hold several vendors'
 * systems. Servers that do not tell upper from lower case exist, so neither does this.
 * @param {string} path canonical, below the base URL
 */
export function handsOutTokens(path) {
	const lower = path.toLowerCase();
	return all.some((forbidden) => lower.includes(forbidden));
}
