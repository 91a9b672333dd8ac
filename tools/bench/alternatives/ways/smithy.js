// memoize of @smithy/property-provider, with the conditions under which the AWS SDKs use it.
import { library } from "../packages.js";
import { login } from "./login.js";

const { memoize } = await library("@smithy/property-provider");
const requiresRefresh = ({ expiration }) => expiration !== undefined;
const isExpired = (identity) => requiresRefresh(identity) && identity.expiration.getTime() - Date.now() < 300_000;

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const credentials = memoize(() => login(url, key), isExpired, requiresRefresh);
	return {
		get: async () => (await credentials()).token,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await credentials()).token !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
