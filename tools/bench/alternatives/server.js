// The token server of the comparison, in a process of its own: the sandbox, and before it one door for all. Libraries
// that speak OAuth 2.0 or Lark's protocol cannot speak to AppCube; here their requests are turned into its login. Those
// that send AppCube's own request come through the same door, which hands it on, so that all pay for the same two hops.
//
// It prints its address and the sandbox's, and ends with its standard input.
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { startServer } from "../../demo/server.js";

const sandbox = await startServer("127.0.0.1:0");
const agent = new Agent({ keepAlive: true });
const vendor = new URL("/oifde/rest/appcube/api/getAppCubeToken", sandbox.url);

/**
 * AppCube's login, as the sandbox answers it.
 * @param {string} body
 * @returns {Promise<{ status: number, text: string }>}
 */
async function login(body) {
	const sent = request(vendor, { method: "POST", agent, headers: { "content-type": "application/json; charset=UTF-8" } });
	sent.end(body);
	const [response] = await once(sent, "response");
	return { status: response.statusCode, text: await read(response) };
}

/** @param {AsyncIterable<Buffer>} stream */
async function read(stream) {
	const chunks = [];
	for await (const chunk of stream) {
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

/** @param {string} appKey @param {string} appSecret */
async function exchange(appKey, appSecret) {
	const { text } = await login(JSON.stringify({ appKey, appSecret }));
	const { authToken, expireTime, errorMsg } = JSON.parse(text);
	if (!authToken) {
		throw new Error(errorMsg);
	}
	return { authToken, expireTime };
}

/** What each path answers. @type {Record<string, (body: string, authorization: string | undefined) => Promise<object | { status: number, text: string }>>} */
const doors = {
	"/oifde/rest/appcube/api/getAppCubeToken": login,

	// RFC 6749: client_credentials and refresh_token, with the client's secret in the body or in the header.
	async "/oauth/token"(body, authorization) {
		const form = new URLSearchParams(body);
		const [id, secret] = authorization
			? Buffer.from(authorization.replace(/^Basic /, ""), "base64")
					.toString()
					.split(":")
					.map((part) => decodeURIComponent(part))
			: [form.get("client_id"), form.get("client_secret")];
		const { authToken, expireTime } = await exchange(String(id), String(secret));
		return { access_token: authToken, token_type: "Bearer", expires_in: expireTime };
	},

	async "/open-apis/auth/v3/tenant_access_token/internal"(body) {
		const { app_id, app_secret } = JSON.parse(body);
		const { authToken, expireTime } = await exchange(app_id, app_secret);
		return { code: 0, msg: "ok", tenant_access_token: authToken, expire: expireTime };
	},
};

const server = createServer(async (incoming, response) => {
	try {
		const door = doors[new URL(incoming.url ?? "/", "http://door").pathname];
		const answer = door ? await door(await read(incoming), incoming.headers.authorization) : { status: 404, text: "{}" };
		const { status, text } = "text" in answer ? answer : { status: 200, text: JSON.stringify(answer) };
		response.writeHead(status, { "content-type": "application/json;charset=UTF-8", "cache-control": "no-store" }).end(text);
	} catch (error) {
		response
			.writeHead(400, { "content-type": "application/json" })
			.end(JSON.stringify({ error: "invalid_client", error_description: error.message }));
	}
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }); // a thousand connections may come at once
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, sandbox: sandbox.url }));

process.stdin.resume();
await once(process.stdin, "end");
await sandbox.stop();
process.exit();
