// Identities: their types, and the comparison of two of them. Generated from the Go descriptions in core (make generate): change those.

/**
 * What a caller's own function gives: the token, or the token and for how many seconds it lives. Where that is not said,
 * the function is asked again before 10 minutes are over.
 * @typedef {string | { token: string, expiresIn?: number }} Supplied
 */

/**
 * OIAP AppCube ("C6 OIAP AppCube Interface Authentication", cec_07_0007).
 * @typedef {object} AppCubeFields
 * @property {"appcube"} system
 * @property {string} baseUrl of the OIAP, such as `https://IP:PORT`
 * @property {string} appKey the tenant ID
 */

/**
 * OIAP AppCube, by its appSecret.
 * @typedef {object} AppCubeByAppSecret
 * @property {string} appSecret the API Password of the IVR
 * @property {undefined} [token]
 */

/**
 * OIAP AppCube, by its token.
 * @typedef {object} AppCubeByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [appSecret]
 */

/** OIAP AppCube ("C6 OIAP AppCube Interface Authentication", cec_07_0007). @typedef {AppCubeFields & (AppCubeByAppSecret | AppCubeByToken)} AppCubeIdentity */

/**
 * The intelligent assistant platform ("C3 OIAP Interface Authentication", cec_07_0004).
 * @typedef {object} OiapFields
 * @property {"oiap"} system
 * @property {string} baseUrl of the OIAP, such as `https://IP:PORT`
 * @property {string} appKey the tenant ID, or the name of a system
 * @property {"body" | "headers"} [carrier] where a call carries the token: in its JSON body, as a tenant's does, or in the headers username and token, as a system's does. Default "body"
 */

/**
 * OIAP, by its appSecret.
 * @typedef {object} OiapByAppSecret
 * @property {string} appSecret goes with the app key
 * @property {undefined} [token]
 */

/**
 * OIAP, by its token.
 * @typedef {object} OiapByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [appSecret]
 */

/** The intelligent assistant platform ("C3 OIAP Interface Authentication", cec_07_0004). @typedef {OiapFields & (OiapByAppSecret | OiapByToken)} OiapIdentity */

/**
 * The AccessToken of the AICC's API Fabric ("C1", tokenByAkSk, cec_07_0002).
 * @typedef {object} ApiFabricFields
 * @property {"apifabric"} system
 * @property {string} baseUrl of tokenByAkSk, such as `https://service.besclouds.com`
 * @property {string} appKey as configured on the API Fabric
 * @property {string} [tenantSpaceId] only where a site with several tenants asks for it: sent as X-TenantSpaceID
 */

/**
 * API Fabric, by its appSecret.
 * @typedef {object} ApiFabricByAppSecret
 * @property {string} appSecret goes with the app key, and gets the AccessToken (tokenByAkSk)
 * @property {undefined} [accessToken]
 */

/**
 * API Fabric, by its accessToken.
 * @typedef {object} ApiFabricByAccessToken
 * @property {string | (() => Supplied | Promise<Supplied>)} accessToken one that you have, in place of the app secret, or a function that is asked for one whenever one is needed. It stands for the app, not for a user: all identities of one app share what it gives, and whether it fails. Of several functions the one is asked that came with the call that needs it. Where each user has a function of their own, each has a client.
 * @property {undefined} [appSecret]
 */

/** The AccessToken of the AICC's API Fabric ("C1", tokenByAkSk, cec_07_0002). @typedef {ApiFabricFields & (ApiFabricByAppSecret | ApiFabricByAccessToken)} ApiFabricIdentity */

/**
 * The AICC web client ("Performing Third-Party Request Authentication (applyToken)", cec_07_0103).
 * @typedef {object} CcmessagingFields
 * @property {"ccmessaging"} system
 * @property {string} baseUrl of the AICC, such as `https://service.besclouds.com`
 * @property {string} [authUrl] the base URL of tokenByAkSk, only where it differs
 * @property {string} appKey as configured on the API Fabric
 * @property {string} userId 1 to 32 characters, defined by the enterprise; send and queryHistoryChatMessage take 24 at most
 * @property {string} userName for display, defined by the enterprise
 * @property {string} channelId the Configuration ID of the channel
 * @property {string} locale an ISO 639 language, or one with a country as in zh_CN, such as `zh`
 * @property {string} [tenantSpaceId] only where a site with several tenants asks for it: sent as X-TenantSpaceID
 */

