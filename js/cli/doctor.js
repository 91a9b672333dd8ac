// cctoken doctor: each thing that can stand between here and a token, looked at one by one.
import { basesOf } from "./bases.js";
import { configure } from "./configuration.js";
import { examine, tryCall } from "./doctor/given.js";
import { problem, skipped, verdicts, warning, well } from "./doctor/finding.js";
import { check, login } from "./doctor/login.js";
import { hostOf, isPortRefused, layerOf, portOf } from "./doctor/network.js";
import { portRefused } from "./doctor/obstacles.js";
import { proxyFor, runtime } from "./doctor/proxy.js";
import { route } from "./doctor/route.js";
import { exit } from "./exit.js";
import { checkSignIn, signsIn } from "./sign-in.js";
import { givenToken } from "./given-token.js";
import { looksSecret } from "./settings.js";
import { redact, redactedJSON } from "./terminal.js";
import { UsageError } from "./usage.js";

/** @typedef {import("./doctor/finding.js").Finding} Finding */

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest, stdout, spinner, hidden } = context;
	if (rest.length > 0) {
		throw new UsageError("doctor takes options only: see cctoken doctor --help.");
	}
	const path = options["check-path"];
	if (path !== undefined && !path.startsWith("/")) {
		throw new UsageError('The path must begin with "/".', "check-path");
	}
	/** @type {Finding[]} */
	const findings = [];
	for await (const finding of examination(context, path)) {
		findings.push(finding);
		spinner.stop();
		if (!options["json"]) {
			stdout.write(redact(shown(finding, context.paint), unlikeWords(hidden)));
		}
	}
	const chief = findings.find(({ level }) => level === "problem") ?? findings.find(({ level }) => level === "warning");
	const verdict = chief?.verdict ?? "ok";
	const code = chief?.level === "problem" ? verdicts[verdict] : exit.ok;
	if (options["json"]) {
		stdout.write(`${redactedJSON({ verdict, ok: code === exit.ok, exitCode: code, steps: findings }, unlikeWords(hidden))}\n`);
	} else {
		// Where it is all that was found, it stands right above.
		const said = findings.length === 1 && chief === findings[0];
		stdout.write(conclusion(chief && { ...chief, found: said ? "" : redact(chief.found, unlikeWords(hidden)) }, context.paint));
	}
	return code;
}

/**
 * @param {import("./context.js").Context} context
 * @param {string | undefined} path of a business call
 * @returns {AsyncGenerator<Finding, void>}
 */
