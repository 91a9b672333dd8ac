// The connections that the tests of the edge begin with, to a sandbox or to a vendor that stands in for one.

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
	const appcube = {
		system: "appcube",
		baseUrl: sandbox,
		allow,
		identity: { appKey: "tenant001", appSecret: { secret: "APPCUBE_SECRET" } },
	};
	const messaging = {
		system: "ccmessaging",
		baseUrl: sandbox,
		allow,
		identity: {
			appKey: "app001",
			appSecret: { secret: "AICC_SECRET" },
			userId: { subject: true },
			userName: { claim: "name" },
			channelId: "channel001",
			locale: "en",
		},
	};
	const isales = { system: "isales", baseUrl: sandbox, allow, identity: { user: "clerk", passwd: { secret: "ISALES_PASSWORD" } } };
	const drive = {
		system: "cubedrive",
		baseUrl: `${sandbox}/lite`,
		allow,
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
