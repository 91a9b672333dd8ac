// The identity that a command is about: from flags, then the environment, then a file. Each setting is taken from the
// first of them that has it.
import { dirname, resolve } from "node:path";
import { readInput, readText } from "./files.js";
import { fields, general, looksSecret, paramsEnv, secrets, systems } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** The file that is looked for in the current folder. */
const defaultFile = "cctoken.json";

/**
 * @typedef {object} Configuration
 * @property {import("../identity.js").VendorIdentity} identity
 * @property {number} timeoutMs in milliseconds
 * @property {Record<string, string>} from where each field of the identity was found
 * @property {string[]} hidden the identity's secrets, to be kept out of messages
 * @property {string[]} warnings
 */

/**
 * Where settings come from in one place: a file, the environment. Secrets apart from the rest.
 * @typedef {object} Source
 * @property {string} name for messages
 * @property {Record<string, unknown>} values by field name; params hold secrets as well as others
 */

/**
 * @param {Readonly<Record<string, any>>} options of the command line
 * @param {object} world
 * @param {NodeJS.ProcessEnv} world.env
 * @param {AsyncIterable<Uint8Array | string>} world.stdin
 * @param {string} world.cwd
 * @param {boolean} [world.withoutSecrets] whether it will do without them: nothing is going to log in
 * @returns {Promise<Configuration>} rejected with a UsageError
 */
export async function configure(options, { env, stdin, cwd, withoutSecrets = false }) {
	/** @type {string[]} */
	const warnings = [];
	const file = await readConfiguration(options, env, cwd, warnings);
	const secretSources = await readSecrets(options, { env, stdin, cwd, file, warnings });

	const flags = { name: "the command line", values: fromFlags(options) };
	const environment = { name: "the environment", values: fromEnvironment(env) };
	const plain = [flags, environment, ...file.sources];
	const find = (/** @type {string} */ name) => plain.find(({ values }) => values[name] !== undefined);

	const system = find("system")?.values["system"];
	if (system === undefined) {
		throw new UsageError(`No system is given: use --system (${systems.join(", ")}), CCTOKEN_SYSTEM, or "system" in ${defaultFile}.`, "system");
	}
	if (!systems.includes(/** @type {any} */ (system))) {
		throw new UsageError(`system must be one of ${systems.join(", ")}.`, "system");
	}
	const own = /** @type {import("../identity.js").System} */ (system);
	refuseForeign(own, [flags, ...file.sources]);
	const timeoutMs = timeoutOf(find("timeout")?.values["timeout"]);

	/** @type {Record<string, any>} */
	const identity = { system: own };
	/** @type {Record<string, string>} */
	const from = { system: /** @type {Source} */ (find("system")).name };
	for (const field of fields.filter(({ of }) => of.includes(own))) {
		const source = find(field.name);
		if (source) {
			identity[field.name] = text(source.values[field.name], field.name);
			from[field.name] = source.name;
		} else if (!field.optional) {
			throw new UsageError(
				`${own} needs ${field.name}: use --${field.flag}, ${field.env}, or "${field.name}" in ${defaultFile}.`,
				field.name,
			);
		}
	}
	const hidden =
		own === "cubedrive"
			? addParams(identity, from, [flags, ...secretSources, ...file.sources], withoutSecrets)
			: addSecret(identity, from, own, secretSources, withoutSecrets);
	return {
		identity: /** @type {import("../identity.js").VendorIdentity} */ (identity),
		timeoutMs,
		from,
		hidden,
		warnings,
	};
}

/** @param {Readonly<Record<string, any>>} options */
function fromFlags(options) {
	/** @type {Record<string, unknown>} */
	const values = { system: options["system"], timeout: options["timeout"] };
	for (const { name, flag } of fields) {
		values[name] = options[flag];
	}
	if (options["param"]) {
		values["params"] = Object.fromEntries(options["param"].map(paramOf));
	}
	return values;
}

/**
 * @param {string} given
 * @returns {[string, string]}
 */