/**
 * AICC web client, by its appSecret.
 * @typedef {object} CcmessagingByAppSecret
 * @property {string} appSecret goes with the app key, and gets the AccessToken (tokenByAkSk)
 * @property {undefined} [accessToken]
 * @property {string | (() => Supplied | Promise<Supplied>)} [token] the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 */

/**
 * AICC web client, by its accessToken.
 * @typedef {object} CcmessagingByAccessToken
 * @property {string | (() => Supplied | Promise<Supplied>)} accessToken in place of the app secret, or a function that is asked for one whenever one is needed. It stands for the app, not for a user: all identities of one app share what it gives, and whether it fails. Of several functions the one is asked that came with the call that needs it. Where each user has a function of their own, each has a client.
 * @property {undefined} [appSecret]
 * @property {string | (() => Supplied | Promise<Supplied>)} [token] the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 */

/**
 * AICC web client, by its token.
 * @typedef {object} CcmessagingByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [appSecret]
 * @property {undefined} [accessToken]
 */

/** The AICC web client ("Performing Third-Party Request Authentication (applyToken)", cec_07_0103). @typedef {CcmessagingFields & (CcmessagingByAppSecret | CcmessagingByAccessToken | CcmessagingByToken)} CcmessagingIdentity */

/**
 * CC-iSales for CTI-OBS ("Authentication Interface", cec_07_0313).
 * @typedef {object} IsalesFields
 * @property {"isales"} system
 * @property {string} baseUrl of the CC-iSales, such as `https://service.besclouds.com`
 * @property {string} user the account's name, of CTI-OBS
 */

/**
 * CC-iSales for CTI-OBS, by its passwd.
 * @typedef {object} IsalesByPasswd
 * @property {string} passwd of that user
 * @property {undefined} [token]
 */

/**
 * CC-iSales for CTI-OBS, by its token.
 * @typedef {object} IsalesByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [passwd]
 */

/** CC-iSales for CTI-OBS ("Authentication Interface", cec_07_0313). @typedef {IsalesFields & (IsalesByPasswd | IsalesByToken)} IsalesIdentity */

/**
 * CubeDrive ("xAuthToken").
 * @typedef {object} CubeDriveIdentity
 * @property {"cubedrive"} system
 * @property {string} baseUrl of the deployment, such as `https://www.cubedrive.com/lite`
 * @property {Readonly<Record<string, string>>} params "the application information and user information", under the names that the deployment needs
 * @property {"POST" | "GET"} [method] how getLogin is called: a query may end up in logs, a body does not. Default "POST"
 * @property {string | (() => Supplied | Promise<Supplied>)} [token] the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 */

/**
 * AppCube's own OAuth2, which is Astro Zero today (astrozero_06_0042, astrozero_api_0010).
 * @typedef {object} AstroZeroFields
 * @property {"astrozero"} system
 * @property {string} baseUrl of the environment, such as `https://DOMAIN`
 * @property {string} clientId of the connected application that was registered for OAuth
 * @property {string} [redirectUrl] only where the application was registered with one: as it is registered
 * @property {string} [locale] in which the vendor words its answers, such as `zh_CN`
 */

/**
 * Astro Zero, by its clientSecret.
 * @typedef {object} AstroZeroByClientSecret
 * @property {string} clientSecret goes with the client ID
 * @property {undefined} [token]
 */

/**
 * Astro Zero, by its token.
 * @typedef {object} AstroZeroByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [clientSecret]
 */

/** AppCube's own OAuth2, which is Astro Zero today (astrozero_06_0042, astrozero_api_0010). @typedef {AstroZeroFields & (AstroZeroByClientSecret | AstroZeroByToken)} AstroZeroIdentity */

