// From process.argv to a command and its options. Nothing here repeats a value: it may be a secret in a wrong place.
import { parseArgs } from "node:util";
import { tokenInArguments } from "./given-token.js";
import { nearest } from "../client/nearest.js";
import { signInOptions } from "./sign-in.js";
import { catalogue as known, looksSecret, parameterFlag, secretWords, tokenFlags } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** @typedef {{ type: "string" | "boolean", short?: string, multiple?: boolean }} Option */
/** @typedef {"get" | "verify" | "call" | "doctor" | "edge" | "sandbox"} Command */

/**
 * @typedef {object} Arguments
 * @property {Command | undefined} command
 * @property {readonly string[]} rest positional arguments after the command
 * @property {Readonly<Record<string, any>>} options by flag name
 */

/** @type {Record<string, Option>} */
const everywhere = {
	json: { type: "boolean" },
	color: { type: "boolean" },
	"no-color": { type: "boolean" },
	help: { type: "boolean", short: "h" },
};

/** @type {Record<string, Option>} */
const ofIdentity = {
	config: { type: "string", short: "c" },
	profile: { type: "string", short: "p" },
	"secrets-file": { type: "string" },
	secrets: { type: "string" },
	timeout: { type: "string" },
	system: { type: "string", short: "s" },
	[parameterFlag]: { type: "string", multiple: true },
};

/** The commands' own options. @type {Record<Command, Record<string, Option>>} */
export const commands = {
	get: {
		...everywhere,
		...ofIdentity,
		...signInOptions,
		store: { type: "string" },
		show: { type: "boolean" },
		"token-only": { type: "boolean" },
	},
	verify: { ...everywhere, ...ofIdentity, "token-file": { type: "string" } },
	call: {
		...everywhere,
		...ofIdentity,
		...signInOptions,
		store: { type: "string" },
		"sign-out": { type: "boolean" },
		data: { type: "string", short: "d" },
		header: { type: "string", short: "H", multiple: true },
		include: { type: "boolean", short: "i" },
	},
	doctor: { ...everywhere, ...ofIdentity, ...signInOptions, "token-file": { type: "string" }, "check-path": { type: "string" } },
	edge: {
		...everywhere,
		edge: { type: "string" },
		connection: { type: "string", multiple: true },
		host: { type: "string" },
		port: { type: "string" },
		path: { type: "string" },
		store: { type: "string" },
		by: { type: "string" },
		subject: { type: "string" },
		hash: { type: "string" },
		session: { type: "string" },
	},
	sandbox: {
		...everywhere,
		host: { type: "string" },
		port: { type: "string" },
		lifetime: { type: "string", multiple: true },
		logins: { type: "string", multiple: true },
		paths: { type: "string" },
		"allow-origin": { type: "string", multiple: true },
	},
};

/**
 * All options of a command: its own, and where it has an identity the flags of the systems' fields.
 * @param {Command} command
 * @param {import("./settings.js").Catalogue} [catalogue]
 * @returns {Record<string, Option>}
 */
export function optionsOf(command, { settings } = known) {
	const own = commands[command];
	/** @type {Record<string, Option>} */
	const options = { ...own };
	for (const { flag, kind, secret } of own["system"] ? settings : []) {
		if (kind === "flag") {
			options[flag] = { type: "boolean" };
			options[`no-${flag}`] = { type: "boolean" };
		} else if (kind !== "parameters" && !secret) {
			options[flag] = { type: "string" };
		}
	}
	return options;
}

/**
 * @param {readonly string[]} argv without node and the script
 * @param {import("./settings.js").Catalogue} [catalogue]
 * @returns {Arguments}
 * @throws {UsageError}
 */
export function readArguments(argv, catalogue = known) {
	// The command comes first; only --help and --version may stand before it.
	const [first, ...others] = argv;
	if (first === undefined || first === "--help" || first === "-h" || first === "help") {
		const named = others[0] !== undefined && Object.hasOwn(commands, others[0]) ? /** @type {Command} */ (others[0]) : undefined;
		return { command: named, rest: [], options: { help: true } };
	}
	if (first === "--version" || first === "-V") {
		return { command: undefined, rest: [], options: { version: true } };
	}
	if (!Object.hasOwn(commands, first)) {
		const names = Object.keys(commands);
		const meant = nearest(first, names);
		throw new UsageError(
			first.startsWith("-")
				? `The command comes first: use ${names.join(", ")}. See cctoken --help.`
				: `There is no command ${nameable(first, "of that name")}${meant ? `: is ${meant} meant?` : `: use ${names.join(", ")}.`} See cctoken --help.`,
		);
	}
	const command = /** @type {Command} */ (first);
	const possible = optionsOf(command, catalogue);
	// Not strict: its errors would repeat what was written.
	const { tokens } = parseArgs({ args: others, options: possible, strict: false, allowPositionals: true, tokens: true });
	/** @type {Record<string, any>} */
	const options = {};
	/** @type {string[]} */
	const rest = [];
	for (const token of tokens) {
		if (token.kind === "positional") {
			rest.push(token.value);
		} else if (token.kind === "option") {
			if (!Object.hasOwn(possible, token.name)) {
				throw unknown(command, token, Object.keys(possible), catalogue);
			}
			options[token.name] = read(/** @type {Option} */ (possible[token.name]), token, options[token.name]);
		}
	}
	return { command, rest, options };
}

/**
 * @param {Option} option
 * @param {{ name: string, value?: string | undefined, inlineValue?: boolean | undefined }} token
 * @param {any} before what the same option had before
 */
function read(option, { name, value, inlineValue }, before) {
	if (option.type === "boolean") {
		if (value !== undefined) {
			throw new UsageError(`--${name} takes no value.`, name);
		}
		return true;
	}
	if (value === undefined || (!inlineValue && value.length > 1 && value.startsWith("-"))) {
		throw new UsageError(`--${name} needs a value; one that begins with a dash is written --${name}=…`, name);
	}
	if (option.multiple) {
		return [...(before ?? []), value];
	}
	if (before !== undefined) {
		throw new UsageError(`--${name} is given twice.`, name);
	}
	return value;
}

/**
 * @param {Command} command
 * @param {{ name: string, rawName: string }} token
 * @param {readonly string[]} possible
 * @param {import("./settings.js").Catalogue} catalogue
 */
function unknown(command, { name, rawName }, possible, { settings }) {
	const secrets = settings.filter(({ kind, secret }) => secret && kind !== "parameters");
	// Near is near enough: what follows a misspelt name of a secret is a secret all the same.
	const meant = nearest(name, [...secrets.map(({ flag }) => flag), ...secretWords, ...tokenFlags, ...possible]);
	if (meant !== undefined && tokenFlags.includes(meant)) {
		return tokenInArguments();
	}
	const secret = secrets.find(({ flag }) => flag === meant);
	if (secret || (meant === undefined ? looksSecret(name) : secretWords.includes(meant))) {
		const variables = (secret ? [secret] : secrets).map(({ env }) => env);
		return new UsageError(
			`A secret is not taken from the command line: other users of the machine see it there, and the shell keeps it in its history. ` +
				`Give it as ${variables.join(" or ")} in the environment, in a file (--secrets-file FILE), or on standard input (--secrets -). ` +
				`If the one that you have just written is real, change it.`,
			secret?.name,
		);
	}
	return new UsageError(
		`${command} has no option ${nameable(rawName, "of that name")}${meant ? `: is --${meant} meant?` : "."} See cctoken ${command} --help.`,
	);
}
