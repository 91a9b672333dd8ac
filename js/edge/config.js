// The edge's configuration: who may call, from where, and what for. It holds no secret, only the names of bindings that
// hold one. It is checked once and as a whole; whatever is not understood makes all of it invalid.
import { defaultRequestHeaders, defaultResponseHeaders, mayPass } from "./header-names.js";

/**
 * A value of an identity's field: a text; the text of a secret binding; the caller's subject; or a claim of the caller's.
 * @typedef {string | { secret: string } | { subject: true } | { claim: string }} ValueSource
 */

/**
 * Who signs in with a JWT of an OIDC issuer, or of Cloudflare Access.
 * @typedef {object} JwtAuthentication
 * @property {"jwt"} type says which way this is
 * @property {string} issuer exactly as in the tokens
 * @property {string | string[]} audience one of these must be the tokens' audience
 * @property {string[]} algorithms asymmetric ones, such as `["RS256"]`
 * @property {string} [jwksUrl] where the issuer publishes its keys; or
 * @property {{ keys: object[] }} [jwks] the public keys themselves
 * @property {string} [header] where the token is in place of `Authorization: Bearer`, such as "Cf-Access-Jwt-Assertion"
 * @property {string} [subjectClaim] default "sub"
 * @property {number} [clockToleranceSeconds] default 5, at most 60
 * @property {number} [maxAgeSeconds] since the token was issued. Default 86,400
 */

/**
 * Machines that sign their requests with a shared key.
 * @typedef {object} SignedAuthentication
 * @property {"signed"} type says which way this is
 * @property {Record<string, { secret: string, subject: string, claims?: Record<string, string | string[]> }>} keys by key
 *   ID: the binding with the key, and who its holder is
 * @property {number} [windowSeconds] how old a signature may be, and how far ahead its clock. Default 300, at most 900
 */

/**
 * Who may use a connection: whom this way of authentication let in, if they have one of these subjects, or of these
 * values of a claim, where such are given.
 * @typedef {object} Rule
 * @property {string} by the name of a way in `authentication`
 * @property {string[]} [subjects] one of these must be the caller's. Default: any
 * @property {string} [claim] the claim to look at; goes with `values`
 * @property {string[]} [values] one of these must be the claim's value, or among its values
 */

/**
 * What sealed calls may do.
 * @typedef {object} CallPolicy
 * @property {string[]} methods of HTTP, such as `["GET", "POST"]`
 * @property {string[]} paths below the base URL: prefixes that end with "/", and whole paths
 * @property {string[]} [requestHeaders] that pass to the vendor
 * @property {string[]} [responseHeaders] that pass to the caller
 * @property {number} [maxBodyBytes] of a request. Default 10 MiB, at most 100 MiB
 * @property {number} [replayBytes] of a request's body are kept, so that it can be sent once more. Default 64 KiB, at most 1 MiB
 * @property {number} [timeoutMs] until the vendor begins to answer. Default 30,000
 */

/**
 * A vendor's system, whose account is used there, and by whom.
 * @typedef {object} Connection
 * @property {import("../identity.js").System} system the system
 * @property {string} baseUrl of the system: https, or http of this machine alone
 * @property {string} [authUrl] of ccmessaging's tokenByAkSk, where it differs
 * @property {Record<string, any>} identity the system's own fields, each a ValueSource: a text, `{ secret: "BINDING" }`,
 *   `{ subject: true }` or `{ claim: "name" }`; of cubedrive, `params` is a record of such
 * @property {Rule[]} allow any of these lets a caller in
 * @property {boolean} [sealed] no token is handed out. Default true
 * @property {boolean} [shareAccessToken] also hand out ccmessaging's app key and AccessToken, with which its holder can
 *   apply for any user's token. Default false
 * @property {string[]} [origins] of the edge's, those whose pages may use this connection. Default: all of them
 * @property {CallPolicy} [call] what sealed calls may do; without it there are none
 */

/**
 * The edge's configuration. It names secrets, and holds none.
 * @typedef {object} EdgeConfig
 * @property {Record<string, JwtAuthentication | SignedAuthentication>} authentication by a name of your choice
 * @property {string[]} [origins] of the pages that may call the edge, exactly as browsers send them. Default: none
 * @property {Record<string, Connection>} connections by the name that callers use
 */