function paramOf(given) {
	const at = given.indexOf("=");
	if (at < 1) {
		throw new UsageError("--param takes NAME=VALUE.", "params");
	}
	const name = given.slice(0, at);
	if (looksSecret(name)) {
		throw new UsageError(
			`The parameter ${nameable(name, "of that name")} sounds like a secret, which is not taken from the command line: give it in ${paramsEnv} ` +
				`in the environment ({"${nameable(name, "NAME")}": "…"}), or under "params" in a file (--secrets-file FILE) or on standard input (--secrets -).`,
			"params",
		);
	}
	return [name, given.slice(at + 1)];
}

/**
 * Variables that are set but empty count as absent: that is how scripts unset them.
 * @param {NodeJS.ProcessEnv} env
 */
function fromEnvironment(env) {
	/** @type {Record<string, unknown>} */
	const values = { system: env[general.system] || undefined, timeout: env[general.timeout] || undefined };
	for (const field of fields) {
		values[field.name] = env[field.env] || undefined;
	}
	return values;
}

/**
 * The configuration file: its profile first, then what it says for all profiles.
 * @param {Readonly<Record<string, any>>} options
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @param {string[]} warnings
 * @returns {Promise<{ sources: Source[], folder: string, secretsFile: string | undefined }>}
 */
async function readConfiguration(options, env, cwd, warnings) {
	const named = options["config"] ?? (env[general.config] || undefined);
	const path = resolve(cwd, named ?? defaultFile);
	const what = named === undefined ? defaultFile : "The configuration file";
	const read = await readText(path, { what, optional: named === undefined });
	const wanted = options["profile"] ?? (env[general.profile] || undefined);
	if (!read) {
		if (wanted !== undefined) {
			throw new UsageError(`A profile is asked for, but there is no ${defaultFile} here: name the file with --config.`, "profile");
		}
		return { sources: [], folder: cwd, secretsFile: undefined };
	}
	const content = object(parse(read.text, what), what);
	const { profile: chosen, profiles, $schema, ...shared } = content;
	const name = wanted ?? chosen;
	/** @type {Source[]} */
	const sources = [];
	if (name !== undefined) {
		const all = object(profiles ?? {}, `"profiles" of ${what}`);
		if (typeof name !== "string" || !Object.hasOwn(all, name)) {
			const there = Object.keys(all).map((each) => nameable(each, "…")).join(", ");
			throw new UsageError(`There is no such profile in ${what}; there are: ${there || "none"}.`, "profile");
		}
		sources.push({ name: `the profile ${nameable(name, "that was asked for")}`, values: object(all[name], "The profile") });
	} else if (profiles !== undefined && shared["system"] === undefined && options["system"] === undefined && !env[general.system]) {
		const there = Object.keys(object(profiles, `"profiles" of ${what}`)).map((each) => nameable(each, "…")).join(", ");
		throw new UsageError(`${what} has profiles: choose one with --profile or CCTOKEN_PROFILE (${there}).`, "profile");
	}
	sources.push({ name: `the file ${defaultFile === what ? what : "named by --config"}`, values: shared });

	const allowed = ["system", "timeout", "secretsFile", "params", ...fields.map((field) => field.name), ...secrets.map((secret) => secret.name)];
	for (const { name: where, values } of sources) {
		const stray = Object.keys(values).find((key) => !allowed.includes(key));
		if (stray !== undefined) {
			throw new UsageError(`${nameable(stray, "A name")} in ${where} is not a setting; see docs/cli.md.`);
		}
		const params = values["params"] === undefined ? {} : object(values["params"], "params");
		const holds = secrets.some((secret) => values[secret.name] !== undefined) || Object.keys(params).some(looksSecret);
		if (read.lax && holds) {
			warnings.push(laxWarning(what));
		}
	}
	const secretsFile = sources.map(({ values }) => values["secretsFile"]).find((value) => value !== undefined);
	return { sources, folder: dirname(path), secretsFile: secretsFile === undefined ? undefined : text(secretsFile, "secretsFile") };
}

/**
 * Whether standard input holds the secrets: it then holds nothing else.
 * @param {Readonly<Record<string, any>>} options
 */
export const secretsOnInput = (options) => options["secrets"] === "-" || options["secrets-file"] === "-";

/**
 * @param {Readonly<Record<string, any>>} options
 * @param {string} what else is to be read from standard input
 * @throws {UsageError} where that holds the secrets
 */
