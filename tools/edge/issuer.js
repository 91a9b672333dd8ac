// An OIDC issuer, as far as the edge sees one: a server of public keys, and tokens signed with theirs. For tests, and to
// try the edge without one.
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/**
 * @param {string} audience of its tokens
 * @param {{ signIn?: boolean }} [options] signIn: whoever asks for /token?sub=NAME gets that name's token, from any page
 */
export async function startIssuer(audience, { signIn = false } = {}) {
	const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
	const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256", use: "sig" };
	const keys = [jwk];
	const counts = { fetched: 0 };
	const server = createServer(async (request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? "/", "http://loopback");
		if (pathname === "/keys") {
			counts.fetched++;
			response.setHeader("content-type", "application/json");
			response.end(JSON.stringify({ keys }));
		} else if (signIn && pathname === "/token" && searchParams.get("sub")) {
			response.setHeader("access-control-allow-origin", "*");
			response.setHeader("cache-control", "no-store");
			response.end(await tokenFor(String(searchParams.get("sub"))));
		} else {
			response.writeHead(404).end();
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
	/**
	 * @param {string} subject
	 * @param {{ claims?: object, header?: object, key?: any, issued?: number, expires?: number | string }} [options] times in seconds since 1970
	 */
	async function tokenFor(subject, { claims = {}, header = {}, key = privateKey, issued, expires = "10m" } = {}) {
		return new SignJWT({ name: "Agent", iss: url, aud: audience, ...claims })
			.setProtectedHeader({ alg: "ES256", kid: "key-1", ...header })
			.setSubject(subject)
			.setIssuedAt(issued)
			.setExpirationTime(expires)
			.sign(key);
	}
	return {
		url,
		privateKey,
		publicKey: jwk,
		/** Those that are published; to be changed. */
		keys,
		/** How often they were fetched. */
		counts,
		tokenFor,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
