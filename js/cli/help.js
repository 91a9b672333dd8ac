// The words of --help.
import { systems } from "../generated/systems.js";
import { texts } from "../generated/texts.js";
import { exitCodes } from "./exit.js";
import { catalogue, edgeEnv, general, parameterFlag, tokenEnv } from "./settings.js";

const names = systems.map(({ name }) => name).join(", ");

/** The systems whose vendor can be asked about a token. */
const verifying = systems
	.filter(({ verifies }) => verifies)
	.map(({ name }) => name)
	.join(", ");

const overview = `\
cctoken: tokens of contact-centre systems (${names})

  cctoken get       get a token
  cctoken verify    say whether a token is valid
  cctoken call      make a business call that carries the token
  cctoken doctor    find out why there is no token, and what to do
  cctoken edge      see how an edge is, stop a user, check its configuration, or run it on this machine
  cctoken sandbox   run the systems on this machine, for tests

  cctoken COMMAND --help    the command's options
  cctoken --version
`;

const sharing = `\
  --store FOLDER     (or ${general.store}, or the file) shares sessions with all that use it: a token that is still good costs no login.
                     Or redis, by the package redis and REDIS_URL in the environment. Sealed under STORAGE_KEYS
`;

const signingIn = `\
  --sign-in          sign in first, where nothing else brings a token (${systems
		.filter(({ signsIn }) => signsIn)
		.map(({ name }) => name)
		.join(", ")}): it has effects at the vendor
  --force            with it: end another session of the same person
`;

/** @type {Record<import("./arguments.js").Command, string>} */
const usage = {
	get: `\
cctoken get [options]

Gets a token. By default a table with the token shortened; a script takes it whole with one of:
  --token-only       the token alone
  --json             one JSON object: token, issuedAt, expiresAt, headers, query, body
  --show             the table with the whole token
${sharing}${signingIn}`,
	verify: `\
cctoken verify [options] < TOKEN

Says whether a token is valid: by the vendor's own word (${verifying}), or by what the token says of itself. It logs in
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
${sharing}  --json             one JSON object: status, headers, body
${signingIn}  --sign-out         sign out after the call
`,
	doctor: `\
cctoken doctor [options]

Looks at each thing that can stand between here and a token, one by one, and says what to do: the configuration, a proxy,
the host's name, the connection, TLS, the clock, and the token itself. It logs in once.
  --token-file FILE  a token to look at as well (or ${tokenEnv} in the environment); - is standard input
  --check-path PATH  make this business call as well, with that token or a new one; choose a harmless one
${signingIn}  --json             one JSON object: verdict, steps
`,
	edge: `\
cctoken edge status --connection NAME [options]
cctoken edge stop|resume --by NAME --subject SUBJECT [--connection NAME] [options]
cctoken edge stopped [options]
cctoken edge reset --connection NAME --session NAME [options]

For the operators of an edge. Who asks is in the environment: ${edgeEnv.keyId} and ${edgeEnv.key} of a machine that
signs, or ${edgeEnv.bearer}.
  status    shows how the keepers of connections are: sessions by state, waiting times with their cause and end, login
            budgets, logins in the last hour
  stop      stops one user: refused from then on, and the tokens forgotten
  resume    ends the stops of one user
  stopped   lists who is stopped, by hashes
  reset     ends the waiting time of one session, after its reason is gone; a login budget stays
  --edge URL          the edge, or ${edgeEnv.url} in the environment
  --connection NAME   a connection of it; for status several times for several; stop and resume without it mean all
  --by NAME           the way in by which the user signs in, as the edge's configuration names it
  --subject SUBJECT   who that is there; it is never shown. - is standard input: arguments are seen by all of this machine
  --hash HASH         in place of both, the hash from the edge's log
  --session NAME      a session, as status shows it
  --json              one JSON object: connections; user, connection, since, pending; stopped; or reset

cctoken edge check FILE [options]

Checks a configuration that an edge is to be given, and lists the secrets that the edge then needs. It asks nobody.
  --json              one JSON object: usable, and secrets or problems

cctoken edge serve FILE [options]

Runs an edge until SIGTERM or Ctrl-C; those who are being answered have half a minute. SIGHUP has FILE read again: what cannot be
used leaves the one of before in force. Secrets are in the environment: each as NAME, or as the path of a file in NAME_FILE.
  --port PORT         default 8788; 0 takes a free one
  --host ADDRESS      default 127.0.0.1
  --path PATH         where a proxy has it, such as /edge
  --store FOLDER      shares sessions with the other edges of this machine; or redis: with those of all machines, by the
                      package redis and REDIS_URL in the environment. Sealed under STORAGE_KEYS
`,
	sandbox: `\
cctoken sandbox [options]

Runs the systems on this machine until Ctrl-C, and prints the identities that work with them. With a pipe as standard
input it ends with whoever holds that; otherwise, in a script's background too, it goes on, and prints its process ID.
  --port PORT                 default 8787; 0 takes a free one
  --host ADDRESS              default 127.0.0.1
  --lifetime SECONDS          of all tokens (a refresh token: longer, in the documented proportion), or NAME=SECONDS of
                              one kind, several times; the kinds are in what it prints
  --logins SYSTEM=N           logins of a user in a minute before they are intercepted, several times; the systems that
                              do so are in what it prints
  --paths READING             how the servers before the systems read a path: written (the default), nginx, envoy, tomcat,
                              iis, chain (all of them in a row)
  --allow-origin ORIGIN       an origin whose pages may call it, several times
  --json                      one JSON object: url, identities, business, pid, endsWithStdin
`,
};

