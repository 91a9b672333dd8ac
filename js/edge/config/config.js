// The edge's configuration: who may call, from where, and what for. It holds no secret, only the names of bindings that
// hold one. It is checked once and as a whole; whatever is not understood makes all of it invalid.
import { systems } from "../../generated/systems.js";
import { tokens } from "../../generated/tokens.js";
import { baseUrl, binding, headerName, isPublicKeySet, isRecord, isText, oneOf, origin, passable, pathPrefix, webUrl } from "./forms.js";
import { defaultRequestHeaders, defaultResponseHeaders } from "../sealed/header-names.js";
import { fieldsOf, readIdentity, sourcesOf } from "./identity-fields.js";
import { defaultKeepers, readKeepers } from "./keepers.js";
import { Reader } from "./reader.js";

/**
 * A value of an identity's field: the value itself; the text of a secret binding; the caller's subject; or a claim of the caller's.
 * @typedef {string | number | boolean | { secret: string } | { subject: true } | { claim: string }} ValueSource
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
 * How the sessions of a connection are spread over Durable Objects.
 * @typedef {object} KeepersConfig
 * @property {number} [count] of objects, 1 to 256. Default 4. It may be changed while sessions live:
 * @property {number[]} [former] counts of before. The sessions that move are then handed over, with their tokens and budgets; after
 *   a day it can go. Default: none
 * @property {"eu" | "fedramp"} [jurisdiction] in which the objects run and store. It is chosen once: objects of another one are others
 * @property {string} [location] a hint where an object is made, such as "weur"; otherwise near who first asks
 */

/**
 * A vendor's system, whose account is used there, and by whom.
 * @typedef {object} Connection
 * @property {import("../../generated/systems.js").System} system the system
 * @property {string} baseUrl of the system: https, or http of this machine alone
 * @property {Record<string, any>} identity the system's other fields, each a ValueSource: a text, `{ secret: "BINDING" }`,
 *   `{ subject: true }` or `{ claim: "name" }`; of kind `parameters`, a record of such; a secret one only from a binding; of kind
 *   `url`, `choice` or `flag` only the value itself
 * @property {Rule[]} allow any of these lets a caller in
 * @property {boolean} [sealed] no token is handed out. Default true; always so where somebody signs in
 * @property {boolean} [shareAppToken] where calls carry a token of the app's own, hand out that too, with the app's key: its
 *   holder can get any user's token. Default false
 * @property {string[]} [origins] of the edge's, those whose pages may use this connection. Default: all of them
 * @property {CallPolicy} [call] what sealed calls may do; without it there are none
 * @property {KeepersConfig} [keepers] how its sessions are spread over objects; the same for all connections of a system at a base URL
 */

/**
 * Who may stop users, and see how the keepers are.
 * @typedef {object} Operators
 * @property {Rule[]} allow any of these makes a caller an operator
 * @property {string[]} [origins] of the pages that operators may use, exactly as browsers send them; those of the edge are none of
 *   them. Such a page has to send `Authorization: Bearer`: nothing that a browser adds by itself counts. Default: none
 */

/**
 * The edge's configuration. It names secrets, and holds none.
 * @typedef {object} EdgeConfig
 * @property {Record<string, JwtAuthentication | SignedAuthentication>} authentication by a name of your choice
 * @property {string[]} [origins] of the pages that may call the edge, exactly as browsers send them. Default: none
 * @property {Record<string, Connection>} connections by the name that callers use
 * @property {Operators} [operators] who may stop users, and see how the keepers are. Default: nobody
 */

/**
 * How the keepers of a connection are laid out: a KeepersConfig with its defaults.
 * @typedef {{ count: number, former: number[], jurisdiction?: string, location?: string }} Keepers
 */

/** A connection with its defaults. @typedef {Connection & { keepers: Keepers }} CheckedConnection */

/** A configuration with its defaults filled in. @typedef {EdgeConfig & { origins: string[], operators: Required<Operators>, connections: Record<string, CheckedConnection> }} CheckedConfig */

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
		operators: config.section("operators", (reader) => readOperators(reader, authentication), { optional: true }) ?? {
			allow: [],
			origins: [],
		},
	};
	config.end();
	for (const [name, { origins }] of Object.entries(checked.connections)) {
		if (origins?.some((/** @type {string} */ one) => !checked.origins.includes(one))) {
			problems.push(`connections.${name}.origins has one that the edge's own origins do not have`);
		}
	}
	/** @type {Map<string, string>} */
	const laidOut = new Map();
	for (const [name, { system, baseUrl, keepers }] of Object.entries(checked.connections)) {
		const place = `${system} ${baseUrl}`;
		const layout = JSON.stringify(keepers);
		if ((laidOut.get(place) ?? layout) !== layout) {
			problems.push(
				`connections.${name}.keepers must be as that of the other connections of this system and base URL: they share sessions`,
			);
		}
		laidOut.set(place, layout);
	}
	const issuers = Object.values(authentication)
		.filter(({ type }) => type === "jwt")
		.map(({ issuer, header }) => `${issuer}\n${header ?? ""}`);
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
	const system = /** @type {import("../../generated/systems.js").System | undefined} */ (
		reader.text("system", oneOf(...systems.map(({ name }) => name)))
	);
	const checked = {
		system,
		baseUrl: reader.text("baseUrl", baseUrl)?.replace(/\/+$/, ""),
		// Where there is no system, that is told already.
		identity: reader.section("identity", (identity) => (system ? readIdentity(identity, fieldsOf(system)) : {})),
		allow: reader.sections("allow", (rule) => readRule(rule, authentication)),
		sealed: reader.flag("sealed", true),
		shareAppToken: reader.flag("shareAppToken", false),
		origins: reader.list("origins", origin, { optional: true }),
		call: reader.section("call", readCall, { optional: true }),
		keepers: reader.section("keepers", readKeepers, { optional: true }) ?? defaultKeepers,
	};
	if (checked.shareAppToken && system && (tokens[system].guarded.length === 0 || checked.sealed)) {
		reader.fail("shareAppToken", "is only for systems whose calls carry a token of the app's own, where the connection is not sealed");
	}
	if (system && tokens[system].signsIn && !checked.sealed) {
		reader.fail("sealed", "must be true for this system: its token changes with the calls that carry it, which only the edge would see");
	}
	if (checked.sealed && checked.call === undefined) {
		reader.fail("call", "is missing: a sealed connection without it is of no use");
	}
	reader.end();
	return checked;
}

/** @param {Reader} reader @param {Record<string, unknown>} authentication */
function readOperators(reader, authentication) {
	const checked = {
		allow: reader.sections("allow", (rule) => readRule(rule, authentication)),
		origins: reader.list("origins", origin, { optional: true }) ?? [],
	};
	reader.end();
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

/** @param {string} text */
function lower(text) {
	return text.toLowerCase();
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
	for (const [name, connection] of Object.entries(config.connections)) {
		for (const [field, source] of sourcesOf(connection)) {
			note(source, `connections.${name}.identity.${field}`);
		}
	}
	return found;
}
