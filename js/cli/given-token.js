import { resolve } from "node:path";
import { readInput, readText } from "./files.js";
import { keepInputFor } from "./secrets.js";
import { tokenEnv } from "./settings.js";
import { UsageError } from "./usage.js";

/**
 * The token that a command is to look at: from a file or standard input that it names, else from the environment.
 * @param {import("./context.js").Context} context
 * @returns {Promise<string | undefined>} undefined where none is given
 */
export async function givenToken({ options, env, stdin, cwd, note, paintNote }) {
	const named = options["token-file"];
	if (named === "-") {
		keepInputFor(options, "token");
		return one(await readInput(stdin, "The token"));
	}
	if (named !== undefined) {
		const read = /** @type {{ text: string, lax: boolean }} */ (await readText(resolve(cwd, named), { what: "The token's file" }));
		if (read.lax) {
			note(
				`${paintNote("yellow", "warning:")} The token's file can be read by other users of this machine: chmod 600 makes it yours alone.`,
			);
		}
		return one(read.text);
	}
	return env[tokenEnv] ? one(env[tokenEnv]) : undefined;
}

/**
 * The token in what was given: alone, or in what `get --json` prints.
 * @param {string} text
 */
export function one(text) {
	const trimmed = text.replace(/^\uFEFF/, "").trim();
	let value = trimmed;
	if (trimmed.startsWith("{")) {
		try {
			value = JSON.parse(trimmed).token;
		} catch {
			value = "";
		}
	}
	if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
		throw new UsageError("What was given is not a token: it must be the token alone, or the output of cctoken get --json.", "token");
	}
	return value;
}

/** For a token in the arguments, where every process of the machine can see it. */
export const tokenInArguments = () =>
	new UsageError(
		`A token is not taken from the command line: give it on standard input, as ${tokenEnv} in the environment, or in a file (--token-file FILE).`,
		"token",
	);
