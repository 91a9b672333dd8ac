// Every exit code is one that a run really ends with, and --help and docs/cli.md list them all.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { exit, exitCodes, exitOf } from "../../js/cli/exit.js";
import { commands, optionsOf } from "../../js/cli/arguments.js";
import { verdicts } from "../../js/cli/doctor/finding.js";
import { catalogue, general, tokenEnv } from "../../js/cli/settings.js";
import { TokenError } from "../../js/client/error.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given, start } from "./command.js";

const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

let sandbox, sales;
before(async () => {
	sandbox = await createSandbox();
	sales = given(sandbox.identities.isales);
});
beforeEach(() => sandbox.reset());
after(() => sandbox?.close());

/** What isales' login is made to do, and how get then ends. */
for (const [fault, code, error] of [
	[{ fault: "403" }, exit.refused, "credentials_refused"],
	[{ fault: "401" }, exit.refused, "credentials_refused"],
	[{ fault: "500" }, exit.refused, "vendor_failure"],
	[{ fault: "503", count: 9 }, exit.unavailable, "unavailable"],
	[{ fault: "reset", count: 9 }, exit.unavailable, "network"],
	[{ fault: "429", retryAfter: 3000 }, exit.unavailable, "rate_limited"],
	[{ fault: "delay", delayMs: 60_000, count: 9 }, exit.unavailable, "timeout"],
	[{ fault: "html" }, exit.stranger, "malformed_response"],
	[{ fault: "types" }, exit.stranger, "malformed_response"],
	[{ fault: "empty" }, exit.stranger, "malformed_response"],
	[{ fault: "huge" }, exit.stranger, "response_too_large"],
	[{ fault: "redirect" }, exit.stranger, "redirected"],
]) {
	test(`get ends with ${code} where the login meets ${fault.fault}`, async () => {
		await sandbox.faults({ system: "isales", endpoint: "login", ...fault });
		const {
			code: ended,
			json,
			stderr,
		} = await command(["get", ...sales.flags, "--json", "--timeout", fault.fault === "delay" ? "1" : "30"], sales);
		assert.deepEqual([ended, json.exitCode, json.error.code, stderr], [code, code, error, ""]);
		await sandbox.clearFaults();
		const human = await command(["get", ...sales.flags], { env: { ...sales.env, CCTOKEN_PASSWD: "wrong" } });
		assert.match(human.stderr, /^error: isales: login: the vendor refused .*\[credentials_refused\]\n$/);
		assert.equal(human.stdout, "");
	});
}

test("get ends with 4 where nobody listens or the name is none, with 5 where the path is none, with 2 for wrong fields", async () => {
	const ended = async (change, extra = []) => {
		const { flags, env } = given({ ...sandbox.identities.isales, ...change });
		const { code, json } = await command(["get", ...flags, ...extra, "--json"], { env });
		return [code, json.error.code];
	};
	assert.deepEqual(await ended({ baseUrl: "http://127.0.0.1:1" }), [4, "network"]);
	assert.deepEqual(await ended({ baseUrl: "http://nonexistent.invalid" }), [4, "network"]);
	assert.deepEqual(await ended({ baseUrl: `${sandbox.url}/lite` }), [5, "not_found"]);
	assert.deepEqual(await ended({ baseUrl: "ftp://h.test" }), [2, "invalid_identity"]);
	assert.deepEqual(await ended({}, ["--unknown"]), [2, "usage"]);
});

test("no command is 2, help and version are 0", async () => {
	assert.equal((await command([])).code, 2);
	const { version } = JSON.parse(await read("package.json"));
	const said = await command(["--version"]);
	assert.deepEqual([said.code, said.stdout], [0, `${version}\n`]);
	for (const args of [["--help"], ["help"], ["-h"], ["help", "get"], ...Object.keys(commands).map((name) => [name, "--help"])]) {
		const { code, stdout, stderr } = await command(args);
		assert.deepEqual([code, stderr], [0, ""], args.join(" "));
		assert.match(stdout, /cctoken/);
	}
});

test("a run that is interrupted ends by the signal, which a shell calls 130", async () => {
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "delay", delayMs: 600_000 });
	const child = start(["get", ...sales.flags], sales);
	while ((await sandbox.state()).counts.isales.logins === 0) {
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	child.kill("SIGINT");
	assert.deepEqual(await once(child, "close"), [null, "SIGINT"]);
	assert.equal(exit.interrupted, 128 + 2);
});

test("what cctoken did not expect is 70, and quotes nothing", async () => {
	assert.equal(exitOf(new TypeError("x")), exit.internal);
	assert.equal(exitOf(new TokenError("module_failed", "x")), exit.internal);
	// A Node without fetch is no Node that is supported: something nobody expects.
	const { code, stderr, stdout } = await command(["get", ...sales.flags], {
		...sales,
		node: ["--import", "data:text/javascript,WebAssembly.compile=()=>{throw new RangeError('Zx9-canary')}"],
	});
	assert.deepEqual([code, stdout], [70, ""]);
	assert.ok(!stderr.includes("Zx9-canary"), stderr);
});

test("every code of the package has an exit code", async () => {
	const declared = (await read("js/generated/words.js")).match(/@typedef \{("[\s\S]*?)\} TokenErrorCode/)[1].match(/\w+/g);
	const text = await read("js/cli/exit.js");
	for (const code of declared) {
		assert.match(text, new RegExp(`^\\t${code}: exit\\.`, "m"), code);
	}
});

test("--help and docs/cli.md have every exit code, command, option, setting and verdict", async () => {
	const [page, { stdout: overview }] = await Promise.all([read("docs/cli.md"), command(["--help"])]);
	assert.deepEqual(exitCodes.map(([code]) => code).sort(), Object.values(exit).sort());
	const table = page.slice(page.indexOf("\n## Exit codes\n")).matchAll(/^\| (\d+) \| (.*) \|$/gm);
	assert.deepEqual(
		[...table].map(([, code, meaning]) => [Number(code), meaning]),
		exitCodes,
		"docs/cli.md",
	);
	const listed = [...overview.matchAll(/^ +(\d+) +(\S.*)$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
	assert.deepEqual(listed, exitCodes, "--help");
	for (const name of Object.keys(commands)) {
		const { stdout } = await command([name, "--help"]);
		assert.ok(overview.includes(`cctoken ${name}`) && page.includes(`cctoken ${name}`), name);
		for (const option of Object.keys(optionsOf(name)).filter((each) => each !== "help")) {
			assert.ok(stdout.includes(`--${option}`), `cctoken ${name} --help lacks --${option}`);
			assert.ok(page.includes(`--${option}`), `docs/cli.md lacks --${option}`);
		}
	}
	for (const name of [...catalogue.settings.map(({ env }) => env), ...Object.values(general), tokenEnv]) {
		assert.ok(page.includes(name), `docs/cli.md lacks ${name}`);
	}
	for (const verdict of Object.keys(verdicts).filter((name) => name !== "skipped")) {
		assert.match(page, new RegExp(`^\\| \`${verdict}\` \\|.*\\| ${verdicts[verdict]} \\|$`, "m"), `docs/cli.md lacks ${verdict}`);
	}
});
