// The identity that a command is about: from flags, then the environment, then a file. Each setting is taken from the
// first of them that has it.
import { dirname, resolve } from "node:path";
import { readText } from "./files.js";
import { object, parseJSON, text } from "./json.js";
import { nearest } from "./nearest.js";
import { addParams, addSecret, laxWarning, readSecrets } from "./secrets.js";
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
 * @param {import("./secrets.js").World & { withoutSecrets?: boolean }} world withoutSecrets: it will do without them, as nothing is going to log in
 * @returns {Promise<Configuration>} rejected with a UsageError
 */
export async function configure(options, { withoutSecrets = false, ...world }) {
	const { env, cwd } = world;
	/** @type {string[]} */
	const warnings = [];
	const file = await readConfiguration(options, env, cwd, warnings);
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
	const secretSources = await readSecrets(options, own, { ...world, file, warnings });
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
	const content = object(parseJSON(read.text, what), what);
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
			const meant = nearest(stray, allowed);
			throw new UsageError(`${nameable(stray, "A name")} in ${where} is not a setting; ${meant ? `is ${meant} meant?` : `there are ${allowed.join(", ")}, profile and profiles.`}`);
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
