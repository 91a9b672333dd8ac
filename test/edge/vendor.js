// The vendors' systems in a test's hands, over HTTP: logins succeed, each with a token that nobody had before, and what
// a business call gets is the test's choice.
import { once } from "node:events";
import { createServer } from "node:http";

/** @typedef {{ method: string, url: string, headers: import("node:http").IncomingHttpHeaders, body: string }} Seen */

/** What the systems' own interfaces answer, by the end of their path. @type {Record<string, (token: string) => object>} */
const logins = {
	getAppCubeToken: (token) => ({ errorCode: 0, authToken: token, expireTime: 3600 }),
	tokenByAkSk: (token) => ({ AccessToken: token, Expires: "3600" }),
	applyToken: (token) => ({ resultCode: "0", token }),
	login: (token) => ({
		result: "0",
		resultData: { token, tokenExpirationTime: 300, refreshToken: `${token}-refresh`, refreshExpirationTime: 3600 },
	}),
	refresh: (token) => ({
		result: "0",
		resultData: { token, tokenExpirationTime: 300, refreshToken: `${token}-refresh`, refreshExpirationTime: 3600 },
	}),
	getLogin: (token) => ({ success: true, "x-auth-token": token }),
	verifyAuthToken: () => ({ success: true, valid: true }),
};

/**
 * @typedef {object} Vendor
 * @property {string} url
 * @property {string[]} tokens that were issued, in order
 * @property {Seen[]} calls business calls that came, in order, once their body was read
 * @property {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse, seen: Seen) => void} business answers
 *   them; to be replaced by the test
 * @property {((response: import("node:http").ServerResponse, seen: Seen) => void) | undefined} login answers in place of the systems' own interfaces
 * @property {boolean} streaming whether business is called before the request's body has been read
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Vendor>} */
export async function startVendor() {
	/** @type {Vendor} */
	const vendor = {
		url: "",
		tokens: [],
		calls: [],
		login: undefined,
		streaming: false,
		business: (_request, response) => json(response, {}),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
	const server = createServer(async (request, response) => {
		const { method = "", url = "", headers } = request;
		const login = logins[new URL(url, "http://loopback").pathname.split("/").at(-1) ?? ""];
		const seen = { method, url, headers, body: "" };
		if (!login) {
			vendor.calls.push(seen);
			if (vendor.streaming) {
				return vendor.business(request, response, seen);
			}
		}
		try {
			for await (const chunk of request.setEncoding("utf8")) {
				seen.body += chunk;
			}
		} catch {
			return; // the caller has gone
		}
		if (!login) {
			return vendor.business(request, response, seen);
		}
		if (vendor.login) {
			return vendor.login(response, seen);
		}
		const token = `vendor-token-${vendor.tokens.length + 1}-${Math.random().toString(36).slice(2)}`;
		vendor.tokens.push(token);
		json(response, login(token));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	vendor.url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
	return vendor;
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {object} body
 * @param {{ status?: number, headers?: Record<string, string | string[]> }} [options]
 */
export function json(response, body, { status = 200, headers = {} } = {}) {
	response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
