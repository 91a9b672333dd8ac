// A configuration of the edge over the sandbox: what `make edge-dev`, `make edge-self-host` and the tests begin with.

/** Whom the issuer's tokens are for. */
export const audience = "cctoken-edge";

/** The secrets that the sandbox's systems accept. They open nothing else. */
export const sandboxSecrets = {
	APPCUBE_SECRET: "api-password-of-tenant001",
	AICC_SECRET: "app-secret-of-app001",
	ISALES_PASSWORD: "passwd-of-clerk",
	DRIVE_SECRET: "app-secret-of-demo-app",
};

/**
 * Two connections to each of the sandbox's systems: one is sealed, the one with "open" in its name hands out tokens.
 * @param {string} sandbox its address
 * @param {string[]} by the ways in whose callers may use them
 */
export function connectionsTo(sandbox, by) {
	const allow = by.map((name) => ({ by: name }));
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
		"shared-messaging": { ...messaging, sealed: false, shareAppToken: true },
		"open-isales": { ...isales, sealed: false },
		"open-drive": { ...drive, sealed: false },
	};
}

/**
 * What the demonstrations run: the sandbox's connections, for whoever the issuer signs in, from the pages of one origin.
 * @param {{ sandbox: string, issuer: string, origin: string }} where
 */
export function demoConfig({ sandbox, issuer, origin }) {
	return {
		authentication: { staff: { type: "jwt", issuer, audience, algorithms: ["ES256"], jwksUrl: `${issuer}/keys` } },
		origins: [origin],
		connections: connectionsTo(sandbox, ["staff"]),
	};
}

/**
 * What to type in another terminal.
 * @param {{ edge: string, issuer: string }} where
 */
export function instructions({ edge, issuer }) {
	return `The edge is at ${edge}, its issuer at ${issuer}. In another terminal:

  TOKEN=$(curl -s '${issuer}/token?sub=agent-7')
  curl -s -X POST ${edge}/v1/token -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"connection":"open-messaging"}'
  curl -s '${edge}/v1/call/messaging/apiaccess/ccmessaging/poll?channel=WEB' -H "Authorization: Bearer $TOKEN"
  curl -s ${edge}/healthz

Ctrl-C ends all of it.`;
}
