// What the systems say to people. Generated from the Go descriptions in core (make generate): change those.

/**
 * What something likely means, why that is thought so, and what to do about it. What is not said is "".
 * @typedef {object} Advice
 * @property {string} found
 * @property {string} because a sentence of its own
 * @property {readonly string[]} try
 */

/**
 * What is said where a system or a part fails.
 * @typedef {object} FailureTexts
 * @property {Advice} refused the likely reason for refused credentials, and what to do about it
 * @property {Advice | null} unclear of a 403 that does not say why; null where it is the credentials
 * @property {Readonly<Record<number, string>>} statuses what the vendor's document calls a status that refuses credentials
 * @property {string} failed what to look at first where the system reports a failure, or ""
 * @property {string} absent where its interface is not found at its base URL, or ""
 * @property {string} page where a page of HTML comes in its place, or ""
 * @property {string} intercepted what it means that such a page comes while the interface that verifies tokens answers, or ""
 */

/**
 * What is said where a system refuses a request that carried the token of the part on which it depends.
 * @typedef {object} RelyingTexts
 * @property {Advice} expired a token that the caller gave
 * @property {Advice} distrusted one that was issued a moment ago
 * @property {Advice} unclearGiven where it is not said that it is the token, which the caller gave
 * @property {Advice} unclearIssued the same, where it was issued a moment ago
 */

/**
 * @typedef {FailureTexts & { fields: Readonly<Record<string, { help: string, example?: string }>>, relying: RelyingTexts | null }} SystemTexts
 *   fields: by name, one line of help, and a value as an example; relying: null where it depends on no part
 */

