// Vendors in the test's hands: what is sent is seen, and what is answered is the test's choice.

/** @param {unknown} body @param {ResponseInit} [init] */
export function json(body, init = {}) {
	return new Response(JSON.stringify(body), { ...init, headers: { "content-type": "application/json", ...init.headers } });
}

/**
 * A fetch for createClient.
 * @param {(request: { url: URL, method: string, headers: Headers, body: any, redirect: string | undefined, signal: AbortSignal | undefined }, number: number) =>
 *   Response | Promise<Response>} answer
 */
export function vendor(answer) {
	const requests = [];
	return {
		requests,
		async fetch(url, { method = "GET", headers, body, redirect, signal }) {
			const request = { url: new URL(url), method, headers: new Headers(headers), body, redirect, signal };
			requests.push(request);
			return answer(request, requests.length);
		},
	};
}

/** The four systems, each as lenient as can be: whoever asks gets a token that nobody had before. */
export function lenient() {
	let issued = 0;
	const made = vendor(({ url }) => {
		const token = `T${++issued}`;
		switch (url.pathname.split("/").at(-1)) {
			case "getAppCubeToken":
				return json({ errorCode: 0, authToken: token, expireTime: 3600 });
			case "tokenByAkSk":
				return json({ AccessToken: `A${issued}`, Expires: "3600" });
			case "applyToken":
				return json({ resultCode: "0", token });
			case "login":
				return json({
					result: "0",
					resultData: { token, tokenExpirationTime: 300, refreshToken: `R${issued}`, refreshExpirationTime: 3600 },
				});
			case "getLogin":
				return json({ success: true, "x-auth-token": token });
			case "verifyAuthToken":
				return json({ success: true, valid: true });
		}
		return json({}, { status: 404 });
	});
	return made;
}

/** An identity of each system, for a vendor that does not look at it. */
export const identities = {
	appcube: { system: "appcube", baseUrl: "https://vendor.test", appKey: "key", appSecret: "secret" },
	ccmessaging: {
		system: "ccmessaging",
		baseUrl: "https://vendor.test",
		authUrl: "https://auth.test",
		appKey: "key",
		appSecret: "secret",
		userId: "u1",
		userName: "User",
		channelId: "c1",
		locale: "en",
	},
	isales: { system: "isales", baseUrl: "https://vendor.test", user: "u1", passwd: "secret" },
	cubedrive: { system: "cubedrive", baseUrl: "https://vendor.test/lite", params: { app: "a", user: "u1" }, method: "POST" },
};

/** A promise that the test settles. */
export function held() {
	let resolve, reject;
	const promise = new Promise((...settle) => ([resolve, reject] = settle));
	return { promise, resolve, reject };
}
