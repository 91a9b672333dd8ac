// cctoken sandbox: the systems on this machine, until it is interrupted or nobody holds it any more.
import { createSandbox, SandboxError } from "../sandbox/index.js";
import { exit } from "./exit.js";
import { catalogue } from "./settings.js";
import { until } from "./until.js";
import { UsageError } from "./usage.js";

/** The flags of createSandbox's options. @type {Readonly<Record<string, string>>} */
const flags = {
	host: "host",
	port: "port",
	lifetime: "lifetime",
	lifetimes: "lifetime",
	logins: "logins",
	paths: "paths",
	allowOrigin: "allow-origin",
};

/** @typedef {import("../sandbox/index.js").Sandbox} Sandbox */

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main({ options, rest, stdin, stdout, paint }) {
	if (rest.length > 0) {
		throw new UsageError("sandbox takes options only: see cctoken sandbox --help.");
	}
	const sandbox = await createSandbox({
		host: options["host"] ?? "127.0.0.1",
		port: options["port"] === undefined ? 8787 : whole(options["port"], "port"),
		...lifetimesOf(options["lifetime"] ?? []),
		logins: numbersOf(options["logins"] ?? [], "logins", "SYSTEM=N"),
		...(options["paths"] === undefined ? {} : { paths: options["paths"] }),
		...(options["allow-origin"] === undefined ? {} : { allowOrigin: options["allow-origin"] }),
	}).catch((error) => {
		throw inFlags(error);
	});
	const { over, held, words } = until(stdin);
	const { url, identities, business } = sandbox;
	const data = { url, identities, business, pid: process.pid, endsWithStdin: held };
	stdout.write(options["json"] ? `${JSON.stringify(data)}\n` : page(sandbox, words, paint));
	await over;
	await sandbox.close();
	return exit.ok;
}

/**
 * The error in the words of the command line, where it is one of an option.
 * @param {unknown} error
 */
function inFlags(error) {
	if (!(error instanceof SandboxError) || error.code !== "invalid_option" || error.field === undefined) {
		return error;
	}
	// What was written for a name is not repeated: it may be a secret in a wrong place.
	const flag = flags[error.field.split(".", 1)[0] ?? ""];
	return flag === undefined
		? error
		: new UsageError(
				error.message.replace(`createSandbox: ${error.field}`, () => `--${flag}`),
				flag,
			);
}

/**
 * What a person wants to know of it. The secrets are the sandbox's own and open nothing else.
 * @param {Sandbox} sandbox
 * @param {string} words until when they are there
 * @param {import("./terminal.js").Paint} paint
 */
function page({ url, identities, systems }, words, paint) {
	const lines = [`The systems are at ${paint("bold", url)} ${words}. These identities work; their secrets open nothing else.`, ""];
	for (const identity of Object.values(identities)) {
		lines.push(
			paint("cyan", identity.system),
			...Object.entries(identity)
				.filter(([name]) => name !== "system")
				.map(([name, value]) => `  ${name.padEnd(10)} ${typeof value === "string" ? value : JSON.stringify(value)}`),
		);
	}
	const [example] = Object.values(identities).flatMap(asCommand);
	if (example) {
		lines.push(
			"",
			paint("cyan", "A program"),
			'  import { getToken } from "cctoken";',
			`  const token = await getToken(${JSON.stringify(example.identity)});`,
			"",
			paint("cyan", "The command, in another terminal"),
			`  ${example.command}`,
		);
	}
	lines.push(
		"",
		paint("cyan", "Control"),
		`  ${url}/_sandbox/state shows tokens and counts; docs/sandbox.md has faults, revocation and the rest.`,
		`  Kinds of tokens for --lifetime: ${systems.flatMap(({ lifetimes }) => lifetimes.map(({ name }) => name)).join(", ")}.`,
		`  Systems for --logins: ${systems.flatMap(({ name, logins }) => (logins ? [name] : [])).join(", ")}.`,
		"",
	);
	return `${lines.join("\n")}\n`;
}

/**
 * An identity as a command line that can be copied: where it has one secret, and values that no shell changes.
 * @param {import("../client/identity.js").VendorIdentity} identity
 */
function asCommand(identity) {
	const given = Object.entries(identity);
	const settingOf = (/** @type {string} */ name) => catalogue.settings.find((setting) => setting.name === name);
	const secret = given.filter(([name]) => settingOf(name)?.secret);
	const rest = given.filter((entry) => !secret.includes(entry));
	const flags = rest.map(([name, value]) => [name === "system" ? name : settingOf(name)?.flag, value]);
	if (secret.length !== 1 || [...flags, ...secret].flat().some((text) => typeof text !== "string" || !/^[\w.:/-]+$/.test(text))) {
		return [];
	}
	return [
		{
			identity,
			command: `echo ${secret[0]?.[1]} | npx cctoken get ${flags.map(([flag, value]) => `--${flag} ${value}`).join(" ")} --secrets -`,
		},
	];
}

/**
 * @param {readonly string[]} given NAME=SECONDS, or SECONDS for all
 */
function lifetimesOf(given) {
	const named = given.filter((each) => each.includes("="));
	const [all] = given.filter((each) => !each.includes("=")).slice(-1);
	return {
		...(all === undefined ? {} : { lifetime: whole(all, "lifetime") }),
		lifetimes: numbersOf(named, "lifetime", "SECONDS, or NAME=SECONDS"),
	};
}

/**
 * @param {readonly string[]} given
 * @param {string} flag
 * @param {string} form of each
 */
function numbersOf(given, flag, form) {
	return Object.fromEntries(
		given.map((text) => {
			const at = text.indexOf("=");
			if (at < 1) {
				throw new UsageError(`--${flag} takes ${form}.`, flag);
			}
			return [text.slice(0, at), whole(text.slice(at + 1), flag)];
		}),
	);
}

/**
 * @param {string} text
 * @param {string} flag
 */
function whole(text, flag) {
	if (!/^\d{1,9}$/.test(text)) {
		throw new UsageError(`--${flag} takes a whole number.`, flag);
	}
	return Number(text);
}