/**
 * @param {import("./arguments.js").Command | undefined} command
 * @param {string} [only] the one system whose fields are wanted
 * @returns {string}
 */
export function help(command, only) {
	const codes = `Exit codes\n${exitCodes.map(([code, text]) => `  ${String(code).padEnd(5)} ${text}`).join("\n")}\n`;
	const appearance = "  --color, --no-color  as FORCE_COLOR and NO_COLOR in the environment\n";
	if (!command) {
		return `${overview}\n${codes}`;
	}
	if (command === "sandbox") {
		return `${usage.sandbox}${appearance}`;
	}
	if (command === "edge") {
		return `${usage.edge}${appearance}\n${codes}`;
	}
	const asked = systems.filter(({ name }) => name === only);
	const parts = [
		`${usage[command]}${appearance}`,
		section("Settings: a flag, else the environment, else the file", [
			["-s, --system SYSTEM", general.system, names],
			["-c, --config FILE", general.config, "default cctoken.json, where there is one"],
			["-p, --profile NAME", general.profile, "a profile of that file"],
			["--timeout SECONDS", general.timeout, "default 30"],
		]),
		section("Secrets: never a flag", [
			["--secrets-file FILE", general.secretsFile, 'the secret alone, or JSON by name: {"NAME": "…"}'],
			["--secrets -", "", "the same on standard input; a terminal is asked for it"],
		]),
		...(asked.length > 0 ? asked : systems).map(ofSystem),
		codes,
	];
	return parts.join("\n");
}

/**
 * @param {string} title
 * @param {[string, string, string][]} rows
 */
function section(title, rows) {
	return `${title}\n${rows.map(([flag, env, text]) => `  ${flag.padEnd(21)} ${env.padEnd(20)} ${text}`.trimEnd()).join("\n")}\n`;
}

/**
 * What a system takes, in the order in which it was described.
 * @param {import("../generated/systems.js").SystemDescription} system
 */
function ofSystem({ name, title, fields }) {
	const rows = fields.map((field) => {
		const { env, flag } = /** @type {import("./settings.js").Setting} */ (
			catalogue.settings.find((setting) => setting.name === field.name)
		);
		/** @type {[string, string, string]} */
		const row = [flagOf(field, flag), env, wordsOf(field, texts[name].fields[field.name])];
		return row;
	});
	return section(`${name}: ${title}`, rows);
}

/**
 * @param {import("../generated/systems.js").FieldDescription} field
 * @param {string} flag
 */
function flagOf({ name, kind, secret }, flag) {
	switch (kind) {
		case "parameters":
			return `--${parameterFlag} NAME=VALUE`;
		case "flag":
			return `--${flag}, --no-${flag}`;
	}
	return secret ? `${name} (secret)` : `--${flag} …`;
}

/**
 * @param {import("../generated/systems.js").FieldDescription} field
 * @param {{ help: string, example?: string } | undefined} words
 */
function wordsOf({ kind, optional, values, minimum, maximum }, words) {
	const [first, ...others] = values ?? [];
	return [
		words?.help,
		words?.example && `such as ${words.example}`,
		kind === "choice" ? [`${first} (default)`, ...others].join(" or ") : values?.join(" or "),
		minimum !== undefined && maximum !== undefined && `${minimum} to ${maximum}`,
		kind === "parameters" && "in the environment all, as JSON",
		optional && kind !== "choice" && "optional",
	]
		.filter(Boolean)
		.join("; ");
}
