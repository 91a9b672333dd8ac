// The secrets of the identity that a command is about: where they are read, and which of them are taken.
import { resolve } from "node:path";
import { readInput, readText } from "./files.js";
import { object, parseJSON, text } from "./json.js";
import { askSecret } from "./prompt.js";
import { general, looksSecret, paramsEnv, secrets } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** @typedef {import("./configuration.js").Source} Source */
/** @typedef {import("../identity.js").System} System */

/**
 * @typedef {object} World
 * @property {NodeJS.ProcessEnv} env
 * @property {import("./prompt.js").Input} stdin
 * @property {import("./terminal.js").Output} [stderr] where a terminal is asked for a secret
 * @property {{ stop(): void }} [spinner] what turns there until then
 * @property {string} cwd
 */

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
 * @param {System} system
 * @param {World & { warnings: string[], file: { sources: Source[], folder: string, secretsFile: string | undefined } }} world
 * @returns {Promise<Source[]>}
 */
export async function readSecrets(options, system, world) {
	const { env, cwd, file, warnings } = world;
	if (options["secrets"] !== undefined && options["secrets-file"] !== undefined) {
		throw new UsageError("--secrets and --secrets-file are the same: give one of them.", "secrets-file");
	}
	/** @type {Source[]} */
	const sources = [];
	const named = options["secrets-file"] ?? options["secrets"];
	if (secretsOnInput(options)) {
		const given = await readSecretInput(system, world);
		const values = secretsIn(given, "Standard input", system);
		refuseOthers(values, "Standard input", system);
		sources.push({ name: "standard input", values });
	} else if (named !== undefined) {
		const what = "The secrets file";
		const source = await secretsFile(resolve(cwd, named), { what }, system, warnings);
		refuseOthers(source.values, what, system);
		sources.push(source);
	}
	/** @type {Record<string, unknown>} */
	const environment = {};
	for (const { name, env: variable } of secrets) {
		environment[name] = env[variable] || undefined;
	}
	if (env[paramsEnv]) {
		environment["params"] = object(parseJSON(env[paramsEnv], paramsEnv), paramsEnv);
	}
	sources.push({ name: "the environment", values: environment });
	const inEnvironment = env[general.secretsFile];
	if (inEnvironment && named === undefined) {
		const what = `The file that ${general.secretsFile} names`;
		const source = await secretsFile(resolve(cwd, inEnvironment), { what }, system, warnings);
		warnOfOthers(source.values, what, system, warnings);
		sources.push(source);
	}
	if (file.secretsFile !== undefined && named === undefined && !inEnvironment) {
		const what = "The secretsFile of the configuration";
		const source = await secretsFile(resolve(file.folder, file.secretsFile), { what, relativeTo: "the configuration's folder" }, system, warnings);
		warnOfOthers(source.values, what, system, warnings);
		sources.push(source);
	}
	for (const { name, values } of file.sources) {
		sources.push({ name, values: Object.fromEntries(secrets.map((secret) => [secret.name, values[secret.name]])) });
	}
	return sources;
}

/**
 * @param {System} system
 * @param {World} world
 */
async function readSecretInput(system, { stdin, stderr, spinner }) {
	if (!stdin.isTTY || !stderr) {
		return readInput(stdin, "What is");
	}
	spinner?.stop();
	return askSecret(stdin, stderr, system === "cubedrive" ? `Secret parameters of cubedrive, as ${naming(system)}` : `${taken(system)[0]} of ${system}`);
}

/**
 * @param {string} path
 * @param {import("./files.js").How} how
 * @param {System} system
 * @param {string[]} warnings
 * @returns {Promise<Source>}
 */
async function secretsFile(path, how, system, warnings) {
	const read = /** @type {{ text: string, lax: boolean }} */ (await readText(path, how));
	if (read.lax) {
		warnings.push(laxWarning(how.what));
	}
	return { name: "the secrets file", values: secretsIn(read.text, how.what, system) };
}