/** A configuration with its defaults filled in. @typedef {EdgeConfig & { origins: string[] }} CheckedConfig */

/** A configuration that cannot be used. Its problems name fields and bindings, and quote no value. */
export class ConfigError extends Error {
	/** @param {string[]} problems */
	constructor(problems) {
		super(`The edge's configuration cannot be used:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
		this.name = "ConfigError";
		/** Stable. @readonly */
		this.code = "not_configured";
		/** One line each: the field, and what is wrong with it. @readonly */
		this.problems = problems;
	}
}

const asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The fields of each system's identity. Those that are secret come from a binding, never from the configuration's text. */
const identityFields = {
	appcube: { required: ["appKey", "appSecret"], optional: [] },
	ccmessaging: { required: ["appKey", "appSecret", "userId", "userName", "channelId", "locale"], optional: [] },
	isales: { required: ["user", "passwd"], optional: [] },
	cubedrive: { required: ["params"], optional: ["method"] },
};
const secretFields = ["appSecret", "passwd"];

/**
 * A checked copy of a configuration, with its defaults.
 * @param {unknown} input
 * @returns {CheckedConfig}
 * @throws {ConfigError}
 */
export function checkConfig(input) {
	/** @type {string[]} */
	const problems = [];
	const config = new Reader(structuredCloneOf(input, problems), "", problems);
	const authentication = config.record("authentication", readAuthentication);
	const checked = {
		authentication,
		origins: config.list("origins", origin, { optional: true }) ?? [],
		connections: config.record("connections", (reader) => readConnection(reader, authentication)),
	};
	config.end();
	for (const [name, { origins }] of Object.entries(checked.connections)) {
		if (origins?.some((/** @type {string} */ one) => !checked.origins.includes(one))) {
			problems.push(`connections.${name}.origins has one that the edge's own origins do not have`);
		}
	}
	const issuers = Object.values(authentication).filter(({ type }) => type === "jwt").map(({ issuer, header }) => `${issuer}\n${header ?? ""}`);
	if (new Set(issuers).size !== issuers.length) {
		problems.push("authentication has two of the same issuer and header: list both audiences in one");
	}
	const keyIds = Object.values(authentication).flatMap(({ type, keys }) => (type === "signed" ? Object.keys(keys) : []));
	if (new Set(keyIds).size !== keyIds.length) {
		problems.push("authentication has a key ID twice");
	}
	if (problems.length > 0) {
		throw new ConfigError(problems);
	}
	return /** @type {CheckedConfig} */ (checked);
}

/** @param {unknown} input @param {string[]} problems */
function structuredCloneOf(input, problems) {
	try {
		return structuredClone(input);
	} catch {
		problems.push("the configuration must hold plain values only");
		return {};
	}
}

/** @param {Reader} reader */
function readAuthentication(reader) {
	const type = reader.text("type", oneOf("jwt", "signed"));
	if (type === "signed") {
		const checked = {
			type,
			keys: reader.record("keys", (key) => {
				const one = { secret: key.text("secret", binding), subject: key.text("subject"), claims: key.take("claims") ?? {} };
				if (!isRecord(one.claims) || !Object.values(one.claims).every((v) => isText(v) || (Array.isArray(v) && v.every(isText)))) {
					key.fail("claims", "must hold texts, and lists of texts");
				}
				key.end();
				return one;
			}),
			windowSeconds: reader.number("windowSeconds", 300, 1, 900),
		};
		reader.end();
		return checked;
	}
	const audience = reader.take("audience");
	const checked = {
		type,
		issuer: reader.text("issuer"),
		audience: isText(audience) ? [audience] : audience,
		algorithms: reader.list("algorithms", oneOf(...asymmetric)),
		jwksUrl: reader.text("jwksUrl", webUrl, { optional: true }),
		jwks: reader.take("jwks"),
		header: reader.text("header", headerName, { optional: true })?.toLowerCase(),
		subjectClaim: reader.text("subjectClaim", undefined, { optional: true }) ?? "sub",
		clockToleranceSeconds: reader.number("clockToleranceSeconds", 5, 0, 60),
		maxAgeSeconds: reader.number("maxAgeSeconds", 86_400, 1, 31_536_000),
	};
	if (!Array.isArray(checked.audience) || checked.audience.length === 0 || !checked.audience.every(isText)) {
		reader.fail("audience", "must be a text, or a list of some");
	}
	if ((checked.jwksUrl === undefined) === (checked.jwks === undefined)) {
		reader.fail("jwksUrl", "or jwks must be given, and not both");
	}
	if (checked.jwks !== undefined && !isPublicKeySet(checked.jwks)) {
		reader.fail("jwks", "must be a JSON Web Key Set of public keys only");
	}
	reader.end();
	return checked;
}

