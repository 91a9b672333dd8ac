/**
 * One identity of each system that a new sandbox accepts, and a business call of that system. The secrets are the
 * sandbox's own and open nothing else.
 * @param {string} url the sandbox's address
 */
export function sandboxIdentities(url) {
	return [
		{
			identity: { system: "appcube", baseUrl: url, appKey: "tenant001", appSecret: "api-password-of-tenant001" },
			path: "/oifde/rest/appcube/api/business",
			init: { method: "POST", body: "{}" },
		},
		{
			identity: {
				system: "ccmessaging", baseUrl: url, appKey: "app001", appSecret: "app-secret-of-app001",
				userId: "user001", userName: "Demo User", channelId: "channel001", locale: "en",
			},
			path: "/apiaccess/ccmessaging/poll?receiverId=user001&channel=WEB",
		},
		{
			identity: { system: "isales", baseUrl: url, user: "abcd", passwd: "123456" },
			path: "/rest/isales/v1/openapi/obs/business",
		},
		{
			identity: {
				system: "cubedrive", baseUrl: `${url}/lite`,
				params: { appId: "demo-app", appSecret: "app-secret-of-demo-app", user: "user22" },
			},
			path: "/commonPage?page=formData",
		},
	];
}
