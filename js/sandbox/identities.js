/**
 * Identities that a new sandbox accepts, one of each system. The secrets are the sandbox's own and open nothing else.
 * @param {string} url the sandbox's address
 */
export function identitiesAt(url) {
	return {
		appcube: {
			/** @type {"appcube"} */ system: "appcube",
			baseUrl: url, appKey: "tenant001", appSecret: "api-password-of-tenant001",
		},
		ccmessaging: {
			/** @type {"ccmessaging"} */ system: "ccmessaging",
			baseUrl: url, appKey: "app001", appSecret: "app-secret-of-app001",
			userId: "user001", userName: "Demo User", channelId: "channel001", locale: "en",
		},
		isales: {
			/** @type {"isales"} */ system: "isales",
			baseUrl: url, user: "abcd", passwd: "123456",
		},
		cubedrive: {
			/** @type {"cubedrive"} */ system: "cubedrive",
			baseUrl: `${url}/lite`,
			params: { appId: "demo-app", appSecret: "app-secret-of-demo-app", user: "user22" },
		},
	};
}

/** A business call of each system, for `client.fetch(identity, path, init)`. */
export const businessCalls = {
	appcube: { path: "/oifde/rest/appcube/api/business", init: { method: "POST", body: "{}" } },
	ccmessaging: { path: "/apiaccess/ccmessaging/poll?receiverId=user001&channel=WEB", init: { method: "GET" } },
	isales: { path: "/rest/isales/v1/openapi/obs/business", init: { method: "GET" } },
	cubedrive: { path: "/commonPage?page=formData", init: { method: "GET" } },
};
