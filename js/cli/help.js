// The words of --help.
import { exitCodes } from "./exit.js";
import { fields, general, paramsEnv, secrets, systems, tokenEnv } from "./settings.js";

const overview = `\
cctoken: tokens of contact-centre systems (${systems.join(", ")})

  cctoken get       get a token
  cctoken verify    say whether a token is valid
  cctoken call      make a business call that carries the token
  cctoken doctor    find out why there is no token, and what to do
  cctoken sandbox   run the four systems on this machine, for tests

  cctoken COMMAND --help    the command's options
  cctoken --version
`;

/** @type {Record<import("./arguments.js").Command, string>} */
const usage = {
	get: `\
cctoken get [options]

Gets a token. By default a table with the token shortened; a script takes it whole with one of:
  --token-only       the token alone
  --json             one JSON object: token, issuedAt, expiresAt, headers, query, body
  --show             the table with the whole token
`,
	verify: `\
cctoken verify [options] < TOKEN

Says whether a token is valid: by the vendor's own word (cubedrive), or by what the token says of itself. It logs in
nowhere and needs no secret. The token comes from standard input, from ${tokenEnv} in the environment, or from
  --token-file FILE  a file; - is standard input
  --json             one JSON object: valid (true, false or null), source, reason, expiresAt
`,
	call: `\
cctoken call METHOD PATH [options]

Calls PATH under the base URL with the token. The body of the answer goes to standard output, its status to standard error.
  -d, --data DATA    the body: text, @FILE, or - for standard input
  -H, --header LINE  a header "Name: value", or @FILE with one on each line; can be given several times
  -i, --include      the status and headers ahead of the body
  --json             one JSON object: status, headers, body
`,
	doctor: `\
cctoken doctor [options]

Looks at each thing that can stand between here and a token, one by one, and says what to do: the configuration, a proxy,
the host's name, the connection, TLS, the clock, and the token itself. It logs in once.
  --token-file FILE  a token to look at as well (or ${tokenEnv} in the environment); - is standard input
  --check-path PATH  make this business call as well, with that token or a new one; choose a harmless one
  --json             one JSON object: verdict, steps
`,
	sandbox: `\
cctoken sandbox [options]

Runs the systems on this machine until Ctrl-C, and prints the identities that work with them.
  --port PORT                 default 8787; 0 takes a free one
  --host ADDRESS              default 127.0.0.1
  --lifetime SECONDS          of all tokens (a refresh token: longer, in the documented proportion), or NAME=SECONDS of
                              one kind, several times; the kinds are in what it prints
  --logins SYSTEM=N           logins of a user in a minute before they are intercepted, several times; the systems that
                              do so are in what it prints
  --allow-origin ORIGIN       the one origin whose pages may call it
  --json                      one JSON object: url, identities, business
`,
};

/**
 * @param {import("./arguments.js").Command | undefined} command
 * @returns {string}
 */
export function help(command) {
	const codes = `Exit codes\n${exitCodes.map(([code, text]) => `  ${String(code).padEnd(5)} ${text}`).join("\n")}\n`;
	const appearance = "  --color, --no-color  as FORCE_COLOR and NO_COLOR in the environment\n";
	if (!command) {
		return `${overview}\n${codes}`;
	}
	if (command === "sandbox") {
		return `${usage.sandbox}${appearance}`;
	}
	const rows = [
		[`-s, --system SYSTEM`, general.system, systems.join(", ")],
		...fields.map(({ flag, env, help: text, of }) => [`--${flag} …`, env, `${text}${of.length === systems.length ? "" : ` (${of.join(", ")})`}`]),
		["--param NAME=VALUE", paramsEnv, "a parameter of cubedrive's getLogin; in the environment all, as JSON"],
		["-c, --config FILE", general.config, "default cctoken.json, where there is one"],
		["-p, --profile NAME", general.profile, "a profile of that file"],
		["--timeout SECONDS", general.timeout, "default 30"],
	];
	const named = `Settings: a flag, else the environment, else the file\n${rows.map(([flag = "", env = "", text]) => `  ${flag.padEnd(21)} ${env.padEnd(20)} ${text}`).join("\n")}\n`;
	const hidden = `\
Secrets: never a flag
${secrets.map(({ name, env, of }) => `  ${name.padEnd(21)} ${env.padEnd(20)} ${of.join(", ")}`).join("\n")}
  --secrets-file FILE   ${general.secretsFile.padEnd(20)} the secret alone, or JSON: {"appSecret": "…"};
  ${"".padEnd(42)} of cubedrive {"params": {"NAME": "…"}}
  --secrets -           ${"".padEnd(20)} the same on standard input; a terminal is asked for it
`;
	return `${usage[command]}${appearance}\n${named}\n${hidden}\n${codes}`;
}
