// A closure by somebody who has thought of many callers: it keeps the promise, and forgets one that failed.
import { login } from "./login.js";

/** @param {string} url @param {string} key */
export function connect(url, key) {
	let kept,
		end = 0;
	function getToken() {
		if (Date.now() < end) {
			return kept;
		}
		end = Infinity; // until it is known
		kept = login(url, key).then(
			({ token, expiration }) => {
				end = expiration.getTime() - 300_000;
				return token;
			},
			(error) => {
				end = 0;
				throw error;
			},
		);
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
