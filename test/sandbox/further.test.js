// A system more in the sandbox, of one Go file that no other file knows of: the sandbox of the package has it, and the
// command, without a change in JavaScript.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { start } from "../cli/command.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the package whose sandbox has the system of sandbox/harbour_test.go as well. */
let folder;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-further-"));
	const overlay = join(folder, "overlay.json");
	await writeFile(overlay, JSON.stringify({ Replace: { [join(root, "sandbox/harbour.go")]: join(root, "sandbox/harbour_test.go") } }));
	const wasm = join(folder, "sandbox.wasm");
	await promisify(execFile)("go", ["build", "-trimpath", "-overlay", overlay, "-o", wasm, "./wasm/sandbox"], {
		cwd: root,
		env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
	});
	await mkdir(join(folder, "dist"));
	for (const name of ["package.json", "js", "dist/go.js", "dist/build.js", "dist/core.wasm"]) {
		await cp(join(root, name), join(folder, name), { recursive: true, filter: (from) => from !== join(root, "test") });
	}
	const packed = brotliCompressSync(await readFile(wasm), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
	await writeFile(join(folder, "dist/sandbox.wasm.br"), packed);
});
after(() => rm(folder, { recursive: true }));

/** @param {string} origin */
const harbour = (origin) => ({ system: "harbour", baseUrl: `${origin}/rest/harbour`, ship: "ship1", flag: "flag-of-ship1" });

/** @param {string} origin */
const login = (origin) =>
	fetch(`${origin}/rest/harbour/login`, {
		method: "PUT",
		headers: { "content-type": "application/json" },
		body: '{"ship":"ship1","flag":"flag-of-ship1"}',
	});

test("createSandbox lists a further system, takes its options, and does with it what it does with any", async (t) => {
	const { createSandbox } = await import(pathToFileURL(join(folder, "js/sandbox/index.js")).href);
	const sandbox = await createSandbox({ lifetimes: { harbour: 5 }, logins: { harbour: 2 } });
	t.after(() => sandbox.close());
	assert.deepEqual(sandbox.identities.harbour, harbour(sandbox.url));
	assert.deepEqual(sandbox.business.harbour, { path: "/business", init: { method: "GET" } });
	const { berth } = await (await login(sandbox.url)).json();
	const { path, init } = sandbox.business.harbour;
	const call = () => fetch(`${sandbox.identities.harbour.baseUrl}${path}`, { ...init, headers: { berth } });
	assert.equal((await call()).status, 200);
	const { counts, lifetimes } = await sandbox.state();
	assert.deepEqual([counts.harbour.logins, counts.harbour.business, lifetimes.harbour], [1, 1, 5]);
	assert.equal(await sandbox.roll({ system: "harbour" }), 1);
	assert.ok((await call()).headers.get("next-berth"));
	assert.equal(await sandbox.revoke({ system: "harbour" }), 1);
	await sandbox.faults({ system: "harbour", endpoint: "verify", fault: "503" });
	assert.equal((await fetch(`${sandbox.url}/rest/harbour/verify`)).status, 503);
	await sandbox.refuse("harbour", "ship1");
	assert.equal((await login(sandbox.url)).status, 403);
	assert.match(await (await login(sandbox.url)).text(), /intercepted/);
	await assert.rejects(createSandbox({ logins: { harbor: 5 } }), ({ code, message }) => {
		assert.equal(code, "invalid_option");
		assert.match(message, /logins\.harbor must name one of .*harbour/);
		return true;
	});
});

test("the command runs it, and prints its identity and what its flags take", async (t) => {
	const child = start(["sandbox", "--port", "0", "--lifetime", "harbourPass=7", "--logins", "harbour=1"], {
		program: join(folder, "js/cli/main.js"),
	});
	t.after(() => child.kill("SIGKILL"));
	let said = "";
	const lines = createInterface(child.stdout).on("line", (line) => (said += `${line}\n`));
	while (!/--logins: /.test(said)) {
		await once(lines, "line");
	}
	const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
	assert.match(said, /harbour\n  baseUrl .*\n  ship       ship1\n  flag       flag-of-ship1\n/);
	assert.match(said, /--lifetime: .*\bharbour, harbourPass\b/);
	assert.match(said, /--logins: .*\bharbour\./);
	assert.equal((await (await fetch(`${origin}/_sandbox/state`)).json()).lifetimes.harbourPass, 7);
	assert.equal((await (await login(origin)).json()).well, "yes");
	assert.match(await (await login(origin)).text(), /intercepted/);
});
