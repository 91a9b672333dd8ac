// The identity that a command is about: from flags, then the environment, then a file. Each setting is taken from the
// first of them that has it.
import { dirname, resolve } from "node:path";
import { readText } from "./files.js";
import { groupsOf, take } from "./identity.js";
import { object, parseJSON, text } from "./json.js";
import { missing } from "./missing.js";
import { nearest } from "../client/nearest.js";
import { laxWarning, readSecrets } from "./secrets.js";
import { catalogue as known, defaultFile, general, looksSecret, parameterFlag } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** @typedef {import("./identity.js").Source} Source */
/** @typedef {import("./settings.js").Catalogue} Catalogue */
/** @typedef {import("./settings.js").Described} Described */

/**
 * @typedef {object} Configuration
 * @property {import("../client/identity.js").VendorIdentity} identity
 * @property {number} timeoutMs in milliseconds
 * @property {string | undefined} store the path of a folder, or "redis"
 * @property {Record<string, string>} from where each field of the identity was found
 * @property {string[]} hidden the identity's secrets, to be kept out of messages
 * @property {string[]} warnings
 */

/**
 * @param {Readonly<Record<string, any>>} options of the command line
 * @param {import("./secrets.js").World & { withoutSecrets?: boolean }} world withoutSecrets: it will do without them, as nothing is going to log in
 * @param {Catalogue} [catalogue]
 * @returns {Promise<Configuration>} rejected with a UsageError
 */
export async function configure(options, { withoutSecrets = false, ...world }, catalogue = known) {
	const { env, cwd } = world;
	/** @type {string[]} */
	const warnings = [];
	const file = await readConfiguration(options, env, cwd, warnings, catalogue);
	const parameters = (options[parameterFlag] ?? []).map(parameterOf);
	const flags = { name: "the command line", values: fromFlags(options, catalogue) };
	const environment = { name: "the environment", closed: true, values: fromEnvironment(env, catalogue) };
	const plain = [flags, environment, ...file.sources];
	const find = (/** @type {string} */ name) => plain.find(({ values }) => values[name] !== undefined);

	const system = systemOf(find("system")?.values["system"], catalogue);
	refuseForeign(system, [flags, ...file.sources], catalogue);
	Object.assign(flags.values, parametersOf(system, parameters, catalogue));
	const timeoutMs = timeoutOf(find("timeout")?.values["timeout"]);
	const store = storeOf(find("store"), file.sources, { cwd, folder: file.folder });

	/** @type {import("./identity.js").Draft} */
	const draft = { identity: { system: system.name }, from: { system: /** @type {Source} */ (find("system")).name }, hidden: [] };
	const groups = groupsOf(system.fields);
	const isSecret = (/** @type {typeof groups[number]} */ group) => group.some(({ secret }) => secret);
	for (const group of groups.filter((each) => !isSecret(each))) {
		if (!take(draft, group, plain) && !group[0].optional) {
			throw missing(system, group, catalogue);
		}
	}
	const secretSources = await readSecrets(options, system, { ...world, file, environment, warnings }, catalogue);
	for (const group of groups.filter(isSecret)) {
		const [first] = group;
		if (take(draft, group, [flags, ...secretSources, ...file.sources]) || first.optional) {
			continue;
		}
		if (!withoutSecrets) {
			throw missing(system, group, catalogue);
		}
		// The core wants one; nothing will be sent with it.
		draft.identity[first.name] = first.kind === "parameters" ? { none: "given" } : "none-was-given";
	}
	const { identity, from, hidden } = draft;
	return {
		identity: /** @type {import("../client/identity.js").VendorIdentity} */ (/** @type {unknown} */ (identity)),
		timeoutMs,
		store,
		from,
		hidden,
		warnings,
	};
}

/**
 * @param {unknown} named
 * @param {Catalogue} catalogue
 * @returns {Described}
 */
function systemOf(named, { systems }) {
	const names = systems.map(({ name }) => name).join(", ");
	if (named === undefined) {
		throw new UsageError(`No system is given: use --system (${names}), ${general.system}, or "system" in ${defaultFile}.`, "system");
	}
	const system = systems.find(({ name }) => name === named);
	if (!system) {
		throw new UsageError(`system must be one of ${names}.`, "system");
	}
	return system;
}

/**
 * @param {Readonly<Record<string, any>>} options
 * @param {Catalogue} catalogue
 */
function fromFlags(options, { settings }) {
	/** @type {Record<string, unknown>} */
	const values = { system: options["system"], timeout: options["timeout"], store: options["store"] };
	for (const { name, flag, kind, secret } of settings) {
		if (kind === "parameters") {
			continue; // whose they are, the system says
		}
		if (kind === "flag" && options[`no-${flag}`] !== undefined) {
			if (options[flag] !== undefined) {
				throw new UsageError(`--${flag} and --no-${flag} exclude each other.`, name);
			}
			values[name] = false;
		} else if (!secret) {
			values[name] = options[flag];
		}
	}
	return values;
}

/**
 * @param {string} given
 * @returns {[string, string]}
 */
