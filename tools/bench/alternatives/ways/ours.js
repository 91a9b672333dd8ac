// cctoken, called as its README says: by an identity, wherever a token is needed.
import { getToken } from "../../../../dist/node.js";

/** @param {string} url @param {string} key */
export function connect(url, key) {
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
}