/**
 * @param {Reader} reader
 * @param {Record<string, unknown>} authentication
 */
function readConnection(reader, authentication) {
	const system = /** @type {keyof typeof identityFields | undefined} */ (reader.text("system", oneOf(...Object.keys(identityFields))));
	const checked = {
		system,
		baseUrl: reader.text("baseUrl", baseUrl)?.replace(/\/+$/, ""),
		authUrl: reader.text("authUrl", baseUrl, { optional: true })?.replace(/\/+$/, ""),
		identity: reader.section("identity", (identity) => readIdentity(identity, system)),
		allow: reader.sections("allow", (rule) => readRule(rule, authentication)),
		sealed: reader.flag("sealed", true),
		shareAccessToken: reader.flag("shareAccessToken", false),
		origins: reader.list("origins", origin, { optional: true }),
		call: reader.section("call", readCall, { optional: true }),
	};
	if (checked.authUrl !== undefined && system !== "ccmessaging") {
		reader.fail("authUrl", "is of ccmessaging only");
	}
	if (checked.shareAccessToken && (system !== "ccmessaging" || checked.sealed)) {
		reader.fail("shareAccessToken", "is of ccmessaging only, where it is not sealed");
	}
	if (checked.sealed && checked.call === undefined) {
		reader.fail("call", "is missing: a sealed connection without it is of no use");
	}
	reader.end();
	return checked;
}

/** @param {Reader} identity @param {keyof typeof identityFields} [system] */
function readIdentity(identity, system) {
	if (system === undefined) {
		return {}; // the system's own problem is told already
	}
	/** @type {Record<string, unknown>} */
	const checked = {};
	const { required, optional } = identityFields[system];
	for (const field of [...required, ...optional]) {
		const value = identity.take(field);
		if (value === undefined) {
			required.includes(field) && identity.fail(field, "is missing");
		} else if (field === "params") {
			if (!isRecord(value) || !Object.values(value).every(isSource) || !Object.keys(value).every(isText)) {
				identity.fail(field, 'must hold, by name, a text, { "secret": … }, { "subject": true } or { "claim": … }');
			}
		} else if (secretFields.includes(field) ? !isRecord(value) || !isSource(value) || !("secret" in value) : !isSource(value)) {
			identity.fail(field, secretFields.includes(field)
				? 'must be { "secret": the name of a binding }'
				: 'must be a text, { "secret": … }, { "subject": true } or { "claim": … }');
		}
		checked[field] = value;
	}
	if (checked.method !== undefined && checked.method !== "GET" && checked.method !== "POST") {
		identity.fail("method", 'must be "GET" or "POST"');
	}
	identity.end();
	return checked;
}

/** @param {Reader} rule @param {Record<string, unknown>} authentication */
function readRule(rule, authentication) {
	const checked = {
		by: rule.text("by", oneOf(...Object.keys(authentication))),
		subjects: rule.list("subjects", isText, { optional: true }),
		claim: rule.text("claim", undefined, { optional: true }),
		values: rule.list("values", isText, { optional: true }),
	};
	if ((checked.claim === undefined) !== (checked.values === undefined)) {
		rule.fail("values", "and claim belong together");
	}
	rule.end();
	return checked;
}

/** @param {Reader} call */
function readCall(call) {
	const checked = {
		methods: call.list("methods", oneOf(...methods)),
		paths: call.list("paths", pathPrefix),
		requestHeaders: call.list("requestHeaders", passable, { optional: true })?.map(lower) ?? [...defaultRequestHeaders],
		responseHeaders: call.list("responseHeaders", passable, { optional: true })?.map(lower) ?? [...defaultResponseHeaders],
		maxBodyBytes: call.number("maxBodyBytes", 10 << 20, 0, 100 << 20),
		replayBytes: call.number("replayBytes", 64 << 10, 0, 1 << 20),
		timeoutMs: call.number("timeoutMs", 30_000, 100, 300_000),
	};
	call.end();
	return checked;
}