async function* examination(context, path) {
	const { options, env, spinner, hidden } = context;
	const begin = (/** @type {string} */ step) => spinner.start(step);

	const quote = (/** @type {string} */ text) => redact(text, hidden);

	begin("configuration");
	/** @type {string[]} */
	const notes = [];
	let configuration, given;
	try {
		given = await givenToken({ ...context, note: (text) => notes.push(text.trim()), paintNote: () => "" });
		if (given !== undefined) {
			hidden.push(given);
		}
		configuration = await configure(options, context);
	} catch (error) {
		if (error instanceof UsageError) {
			yield problem("configuration", "configuration", error.message, "Nothing can be asked of a vendor before this is right.", [
				"docs/cli.md has every setting, and cctoken get --help its names.",
			]);
			return;
		}
		throw error;
	}
	const { identity, timeoutMs, from, warnings } = configuration;
	if (options["sign-in"] || options["force"]) {
		checkSignIn(identity.system, options);
	}
	hidden.push(...secretsOf(configuration));
	for (const text of [...notes, ...warnings]) {
		yield warning("configuration", "configuration", text, "It does not stop the command.", []);
	}
	const wrong = await check(identity);
	if (wrong) {
		yield problem(
			"configuration",
			"configuration",
			wrong.message,
			`The field ${wrong.field} comes from ${from[wrong.field ?? ""] ?? "the configuration"}.`,
			["Correct it there."],
		);
		return;
	}
	const bases = [
		...new Map(
			basesOf(identity)
				.map((url) => new URL(url))
				.map((url) => [url.origin, url]),
		).values(),
	];
	for (const base of bases) {
		if (await isPortRefused(base)) {
			yield portRefused({ name: quote(hostOf(base)), port: portOf(base) });
			return;
		}
	}
	const origins = [...new Set(Object.values(from))].join(", ");
	yield well("configuration", `${identity.system} at ${quote(identity.baseUrl)}, from ${origins}`);
	const look = { ms: layerOf(timeoutMs), unchecked: env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0", quote };
	if (look.unchecked) {
		yield warning(
			"environment",
			"tls_unchecked",
			"NODE_TLS_REJECT_UNAUTHORIZED=0 switches the checks of certificates off",
			"Anybody on the way can then read the secret.",
			["Unset it; NODE_EXTRA_CA_CERTS is the way to trust a company's own authority."],
		);
	}

	/** @type {Map<string, import("./doctor/way.js").Way>} */
	const ways = new Map();
	for (const base of bases) {
		if (base.protocol === "http:" && !/^(localhost|127\..*|\[::1\])$/.test(base.hostname)) {
			yield warning(
				"environment",
				"no_tls",
				`the base URL of ${quote(hostOf(base))} is http://`,
				"Secret and token travel in the clear: anybody on the way can read them.",
				["Write https:// in the base URL, if the vendor has it there."],
			);
		}
		const { proxy, excepted } = proxyFor(base, env, runtime());
		if (!proxy?.use) {
			// else the way begins with it
			yield { ...well("proxy", proxyLine(proxy, excepted, quote(hostOf(base)))), level: proxy ? "note" : "ok" };
		}
		const steps = route(base, proxy, begin, look);
		for (let step = await steps.next(); ; step = await steps.next()) {
			if (step.done) {
				if (step.value) {
					ways.set(base.origin, step.value);
				}
				break;
			}
			yield step.value;
			if (step.value.level === "problem") {
				return; // the login would fail the same way, and cost an attempt
			}
		}
	}

	begin("token");
	const { finding, token, end } =
		signsIn(identity.system) && !options["sign-in"]
			? { finding: skipped("token", "a sign-in has effects at the vendor: --sign-in makes one, and signs out again"), end() {} }
			: await login(identity, { timeoutMs, ways, look, options });
	try {
		if (token) {
			hidden.push(token.value);
		}
		yield finding;
		if (given !== undefined) {
			begin("given token");
			yield await examine(identity, given, { timeoutMs, asked: path !== undefined, called: token !== undefined && path !== undefined });
		}
		if (path !== undefined) {
			begin("call");
			yield token ? await tryCall(identity, token, given, path, timeoutMs) : skipped("call", "there is no new token to make it with");
		}
	} finally {
		await end();
	}
}

/**
 * What must be kept out of what is quoted. All that secret parameters hold counts as secret where it is not in the open; but
 * a short one whose name is not that of a secret, such as a language, is only a word.
 * @param {import("./configuration.js").Configuration} configuration
 */
function secretsOf({ identity, hidden }) {
	const parameters = Object.values(identity)
		.filter((value) => typeof value === "object")
		.flatMap((value) => Object.entries(value));
	const secret = parameters.filter(([name, value]) => looksSecret(name) || value.length >= 8).map(([, value]) => value);
	const words = parameters.map(([, value]) => value).filter((value) => !secret.includes(value));
	return hidden.filter((each) => !words.includes(each));
}

/**
 * The secrets that are taken out of whole lines, in case one was quoted unseen. One that could be a word of the doctor's own
 * would take that out as well: it is only taken out of what is quoted.
 * @param {readonly string[]} hidden
 */
const unlikeWords = (hidden) => hidden.filter((secret) => !/^[a-z_ ]{1,16}$/i.test(secret));

/**
 * @param {import("./doctor/proxy.js").Proxy | undefined} proxy
 * @param {boolean} excepted
 * @param {string} host
 */
function proxyLine(proxy, excepted, host) {
	if (!proxy) {
		return excepted ? `NO_PROXY excepts ${host}` : "the environment names none";
	}
	return `${proxy.variable} names one, which this program does not use`;
}

/**
 * @param {Finding} finding
 * @param {import("./terminal.js").Paint} paint
 */
function shown({ step, level, found, because, todo = [] }, paint) {
	const mark = {
		ok: paint("green", "✓"),
		note: paint("cyan", "i"),
		warning: paint("yellow", "!"),
		problem: paint("red", "✗"),
		skipped: paint("dim", "-"),
	}[level];
	const lines = [`${mark} ${step.padEnd(14)} ${level === "problem" || level === "warning" ? paint("bold", found) : found}`];
	if (because) {
		lines.push(`${" ".repeat(17)}${paint("dim", "because")} ${because}`);
	}
	for (const each of todo) {
		lines.push(`${" ".repeat(17)}${paint("dim", "do")} ${each}`);
	}
	return `${lines.join("\n")}\n`;
}

/**
 * @param {Finding | undefined} chief
 * @param {import("./terminal.js").Paint} paint
 */
function conclusion(chief, paint) {
	if (!chief) {
		return `\n${paint("green", "All is well.")}\n`;
	}
	const words = chief.level === "problem" ? paint("red", "Found:") : paint("yellow", "It works, but:");
	return `\n${[words, chief.found, `[${chief.verdict}]`].filter(Boolean).join(" ")}\n`;
}
