// The systems and the fields of their identities. Generated from the Go descriptions in core (make generate): change those.

/**
 * What is known of one field of an identity.
 * @typedef {object} FieldDescription
 * @property {string} name as the identity has it
 * @property {"text" | "header" | "url" | "choice" | "number" | "flag" | "parameters" | "supplied"} kind a text; a text that is sent in a
 *   header: visible ASCII without a space; an http or https URL; one of `values`; a whole number from `minimum` to `maximum`, or one of
 *   `values`; true or false; an object of texts under names of the caller's choice; or a token, as a text or by a function
 * @property {boolean} secret whether it must not be shown or logged
 * @property {boolean} optional whether it may be left out
 * @property {string} [insteadOf] the field in whose place it stands: one of the two must be given, and not both
 * @property {readonly (string | number)[]} [values] what a choice or a number may be; the first is meant where a choice is left out
 * @property {number} [maxLength] in characters
 * @property {number} [minimum] the least that a number may be
 * @property {number} [maximum] the most that a number may be
 */

/**
 * The identities whose calls carry the token inside their JSON body: those that have the value in the field, or leave it out.
 * @typedef {object} Carrier
 * @property {string} field of the identity
 * @property {string} value of that field
 */

/**
 * What is known of one system.
 * @typedef {object} SystemDescription
 * @property {System} name as an identity's `system` has it
 * @property {string} title for people
 * @property {readonly FieldDescription[]} fields of an identity beside `system`, in the order in which a form shows them
 * @property {boolean | Carrier} bodyCarriesToken whether a business call carries the token inside its JSON body, or where only some do, which
 * @property {boolean} signsIn whether a token comes by a sign-in alone, which somebody asks for (`signIn`)
 * @property {boolean} verifies whether the vendor has an interface that says whether a token is valid
 * @property {boolean} takesToken whether an identity may have the token itself in its `token`, as a text or by a function, in place of its secrets
 */

/** The systems that hand out tokens. @typedef {"appcube" | "oiap" | "apifabric" | "ccmessaging" | "isales" | "cubedrive" | "astrozero" | "ccgateway" | "ccgatewayconfig"} System */

/** The systems, in the order in which people are shown them. A description, for forms and configurations: what is in it cannot be changed. @type {readonly SystemDescription[]} */
export const systems = /* @__PURE__ */ frozen([
	{
		name: "appcube",
		title: "OIAP AppCube",
		bodyCarriesToken: true,
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "appKey", kind: "text", secret: false, optional: false },
			{ name: "appSecret", kind: "text", secret: true, optional: false },
		],
	},
	{
		name: "oiap",
		title: "OIAP",
		bodyCarriesToken: { field: "carrier", value: "body" },
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "appKey", kind: "header", secret: false, optional: false },
			{ name: "appSecret", kind: "text", secret: true, optional: false },
			{ name: "carrier", kind: "choice", secret: false, optional: true, values: ["body", "headers"] },
		],
	},
	{
		name: "apifabric",
		title: "API Fabric",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: false,
		takesToken: false,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "appKey", kind: "header", secret: false, optional: false },
			{ name: "appSecret", kind: "text", secret: true, optional: false },
			{ name: "accessToken", kind: "supplied", secret: true, optional: false, insteadOf: "appSecret" },
			{ name: "tenantSpaceId", kind: "header", secret: false, optional: true },
		],
	},
	{
		name: "ccmessaging",
		title: "AICC web client",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "authUrl", kind: "url", secret: false, optional: true },
			{ name: "appKey", kind: "header", secret: false, optional: false },
			{ name: "appSecret", kind: "text", secret: true, optional: false },
			{ name: "accessToken", kind: "supplied", secret: true, optional: false, insteadOf: "appSecret" },
			{ name: "userId", kind: "text", secret: false, optional: false, maxLength: 32 },
			{ name: "userName", kind: "text", secret: false, optional: false },
			{ name: "channelId", kind: "text", secret: false, optional: false },
			{ name: "locale", kind: "text", secret: false, optional: false },
			{ name: "tenantSpaceId", kind: "header", secret: false, optional: true },
		],
	},
	{
		name: "isales",
		title: "CC-iSales for CTI-OBS",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "user", kind: "text", secret: false, optional: false },
			{ name: "passwd", kind: "text", secret: true, optional: false },
		],
	},
	{
		name: "cubedrive",
		title: "CubeDrive",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: true,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "params", kind: "parameters", secret: true, optional: false },
			{ name: "method", kind: "choice", secret: false, optional: true, values: ["POST", "GET"] },
		],
	},
	{
		name: "astrozero",
		title: "Astro Zero",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "clientId", kind: "text", secret: false, optional: false },
			{ name: "clientSecret", kind: "text", secret: true, optional: false },
			{ name: "redirectUrl", kind: "text", secret: false, optional: true },
			{ name: "locale", kind: "text", secret: false, optional: true },
		],
	},
	{
		name: "ccgateway",
		title: "CC-Gateway agent",
		bodyCarriesToken: false,
		signsIn: true,
		verifies: false,
		takesToken: false,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "agentId", kind: "number", secret: false, optional: false, minimum: 101, maximum: 999999 },
			{ name: "password", kind: "text", secret: true, optional: false, maxLength: 32 },
			{ name: "phonenum", kind: "text", secret: false, optional: false, maxLength: 24 },
			{ name: "autoanswer", kind: "flag", secret: false, optional: true },
			{ name: "autoenteridle", kind: "flag", secret: false, optional: true },
			{ name: "releasephone", kind: "flag", secret: false, optional: true },
			{ name: "status", kind: "number", secret: false, optional: true, values: [3, 4, 5] },
			{ name: "agenttype", kind: "number", secret: false, optional: true, values: [4, 11] },
			{ name: "ip", kind: "text", secret: false, optional: true },
			{ name: "checkInWebm", kind: "flag", secret: false, optional: true },
			{ name: "checkInMailm", kind: "flag", secret: false, optional: true },
			{ name: "listenStatus", kind: "flag", secret: false, optional: true },
			{ name: "vcPhoneNumber", kind: "text", secret: false, optional: true },
			{ name: "mode", kind: "choice", secret: false, optional: true, values: ["dynamic", "static"] },
		],
	},
	{
		name: "ccgatewayconfig",
		title: "CC-Gateway configuration",
		bodyCarriesToken: false,
		signsIn: false,
		verifies: false,
		takesToken: true,
		fields: [
			{ name: "baseUrl", kind: "url", secret: false, optional: false },
			{ name: "agentId", kind: "number", secret: false, optional: false, minimum: 1, maximum: 999999 },
			{ name: "password", kind: "text", secret: true, optional: false },
		],
	},
]);

/**
 * @template {object} T
 * @param {T} value
 * @returns {T}
 */
function frozen(value) {
	for (const part of Object.values(value)) {
		if (typeof part === "object") {
			frozen(part);
		}
	}
	return Object.freeze(value);
}
