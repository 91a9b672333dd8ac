// Starts an edge in real workerd, over the sandbox, for tests: consoles sign in with tokens of an issuer that the test is.
//
//	const edge = await startEdge({ sandbox: server.url });
//	const response = await edge.post("/v1/token", await edge.tokenFor("agent-7"), { connection: "messaging" });
//	await edge.close();
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { startWorker } from "./workerd.js";

export const audience = "cctoken-edge";

/** The origin whose pages may call the edge, unless a test lists others. */
export const consoleOrigin = "https://console.test";

/** The secrets of the edge and of the sandbox's systems. All are for tests and open nothing else. */
export const secrets = {
	NAME_KEY: "name-key-for-tests-0123456789abcdef0123456789",
	STORAGE_KEYS: `k1:${Buffer.from("storage-key-for-tests-0123456789").toString("base64url")}`,
	APPCUBE_SECRET: "api-password-of-tenant001",
	AICC_SECRET: "app-secret-of-app001",
	ISALES_PASSWORD: "passwd-of-clerk",
	DRIVE_SECRET: "app-secret-of-demo-app",
	MACHINE_KEY: "machine-key-for-tests-0123456789abcdef",
};

/**
 * A connection of every kind, to the sandbox. Names with "open" hand out tokens, the others are sealed.
 * @param {string} sandbox its address
 */
export function connectionsTo(sandbox) {
	const allow = [{ by: "staff" }, { by: "machines" }];
	const appcube = { system: "appcube", baseUrl: sandbox, allow, identity: { appKey: "tenant001", appSecret: { secret: "APPCUBE_SECRET" } } };
	const messaging = {
		system: "ccmessaging", baseUrl: sandbox, allow,
		identity: {
			appKey: "app001", appSecret: { secret: "AICC_SECRET" }, userId: { subject: true }, userName: { claim: "name" },
			channelId: "channel001", locale: "en",
		},
	};
	const isales = { system: "isales", baseUrl: sandbox, allow, identity: { user: "clerk", passwd: { secret: "ISALES_PASSWORD" } } };
	const drive = {
		system: "cubedrive", baseUrl: `${sandbox}/lite`, allow,
		identity: { params: { appId: "demo-app", appSecret: { secret: "DRIVE_SECRET" }, user: { subject: true } } },
	};
	const call = (/** @type {string[]} */ ...paths) => ({ methods: ["GET", "POST"], paths });
	return {
		appcube: { ...appcube, call: call("/oifde/rest/appcube/api/") },
		messaging: { ...messaging, call: call("/apiaccess/ccmessaging/") },
		isales: { ...isales, call: call("/rest/isales/v1/openapi/obs/") },
		drive: { ...drive, call: call("/commonPage") },
		"open-appcube": { ...appcube, sealed: false },
		"open-messaging": { ...messaging, sealed: false },
		"shared-messaging": { ...messaging, sealed: false, shareAccessToken: true },
		"open-isales": { ...isales, sealed: false },
		"open-drive": { ...drive, sealed: false },
	};
}

/**
 * @param {object} options
 * @param {string} options.sandbox the address of the vendors' systems
 * @param {(config: any) => any} [options.configure] changes the configuration
 * @param {Record<string, unknown>} [options.bindings] further or other bindings; undefined takes one away
 * @param {string[]} [options.origins] whose pages may call
 * @param {URL} [options.entry] the Worker, where it is not the edge's own
 * @param {object} [options.miniflare] further options of Miniflare
 */
export async function startEdge({ sandbox, configure = (config) => config, bindings = {}, origins = [consoleOrigin], entry, miniflare }) {
	const issuer = await startIssuer();
	const config = configure({
		authentication: {
			staff: { type: "jwt", issuer: issuer.url, audience, algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` },
			machines: { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } } },
		},
		origins,
		connections: connectionsTo(sandbox),
	});
	const all = { ...secrets, CCTOKEN_CONFIG: JSON.stringify(config), ...bindings };
	let worker;
	try {
		worker = await startWorker({
			entry: entry ?? new URL("../../edge/worker.js", import.meta.url),
			bindings: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
			durableObjects: { KEEPER: "Keeper", NONCES: "Nonces" },
			miniflare,
		});
	} catch (error) {
		await issuer.close();
		throw error;
	}
	return {
		/** The edge's origin; another one after a restart. */
		get url() {
			return worker.url;
		},
		issuer,
		/** A console's own token, for a subject. @type {typeof issuer.tokenFor} */
		tokenFor: issuer.tokenFor,
		/**
		 * @param {string} path
		 * @param {string} token the console's own
		 * @param {object} body
		 * @param {Record<string, string>} [headers]
		 */
		post: (path, token, body, headers = {}) =>
			worker.fetch(path, {
				method: "POST",
				headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
				body: JSON.stringify(body),
			}),
		/** @type {typeof worker.fetch} */
		fetch: worker.fetch,
		/** Ends the process and starts another over the same storage. @type {typeof worker.restart} */
		restart: worker.restart,
		/** All that the Worker and its runtime have written. */
		output: worker.output,
		/** What the front door has logged, a line for each request. @returns {Record<string, any>[]} */
		logs: () => worker.output().split("\n").filter((line) => line.startsWith('{"event":"request"')).map((line) => JSON.parse(line)),
		/**
		 * The lines that further requests have added, once there are as many as are waited for.
		 * @param {number} before how many lines there were
		 * @param {number} [count]
		 */
		async logged(before, count = 1) {
			const until = Date.now() + 30_000;
			for (;;) {
				const lines = this.logs().slice(before);
				if (lines.length >= count) {
					return lines;
				}
				if (Date.now() > until) {
					throw new Error(`the edge has logged ${lines.length} requests, not ${count}:\n${worker.output().slice(-2000)}`);
				}
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		},
		async close() {
			await worker.close();
			await issuer.close();
		},
	};
}

/** An OIDC issuer, as far as the edge sees one: a server of public keys, and tokens signed with theirs. */
async function startIssuer() {
	const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
	const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256", use: "sig" };
	const server = createServer((request, response) => {
		response.setHeader("content-type", "application/json");
		response.end(JSON.stringify({ keys: [jwk] }));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
	return {
		url,
		privateKey,
		publicKey: jwk,
		/**
		 * @param {string} subject
		 * @param {{ claims?: object, header?: object, key?: any, issued?: number, expires?: number | string }} [options] times in seconds since 1970
		 */
		async tokenFor(subject, { claims = {}, header = {}, key = privateKey, issued, expires = "10m" } = {}) {
			return new SignJWT({ name: "Agent", iss: url, aud: audience, ...claims })
				.setProtectedHeader({ alg: "ES256", kid: "key-1", ...header })
				.setSubject(subject)
				.setIssuedAt(issued)
				.setExpirationTime(expires)
				.sign(key);
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
