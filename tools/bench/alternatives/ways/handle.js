// cctoken by the handle to one session: a client of one's own, as all the others have it.
import { createClient } from "../../../../dist/node.js";

const client = createClient();

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const session = client.session({ system: "appcube", baseUrl: url, appKey: key, appSecret: `api-password-of-${key}` });
	return {
		get: async () => (await session.getToken()).value,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await session.getToken()).value !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
