// Every field that a caller may give, with a right value and wrong ones, as lines of TypeScript. The names are read from
// the declarations, so that a field without its lines is noticed.
import { readFile } from "node:fs/promises";

/**
 * The properties of a JSDoc typedef.
 * @param {string} file
 * @param {string} name
 * @returns {Promise<{ name: string, optional: boolean }[]>}
 */
export async function declared(file, name) {
	const text = await readFile(new URL(`../../js/${file}`, import.meta.url), "utf8");
	const block = text.split("/**").find((part) => part.includes(`@typedef {object} ${name}\n`));
	if (!block) {
		throw new Error(`js/${file} declares no ${name}.`);
	}
	return [...block.slice(0, block.indexOf("*/")).matchAll(/@property \{.*?\} (\[?)(\w+)\]?/g)].map(([, bracket, name]) => ({
		name: String(name),
		optional: bracket === "[",
	}));
}

const text = { right: '""', wrong: ["1", "null", "{ href: '' }", "['']"] };
const flag = { right: "true", wrong: ['"yes"', "1", "null"] };
const number = { right: "1", wrong: ['"1"', "null", "true"] };

/** A right value of each field, and wrong ones. @type {Record<string, { right: string, wrong: string[] }>} */
export const values = {
	baseUrl: text,
	authUrl: text,
	tenantSpaceId: text,
	appKey: text,
	appSecret: text,
	userId: text,
	userName: text,
	channelId: text,
	locale: text,
	user: text,
	passwd: text,
	clientId: text,
	clientSecret: text,
	redirectUrl: text,
	carrier: { right: '"headers"', wrong: ['"cookie"', "null", "1"] },
	agentId: { right: "101", wrong: ['"101"', "null", "true"] },
	password: text,
	phonenum: text,
	ip: text,
	vcPhoneNumber: text,
	mode: { right: '"static"', wrong: ['"other"', "null", "1"] },
	status: { right: "4", wrong: ["6", '"4"', "null"] },
	agenttype: { right: "11", wrong: ["5", '"4"', "null"] },
	autoanswer: flag,
	autoenteridle: flag,
	releasephone: flag,
	checkInWebm: flag,
	checkInMailm: flag,
	listenStatus: flag,
	edge: text,
	connection: text,
	subject: text,
	authorization: { right: 'async () => ""', wrong: ["1", "null", 'Promise.resolve("")', "async () => 1", "() => 1"] },
	params: { right: '{ user: "" }', wrong: ['""', "null", "{ user: 1 }", "new Map<string, string>().size"] },
	method: { right: '"GET"', wrong: ['"PUT"', '"get"', "null", "1"] },
	accessToken: { right: 'async () => ""', wrong: ["1", "null", 'Promise.resolve("")', "async () => 1", "() => 1"] },
	token: { right: 'async () => ""', wrong: ["1", "null", 'Promise.resolve("")', "async () => 1", "() => 1"] },
	signal: { right: "undefined", wrong: ["1", '""', "{}"] },
	forceRefresh: { right: "true", wrong: ['"yes"', "1", "null"] },
	rejected: { right: '""', wrong: ["1", "null", "{}"] },
	fetch: { right: "undefined", wrong: ["1", "null", '""'] },
	timeoutMs: number,
	maxSessions: number,
	store: { right: "undefined", wrong: ["1", "null", "{}", '"redis"'] },
	onStore: { right: "() => {}", wrong: ["1", "null", "{}"] },
	onEvent: { right: "() => {}", wrong: ["1", "null", '"log"', "(event: string) => {}", "({ kind }) => kind"] },
	wasmUrl: { right: '""', wrong: ["1", "null", "{}"] },
	wasmModule: { right: "{}", wrong: ["1", "null", '""'] },
	wasmBytes: { right: "new Uint8Array()", wrong: ["1", "null", '""', "[0, 97]"] },
};

/** The forms of an identity, by its fields; `texts` are those that are texts in this form, and functions in another; `beside` those of which each makes another form that is right. Only an edge's has no system: its fields are found wrong beside a vendor's, and the other way round, by the core alone. @type {{ system?: string, fields: string[], optional: string[], texts?: string[], beside?: string[] }[]} */
export const forms = [
	{ system: "appcube", fields: ["baseUrl", "appKey", "appSecret"], optional: [] },
	{ system: "appcube", fields: ["baseUrl", "appKey", "token"], optional: [] },
	{
		system: "ccmessaging",
		fields: ["baseUrl", "appKey", "appSecret", "userId", "userName", "channelId", "locale"],
		optional: ["authUrl", "tenantSpaceId"],
		beside: ["token"],
	},
	{
		system: "ccmessaging",
		fields: ["baseUrl", "appKey", "token", "userId", "userName", "channelId", "locale"],
		optional: ["authUrl", "tenantSpaceId"],
		beside: ["appSecret", "accessToken"],
	},
	{
		system: "ccmessaging",
		fields: ["baseUrl", "appKey", "accessToken", "userId", "userName", "channelId", "locale"],
		optional: ["authUrl", "tenantSpaceId"],
		beside: ["token"],
	},
	{ system: "oiap", fields: ["baseUrl", "appKey", "appSecret"], optional: ["carrier"] },
	{ system: "oiap", fields: ["baseUrl", "appKey", "token"], optional: ["carrier"] },
	{ system: "apifabric", fields: ["baseUrl", "appKey", "appSecret"], optional: ["tenantSpaceId"] },
	{ system: "apifabric", fields: ["baseUrl", "appKey", "accessToken"], optional: ["tenantSpaceId"] },
	{ system: "astrozero", fields: ["baseUrl", "clientId", "clientSecret"], optional: ["redirectUrl", "locale"] },
	{ system: "astrozero", fields: ["baseUrl", "clientId", "token"], optional: ["redirectUrl", "locale"] },
	{ system: "ccgatewayconfig", fields: ["baseUrl", "agentId", "password"], optional: [] },
	{ system: "ccgatewayconfig", fields: ["baseUrl", "agentId", "token"], optional: [] },
	{
		system: "ccgateway",
		fields: ["baseUrl", "agentId", "password", "phonenum"],
		optional: [
			"autoanswer",
			"autoenteridle",
			"releasephone",
			"status",
			"agenttype",
			"ip",
			"checkInWebm",
			"checkInMailm",
			"listenStatus",
			"vcPhoneNumber",
			"mode",
		],
	},
	{ system: "isales", fields: ["baseUrl", "user", "passwd"], optional: [] },
	{ system: "isales", fields: ["baseUrl", "user", "token"], optional: [] },
	{ system: "cubedrive", fields: ["baseUrl", "params"], optional: ["method", "token"] },
	{ fields: ["edge", "connection", "authorization", "subject"], optional: [] },
	{ fields: ["edge", "connection", "authorization"], optional: ["subject"], texts: ["authorization"] },
];

