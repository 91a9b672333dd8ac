// The command and the sandbox of the installed package.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bare } from "../cli/command.js";
import { install, npx, run } from "./packed.js";

/** @type {Awaited<ReturnType<typeof install>>} */
let program;
before(async () => (program = await install()));
after(() => program?.remove());

const here = () => ({ cwd: program.folder, env: { ...bare, CCTOKEN_PASSWD: "123456", npm_config_update_notifier: "false" } });
const cctoken = (/** @type {string[]} */ ...args) => npx(["--no-install", "cctoken", ...args], here());

test("npx cctoken runs from it", async () => {
	const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
	assert.equal((await cctoken("--version")).stdout, `${version}\n`);
	assert.match((await cctoken("--help")).stdout, /^  cctoken get +get a token$/m);
	await assert.rejects(cctoken("get", "--system", "isales"), (error) => error.code === 2 && /needs baseUrl/.test(error.stderr));
});

test("a program's test uses the sandbox from it, and the command gets a token there", async () => {
	await writeFile(
		join(program.folder, "with-sandbox.js"),
		`import { createSandbox } from "cctoken/sandbox";
		import { getToken } from "cctoken";
		import { spawn } from "node:child_process";
		const sandbox = await createSandbox();
		const token = await getToken(sandbox.identities.isales);
		const args = ["node_modules/cctoken/js/cli/main.js", "get", "--system", "isales", "--base-url", sandbox.url, "--user", "abcd", "--json"];
		const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
		let said = "";
		for await (const part of child.stdout) said += part;
		console.log(JSON.stringify([token.system, JSON.parse(said).token.length]));
		await sandbox.close();`,
	);
	const { stdout, stderr } = await run(process.execPath, ["with-sandbox.js"], here());
	assert.equal(stderr, "");
	assert.deepEqual(JSON.parse(stdout), ["isales", 26]);
});
