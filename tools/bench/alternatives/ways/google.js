// google-auth-library: OAuth2Client at a token endpoint of one's own (`endpoints`). Its client that can be pointed
// elsewhere is the one that holds a refresh token, so that is its grant; at the server it is the same login.
import { library } from "../packages.js";

const { OAuth2Client } = await library("google-auth-library");

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const client = new OAuth2Client({
		clientId: key,
		clientSecret: `api-password-of-${key}`,
		endpoints: { oauth2TokenUrl: `${url}/oauth/token` },
	});
	client.setCredentials({ refresh_token: key });
	return {
		get: async () => (await client.getAccessToken()).token,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await client.getAccessToken()).token !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