/**
 * An agent's session at the CC-Gateway ("C4", cec_07_0005; signing in: cec_07_1202).
 * @typedef {object} CcgatewayIdentity
 * @property {"ccgateway"} system
 * @property {string} baseUrl of the CC-Gateway, such as `https://IP:8043`
 * @property {number} agentId from 101 to 999999
 * @property {string} password of the agent, 1 to 32 characters
 * @property {string} phonenum on which the agent is called, 1 to 24 characters
 * @property {boolean} [autoanswer] whether calls are answered by themselves
 * @property {boolean} [autoenteridle] whether the agent is idle at once after a call
 * @property {boolean} [releasephone] whether the phone is hung up after a call
 * @property {3 | 4 | 5} [status] 3, 4 or 5, as the CC-Gateway counts them
 * @property {4 | 11} [agenttype] 4 or 11, as the CC-Gateway counts them
 * @property {string} [ip] of the agent's machine
 * @property {boolean} [checkInWebm] whether the agent signs in for web chats too
 * @property {boolean} [checkInMailm] whether the agent signs in for e-mails too
 * @property {boolean} [listenStatus] whether the agent's listening state is reported
 * @property {string} [vcPhoneNumber] for video calls
 * @property {"dynamic" | "static"} [mode] how the gateway is set up: its GUIDs change all the time, or never. Not sent. Default "dynamic"
 */

/**
 * The configuration login of the CC-Gateway ("C5", cec_07_0006).
 * @typedef {object} CcgatewayConfigFields
 * @property {"ccgatewayconfig"} system
 * @property {string} baseUrl of the CC-Gateway, such as `https://IP:8043`
 * @property {number} agentId of the agent who configures, 1 to 999999
 */

/**
 * CC-Gateway configuration, by its password.
 * @typedef {object} CcgatewayConfigByPassword
 * @property {string} password of that agent
 * @property {undefined} [token]
 */

/**
 * CC-Gateway configuration, by its token.
 * @typedef {object} CcgatewayConfigByToken
 * @property {string | (() => Supplied | Promise<Supplied>)} token the token itself, where something of your own gets it; or a function that is asked for it whenever one is needed, in place of the vendor. Of several functions for equal identities the one is asked that came with the call that needs it.
 * @property {undefined} [password]
 */

/** The configuration login of the CC-Gateway ("C5", cec_07_0006). @typedef {CcgatewayConfigFields & (CcgatewayConfigByPassword | CcgatewayConfigByToken)} CcgatewayConfigIdentity */

/** One of the systems, asked directly. @typedef {AppCubeIdentity | OiapIdentity | ApiFabricIdentity | CcmessagingIdentity | IsalesIdentity | CubeDriveIdentity | AstroZeroIdentity | CcgatewayIdentity | CcgatewayConfigIdentity} VendorIdentity */

/**
 * All fields of all systems.
 * @typedef {object} Fields
 * @property {string} [system]
 * @property {string} [baseUrl]
 * @property {string} [appKey]
 * @property {string} [appSecret]
 * @property {string | (() => Supplied | Promise<Supplied>)} [token]
 * @property {"body" | "headers"} [carrier]
 * @property {string | (() => Supplied | Promise<Supplied>)} [accessToken]
 * @property {string} [tenantSpaceId]
 * @property {string} [authUrl]
 * @property {string} [userId]
 * @property {string} [userName]
 * @property {string} [channelId]
 * @property {string} [locale]
 * @property {string} [user]
 * @property {string} [passwd]
 * @property {Readonly<Record<string, string>>} [params]
 * @property {"POST" | "GET"} [method]
 * @property {string} [clientId]
 * @property {string} [clientSecret]
 * @property {string} [redirectUrl]
 * @property {number} [agentId]
 * @property {string} [password]
 * @property {string} [phonenum]
 * @property {boolean} [autoanswer]
 * @property {boolean} [autoenteridle]
 * @property {boolean} [releasephone]
 * @property {3 | 4 | 5} [status]
 * @property {4 | 11} [agenttype]
 * @property {string} [ip]
 * @property {boolean} [checkInWebm]
 * @property {boolean} [checkInMailm]
 * @property {boolean} [listenStatus]
 * @property {string} [vcPhoneNumber]
 * @property {"dynamic" | "static"} [mode]
 * @property {string} [edge]
 * @property {string} [connection]
 * @property {string} [subject]
 * @property {string | (() => Supplied | Promise<Supplied>)} [authorization]
 */

