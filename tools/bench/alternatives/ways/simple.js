// simple-oauth2: its client gets a token and keeps none; the program keeps it and asks it whether it has expired, with
// the window of five minutes of its documentation.
import { library } from "../packages.js";

const { ClientCredentials } = await library("simple-oauth2");

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const client = new ClientCredentials({
		client: { id: key, secret: `api-password-of-${key}` },
		auth: { tokenHost: url, tokenPath: "/oauth/token" },
	});
	let kept;
	async function getToken() {
		if (!kept || kept.expired(300)) {
			kept = await client.getToken({});
		}
		return kept;
	}
	return {
		get: async () => (await getToken()).token.access_token,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await getToken()).token.access_token !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
