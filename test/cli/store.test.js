// The command over a store: two runs of it are one login.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given } from "./command.js";

let sandbox, folder;
before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-cli-store-"));
});
beforeEach(() => sandbox.reset());
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true });
});

const STORAGE_KEYS = `k1:${randomBytes(32).toString("base64url")}`;

for (const system of ["appcube", "isales", "cubedrive"]) {
	test(`${system}: get twice is one login with --store, and shows nothing of it in the store's files`, async () => {
		const { flags, env } = given(sandbox.identities[system]);
		const store = join(folder, system);
		const run = () => command(["get", ...flags, "--store", store, "--token-only"], { env: { ...env, STORAGE_KEYS } });
		const first = await run();
		assert.equal(first.code, 0, first.stderr);
		const second = await run();
		assert.equal(second.stdout, first.stdout);
		assert.equal((await sandbox.state()).counts[system].logins, 1);
		for (const name of await readdir(store, { recursive: true })) {
			const text = await readFile(join(store, name), "utf8").catch(() => "");
			for (const secret of [first.stdout.trim(), ...Object.values(env), system]) {
				assert.ok(!`${name} ${text}`.includes(secret));
			}
		}
	});
}

test("without the keys in the environment, the command says which name is missing", async () => {
	const { flags, env } = given(sandbox.identities.isales);
	const { code, stderr } = await command(["get", ...flags, "--store", join(folder, "none")], { env });
	assert.equal(code, 2);
	assert.match(stderr, /STORAGE_KEYS/);
});
