// openid-client: clientCredentialsGrant gets a token and keeps none; the program keeps the answer and asks it how long it
// still lives. The server's metadata is given, so that it does not ask for it.
import { library } from "../packages.js";

const { allowInsecureRequests, clientCredentialsGrant, Configuration } = await library("openid-client");

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const configuration = new Configuration({ issuer: url, token_endpoint: `${url}/oauth/token` }, key, `api-password-of-${key}`);
	allowInsecureRequests(configuration); // a server on this machine has no certificate
	let kept;
	async function getToken() {
		if (!kept || kept.expiresIn() < 300) {
			kept = await clientCredentialsGrant(configuration);
		}
		return kept;
	}
	return {
		get: async () => (await getToken()).access_token,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await getToken()).access_token !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
