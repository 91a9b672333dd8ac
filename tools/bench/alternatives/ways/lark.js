// @larksuiteoapi/node-sdk: the token manager of its client, which gets a tenant's token for an app's id and secret.
import { library } from "../packages.js";

const { Client, LoggerLevel } = await library("@larksuiteoapi/node-sdk");

/** @param {string} url @param {string} key */
export function connect(url, key) {
	const { tokenManager } = new Client({
		appId: key,
		appSecret: `api-password-of-${key}`,
		domain: url,
		loggerLevel: LoggerLevel.error,
	});
	return {
		get: () => tokenManager.getTenantAccessToken(),

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await tokenManager.getTenantAccessToken()) !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
