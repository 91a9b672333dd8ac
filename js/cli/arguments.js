// From process.argv to a command and its options. Nothing here repeats a value: it may be a secret in a wrong place.
import { parseArgs } from "node:util";
import { tokenInArguments } from "./given-token.js";
import { nearest } from "./nearest.js";
import { fields, looksSecret, secrets, tokenFlags } from "./settings.js";
import { nameable, UsageError } from "./usage.js";

/** @typedef {{ type: "string" | "boolean", short?: string, multiple?: boolean }} Option */
/** @typedef {"get" | "verify" | "call" | "doctor" | "sandbox"} Command */

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
	param: { type: "string", multiple: true },
	...Object.fromEntries(fields.map(({ flag }) => [flag, /** @type {Option} */ ({ type: "string" })])),
};

/** The options of each command. @type {Record<Command, Record<string, Option>>} */
export const commands = {
	get: { ...everywhere, ...ofIdentity, show: { type: "boolean" }, "token-only": { type: "boolean" } },
	verify: { ...everywhere, ...ofIdentity, "token-file": { type: "string" } },
	call: {
		...everywhere, ...ofIdentity,
		data: { type: "string", short: "d" },
		header: { type: "string", short: "H", multiple: true },
		include: { type: "boolean", short: "i" },
	},
	doctor: { ...everywhere, ...ofIdentity, "token-file": { type: "string" }, "check-path": { type: "string" } },
	sandbox: {
		...everywhere,
		host: { type: "string" },
		port: { type: "string" },
		lifetime: { type: "string", multiple: true },
		logins: { type: "string", multiple: true },
		"allow-origin": { type: "string" },
	},
};

/**
 * @param {readonly string[]} argv without node and the script
 * @returns {Arguments}
 * @throws {UsageError}
 */
export function readArguments(argv) {
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
	const known = commands[command];
	// Not strict: its errors would repeat what was written.
	const { tokens } = parseArgs({ args: others, options: known, strict: false, allowPositionals: true, tokens: true });
	/** @type {Record<string, any>} */
	const options = {};
	/** @type {string[]} */
	const rest = [];
	for (const token of tokens) {
		if (token.kind === "positional") {
			rest.push(token.value);
		} else if (token.kind === "option") {
			options[token.name] = read(command, known, token, options[token.name]);
		}
	}
	return { command, rest, options };
}

/**
 * @param {Command} command
 * @param {Record<string, Option>} known
 * @param {{ name: string, rawName: string, value?: string, inlineValue?: boolean }} token
 * @param {any} before what the same option had before
 */
function read(command, known, { name, rawName, value, inlineValue }, before) {
	const option = Object.hasOwn(known, name) ? known[name] : undefined;
	if (!option) {
		throw unknown(command, name, rawName);
	}
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
 * @param {string} name
 * @param {string} rawName
 */
function unknown(command, name, rawName) {
	// Near is near enough: what follows a misspelt --password is a password all the same.
	const meant = nearest(name, [...secrets.flatMap(({ flags }) => flags), ...tokenFlags, ...Object.keys(commands[command])]);
	if (meant !== undefined && tokenFlags.includes(meant)) {
		return tokenInArguments();
	}
	const secret = secrets.find(({ flags }) => meant !== undefined && flags.includes(meant));
	if (secret || (meant === undefined && looksSecret(name))) {
		return new UsageError(
			`A secret is not taken from the command line: other users of the machine see it there, and the shell keeps it in its history. ` +
				`Give it ${secret ? `as ${secret.env} ` : ""}in the environment, in a file (--secrets-file FILE), or on standard input (--secrets -). ` +
				`If the one that you have just written is real, change it.`,
			secret?.name,
		);
	}
	return new UsageError(`${command} has no option ${nameable(rawName, "of that name")}${meant ? `: is --${meant} meant?` : "."} See cctoken ${command} --help.`);
}