function parameterOf(given) {
	const at = given.indexOf("=");
	if (at < 1) {
		throw new UsageError(`--${parameterFlag} takes NAME=VALUE.`, parameterFlag);
	}
	return [given.slice(0, at), given.slice(at + 1)];
}

/**
 * The command line's parameters, by the field of the system that they are.
 * @param {Described} system
 * @param {[string, string][]} given
 * @param {Catalogue} catalogue
 * @returns {Record<string, Record<string, string>>}
 */
function parametersOf(system, given, { settings }) {
	if (given.length === 0) {
		return {};
	}
	const field = system.fields.find(({ kind }) => kind === "parameters");
	const setting = settings.find(({ name }) => name === field?.name);
	if (!setting) {
		throw new UsageError(`--${parameterFlag} is not for ${system.name}: it takes no parameters.`, parameterFlag);
	}
	const secret = given.map(([name]) => name).find(looksSecret);
	if (secret !== undefined) {
		throw new UsageError(
			`The parameter ${nameable(secret, "of that name")} sounds like a secret, which is not taken from the command line: give it in ${setting.env} ` +
				`in the environment ({"${nameable(secret, "NAME")}": "…"}), or under "${setting.name}" in a file (--secrets-file FILE) or on standard input (--secrets -).`,
			setting.name,
		);
	}
	return { [setting.name]: Object.fromEntries(given) };
}

/**
 * Variables that are set but empty count as absent: that is how scripts unset them.
 * @param {NodeJS.ProcessEnv} env
 * @param {Catalogue} catalogue
 */
function fromEnvironment(env, { settings }) {
	/** @type {Record<string, unknown>} */
	const values = {
		system: env[general.system] || undefined,
		timeout: env[general.timeout] || undefined,
		store: env[general.store] || undefined,
	};
	for (const { name, env: variable, kind } of settings) {
		const given = env[variable] || undefined;
		values[name] = given !== undefined && kind === "parameters" ? object(parseJSON(given, variable), variable) : given;
	}
	return values;
}

/**
 * The configuration file: its profile first, then what it says for all profiles.
 * @param {Readonly<Record<string, any>>} options
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @param {string[]} warnings
 * @param {Catalogue} catalogue
 * @returns {Promise<{ sources: Source[], folder: string, secretsFile: string | undefined }>}
 */
async function readConfiguration(options, env, cwd, warnings, { settings }) {
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
			const there = Object.keys(all)
				.map((each) => nameable(each, "…"))
				.join(", ");
			throw new UsageError(`There is no such profile in ${what}; there are: ${there || "none"}.`, "profile");
		}
		sources.push({ name: `the profile ${nameable(name, "that was asked for")}`, values: object(all[name], "The profile") });
	} else if (profiles !== undefined && shared["system"] === undefined && options["system"] === undefined && !env[general.system]) {
		const there = Object.keys(object(profiles, `"profiles" of ${what}`))
			.map((each) => nameable(each, "…"))
			.join(", ");
		throw new UsageError(`${what} has profiles: choose one with --profile or CCTOKEN_PROFILE (${there}).`, "profile");
	}
	sources.push({ name: `the file ${defaultFile === what ? what : "named by --config"}`, values: shared });

	const allowed = ["system", "timeout", "store", "secretsFile", ...settings.map((setting) => setting.name)];
	for (const { name: where, values } of sources) {
		const stray = Object.keys(values).find((key) => !allowed.includes(key));
		if (stray !== undefined) {
			const meant = nearest(stray, allowed);
			throw new UsageError(
				`${nameable(stray, "A name")} in ${where} is not a setting; ${meant ? `is ${meant} meant?` : `there are ${allowed.join(", ")}, profile and profiles.`}`,
			);
		}
		const holds = settings.some(({ name: field, kind, secret }) =>
			kind === "parameters" ? Object.keys(object(values[field] ?? {}, field)).some(looksSecret) : secret && values[field] !== undefined,
		);
		if (read.lax && holds) {
			warnings.push(laxWarning(what));
		}
	}
	const secretsFile = sources.map(({ values }) => values["secretsFile"]).find((value) => value !== undefined);
	return { sources, folder: dirname(path), secretsFile: secretsFile === undefined ? undefined : text(secretsFile, "secretsFile") };
}

/**
 * A field of another system is a mistake where it was written for this command or profile.
 * @param {Described} system
 * @param {Source[]} sources
 * @param {Catalogue} catalogue
 */
function refuseForeign(system, sources, { settings }) {
	for (const { name: where, values } of sources) {
		const foreign = settings.find(({ name }) => values[name] !== undefined && !system.fields.some((field) => field.name === name));
		if (foreign) {
			throw new UsageError(`${foreign.name}, given by ${where}, is not a field of ${system.name}.`, foreign.name);
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
 * Where a folder is relative to depends on who names it.
 * @param {Source | undefined} source
 * @param {Source[]} files
 * @param {{ cwd: string, folder: string }} places
 */
function storeOf(source, files, { cwd, folder }) {
	if (source === undefined) {
		return undefined;
	}
	const where = text(source.values["store"], "store");
	return where === "redis" ? where : resolve(files.includes(source) ? folder : cwd, where);
}
