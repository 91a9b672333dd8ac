// The closure that most programs have: it keeps the token, and logs in again five minutes before the end.
import { login } from "./login.js";

/** @param {string} url @param {string} key */
export function connect(url, key) {
	let kept, end;
	async function getToken() {
		if (kept && Date.now() < end) {
			return kept;
		}
		const { token, expiration } = await login(url, key);
		kept = token;
		end = expiration.getTime() - 300_000;
		return kept;
	}
	return {
		get: getToken,

		/** @param {number} n @param {string} expected */
		async live(n, expected) {
			for (let i = 0; i < n; i++) {
				if ((await getToken()) !== expected) {
					throw new Error("another token");
				}
			}
		},
	};
}
