// cctoken get: a token for an identity.
import { prepare } from "./client.js";
import { exit } from "./exit.js";
import { looksSecret } from "./settings.js";
import { acquire, checkSignIn } from "./sign-in.js";
import { shorten, span, table } from "./terminal.js";
import { UsageError } from "./usage.js";

/**
 * @param {import("./context.js").Context} context
 * @returns {Promise<number>}
 */
export async function main(context) {
	const { options, rest, stdout, spinner, paint } = context;
	if (rest.length > 0) {
		throw new UsageError("get takes options only: see cctoken get --help.");
	}
	if ([options["json"], options["token-only"], options["show"]].filter(Boolean).length > 1) {
		throw new UsageError("--json, --token-only and --show exclude each other.");
	}
	const { identity, client, close } = await prepare(context);
	try {
		checkSignIn(identity.system, options);
		spinner.start(`Getting a token of ${identity.system}`);
		const token = await acquire(client, identity, options);
		spinner.stop();
		if (options["token-only"]) {
			stdout.write(`${token.value}\n`);
		} else if (options["json"]) {
			const { value, system, issuedAt, expiresAt, headers, query, body } = token;
			stdout.write(`${JSON.stringify({ system, token: value, issuedAt, expiresAt, headers, query, body })}\n`);
		} else {
			stdout.write(table(rows(token, options["show"] ? String : shorten), paint));
			if (!options["show"]) {
				context.note(context.paintNote("dim", "The token is shortened: --show, --token-only and --json give it whole."));
			}
		}
		return exit.ok;
	} finally {
		await close();
	}
}

/**
 * @param {import("../client/token.js").Token} token
 * @param {(value: string) => string} shown
 * @returns {[string, string][]}
 */
function rows(token, shown) {
	/** @type {string[]} */
	const carriage = [];
	for (const [name, value] of Object.entries(token.headers)) {
		const bearer = value.startsWith("Bearer ") ? "Bearer " : "";
		carriage.push(`header ${name}: ${looksSecret(name) ? bearer + shown(value.slice(bearer.length)) : value}`);
	}
	for (const [name, value] of Object.entries(token.body)) {
		carriage.push(`member of the JSON body "${name}": "${shown(value)}"`);
	}
	for (const [name, value] of Object.entries(token.query)) {
		carriage.push(`or, in a link, the parameter ${name}=${shown(encodeURIComponent(value))}`);
	}
	const { expiresAt } = token;
	return [
		["system", token.system],
		["token", shown(token.value)],
		["issued", token.issuedAt.toISOString()],
		[
			"expires",
			expiresAt ? `${expiresAt.toISOString()}, in ${span(expiresAt.getTime() - Date.now())}` : "not stated: ask with cctoken verify",
		],
		["carried as", carriage.join("\n")],
	];
}
