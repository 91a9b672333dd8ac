// What the systems say to people. Generated from the Go descriptions in core (make generate): change those.

/**
 * @typedef {object} SystemTexts
 * @property {Readonly<Record<string, { help: string, example?: string }>>} fields by name: one line of help, and a value as an example
 * @property {string} refused the likely reason for refused credentials
 * @property {readonly string[]} try what to do about it
 * @property {string} failed what to look at first where the system reports a failure, or ""
 * @property {string} absent where its interface is not found at its base URL, or ""
 * @property {string} page where a page of HTML comes in its place, or ""
 */

/** What the systems say to people. @type {Readonly<Record<import("./systems.js").System, SystemTexts>>} */
export const texts = {
	appcube: {
		fields: {
			baseUrl: {"help":"of the OIAP","example":"https://IP:PORT"},
			appKey: {"help":"the tenant ID"},
			appSecret: {"help":"the API Password of the IVR"},
		},
		refused: "appKey or appSecret is wrong",
		try: [
			"Compare appKey with the tenant ID, and appSecret with the IVR's API Password: it can be changed at any time.",
		],
		failed: "Check appKey and appSecret first: AppCube says no more than a code, and its API Password can be changed at any time.",
		absent: "",
		page: "",
	},
	ccmessaging: {
		fields: {
			baseUrl: {"help":"of the AICC","example":"https://service.besclouds.com"},
			authUrl: {"help":"the base URL of tokenByAkSk, only where it differs"},
			appKey: {"help":"as configured on the API Fabric"},
			appSecret: {"help":"goes with the app key, and gets the AccessToken (tokenByAkSk)"},
			accessToken: {"help":"in place of the app secret"},
			userId: {"help":"1 to 32 characters, defined by the enterprise"},
			userName: {"help":"for display, defined by the enterprise"},
			channelId: {"help":"the Configuration ID of the channel"},
			locale: {"help":"an ISO 639 language without a country","example":"zh"},
		},
		refused: "the app key or the app secret is wrong, or the app is switched off",
		try: [
			"Copy both anew from the API Fabric, without spaces or line ends around them.",
			"Check that the app is still switched on there, and subscribed.",
		],
		failed: "",
		absent: "tokenByAkSk often has another base URL, mostly without the port: that is authUrl.",
		page: "",
	},
	isales: {
		fields: {
			baseUrl: {"help":"of the CC-iSales","example":"https://service.besclouds.com"},
			user: {"help":"the account's name, of CTI-OBS"},
			passwd: {"help":"of that user"},
		},
		refused: "user or passwd is wrong, or the account is locked",
		try: [
			"Log in once with the same pair where a person does. If it works there, compare how it is written here.",
			"Check that the account is not locked or expired; wait before more attempts, as they may lock it.",
		],
		failed: "",
		absent: "",
		page: "",
	},
	cubedrive: {
		fields: {
			baseUrl: {"help":"of the deployment","example":"https://www.cubedrive.com/lite"},
			params: {"help":"\"the application information and user information\", under the names that the deployment needs"},
			method: {"help":"how getLogin is called: a query may end up in logs, a body does not"},
		},
		refused: "the application's or the user's parameters are wrong, or either is switched off",
		try: [
			"Compare the names and the values of params with what your deployment asks for.",
			"CubeDrive tolerates few logins: wait a few minutes before the next.",
		],
		failed: "",
		absent: "",
		page: "CubeDrive also answers so to those who log in too often: wait a few minutes.",
	},
};
