// The package as npm packs it, installed in an empty folder: the command and the sandbox work from there, and nothing is
// in it that should not be.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bare } from "./command.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);
// On Windows npm and npx are scripts, which only a shell can start; the arguments here hold nothing that it would change.
const shell = process.platform === "win32";
const env = { ...bare, npm_config_offline: "true", npm_config_audit: "false", npm_config_fund: "false", npm_config_update_notifier: "false" };

let folder, packed;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-pack-"));
	const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: root, env, shell });
	[packed] = JSON.parse(stdout);
	await mkdir(join(folder, "app"));
	await writeFile(join(folder, "app", "package.json"), '{"private": true, "type": "module"}');
	await run("npm", ["install", "--ignore-scripts", join(folder, packed.filename)], { cwd: join(folder, "app"), env, shell });
});
after(() => rm(folder, { recursive: true }));

const npx = (...args) => run("npx", ["--no-install", "cctoken", ...args], { cwd: join(folder, "app"), env: { ...env, CCTOKEN_PASSWD: "123456" }, shell });

test("npx cctoken runs from it", async () => {
	const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
	assert.equal((await npx("--version")).stdout, `${version}\n`);
	assert.match((await npx("--help")).stdout, /^  cctoken get +get a token$/m);
	await assert.rejects(npx("get", "--system", "isales"), (error) => error.code === 2 && /needs baseUrl/.test(error.stderr));
});

test("a program's test uses the sandbox from it, and the command gets a token there", async () => {
	const file = join(folder, "app", "program.js");
	await writeFile(
		file,
		`import { createSandbox } from "cctoken/sandbox";
		import { getToken } from "cctoken";
		import { execFileSync, spawn } from "node:child_process";
		const sandbox = await createSandbox();
		const token = await getToken(sandbox.identities.isales);
		const args = ["node_modules/cctoken/js/cli/main.js", "get", "--system", "isales", "--base-url", sandbox.url, "--user", "abcd", "--json"];
		const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		for await (const part of child.stdout) said += part;
		console.log(JSON.stringify([token.system, JSON.parse(said).token.length]));
		await sandbox.close();`,
	);
	const { stdout, stderr } = await run(process.execPath, [file], { cwd: join(folder, "app"), env: { ...env, CCTOKEN_PASSWD: "123456" } });
	assert.equal(stderr, "");
	assert.deepEqual(JSON.parse(stdout), ["isales", 26]);
});

test("it holds what ships and nothing else", () => {
	const files = packed.files.map(({ path }) => path);
	for (const path of ["js/cli/main.js", "js/cli/doctor/route.js", "js/sandbox/index.js", "dist/sandbox.wasm.br", "dist/types/sandbox/index.d.ts", "dist/core.wasm"]) {
		assert.ok(files.includes(path), `${path} is missing`);
	}
	assert.deepEqual(files.filter((path) => /(^|\/)(test|bench|build|demo)\/|^dist\/(serve|sandbox\.wasm)$|^dist\/types\/cli\/|\.go$/.test(path)), []);
	const command = packed.files.find(({ path }) => path === "js/cli/main.js");
	assert.equal(command.mode & 0o111, 0o111, "the command must be executable");
	assert.ok(packed.size < 5_500_000, `the package has grown to ${packed.size} bytes`);
});
