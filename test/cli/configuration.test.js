// Where settings and secrets come from, and what is refused.
import { systems } from "../../js/generated/systems.js";
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { configure } from "../../js/cli/configuration.js";
import { readArguments } from "../../js/cli/arguments.js";
import { UsageError } from "../../js/cli/usage.js";
import { argumentsOf } from "./arguments.js";
import { command } from "./command.js";

let root;
before(async () => {
	root = await mkdtemp(join(tmpdir(), "cctoken-configuration-"));
});
after(() => rm(root, { recursive: true }));

let folders = 0;

/**
 * A folder with files in it, readable by this user alone.
 * @param {Record<string, unknown>} files text, or what becomes JSON
 */
async function folder(files) {
	const path = join(root, String(++folders));
	await mkdir(path);
	for (const [name, content] of Object.entries(files)) {
		await writeFile(join(path, name), typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
	}
	return path;
}

const text = async function* (/** @type {string} */ given = "") {
	yield given;
};

/**
 * @param {{ args?: string[], env?: Record<string, string>, files?: Record<string, unknown>, input?: string, cwd?: string, withoutSecrets?: boolean }} given
 */
async function configured({ args = [], env = {}, files = {}, input, cwd, withoutSecrets }) {
	const { options } = readArguments(["get", ...args]);
	return configure(options, { env, stdin: text(input), cwd: cwd ?? (await folder(files)), withoutSecrets });
}

/** @param {Parameters<typeof configured>[0]} given */
async function refusal(given) {
	try {
		await configured(given);
	} catch (error) {
		assert.ok(error instanceof UsageError, error?.stack);
		return error;
	}
	assert.fail("it was taken");
}

const isales = { system: "isales", baseUrl: "https://file.test", user: "file", passwd: "file-secret" };
const flags = ["-s", "isales", "--base-url", "https://flag.test", "--user", "flag"];

test("a flag goes before the environment, and that before the file, field by field", async () => {
	const files = { "cctoken.json": isales };
	const env = { CCTOKEN_BASE_URL: "https://env.test", CCTOKEN_USER: "env", CCTOKEN_PASSWD: "env-secret" };
	assert.deepEqual((await configured({ files })).identity, isales);
	assert.deepEqual((await configured({ files, env })).identity, {
		system: "isales",
		baseUrl: "https://env.test",
		user: "env",
		passwd: "env-secret",
	});
	const { identity, from } = await configured({ files, env, args: ["--user", "flag"] });
	assert.deepEqual(identity, { system: "isales", baseUrl: "https://env.test", user: "flag", passwd: "env-secret" });
	assert.deepEqual(from, {
		system: "the file cctoken.json",
		baseUrl: "the environment",
		user: "the command line",
		passwd: "the environment",
	});
	assert.equal((await configured({ files, env: { CCTOKEN_USER: "" } })).identity.user, "file", "an empty variable is none");
});

test("secrets: what the command names goes before the environment, and that before the file", async () => {
	const files = { "cctoken.json": isales, "named.json": { passwd: "named-secret" } };
	const env = { CCTOKEN_PASSWD: "env-secret" };
	const secret = async (given) => (await configured({ files, ...given })).identity.passwd;
	assert.equal(await secret({}), "file-secret");
	assert.equal(await secret({ env }), "env-secret");
	assert.equal(await secret({ env, args: ["--secrets-file", "named.json"] }), "named-secret");
	assert.equal(await secret({ env, args: ["--secrets", "-"], input: "typed-secret\n" }), "typed-secret");
	assert.equal(await secret({ env, args: ["--secrets-file", "-"], input: '\uFEFF{"passwd":"typed-secret"}\r\n' }), "typed-secret");
	assert.equal(await secret({ env: { CCTOKEN_SECRETS_FILE: "named.json" } }), "named-secret");
	assert.equal(await secret({ env: { ...env, CCTOKEN_SECRETS_FILE: "named.json" } }), "env-secret");
});

test("a secretsFile of the configuration is found beside it", async () => {
	const cwd = await folder({});
	await mkdir(join(cwd, "sub"));
	const { passwd: _, ...rest } = isales;
	await writeFile(join(cwd, "sub", "settings.json"), JSON.stringify({ ...rest, secretsFile: "secret.txt" }), { mode: 0o600 });
	await writeFile(join(cwd, "sub", "secret.txt"), "beside-secret\n", { mode: 0o600 });
	const { identity } = await configured({ cwd, args: ["--config", "sub/settings.json"] });
	assert.equal(identity.passwd, "beside-secret");
	assert.equal((await configured({ cwd, env: { CCTOKEN_CONFIG: join(cwd, "sub", "settings.json") } })).identity.passwd, "beside-secret");
});

test("a profile is chosen by flag, environment or the file, and goes before what the file says for all", async () => {
	const files = {
		"cctoken.json": {
			profile: "one",
			timeout: 7,
			baseUrl: "https://shared.test",
			profiles: {
				one: { system: "isales", user: "one", passwd: "s-one" },
				two: { system: "isales", user: "two", passwd: "s-two", baseUrl: "https://two.test", timeout: 9 },
			},
		},
	};
	const seen = async (given) => {
		const { identity, timeoutMs } = await configured({ files, ...given });
		return [identity.user, identity.passwd, identity.baseUrl, timeoutMs];
	};
	assert.deepEqual(await seen({}), ["one", "s-one", "https://shared.test", 7000]);
	assert.deepEqual(await seen({ env: { CCTOKEN_PROFILE: "two" } }), ["two", "s-two", "https://two.test", 9000]);
	assert.deepEqual(await seen({ env: { CCTOKEN_PROFILE: "two" }, args: ["-p", "one", "--timeout", "1.5"] }), [
		"one",
		"s-one",
		"https://shared.test",
		1500,
	]);
	assert.match((await refusal({ files, args: ["-p", "three"] })).message, /no such profile.*one, two/);
	assert.match((await refusal({ args: ["-p", "one"] })).message, /no cctoken\.json/);
	const { profile: _, ...without } = files["cctoken.json"];
	assert.match((await refusal({ files: { "cctoken.json": without } })).message, /choose one with --profile.*one, two/);
});

test("each system gets its own fields, and says which one is missing and how to give it", async () => {
	const env = {
		CCTOKEN_APP_SECRET: "s",
		CCTOKEN_PASSWD: "p",
		CCTOKEN_CLIENT_SECRET: "c",
		CCTOKEN_PASSWORD: "w",
		CCTOKEN_PARAMS: '{"appSecret":"x"}',
	};
	for (const [system, given] of Object.entries(argumentsOf)) {
		const { identity } = await configured({ args: ["-s", system, ...given], env });
		assert.equal(identity.system, system);
		for (let i = 0; i < given.length; i += 2) {
			if (given[i] !== "--param") {
				const error = await refusal({ args: ["-s", system, ...given.toSpliced(i, 2)], env });
				assert.ok(error.message.includes(given[i]) && /CCTOKEN_[A-Z_]+/.test(error.message), error.message);
			}
		}
		const error = await refusal({ args: ["-s", system, ...(system === "cubedrive" ? given.slice(0, 2) : given)] });
		assert.match(error.message, /--secrets-file|--secrets -/);
		assert.equal((await configured({ args: ["-s", system, ...given], withoutSecrets: true })).identity.system, system);
	}
	assert.match((await refusal({})).message, /--system/);
	assert.match((await refusal({ args: ["-s", "other"] })).message, new RegExp(systems.map(({ name }) => name).join(", ")));
});

test("CubeDrive's parameters are put together from all places, the command line first, and secret ones not from there", async () => {
	const files = {
		"cctoken.json": { system: "cubedrive", baseUrl: "https://h.test", params: { user: "file", app: "file", region: "file" } },
		"s.json": { params: { appSecret: "s", app: "named" } },
	};
	const { identity, hidden } = await configured({
		files,
		args: ["--param", "user=flag=x", "--secrets-file", "s.json"],
		env: { CCTOKEN_PARAMS: '{"region":"env","app":"env"}' },
	});
	assert.deepEqual(identity.params, { user: "flag=x", appSecret: "s", app: "named", region: "env" });
	assert.ok(hidden.includes("s"));
	for (const name of ["appSecret", "password", "apiToken", "credentials", "api-key"]) {
		assert.match(
			(await refusal({ args: ["-s", "cubedrive", "--base-url", "https://h.test", "--param", `${name}=v`] })).message,
			/not taken from the command line.*CCTOKEN_PARAMS/,
		);
	}
	assert.match(
		(await refusal({ args: ["-s", "cubedrive", "--base-url", "https://h.test", "--secrets", "-"], input: "alone" })).message,
		/need names/,
	);
});

test("an AccessToken and an appSecret exclude each other in one place, and the nearer place wins", async () => {
	const args = ["-s", "ccmessaging", ...argumentsOf.ccmessaging];
	assert.match((await refusal({ args, env: { CCTOKEN_APP_SECRET: "s", CCTOKEN_ACCESS_TOKEN: "t" } })).message, /exclude each other/);
	const { identity } = await configured({
		args: [...args, "--secrets", "-"],
		input: '{"accessToken":"t"}',
		env: { CCTOKEN_APP_SECRET: "s" },
	});
	assert.deepEqual([identity.accessToken, identity.appSecret], ["t", undefined]);
});

test("what is wrong in a file is said without a word of its content", async () => {
	const secret = "Zx9-canary-in-a-file";
	for (const [files, args, wanted] of [
		[{ "cctoken.json": `{"passwd": "${secret}"` }, flags, /cctoken\.json is not valid JSON: look at line 1, column \d+\.$/],
		[{ "cctoken.json": `["${secret}"]` }, flags, /must be a JSON object/],
		[{ "cctoken.json": { [secret]: secret } }, flags, /A name in .* is not a setting/],
		[{ "cctoken.json": { pasword: secret } }, flags, /pasword in .* is not a setting; is password meant\?$/],
		[{ "cctoken.json": { baseurl: secret } }, flags, /baseurl in .* is not a setting; is baseUrl meant\?$/],
		[{ "cctoken.json": { passwd: { a: secret } } }, flags, /passwd must be a text/],
		[{ "cctoken.json": { appKey: secret } }, flags, /appKey, given by .*, is not a field of isales/],
		[{ s: `${secret}\n${secret}` }, [...flags, "--secrets-file", "s"], /must hold one secret alone/],
		[{ s: `{"pass":"${secret}"}` }, [...flags, "--secrets-file", "s"], /has pass, which is not a secret's name; isales needs passwd/],
		[{ s: `{"passwd":"${secret}` }, [...flags, "--secrets-file", "s"], /not valid JSON/],
		[{ s: " \n" }, [...flags, "--secrets-file", "s"], /it is empty/],
		[{ s: "x".repeat(300_000) }, [...flags, "--secrets-file", "s"], /larger than 256 KB/],
		[{}, [...flags, "--secrets-file", "s"], /is not there/],
		[{}, [...flags, "--secrets-file", "."], /is a folder/],
		[{}, [...flags, "--config", "none.json"], /is not there/],
		[{}, [...flags, "--secrets", "-", "--secrets-file", "-"], /the same/],
		[{}, [...flags, "--app-key", secret], /appKey, given by the command line, is not a field of isales/],
		[{}, [...flags, "--timeout", secret], /timeout must be from 1 to 600/],
		[{}, [...flags, "--timeout", "0"], /timeout must be from 1 to 600/],
		[{}, [...flags, "--param", secret], /NAME=VALUE/],
	]) {
		const { message } = await refusal({ files, args });
		assert.match(message, wanted);
		assert.ok(!message.includes(secret), message);
	}
});

test("files that others can read are warned of where they hold a secret, on systems that have such permissions", async () => {
	const files = { "cctoken.json": isales, secret: "s", "plain.json": { system: "isales", baseUrl: "https://h.test", user: "u" } };
	const cwd = await folder(files);
	assert.deepEqual((await configured({ cwd })).warnings, []);
	for (const name of Object.keys(files)) {
		await chmod(join(cwd, name), 0o644);
	}
	if (process.platform === "win32") {
		assert.deepEqual((await configured({ cwd })).warnings, []);
		return;
	}
	assert.match((await configured({ cwd })).warnings.join(), /^cctoken\.json holds a secret, and other users .* chmod 600/);
	assert.match(
		(await configured({ cwd, args: ["--config", "plain.json", "--secrets-file", "secret"] })).warnings.join(),
		/^The secrets file/,
	);
	assert.deepEqual(
		(await configured({ cwd, args: ["--config", "plain.json"], env: { CCTOKEN_PASSWD: "p" } })).warnings,
		[],
		"no secret is in it",
	);
	const { stderr } = await command(["get"], { cwd, env: { CCTOKEN_BASE_URL: "http://127.0.0.1:1", CCTOKEN_TIMEOUT: "1" } });
	assert.match(stderr, /^warning: cctoken\.json holds a secret/);
});

test("secrets and tokens on the command line are refused with the ways there are, and not repeated", async () => {
	const secret = "Zx9-canary-argument";
	for (const flag of ["app-secret", "secret", "passwd", "password", "access-token", "appSecret", "Passwd", "APP_SECRET"]) {
		for (const args of [[`--${flag}`, secret], [`--${flag}=${secret}`]]) {
			const { code, stdout, stderr } = await command(["get", ...flags, ...args]);
			assert.deepEqual([code, stdout], [2, ""]);
			assert.match(
				stderr,
				/not taken from the command line.*the shell keeps it in its history.*CCTOKEN_[A-Z_]+ in the environment.*--secrets-file.*--secrets -.*change it/,
			);
			assert.ok(!stderr.includes(secret));
		}
	}
	for (const flag of ["my-password", "Cookie", "pasword"]) {
		const { code, stderr } = await command(["get", ...flags, `--${flag}`, secret]);
		assert.equal(code, 2);
		assert.match(stderr, /not taken from the command line.*the shell keeps it in its history.*in the environment/);
		assert.ok(!stderr.includes(secret));
	}
	for (const args of [
		["verify", secret],
		["verify", "--token", secret],
		["verify", "--Token", secret],
		["get", ...flags, `--token=${secret}`],
	]) {
		const { code, stderr } = await command(args);
		assert.equal(code, 2);
		assert.match(stderr, /A token is not taken from the command line.*CCTOKEN_TOKEN/);
		assert.ok(!stderr.includes(secret));
	}
	const { code, stderr } = await command(["call", "GET", "/x", ...flags, "-H", `Authorization: Bearer ${secret}`]);
	assert.equal(code, 2);
	assert.match(stderr, /Authorization sounds like a secret.*--header @FILE/);
	assert.ok(!stderr.includes(secret));
});

test("standard input holds one thing", async () => {
	for (const args of [
		["verify", "--token-file", "-", "--secrets", "-"],
		["doctor", "--token-file", "-", "--secrets-file", "-"],
		["call", "POST", "/x", "-d", "@-", "--secrets", "-"],
	]) {
		const { code, stdout, stderr } = await command([...args, ...flags], { input: "x" });
		assert.equal(code, 2);
		assert.match(stdout + stderr, /Standard input can hold the secrets or the (token|data), not both/);
	}
	const { code, stderr } = await command(["verify", "--secrets", "-", ...flags], { input: "x" });
	assert.equal(code, 2);
	assert.match(stderr, /No token is given/);
	const empty = await command(["verify", ...flags], { input: " \n" });
	assert.equal(empty.code, 2);
	assert.match(empty.stderr, /No token is given: standard input was empty\. .*CCTOKEN_TOKEN/);
});

test("wrong arguments are told, and what is not plainly a name is not repeated", () => {
	const secret = "Zx9-canary";
	for (const [args, wanted] of [
		[["fetch"], /no command fetch: use get, verify/],
		[[secret], /no command of that name/],
		[["--json", "get"], /The command comes first/],
		[["get", "--unknown"], /no option --unknown\. See/],
		[["gte"], /no command gte: is get meant\?/],
		[["get", "--tiemout", "5"], /no option --tiemout: is --timeout meant\?/],
		[["get", "--secret-file", "f"], /no option --secret-file: is --secrets-file meant\?/],
		[["get", `--${secret}`], /no option of that name/],
		[["get", "-x"], /no option -x/],
		[["get", "--json=yes"], /--json takes no value/],
		[["get", "--user"], /--user needs a value/],
		[["get", "--user", "--json"], /--user needs a value/],
		[["get", "--user", "a", "--user", "b"], /--user is given twice/],
		[["sandbox", "--user", "a"], /sandbox has no option --user/],
	]) {
		assert.throws(
			() => readArguments(args),
			(error) => {
				assert.ok(error instanceof UsageError);
				assert.match(error.message, wanted);
				assert.ok(!error.message.includes(secret));
				return true;
			},
		);
	}
	assert.equal(readArguments(["get", "--user=-a"]).options["user"], "-a");
	assert.deepEqual(readArguments(["call", "GET", "--", "/-x"]).rest, ["GET", "/-x"]);
});