/** What the systems say to people. @type {Readonly<Record<import("./systems.js").System, SystemTexts>>} */
export const texts = {
	appcube: {
		fields: {
			baseUrl: {"help":"of the OIAP","example":"https://IP:PORT"},
			appKey: {"help":"the tenant ID"},
			appSecret: {"help":"the API Password of the IVR"},
		},
		refused: {
			found: "appKey or appSecret is wrong",
			because: "",
			try: [
				"Compare appKey with the tenant ID, and appSecret with the IVR's API Password: it can be changed at any time.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "Check appKey and appSecret first: AppCube says no more than a code, and its API Password can be changed at any time.",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
	oiap: {
		fields: {
			baseUrl: {"help":"of the OIAP","example":"https://IP:PORT"},
			appKey: {"help":"the tenant ID, or the name of a system"},
			appSecret: {"help":"goes with the app key"},
			carrier: {"help":"where a call carries the token: in its JSON body, as a tenant's does, or in the headers username and token, as a system's does"},
		},
		refused: {
			found: "appKey or appSecret is wrong",
			because: "",
			try: [
				"Compare both with what the OIAP's administrator has; a few wrong tries lock the key.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
	apifabric: {
		fields: {
			baseUrl: {"help":"of tokenByAkSk","example":"https://service.besclouds.com"},
			appKey: {"help":"as configured on the API Fabric"},
			appSecret: {"help":"goes with the app key, and gets the AccessToken (tokenByAkSk)"},
			accessToken: {"help":"one that you have, in place of the app secret"},
			tenantSpaceId: {"help":"only where a site with several tenants asks for it: sent as X-TenantSpaceID"},
		},
		refused: {
			found: "the app key or the app secret is wrong, or the app is switched off",
			because: "",
			try: [
				"Copy both anew from the API Fabric, without spaces or line ends around them.",
				"Check that the app is still switched on there, and subscribed.",
			],
		},
		unclear: {
			found: "",
			because: "A wrong app key, a wrong app secret, an app that is switched off and an address that is not admitted can all look like this.",
			try: [
				"Log in once from a machine whose address is certainly admitted, with the same key and secret. If it works there, it is the address.",
				"If it fails there too, it is the key or the secret: copy both anew from the API Fabric, without spaces at their ends.",
			],
		},
		statuses: {},
		failed: "",
		absent: "tokenByAkSk often has another base URL, mostly without the port; for ccmessaging that is authUrl.",
		page: "",
		intercepted: "",
		relying: null,
	},
	ccmessaging: {
		fields: {
			baseUrl: {"help":"of the AICC","example":"https://service.besclouds.com"},
			authUrl: {"help":"the base URL of tokenByAkSk, only where it differs"},
			appKey: {"help":"as configured on the API Fabric"},
			appSecret: {"help":"goes with the app key, and gets the AccessToken (tokenByAkSk)"},
			accessToken: {"help":"in place of the app secret"},
			userId: {"help":"1 to 32 characters, defined by the enterprise; send and queryHistoryChatMessage take 24 at most"},
			userName: {"help":"for display, defined by the enterprise"},
			channelId: {"help":"the Configuration ID of the channel"},
			locale: {"help":"an ISO 639 language, or one with a country as in zh_CN","example":"zh"},
			tenantSpaceId: {"help":"only where a site with several tenants asks for it: sent as X-TenantSpaceID"},
		},
		refused: {
			found: "the app key or the app secret is wrong, or the app is switched off",
			because: "",
			try: [
				"Copy both anew from the API Fabric, without spaces or line ends around them.",
				"Check that the app is still switched on there, and subscribed.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "",
		absent: "",
		page: "",
		intercepted: "",
		relying: {
			expired: {
				found: "the AccessToken that was given has expired, or never was one",
				because: "An AccessToken lives an hour at most.",
				try: [
					"Get a new one by tokenByAkSk from where you got this one, and give that.",
					"Or give appSecret in place of accessToken: then it is fetched and renewed by itself.",
				],
			},
			distrusted: {
				found: "applyToken does not accept an AccessToken that was issued a moment ago",
				because: "tokenByAkSk gave one for this key and secret, so both are right.",
				try: [
					"Check that authUrl and baseUrl are of the same environment: one's tokens are nothing to the other.",
					"Ask the vendor to compare the clocks of the two servers.",
				],
			},
			unclearGiven: {
				found: "",
				because: "An AccessToken that has expired, one of another app key, and an address that is not admitted can all look like this.",
				try: [
					"Try a new AccessToken, of this very app key; it lives an hour at most.",
					"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
				],
			},
			unclearIssued: {
				found: "",
				because: "tokenByAkSk gave an AccessToken, so key and secret are right; what is left is an app that may not use the web client, and an address that is not admitted there.",
				try: [
					"Check that the app key is allowed to call ccmessaging, and the channel is its own.",
					"Try once from a machine whose address is certainly admitted. If it works there, it is the address.",
				],
			},
		},
	},
	isales: {
		fields: {
			baseUrl: {"help":"of the CC-iSales","example":"https://service.besclouds.com"},
			user: {"help":"the account's name, of CTI-OBS"},
			passwd: {"help":"of that user"},
		},
		refused: {
			found: "user or passwd is wrong, or the account is locked",
			because: "",
			try: [
				"Log in once with the same pair where a person does. If it works there, compare how it is written here.",
				"Check that the account is not locked or expired; wait before more attempts, as they may lock it.",
			],
		},
		unclear: null,
		statuses: {"401":"not authorised","403":"a failed authentication"},
		failed: "",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
	cubedrive: {
		fields: {
			baseUrl: {"help":"of the deployment","example":"https://www.cubedrive.com/lite"},
			params: {"help":"\"the application information and user information\", under the names that the deployment needs"},
			method: {"help":"how getLogin is called: a query may end up in logs, a body does not"},
		},
		refused: {
			found: "the application's or the user's parameters are wrong, or either is switched off",
			because: "",
			try: [
				"Compare the names and the values of params with what your deployment asks for.",
				"CubeDrive tolerates few logins: wait a few minutes before the next.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "",
		absent: "",
		page: "CubeDrive also answers so to those who log in too often: wait a few minutes.",
		intercepted: "getLogin answered with a page of HTML, while verifyAuthToken answers properly: so CubeDrive itself is there, and intercepts logins that come too often.",
		relying: null,
	},
	astrozero: {
		fields: {
			baseUrl: {"help":"of the environment","example":"https://DOMAIN"},
			clientId: {"help":"of the connected application that was registered for OAuth"},
			clientSecret: {"help":"goes with the client ID"},
			redirectUrl: {"help":"only where the application was registered with one: as it is registered"},
			locale: {"help":"in which the vendor words its answers","example":"zh_CN"},
		},
		refused: {
			found: "clientId or clientSecret is wrong, or the application may not log in by itself",
			because: "",
			try: [
				"Compare both with the application's in the environment's OAuth management.",
				"Check that the grant type client_credentials is allowed there, and that the user behind it is active.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
	ccgateway: {
		fields: {
			baseUrl: {"help":"of the CC-Gateway","example":"https://IP:8043"},
			agentId: {"help":"from 101 to 999999"},
			password: {"help":"of the agent, 1 to 32 characters"},
			phonenum: {"help":"on which the agent is called, 1 to 24 characters"},
			autoanswer: {"help":"whether calls are answered by themselves"},
			autoenteridle: {"help":"whether the agent is idle at once after a call"},
			releasephone: {"help":"whether the phone is hung up after a call"},
			status: {"help":"3, 4 or 5, as the CC-Gateway counts them"},
			agenttype: {"help":"4 or 11, as the CC-Gateway counts them"},
			ip: {"help":"of the agent's machine"},
			checkInWebm: {"help":"whether the agent signs in for web chats too"},
			checkInMailm: {"help":"whether the agent signs in for e-mails too"},
			listenStatus: {"help":"whether the agent's listening state is reported"},
			vcPhoneNumber: {"help":"for video calls"},
			mode: {"help":"how the gateway is set up: its GUIDs change all the time, or never. Not sent"},
		},
		refused: {
			found: "agentId or password is wrong",
			because: "",
			try: [
				"Sign in once with the same agent where a person does. Do not try others: a few wrong ones lock the account.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "Check phonenum first: a number that is taken, or unknown to the platform, cannot be signed in with.",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
	ccgatewayconfig: {
		fields: {
			baseUrl: {"help":"of the CC-Gateway","example":"https://IP:8043"},
			agentId: {"help":"of the agent who configures, 1 to 999999"},
			password: {"help":"of that agent"},
		},
		refused: {
			found: "agentId or password is wrong, or the account is locked",
			because: "",
			try: [
				"Log in once with the same pair where a person does, and correct what is written here.",
				"A few wrong tries lock the account: have it unlocked before the next one.",
			],
		},
		unclear: null,
		statuses: {},
		failed: "",
		absent: "",
		page: "",
		intercepted: "",
		relying: null,
	},
};

/** What the parts say on which others depend, by their names. @type {Readonly<Record<string, FailureTexts>>} */
export const parts = {
	apifabric: {
		refused: {
			found: "the app key or the app secret is wrong, or the app is switched off",
			because: "",
			try: [
				"Copy both anew from the API Fabric, without spaces or line ends around them.",
				"Check that the app is still switched on there, and subscribed.",
			],
		},
		unclear: {
			found: "",
			because: "A wrong app key, a wrong app secret, an app that is switched off and an address that is not admitted can all look like this.",
			try: [
				"Log in once from a machine whose address is certainly admitted, with the same key and secret. If it works there, it is the address.",
				"If it fails there too, it is the key or the secret: copy both anew from the API Fabric, without spaces at their ends.",
			],
		},
		statuses: {},
		failed: "",
		absent: "tokenByAkSk often has another base URL, mostly without the port; for ccmessaging that is authUrl.",
		page: "",
		intercepted: "",
	},
};