/**
 * The names of the secrets that a system takes.
 * @param {System} system
 */
const taken = (system) => (system === "cubedrive" ? ["params"] : secrets.filter(({ of }) => of.includes(system)).map(({ name }) => name));

/**
 * The first secret of other systems.
 * @param {Record<string, unknown>} values
 * @param {System} system
 */
const otherIn = (values, system) => Object.keys(values).find((name) => name !== "alone" && !taken(system).includes(name));

/**
 * How the secrets of a system are named. CubeDrive's are parameters, whose names are the tenant's own.
 * @param {System} system
 * @param {string} [example] a parameter
 */
const naming = (system, example = "NAME") => (system === "cubedrive" ? `{"params": {"${example}": "…"}}` : taken(system).join(" or "));

/**
 * What the command names is for this system alone: it would be no help to leave out in silence what was given.
 * @param {Record<string, unknown>} values
 * @param {string} what
 * @param {System} system
 */
function refuseOthers(values, what, system) {
	const other = otherIn(values, system);
	if (other !== undefined) {
		throw new UsageError(`${what} has ${other}, which is not ${system}'s; it needs ${naming(system, other)}.`, other);
	}
}

/**
 * A file that is named once for all can hold the secrets of several systems; one with none for this system is a mistake.
 * @param {Record<string, unknown>} values
 * @param {string} what
 * @param {System} system
 * @param {string[]} warnings
 */
function warnOfOthers(values, what, system, warnings) {
	const other = otherIn(values, system);
	if (other !== undefined && !taken(system).some((name) => values[name] !== undefined)) {
		warnings.push(`${what} has ${other}, which is not ${system}'s and is left out; it needs ${naming(system, other)}.`);
	}
}

/** @param {string} what */
export function laxWarning(what) {
	return `${what} holds a secret, and other users of this machine can read it: chmod 600 makes it yours alone.`;
}

/**
 * Secrets as JSON by their names; or one alone, which is then the one that the system needs.
 * @param {string} given
 * @param {string} what
 * @param {System} system
 * @returns {Record<string, unknown>}
 */
function secretsIn(given, what, system) {
	const trimmed = given.replace(/^\uFEFF/, "").trim();
	if (trimmed === "") {
		throw new UsageError(`${what} holds no secret: it is empty.`);
	}
	if (!trimmed.startsWith("{")) {
		if (/[\r\n]/.test(trimmed)) {
			throw new UsageError(
				system === "cubedrive"
					? `${what} must hold a JSON object: ${naming(system)}.`
					: `${what} must hold one secret alone, or a JSON object such as {"${taken(system)[0]}": "…"}.`,
			);
		}
		return { alone: trimmed };
	}
	const values = object(parseJSON(trimmed, what), what);
	if (Object.keys(values).length === 0) {
		throw new UsageError(`${what} holds no secret: it is empty.`);
	}
	const names = [...secrets.map(({ name }) => name), "params"];
	const stray = Object.keys(values).find((name) => !names.includes(name));
	if (stray !== undefined) {
		const name = nameable(stray, "");
		throw new UsageError(`${what} has ${name ? `${name},` : "a name"} which is not a secret's name; ${system} needs ${naming(system, name || undefined)}.`);
	}
	return values;
}

/**
 * @param {Record<string, any>} identity
 * @param {Record<string, string>} from
 * @param {System} system
 * @param {Source[]} sources
 * @param {boolean} dispensable
 * @returns {string[]} what must be kept out of messages
 */
export function addSecret(identity, from, system, sources, dispensable) {
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
export function addParams(identity, from, sources, dispensable) {
	/** @type {Record<string, string>} */
	const params = {};
	const hidden = [];
	for (const { name, values } of sources) {
		if (values["alone"] !== undefined) {
			throw new UsageError(`cubedrive's secrets need names: give them as ${naming("cubedrive")}.`, "params");
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
