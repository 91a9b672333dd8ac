// The secrets of the identity that a command is about: where they are read, and which of them are taken.
import { resolve } from "node:path";
import { readInput, readText } from "./files.js";
import { groupsOf } from "./identity.js";
import { object, parseJSON } from "./json.js";
import { askSecret } from "./prompt.js";
import { general } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** @typedef {import("./identity.js").Source} Source */
/** @typedef {import("./settings.js").Catalogue} Catalogue */
/** @typedef {import("./settings.js").Described} Described */

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
 * Where secrets are: a file or standard input that the command names, the environment, and the file that this or the
 * configuration names, in this order.
 * @param {Readonly<Record<string, any>>} options
 * @param {Described} system
 * @param {World & { warnings: string[], environment: Source, file: { folder: string, secretsFile: string | undefined } }} world
 * @param {Catalogue} catalogue
 * @returns {Promise<Source[]>}
 */
export async function readSecrets(options, system, world, catalogue) {
	const { env, cwd, file, environment, warnings } = world;
	if (options["secrets"] !== undefined && options["secrets-file"] !== undefined) {
		throw new UsageError("--secrets and --secrets-file are the same: give one of them.", "secrets-file");
	}
	/** @type {Source[]} */
	const sources = [];
	const named = options["secrets-file"] ?? options["secrets"];
	if (secretsOnInput(options)) {
		const what = "Standard input";
		const values = secretsIn(await readSecretInput(system, world), what, system, catalogue);
		refuseOthers(values, what, system);
		sources.push({ name: "standard input", closed: true, values });
	} else if (named !== undefined) {
		const what = "The secrets file";
		const source = await secretsFile(resolve(cwd, named), { what }, system, warnings, catalogue);
		refuseOthers(source.values, what, system);
		sources.push(source);
	}
	sources.push(environment);
	const inEnvironment = env[general.secretsFile];
	if (inEnvironment && named === undefined) {
		const what = `The file that ${general.secretsFile} names`;
		const source = await secretsFile(resolve(cwd, inEnvironment), { what }, system, warnings, catalogue);
		warnOfOthers(source.values, what, system, warnings);
		sources.push(source);
	}
	if (file.secretsFile !== undefined && named === undefined && !inEnvironment) {
		const what = "The secretsFile of the configuration";
		const source = await secretsFile(
			resolve(file.folder, file.secretsFile),
			{ what, relativeTo: "the configuration's folder" },
			system,
			warnings,
			catalogue,
		);
		warnOfOthers(source.values, what, system, warnings);
		sources.push(source);
	}
	return sources;
}

/**
 * @param {Described} system
 * @param {World} world
 */
async function readSecretInput(system, { stdin, stderr, spinner }) {
	if (!stdin.isTTY || !stderr) {
		return readInput(stdin, "What is");
	}
	spinner?.stop();
	const lone = loneOf(system);
	const what = system.fields.some(({ kind, secret }) => secret && kind === "parameters") ? "Secret parameters" : "Secrets";
	return askSecret(stdin, stderr, lone ? `${lone} of ${system.name}` : `${what} of ${system.name}, as ${asJSON(system)}`);
}

/**
 * @param {string} path
 * @param {import("./files.js").How} how
 * @param {Described} system
 * @param {string[]} warnings
 * @param {Catalogue} catalogue
 * @returns {Promise<Source>}
 */
async function secretsFile(path, how, system, warnings, catalogue) {
	const read = /** @type {{ text: string, lax: boolean }} */ (await readText(path, how));
	if (read.lax) {
		warnings.push(laxWarning(how.what));
	}
	return { name: "the secrets file", closed: true, values: secretsIn(read.text, how.what, system, catalogue) };
}

/**
 * The secrets that a system takes, with those together that stand in each other's place.
 * @param {Described} system
 */
const takenBy = (system) =>
	groupsOf(system.fields)
		.map((group) => group.filter(({ secret }) => secret))
		.filter((group) => group.length > 0);