export function keepInputFor(options, what) {
	if (secretsOnInput(options)) {
		throw new UsageError(`Standard input can hold the secrets or the ${what}, not both.`);
	}
}

/**
 * Where secrets are: a file or standard input that the command names, the environment, and what the configuration
 * names or holds, in this order.
 * @param {Readonly<Record<string, any>>} options
 * @param {{ env: NodeJS.ProcessEnv, stdin: AsyncIterable<Uint8Array | string>, cwd: string, warnings: string[],
 *   file: { sources: Source[], folder: string, secretsFile: string | undefined } }} world
 * @returns {Promise<Source[]>}
 */
async function readSecrets(options, { env, stdin, cwd, file, warnings }) {
	if (options["secrets"] !== undefined && options["secrets-file"] !== undefined) {
		throw new UsageError("--secrets and --secrets-file are the same: give one of them.", "secrets-file");
	}
	/** @type {Source[]} */
	const sources = [];
	const named = options["secrets-file"] ?? options["secrets"];
	if (secretsOnInput(options)) {
		sources.push({ name: "standard input", values: secretsIn(await readInput(stdin, "What is"), "Standard input") });
	} else if (named !== undefined) {
		sources.push(await secretsFile(resolve(cwd, named), "The secrets file", warnings));
	}
	/** @type {Record<string, unknown>} */
	const environment = {};
	for (const { name, env: variable } of secrets) {
		environment[name] = env[variable] || undefined;
	}
	if (env[paramsEnv]) {
		environment["params"] = object(parse(env[paramsEnv], paramsEnv), paramsEnv);
	}
	sources.push({ name: "the environment", values: environment });
	const inEnvironment = env[general.secretsFile];
	if (inEnvironment && named === undefined) {
		sources.push(await secretsFile(resolve(cwd, inEnvironment), `The file that ${general.secretsFile} names`, warnings));
	}
	if (file.secretsFile !== undefined && named === undefined && !inEnvironment) {
		sources.push(await secretsFile(resolve(file.folder, file.secretsFile), "The secretsFile of the configuration", warnings));
	}
	for (const { name, values } of file.sources) {
		sources.push({ name, values: Object.fromEntries(secrets.map((secret) => [secret.name, values[secret.name]])) });
	}
	return sources;
}

/**
 * @param {string} path
 * @param {string} what
 * @param {string[]} warnings
 * @returns {Promise<Source>}
 */
async function secretsFile(path, what, warnings) {
	const read = /** @type {{ text: string, lax: boolean }} */ (await readText(path, { what }));
	if (read.lax) {
		warnings.push(laxWarning(what));
	}
	return { name: "the secrets file", values: secretsIn(read.text, what) };
}

/** @param {string} what */
function laxWarning(what) {
	return `${what} holds a secret, and other users of this machine can read it: chmod 600 makes it yours alone.`;
}

/**
 * Secrets as JSON by their names; or one alone, which is then the one that the system needs.
 * @param {string} given
 * @param {string} what
 * @returns {Record<string, unknown>}
 */
function secretsIn(given, what) {
	const trimmed = given.replace(/^\uFEFF/, "").trim();
	if (trimmed === "") {
		throw new UsageError(`${what} holds no secret: it is empty.`);
	}
	if (!trimmed.startsWith("{")) {
		if (/[\r\n]/.test(trimmed)) {
			throw new UsageError(`${what} must hold one secret alone, or a JSON object such as {"appSecret": "…"}.`);
		}
		return { alone: trimmed };
	}
	const values = object(parse(trimmed, what), what);
	const names = [...secrets.map(({ name }) => name), "params"];
	const stray = Object.keys(values).find((name) => !names.includes(name));
	if (stray !== undefined) {
		throw new UsageError(`${nameable(stray, "A name")} in ${what} is not a secret's name; there are ${names.join(", ")}.`);
	}
	return values;
}

/**
 * @param {Record<string, any>} identity
 * @param {Record<string, string>} from
 * @param {import("../identity.js").System} system
 * @param {Source[]} sources
 * @param {boolean} dispensable
 * @returns {string[]} what must be kept out of messages
 */