/** The functions that take options. */
export const calls = [
	{ typedef: ["client/asking.js", "GetTokenOptions"], call: (/** @type {string} */ options) => `getToken(identity, ${options});` },
	{ typedef: ["client/client.js", "ClientOptions"], call: (/** @type {string} */ options) => `createClient(${options});` },
	{ typedef: ["module/module.js", "InitializeOptions"], call: (/** @type {string} */ options) => `initialize(${options});` },
];

/** @param {Record<string, string>} members */
const object = (members) =>
	`{ ${Object.entries(members)
		.map(([name, value]) => `${name}: ${value}`)
		.join(", ")} }`;
/** @param {string[]} names @param {string[]} [texts] */
const rightly = (names, texts = []) =>
	Object.fromEntries(
		names.map((name) => [name, texts.includes(name) ? text.right : /** @type {{ right: string }} */ (values[name]).right]),
	);

/**
 * Lines that must compile and lines that must not: for each field of each form a missing one, one of a wrong case, wrong
 * values, and the fields of other systems.
 * @returns {Promise<{ right: string[], wrong: string[] }>}
 */
export async function lines() {
	const right = [];
	const wrong = [];
	for (const { system, fields, optional, texts, beside = [] } of forms) {
		const named = system === undefined ? {} : { system: `"${system}"` };
		const all = { ...named, ...rightly([...fields, ...optional], texts) };
		const get = (/** @type {Record<string, string>} */ members) => `getToken(${object(members)});`;
		right.push(get({ ...named, ...rightly(fields, texts) }), get(all), ...beside.map((name) => get({ ...all, ...rightly([name]) })));
		if (system !== undefined) {
			for (const value of ['"other"', '""', "1", "null", "undefined"]) {
				wrong.push(get({ ...all, system: value }));
			}
			wrong.push(get(rightly([...fields, ...optional])));
		}
		for (const field of [...fields, ...optional]) {
			const { [field]: value = "", ...without } = /** @type {Record<string, string>} */ (all);
			for (const bad of values[field]?.wrong ?? []) {
				wrong.push(get({ ...without, [field]: bad }));
			}
			wrong.push(get({ ...all, [field.toUpperCase()]: value }));
			if (fields.includes(field)) {
				wrong.push(get(without), get({ ...without, [field]: "undefined" }));
			} else {
				right.push(get({ ...without, [field]: "undefined" }));
			}
		}
		const systems = forms.filter(({ system }) => system !== undefined);
		const foreign = new Set(systems.flatMap(({ fields, optional }) => [...fields, ...optional]));
		for (const field of foreign) {
			if (system !== undefined && ![...fields, ...optional, ...beside].includes(field)) {
				wrong.push(get({ ...all, ...rightly([field]) }));
			}
		}
	}
	for (const {
		typedef: [file, name],
		call,
	} of calls) {
		const options = (await declared(String(file), String(name))).map(({ name }) => name);
		right.push(call("{}"), call(object(rightly(options))));
		wrong.push(call(object({ unheardOf: "1" })), call("1"));
		for (const option of options) {
			right.push(call(object(rightly([option]))), call(object({ [option]: "undefined" })));
			wrong.push(call(object({ [option.toUpperCase()]: /** @type {{ right: string }} */ (values[option]).right })));
			for (const bad of values[option]?.wrong ?? []) {
				wrong.push(call(object({ [option]: bad })));
			}
		}
	}
	for (const member of ["value", "system", "issuedAt", "expiresAt", "headers", "query", "body"]) {
		right.push(`token.${member};`);
		wrong.push(`token.${member} = token.${member};`);
	}
	for (const member of ["code", "system", "step", "field", "httpStatus", "vendorCode", "retryable", "retryAt"]) {
		right.push(`error.${member};`);
		wrong.push(`error.${member} = error.${member};`);
	}
	right.push("verifyToken(token);", 'verifyToken("", identity);', 'error.code === "module_stale";');
	wrong.push("getToken();", "verifyToken();", 'verifyToken("");', "verifyToken(1, identity);", 'error.code === "unheard_of";');
	return { right, wrong };
}
