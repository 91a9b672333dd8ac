// Secrets that are given and not taken are told, and a terminal is asked for one without showing it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import { readArguments } from "../../js/cli/arguments.js";
import { configure } from "../../js/cli/configuration.js";
import { UsageError } from "../../js/cli/usage.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { argumentsOf } from "./arguments.js";
import { command, given } from "./command.js";

let sandbox, folder;
before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-secrets-"));
});
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true });
});

const env = { CCTOKEN_APP_SECRET: "env-secret", CCTOKEN_PASSWD: "env-passwd", CCTOKEN_PARAMS: '{"appSecret":"env-secret"}' };

/** @param {{ system: string, input?: unknown, file?: unknown, args?: string[], env?: Record<string, string> }} how */
async function configured({ system, input, file, args = [], env: own = env }) {
	const path = join(folder, "named.json");
	if (file !== undefined) {
		await writeFile(path, JSON.stringify(file), { mode: 0o600 });
	}
	const named = input !== undefined ? ["--secrets", "-"] : file !== undefined && args.length === 0 ? ["--secrets-file", path] : args;
	const stdin = (async function* () {
		yield typeof input === "string" ? input : JSON.stringify(input);
	})();
	return configure(readArguments(["get", "-s", system, ...argumentsOf[system], ...named]).options, { env: own, stdin, cwd: folder });
}

test("what the command names for its secrets has the system's own names, or is refused, and nothing else is taken instead", async () => {
	for (const [system, values, wanted] of [
		["isales", { appSecret: "Zx9" }, "has appSecret, which is not isales's; it needs passwd."],
		["isales", { appSecret: "Zx9", passwd: "p" }, "has appSecret, which is not isales's; it needs passwd."],
		["isales", { params: { passwd: "Zx9" } }, "has params, which is not isales's; it needs passwd."],
		["appcube", { accessToken: "Zx9" }, "has accessToken, which is not appcube's; it needs appSecret."],
		["ccmessaging", { passwd: "Zx9" }, "has passwd, which is not ccmessaging's; it needs appSecret or accessToken."],
		["cubedrive", { appSecret: "Zx9" }, 'has appSecret, which is not cubedrive\'s; it needs {"params": {"appSecret": "…"}}.'],
		[
			"cubedrive",
			{ params: { a: "b" }, appSecret: "Zx9" },
			'has appSecret, which is not cubedrive\'s; it needs {"params": {"appSecret": "…"}}.',
		],
		["cubedrive", { apiKey: "Zx9" }, 'has apiKey, which is not a secret\'s name; cubedrive needs {"params": {"apiKey": "…"}}.'],
		["isales", {}, "holds no secret: it is empty."],
	]) {
		for (const [source, what] of [
			[{ input: values }, "Standard input"],
			[{ file: values }, "The secrets file"],
		]) {
			await assert.rejects(configured({ system, ...source }), (error) => {
				assert.ok(error instanceof UsageError);
				assert.equal(error.message, `${what} ${wanted}`);
				return true;
			});
		}
	}
	assert.equal((await configured({ system: "isales", input: { passwd: "p" } })).identity.passwd, "p");
	assert.deepEqual((await configured({ system: "cubedrive", input: { params: { appSecret: "s" } } })).identity.params, {
		user: "u",
		appSecret: "s",
	});
});

test("a file that is named once for all may have other systems' secrets; where it has no other, that is a warning", async () => {
	const named = { CCTOKEN_SECRETS_FILE: join(folder, "named.json") };
	const all = { appSecret: "a", passwd: "p", params: { appSecret: "c" } };
	for (const [system, own] of [
		["appcube", "a"],
		["isales", "p"],
		["cubedrive", "c"],
	]) {
		const { identity, warnings } = await configured({ system, file: all, args: ["--timeout", "5"], env: named });
		assert.deepEqual([Object.values(identity.params ?? identity).includes(own), warnings], [true, []]);
	}
	const { identity, warnings } = await configured({ system: "cubedrive", file: { appSecret: "a" }, args: ["--timeout", "5"], env: named });
	assert.deepEqual(identity.params, { user: "u" });
	assert.match(
		warnings.join(),
		/^The file that CCTOKEN_SECRETS_FILE names has appSecret, which is not cubedrive's and is left out; it needs \{"params": \{"appSecret": "…"\}\}\.$/,
	);
	await writeFile(join(folder, "cctoken.json"), JSON.stringify({ secretsFile: "named.json" }), { mode: 0o600 });
	const configuredOnce = await configured({ system: "cubedrive", file: { appSecret: "a" }, args: ["--timeout", "5"], env: {} });
	assert.match(configuredOnce.warnings.join(), /^The secretsFile of the configuration has appSecret, which is not cubedrive's/);
	await rm(join(folder, "cctoken.json"));
});

test("a refused secret is not sent: the vendor sees no login", async () => {
	await sandbox.reset();
	const { flags } = given(sandbox.identities.cubedrive);
	const { code, stderr } = await command(["get", ...flags, "--param", "user=user22", "--secrets", "-"], {
		input: '{"appSecret":"Zx9-canary"}',
	});
	assert.equal(code, 2);
	assert.match(stderr, /Standard input has appSecret, which is not cubedrive's/);
	assert.ok(!stderr.includes("Zx9-canary"));
	assert.equal((await sandbox.state()).counts.cubedrive.logins, 0);
});

/** A terminal on which somebody types. */
function terminal() {
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		modes: [],
		setRawMode(raw) {
			this.modes.push(raw);
		},
	});
	const stderr = {
		isTTY: true,
		text: "",
		write(text) {
			this.text += text;
		},
	};
	return { stdin, stderr };
}

test("--secrets - on a terminal asks for the secret, and does not show what is typed", async () => {
	const { stdin, stderr } = terminal();
	let stopped = 0;
	const asked = configure(readArguments(["get", "-s", "isales", ...argumentsOf.isales, "--secrets", "-"]).options, {
		env: {},
		stdin,
		stderr,
		spinner: { stop: () => stopped++ },
		cwd: folder,
	});
	while (stderr.text === "") {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	assert.equal(stderr.text, "passwd of isales (it is not shown): ");
	stdin.write("typedx");
	stdin.write("\x7f"); // a letter taken back
	stdin.write("-secret\r");
	const { identity, hidden, from } = await asked;
	assert.deepEqual([identity.passwd, hidden, from.passwd], ["typed-secret", ["typed-secret"], "standard input"]);
	assert.equal(stderr.text, "passwd of isales (it is not shown): \n");
	assert.deepEqual(stdin.modes, [true, false], "the terminal does not show it either, and is as before afterwards");
	assert.equal(stopped, 1, "nothing turns where the question stands");
});

test("a terminal that is closed without an answer gave none", async () => {
	const { stdin, stderr } = terminal();
	const asked = configure(readArguments(["get", "-s", "cubedrive", ...argumentsOf.cubedrive, "--secrets", "-"]).options, {
		env: {},
		stdin,
		stderr,
		cwd: folder,
	});
	stdin.end();
	await assert.rejects(asked, /Standard input holds no secret: it is empty/);
	assert.match(stderr.text, /^Secret parameters of cubedrive, as \{"params": \{"NAME": "…"\}\}/);
});