function addSecret(identity, from, system, sources, dispensable) {
	const possible = secrets.filter(({ of }) => of.includes(system));
	for (const { name, values } of sources) {
		const found = possible.filter((secret) => values[secret.name] !== undefined);
		if (found.length > 1) {
			throw new UsageError(`appSecret and accessToken exclude each other: ${name} has both.`, "accessToken");
		}
		const chosen = found[0]?.name ?? (values["alone"] === undefined ? undefined : possible[0]?.name);
		if (chosen) {
			identity[chosen] = text(values[chosen] ?? values["alone"], chosen);
			from[chosen] = name;
			return [identity[chosen]];
		}
	}
	const [first] = /** @type {[import("./settings.js").Secret]} */ (possible);
	if (dispensable) {
		identity[first.name] = "none-was-given"; // the core wants one; nothing will be sent with it
		return [];
	}
	throw new UsageError(
		`${system} needs ${possible.map(({ name }) => name).join(" or ")}: give it as ${possible.map(({ env }) => env).join(" or ")} in the environment, ` +
			`in a file (--secrets-file FILE), or on standard input (--secrets -).`,
		first.name,
	);
}

/**
 * CubeDrive's parameters, each from the first source that has it.
 * @param {Record<string, any>} identity
 * @param {Record<string, string>} from
 * @param {Source[]} sources
 * @param {boolean} dispensable
 * @returns {string[]} what must be kept out of messages
 */
function addParams(identity, from, sources, dispensable) {
	/** @type {Record<string, string>} */
	const params = {};
	const hidden = [];
	for (const { name, values } of sources) {
		if (values["alone"] !== undefined) {
			throw new UsageError('cubedrive\'s secrets need names: give them as {"params": {"NAME": "…"}}.', "params");
		}
		for (const [key, value] of Object.entries(values["params"] === undefined ? {} : object(values["params"], "params"))) {
			if (!Object.hasOwn(params, key)) {
				params[key] = text(value, "params");
				from["params"] ??= name;
				if (looksSecret(key) || name === "standard input" || name === "the secrets file" || name === "the environment") {
					hidden.push(/** @type {string} */ (params[key]));
				}
			}
		}
	}
	if (Object.keys(params).length === 0 && !dispensable) {
		throw new UsageError(`cubedrive needs params: use --param NAME=VALUE, and ${paramsEnv}, --secrets-file FILE or --secrets - for secret ones.`, "params");
	}
	identity["params"] = Object.keys(params).length === 0 ? { none: "given" } : params;
	return hidden;
}

/**
 * A field of another system is a mistake where it was written for this command or profile.
 * @param {import("../identity.js").System} system
 * @param {Source[]} sources
 */
function refuseForeign(system, sources) {
	for (const { name, values } of sources) {
		const foreign = [...fields, ...secrets].find(({ name: field, of }) => values[field] !== undefined && !of.includes(system));
		if (foreign || (values["params"] !== undefined && system !== "cubedrive")) {
			const field = foreign?.name ?? "params";
			throw new UsageError(`${field}, given by ${name}, is not a field of ${system}.`, field);
		}
	}
}

/** @param {unknown} given seconds */
function timeoutOf(given) {
	if (given === undefined) {
		return 30_000;
	}
	const seconds = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
	if (typeof seconds !== "number" || !(seconds >= 1 && seconds <= 600)) {
		throw new UsageError("timeout must be from 1 to 600 seconds.", "timeout");
	}
	return seconds * 1000;
}

/**
 * @param {string} json
 * @param {string} what
 * @returns {unknown}
 */
function parse(json, what) {
	try {
		return JSON.parse(json.replace(/^\uFEFF/, ""));
	} catch {
		// The parser's own words quote the text.
		throw new UsageError(`${what} is not valid JSON.`);
	}
}

/**
 * @param {unknown} value
 * @param {string} what
 * @returns {Record<string, unknown>}
 */
function object(value, what) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new UsageError(`${what} must be a JSON object.`);
	}
	return /** @type {Record<string, unknown>} */ (value);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
function text(value, name) {
	if (typeof value !== "string" || value === "") {
		throw new UsageError(`${name} must be a text that is not empty.`, name);
	}
	return value;
}
