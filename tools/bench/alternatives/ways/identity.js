// How a program calls cctoken that asks by an identity.

/** @param {typeof import("../../../../dist/node.js").getToken} getToken */
export const by = (getToken) => (/** @type {string} */ url, /** @type {string} */ key) => {
	const identity = { system: "appcube", baseUrl: url, appKey: key, appSecret: `api-password-of-${key}` };
	return {
		get: async () => (await getToken(identity)).value,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await getToken(identity)).value !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
};