/**
 * The secret that one given alone is, where there is no doubt: parameters have names, and of several one is as good as another.
 * @param {Described} system
 * @returns {string | undefined}
 */
function loneOf(system) {
	const all = takenBy(system);
	const needed = all.filter(([first]) => !first?.optional);
	const [group, ...more] = needed.length > 0 ? needed : all;
	return more.length > 0 || group?.[0]?.kind === "parameters" ? undefined : group?.[0]?.name;
}

/**
 * The first secret of other systems.
 * @param {Record<string, unknown>} values
 * @param {Described} system
 */
const otherIn = (values, system) =>
	Object.keys(values).find(
		(name) =>
			!takenBy(system)
				.flat()
				.some((field) => field.name === name),
	);

/**
 * How the secrets of a system are named. Parameters have names of the tenant's own.
 * @param {Described} system
 * @param {string} [example] a parameter
 */
const naming = (system, example = "NAME") =>
	takenBy(system)
		.map((group) => group.map(({ name, kind }) => (kind === "parameters" ? `{"${name}": {"${example}": "…"}}` : name)).join(" or "))
		.join(" and ");

/**
 * How they are written where one alone would not do.
 * @param {Described} system
 */
function asJSON(system) {
	const members = takenBy(system).map(([first]) => `"${first?.name}": ${first?.kind === "parameters" ? '{"NAME": "…"}' : '"…"'}`);
	return `{${members.join(", ")}}`;
}

/**
 * What the command names is for this system alone: it would be no help to leave out in silence what was given.
 * @param {Record<string, unknown>} values
 * @param {string} what
 * @param {Described} system
 */
function refuseOthers(values, what, system) {
	const other = otherIn(values, system);
	if (other !== undefined) {
		throw new UsageError(`${what} has ${other}, which is not ${system.name}'s; it needs ${naming(system, other)}.`, other);
	}
}

/**
 * A file that is named once for all can hold the secrets of several systems; one with none for this system is a mistake.
 * @param {Record<string, unknown>} values
 * @param {string} what
 * @param {Described} system
 * @param {string[]} warnings
 */
function warnOfOthers(values, what, system, warnings) {
	const other = otherIn(values, system);
	if (
		other !== undefined &&
		!takenBy(system)
			.flat()
			.some(({ name }) => values[name] !== undefined)
	) {
		warnings.push(`${what} has ${other}, which is not ${system.name}'s and is left out; it needs ${naming(system, other)}.`);
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
 * @param {Described} system
 * @param {Catalogue} catalogue
 * @returns {Record<string, unknown>}
 */
function secretsIn(given, what, system, { settings }) {
	const trimmed = given.replace(/^\uFEFF/, "").trim();
	if (trimmed === "") {
		throw new UsageError(`${what} holds no secret: it is empty.`);
	}
	if (!trimmed.startsWith("{")) {
		const lone = loneOf(system);
		const several = /[\r\n]/.test(trimmed);
		if (lone === undefined) {
			throw new UsageError(
				several
					? `${what} must hold a JSON object: ${asJSON(system)}.`
					: `${system.name}'s secrets need names: give them as ${asJSON(system)}.`,
				takenBy(system)[0]?.[0]?.name,
			);
		}
		if (several) {
			throw new UsageError(`${what} must hold one secret alone, or a JSON object such as {"${lone}": "…"}.`);
		}
		return { [lone]: trimmed };
	}
	const values = object(parseJSON(trimmed, what), what);
	if (Object.keys(values).length === 0) {
		throw new UsageError(`${what} holds no secret: it is empty.`);
	}
	const stray = Object.keys(values).find((name) => !settings.some((setting) => setting.secret && setting.name === name));
	if (stray !== undefined) {
		const name = nameable(stray, "");
		throw new UsageError(
			`${what} has ${name ? `${name},` : "a name"} which is not a secret's name; ${system.name} needs ${naming(system, name || undefined)}.`,
		);
	}
	return values;
}
