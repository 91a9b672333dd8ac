// cctoken verify: whether a token is valid, as far as anybody can tell.
import { prepare } from "./client.js";
import { exit } from "./exit.js";
import { readInput } from "./files.js";
import { givenToken, one, tokenInArguments } from "./given-token.js";
import { secretsOnInput } from "./secrets.js";
import { tokenEnv } from "./settings.js";
import { span, table } from "./terminal.js";
import { UsageError } from "./usage.js";

/** @type {Record<string, string>} */
const reasons = {
	confirmed: "the vendor confirms it",
	denied: "the vendor says no: it has expired, was revoked, or never was a token",
	other_subject: "it says itself that it is another user's or channel's",
	unknown: "this system has no interface that could be asked; a business call would show it",
};

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest, stdout, stdin, spinner, paint } = context;
	if (rest.length > 0) {
		throw tokenInArguments();
	}
	let token = await givenToken(context);
	if (token === undefined) {
		if (secretsOnInput(options) || stdin.isTTY) {
			throw new UsageError(`No token is given: pipe it to standard input, or use ${tokenEnv} or --token-file FILE.`, "token");
		}
		const given = await readInput(stdin, "The token");
		if (given.trim() === "") {
			throw new UsageError(
				`No token is given: standard input was empty. Pipe the token to it, or use ${tokenEnv} or --token-file FILE.`,
				"token",
			);
		}
		token = one(given);
	}
	context.hidden.push(token);
	const { identity, client, close } = await prepare(context, { withoutSecrets: true });
	try {
		spinner.start(`Verifying a token of ${identity.system}`);
		const { valid, source, reason, expiresAt } = await client.verifyToken(token, identity);
		spinner.stop();
		if (options["json"]) {
			stdout.write(`${JSON.stringify({ system: identity.system, valid, source, reason, expiresAt })}\n`);
		} else {
			const word = valid === null ? paint("yellow", "nobody can tell") : valid ? paint("green", "yes") : paint("red", "no");
			/** @type {[string, string][]} */
			const rows = [
				["valid", word],
				["because", reasons[reason] ?? reason],
			];
			if (expiresAt) {
				rows.push(["expires", `${expiresAt.toISOString()}, in ${span(expiresAt.getTime() - Date.now())}`]);
			}
			stdout.write(table(rows, paint));
		}
		return valid === null ? exit.unknown : valid ? exit.ok : exit.no;
	} finally {
		await close();
	}
}
