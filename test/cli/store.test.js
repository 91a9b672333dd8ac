// The command over a store: two runs of it are one login.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
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

test("a configuration names the store: get twice is one login, and the folder is beside the configuration", async () => {
	const { flags, env } = given(sandbox.identities.appcube);
	const beside = join(folder, "configured");
	await mkdir(beside);
	await writeFile(join(beside, "cctoken.json"), JSON.stringify({ store: "sessions" }));
	const run = (settings = {}, more = []) =>
		command(["get", ...flags, "--config", join(beside, "cctoken.json"), "--token-only", ...more], {
			env: { ...env, STORAGE_KEYS, ...settings },
		});
	const first = await run();
	assert.equal(first.code, 0, first.stderr);
	assert.equal((await run()).stdout, first.stdout);
	assert.ok((await readdir(beside)).includes("sessions"));
	assert.equal((await sandbox.state()).counts.appcube.logins, 1);
	assert.notEqual((await run({ CCTOKEN_STORE: join(folder, "other") })).stdout, first.stdout, "the environment goes before the file");
	assert.equal((await run({ CCTOKEN_STORE: join(folder, "other") }, ["--store", join(beside, "sessions")])).stdout, first.stdout);
	assert.equal((await run({ STORAGE_KEYS: "" })).code, 2, "its keys are not in the file");
});

test("a configured store is nothing to verify, which has no secrets", async () => {
	const { flags } = given(sandbox.identities.appcube);
	const file = join(folder, "verify.json");
	await writeFile(file, JSON.stringify({ store: "redis" }));
	const { code, stderr } = await command(["verify", ...flags, "--config", file], { input: "some-token" });
	assert.equal(code, 6, stderr);
});

test("a configuration that has the store's keys, or no text for a store, is refused, and says nothing of them", async () => {
	const { flags, env } = given(sandbox.identities.appcube);
	const file = join(folder, "wrong.json");
	for (const wrong of [{ store: "sessions", STORAGE_KEYS }, { store: { folder: "sessions", keys: STORAGE_KEYS } }, { store: "" }]) {
		await writeFile(file, JSON.stringify(wrong), { mode: 0o600 });
		const { code, stderr } = await command(["get", ...flags, "--config", file], { env: { ...env, STORAGE_KEYS } });
		assert.equal(code, 2, stderr);
		assert.ok(!stderr.includes(STORAGE_KEYS.slice(3)), stderr);
	}
});

test("what is wrong with the keys or the folder is said by their names here, and no key is repeated", async () => {
	const { flags, env } = given(sandbox.identities.isales);
	const run = (/** @type {string} */ store, /** @type {string} */ keys) =>
		command(["get", ...flags, "--store", store], { env: { ...env, STORAGE_KEYS: keys } });
	const wrong = await run(join(folder, "wrong-keys"), `${STORAGE_KEYS},k2:too-short-a-key`);
	assert.equal(wrong.code, 2);
	assert.match(wrong.stderr, /STORAGE_KEYS must list .*number 2 of 2/);
	assert.ok(!wrong.stderr.includes("too-short") && !wrong.stderr.includes(STORAGE_KEYS.slice(3)));
	const nowhere = await run("/proc/x", STORAGE_KEYS);
	assert.equal(nowhere.code, 2);
	assert.match(nowhere.stderr, /store cannot be made/);
});

test("without the keys in the environment, the command says which name is missing", async () => {
	const { flags, env } = given(sandbox.identities.isales);
	const { code, stderr } = await command(["get", ...flags, "--store", join(folder, "none")], { env });
	assert.equal(code, 2);
	assert.match(stderr, /STORAGE_KEYS/);
});

test("a store that is away is told: the token is shared with nobody", async () => {
	const { flags, env } = given(sandbox.identities.appcube);
	const away = await command(["get", ...flags, "--store", "redis", "--token-only"], {
		cwd: fileURLToPath(new URL("../..", import.meta.url)), // where the package redis is
		env: { ...env, STORAGE_KEYS, REDIS_URL: "redis://127.0.0.1:1" },
	});
	assert.equal(away.code, 0, away.stderr);
	assert.match(away.stderr, /^warning: the store cannot be reached, or cannot be written to: this token is not shared/m);
});