/** Takes the members of one object, and notes what is wrong with them under their full names. */
class Reader {
	/** @type {Map<string, unknown>} */ #left = new Map();

	/** @param {unknown} value @param {string} path @param {string[]} problems */
	constructor(value, path, problems) {
		this.path = path;
		this.problems = problems;
		if (isRecord(value)) {
			this.#left = new Map(Object.entries(value));
		} else {
			problems.push(`${path || "the configuration"} must be an object`);
		}
	}

	/** @param {string} name @param {string} reason */
	fail(name, reason) {
		this.problems.push(`${this.#name(name)} ${reason}`);
	}

	/** @param {string} name @returns {any} */
	take(name) {
		const value = this.#left.get(name);
		this.#left.delete(name);
		return value ?? undefined;
	}

	/** To be called last: what nobody has taken is a mistake. */
	end() {
		for (const name of this.#left.keys()) {
			this.fail(/^\w{1,40}$/.test(name) ? name : "a field", "is not known here");
		}
	}

	/**
	 * @param {string} name
	 * @param {Check} [check]
	 * @param {{ optional?: boolean }} [options]
	 * @returns {any} a string, or undefined where it is absent or wrong
	 */
	text(name, check = isText, { optional = false } = {}) {
		const value = this.take(name);
		if (value === undefined) {
			optional || this.fail(name, "is missing");
		} else if (!isText(value) || !check(value)) {
			this.fail(name, check.expected ?? "must be a text");
		} else {
			return value;
		}
	}

	/** @param {string} name @param {number} byDefault @param {number} least @param {number} most */
	number(name, byDefault, least, most) {
		const value = this.take(name) ?? byDefault;
		if (!Number.isInteger(value) || value < least || value > most) {
			this.fail(name, `must be a whole number from ${least} to ${most}`);
		}
		return value;
	}

	/** @param {string} name @param {boolean} byDefault @returns {boolean} */
	flag(name, byDefault) {
		const value = this.take(name) ?? byDefault;
		if (typeof value !== "boolean") {
			this.fail(name, "must be true or false");
		}
		return value;
	}

	/**
	 * @param {string} name
	 * @param {Check} check
	 * @param {{ optional?: boolean }} [options]
	 * @returns {string[] | undefined}
	 */
	list(name, check, { optional = false } = {}) {
		const value = this.take(name);
		if (value === undefined && optional) {
			return undefined;
		}
		if (!Array.isArray(value) || (value.length === 0 && !optional)) {
			this.fail(name, "must be a list with something in it");
			return undefined;
		}
		if (!value.every((one) => isText(one) && check(one))) {
			this.fail(name, `has an entry that is not right: each ${check.expected ?? "must be a text"}`);
		}
		return value;
	}