/**
 * Fields that may be a function of the caller's: what it gives belongs to all identities with the same base URL, the first that is
 * there of `base`, and the same values of the fields `by`.
 * @type {readonly { field: string, of: string, base: readonly string[], by: readonly string[] }[]}
 */
export const supplied = [
	{ field: "accessToken", of: "apifabric", base: ["authUrl", "baseUrl"], by: ["appKey"] },
	{ field: "authorization", of: "authorization", base: ["edge"], by: ["subject"] },
];

/** The field that has the token itself, as a text or by a function: all others tell whose it is. @type {"token"} */
export const ownToken = "token";

/** Fields that are objects of texts. @type {readonly string[]} */
export const objects = ["params"];

/** Systems in which nothing but a person's act brings a token. @type {readonly unknown[]} */
export const signing = ["ccgateway"];

/**
 * The fields to compare the caller's object with later.
 * @param {Fields} f
 * @returns {Fields}
 */
export function snapshot(f) {
	// Always the same members in the same order, so that the comparison stays one fast shape.
	return {
		system: f.system,
		baseUrl: f.baseUrl,
		appKey: f.appKey,
		appSecret: f.appSecret,
		token: f.token,
		carrier: f.carrier,
		accessToken: f.accessToken,
		tenantSpaceId: f.tenantSpaceId,
		authUrl: f.authUrl,
		userId: f.userId,
		userName: f.userName,
		channelId: f.channelId,
		locale: f.locale,
		user: f.user,
		passwd: f.passwd,
		params: f.params,
		method: f.method,
		clientId: f.clientId,
		clientSecret: f.clientSecret,
		redirectUrl: f.redirectUrl,
		agentId: f.agentId,
		password: f.password,
		phonenum: f.phonenum,
		autoanswer: f.autoanswer,
		autoenteridle: f.autoenteridle,
		releasephone: f.releasephone,
		status: f.status,
		agenttype: f.agenttype,
		ip: f.ip,
		checkInWebm: f.checkInWebm,
		checkInMailm: f.checkInMailm,
		listenStatus: f.listenStatus,
		vcPhoneNumber: f.vcPhoneNumber,
		mode: f.mode,
		edge: f.edge,
		connection: f.connection,
		subject: f.subject,
		authorization: f.authorization,
	};
}

/**
 * Whether an object still says what it said when the snapshot was taken.
 * @param {Fields} copy
 * @param {Fields} f
 * @param {(a: any, b: any) => boolean} same compares two objects of texts
 */
export function unchanged(copy, f, same) {
	return (
		copy.system === f.system &&
		copy.baseUrl === f.baseUrl &&
		copy.appKey === f.appKey &&
		copy.appSecret === f.appSecret &&
		copy.token === f.token &&
		copy.carrier === f.carrier &&
		copy.accessToken === f.accessToken &&
		copy.tenantSpaceId === f.tenantSpaceId &&
		copy.authUrl === f.authUrl &&
		copy.userId === f.userId &&
		copy.userName === f.userName &&
		copy.channelId === f.channelId &&
		copy.locale === f.locale &&
		copy.user === f.user &&
		copy.passwd === f.passwd &&
		(copy.params === f.params || same(copy.params, f.params)) &&
		copy.method === f.method &&
		copy.clientId === f.clientId &&
		copy.clientSecret === f.clientSecret &&
		copy.redirectUrl === f.redirectUrl &&
		copy.agentId === f.agentId &&
		copy.password === f.password &&
		copy.phonenum === f.phonenum &&
		copy.autoanswer === f.autoanswer &&
		copy.autoenteridle === f.autoenteridle &&
		copy.releasephone === f.releasephone &&
		copy.status === f.status &&
		copy.agenttype === f.agenttype &&
		copy.ip === f.ip &&
		copy.checkInWebm === f.checkInWebm &&
		copy.checkInMailm === f.checkInMailm &&
		copy.listenStatus === f.listenStatus &&
		copy.vcPhoneNumber === f.vcPhoneNumber &&
		copy.mode === f.mode &&
		copy.edge === f.edge &&
		copy.connection === f.connection &&
		copy.subject === f.subject &&
		copy.authorization === f.authorization
	);
}
