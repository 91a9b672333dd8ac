// @azure/msal-node: a confidential client of an authority that is not Microsoft's (`protocolMode`), whose metadata is
// given, so that it does not ask for it. It takes no http: address; its `networkClient` sends to the same host by http,
// with the platform's fetch.
import { library } from "../packages.js";

const { ConfidentialClientApplication, ProtocolMode } = await library("@azure/msal-node");

/** @param {string} method */
const send =
	(method) =>
	async (url, { headers, body } = {}) => {
		const response = await fetch(url.replace(/^https:/, "http:"), { method, headers, body });
		return { headers: Object.fromEntries(response.headers), body: await response.json(), status: response.status };
	};
const networkClient = { sendGetRequestAsync: send("GET"), sendPostRequestAsync: send("POST") };

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const { host } = new URL(url);
	const issuer = `https://${host}`;
	const application = new ConfidentialClientApplication({
		auth: {
			clientId: key,
			clientSecret: `api-password-of-${key}`,
			authority: issuer,
			knownAuthorities: [host],
			authorityMetadata: JSON.stringify({
				issuer,
				authorization_endpoint: `${issuer}/oauth/authorize`,
				token_endpoint: `${issuer}/oauth/token`,
				jwks_uri: `${issuer}/oauth/keys`,
			}),
		},
		system: { protocolMode: ProtocolMode.OIDC, networkClient },
	});
	const request = { scopes: ["appcube/.default"] };
	return {
		get: async () => (await application.acquireTokenByClientCredential(request)).accessToken,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await application.acquireTokenByClientCredential(request)).accessToken !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