	/**
	 * @param {string} name
	 * @param {(reader: Reader) => any} read
	 * @param {{ optional?: boolean }} [options]
	 */
	section(name, read, { optional = false } = {}) {
		const value = this.take(name);
		return value === undefined && optional ? undefined : read(new Reader(value, this.#name(name), this.problems));
	}

	/** @param {string} name @param {(reader: Reader) => any} read */
	sections(name, read) {
		const value = this.take(name);
		if (!Array.isArray(value) || value.length === 0) {
			this.fail(name, "must be a list with something in it");
			return [];
		}
		return value.map((one, i) => read(new Reader(one, `${this.#name(name)}[${i}]`, this.problems)));
	}

	/**
	 * @param {string} name
	 * @param {(reader: Reader) => any} read
	 * @returns {Record<string, any>}
	 */
	record(name, read) {
		const value = this.take(name);
		if (!isRecord(value) || Object.keys(value).length === 0) {
			this.fail(name, "must be an object with something in it");
			return {};
		}
		/** @type {Record<string, any>} */
		const checked = Object.create(null); // so that a caller's "constructor" names nothing
		for (const [key, one] of Object.entries(value)) {
			if (!/^[A-Za-z0-9_-]{1,64}$/.test(key)) {
				this.fail(name, "has a name that is not 1 to 64 letters, digits, hyphens and underscores");
				continue;
			}
			checked[key] = read(new Reader(one, `${this.#name(name)}.${key}`, this.problems));
		}
		return checked;
	}

	/** @param {string} name */
	#name(name) {
		return this.path ? `${this.path}.${name}` : name;
	}
}

/** @typedef {((text: string) => boolean) & { expected?: string }} Check */

/** @param {(text: string) => boolean} check @param {string} expected @returns {Check} */
const checking = (check, expected) => Object.assign(check, { expected });

const oneOf = (/** @type {string[]} */ ...values) => checking((text) => values.includes(text), `must be one of ${values.join(", ")}`);
const binding = checking((text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text), "must be the name of a binding");
const headerName = checking((text) => /^[A-Za-z0-9-]+$/.test(text), "must be the name of a header");
const passable = checking(
	(text) => mayPass(text.toLowerCase()),
	"must be the name of a header that may pass: none that carries credentials, concerns the connection, or speaks for the edge",
);
const pathPrefix = checking(
	(text) => /^\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]+\/)*[A-Za-z0-9._~!$&'()*+,=:@-]*$/.test(text) && !/\/\.\.?(?:\/|$)/.test(text),
	'must be a plain path that begins with "/"; one that ends with "/" is a prefix',
);

const origin = checking((text) => {
	const url = parse(text);
	return url !== undefined && url.origin === text && isWeb(url);
}, "must be an origin as browsers send it, such as https://console.example.com");

const webUrl = checking((text) => {
	const url = parse(text);
	return url !== undefined && isWeb(url) && url.username === "" && url.password === "" && url.hash === "";
}, "must be an https URL, or http on loopback");

const baseUrl = checking((text) => {
	const url = parse(text);
	return url !== undefined && webUrl(text) && url.search === "" && !text.includes("?") && !text.includes("\\") &&
		url.href.replace(/\/+$/, "") === text.replace(/\/+$/, "");
}, "must be an https URL (or http on loopback) in its normal form: lower case, no default port, no credentials, query or fragment");

/** @param {string} text */
function lower(text) {
	return text.toLowerCase();
}

/** @param {string} text */
function parse(text) {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/** @param {URL} url */
function isWeb({ protocol, hostname }) {
	return protocol === "https:" || (protocol === "http:" && (hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]"));
}

/** @param {unknown} value @returns {value is string} */
function isText(value) {
	return typeof value === "string" && value !== "";
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value */
function isSource(value) {
	if (isText(value)) {
		return true;
	}
	if (!isRecord(value) || Object.keys(value).length !== 1) {
		return false;
	}
	return (isText(value.secret) && binding(value.secret)) || value.subject === true || isText(value.claim);
}

/** @param {unknown} jwks */
function isPublicKeySet(jwks) {
	return (
		isRecord(jwks) && Array.isArray(jwks.keys) && jwks.keys.length > 0 &&
		jwks.keys.every((key) => isRecord(key) && (key.kty === "RSA" || key.kty === "EC" || key.kty === "OKP") && !("d" in key))
	);
}

/**
 * The names of the secret bindings that a configuration refers to, and where it does.
 * @param {CheckedConfig} config
 * @returns {Map<string, string>} the first place, by binding
 */
export function secretsOf(config) {
	/** @type {Map<string, string>} */
	const found = new Map();
	/** @param {unknown} source @param {string} path */
	const note = (source, path) => {
		if (isRecord(source) && isText(source.secret) && !found.has(source.secret)) {
			found.set(source.secret, path);
		}
	};
	for (const [name, one] of Object.entries(config.authentication)) {
		for (const [id, key] of Object.entries(one.type === "signed" ? one.keys : {})) {
			note(key, `authentication.${name}.keys.${id}`);
		}
	}
	for (const [name, { identity }] of Object.entries(config.connections)) {
		const { params = {}, ...fields } = identity;
		for (const [field, source] of [...Object.entries(fields), ...Object.entries(params)]) {
			note(source, `connections.${name}.identity.${field}`);
		}
	}
	return found;
}
