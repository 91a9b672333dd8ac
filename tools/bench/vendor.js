// Identities, and a fetch that answers them at once with tokens of the usual length, as real Responses.

const baseUrl = "https://vendor.example";

export const appcube = () => ({ system: "appcube", baseUrl, appKey: "202012139001", appSecret: "an-app-secret-of-32-characters-" });

export const ccmessaging = () => ({
	system: "ccmessaging",
	baseUrl,
	appKey: "an-app-key",
	appSecret: "an-app-secret",
	userId: "agent-1001",
	userName: "Agent 1001",
	channelId: "cb3b2a26eb1f43f3a51ba29b8a3b2f57",
	locale: "en",
});

/** @param {number} n tells the users apart */
export const isales = (n) => ({
	system: "isales",
	baseUrl,
	user: `agent-${String(n).padStart(6, "0")}`,
	passwd: "a-password-of-24-letters",
});

/** A token of 64 characters, each time another. @param {string} kind */
const fresh = (kind) => `${kind}-${String(++answers).padStart(63 - kind.length, "0")}`;
let answers = 0;

/** How many requests were answered. */
export const served = () => answers;

/** @param {string} url */
export async function fakeFetch(url) {
	return new Response(answer(url), { headers: { "content-type": "application/json" } });
}

/** @param {string} url */
function answer(url) {
	if (url.endsWith("/getAppCubeToken")) {
		return `{"errorCode":0,"errorMsg":"","authToken":"${fresh("appcube")}","expireTime":3600}`;
	}
	if (url.endsWith("/auth/login")) {
		// The refresh token is not a token that was served.
		return (
			`{"result":"0","resultData":{"token":"${fresh("isales")}","tokenExpirationTime":"7200",` +
			`"refreshToken":"${String(answers).padStart(64, "r")}","refreshExpirationTime":"7200"}}`
		);
	}
	if (url.endsWith("/applyToken")) {
		return `{"resultCode":"0","token":"${fresh("ccmessaging")}"}`;
	}
	return `{"AccessToken":"${fresh("access")}","Expires":"3600"}`;
}
