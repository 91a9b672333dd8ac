// AppCube's login as one writes it by hand, for those ways that only keep a token.

/** @param {string} url @param {string} key */
export async function login(url, key) {
	const response = await fetch(`${url}/oifde/rest/appcube/api/getAppCubeToken`, {
		method: "POST",
		headers: { "content-type": "application/json; charset=UTF-8" },
		body: JSON.stringify({ appKey: key, appSecret: `api-password-of-${key}` }),
	});
	const { errorCode, errorMsg, authToken, expireTime } = await response.json();
	if (errorCode !== 0) {
		throw new Error(errorMsg);
	}
	return { token: authToken, expiration: new Date(Date.now() + expireTime * 1000) };
}
