// cctoken sandbox: the four systems on this machine, until it is interrupted.
import { createSandbox, SandboxError } from "../sandbox/index.js";
import { businessCalls, identitiesAt } from "../sandbox/identities.js";
import { lives } from "../sandbox/options.js";
import { exit } from "./exit.js";
import { UsageError } from "./usage.js";

/** The flags of createSandbox's options. @type {Readonly<Record<string, string>>} */
const flags = { host: "host", port: "port", lifetimes: "lifetime", cubedriveLogins: "cubedrive-logins", paths: "paths", allowOrigin: "allow-origin" };

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main({ options, rest, stdout, paint }) {
	if (rest.length > 0) {
		throw new UsageError("sandbox takes options only: see cctoken sandbox --help.");
	}
	const sandbox = await createSandbox({
		host: options["host"] ?? "127.0.0.1",
		port: options["port"] === undefined ? 8787 : whole(options["port"], "port"),
		lifetimes: lifetimesOf(options["lifetime"] ?? []),
		...(options["cubedrive-logins"] === undefined ? {} : { cubedriveLogins: whole(options["cubedrive-logins"], "cubedrive-logins") }),
		...(options["paths"] === undefined ? {} : { paths: options["paths"] }),
		...(options["allow-origin"] === undefined ? {} : { allowOrigin: options["allow-origin"] }),
	}).catch((error) => {
		throw inFlags(error);
	});
	const interrupted = new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
			process.once(signal, resolve);
		}
	});
	const url = reachable(sandbox.url);
	const identities = identitiesAt(url);
	stdout.write(options["json"] ? `${JSON.stringify({ url, identities, business: businessCalls })}\n` : page(url, identities, paint));
	await interrupted;
	await sandbox.close();
	return exit.ok;
}

/**
 * The error in the words of the command line, where it is one of an option.
 * @param {unknown} error
 */
function inFlags(error) {
	const [option = ""] = error instanceof SandboxError && error.code === "invalid_option" ? (error.field ?? "").split(".") : [];
	const flag = flags[option];
	return flag === undefined ? error : new UsageError(/** @type {SandboxError} */ (error).message.replace(/^createSandbox: \S+/, `--${flag}`), flag);
}

/**
 * An address that a client on this machine can use: every address of the machine is none of them.
 * @param {string} url
 */
function reachable(url) {
	return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

/**
 * What a person wants to know of it. The secrets are the sandbox's own and open nothing else.
 * @param {string} url
 * @param {ReturnType<typeof import("../sandbox/identities.js").identitiesAt>} identities
 * @param {import("./terminal.js").Paint} paint
 */
function page(url, identities, paint) {
	const lines = [`The four systems are at ${paint("bold", url)} until you press Ctrl-C. These identities work; their secrets open nothing else.`, ""];
	for (const identity of Object.values(identities)) {
		lines.push(paint("cyan", identity.system), ...Object.entries(identity).filter(([name]) => name !== "system").map(([name, value]) => `  ${name.padEnd(10)} ${typeof value === "string" ? value : JSON.stringify(value)}`));
	}
	lines.push(
		"",
		paint("cyan", "A program"),
		'  import { getToken } from "cctoken";',
		`  const token = await getToken(${JSON.stringify(identities.isales)});`,
		"",
		paint("cyan", "The command, in another terminal"),
		`  echo ${identities.isales.passwd} | npx cctoken get --system isales --base-url ${url} --user ${identities.isales.user} --secrets -`,
		"",
		paint("cyan", "Control"),
		`  ${url}/_sandbox/state shows tokens and counts; docs/sandbox.md has faults, revocation and the rest.`,
		"",
	);
	return `${lines.join("\n")}\n`;
}

/**
 * @param {readonly string[]} given NAME=SECONDS, or SECONDS for all; a named one wins
 * @returns {import("../sandbox/options.js").Lifetimes}
 */
function lifetimesOf(given) {
	/** @type {Record<string, number>} */
	const lifetimes = {};
	for (const text of given.filter((each) => !each.includes("="))) {
		const seconds = whole(text, "lifetime");
		for (const name of lives) {
			// iSales' documents have 300 s and 3600 s: with less of a difference, a refresh would never be possible.
			lifetimes[name] = name === "isalesRefresh" ? 12 * seconds : seconds;
		}
	}
	for (const text of given.filter((each) => each.includes("="))) {
		const [name = "", seconds = ""] = text.split("=");
		if (!lives.includes(name)) {
			throw new UsageError(`--lifetime takes SECONDS, or NAME=SECONDS with one of the names ${lives.join(", ")}.`, "lifetime");
		}
		lifetimes[name] = whole(seconds, "lifetime");
	}
	return lifetimes;
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
