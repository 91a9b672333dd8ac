// What went wrong is said with what somebody at a shell can look at, and advises nothing that a shell has no way to do.
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTLSServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { message, plain } from "../../js/cli/failure.js";
import { errorOf, TokenError } from "../../js/client/error.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { freePort } from "../free-port.js";
import { makeCertificate } from "./certificates.js";
import { command, given } from "./command.js";

let sandbox, folder;
before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-failure-"));
});
beforeEach(() => sandbox.reset());
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true });
});

test("a lost connection is told with host, port and the platform's code, as text and as JSON, and without a page's advice", async (t) => {
	const certificate = makeCertificate();
	const tls = createTLSServer({ cert: certificate.cert, key: certificate.pem }).listen(0, "127.0.0.1");
	t.after(() => tls.close());
	await once(tls, "listening");
	const closed = await freePort();
	const secure = /** @type {import("node:net").AddressInfo} */ (tls.address()).port;
	for (const [baseUrl, address, code] of [
		[`http://127.0.0.1:${closed}/a/path`, `127.0.0.1:${closed}`, "ECONNREFUSED"],
		["https://nonexistent.invalid", "nonexistent.invalid:443", "(ENOTFOUND|EAI_AGAIN)"],
		[`https://127.0.0.1:${secure}`, `127.0.0.1:${secure}`, "DEPTH_ZERO_SELF_SIGNED_CERT"],
	]) {
		const { flags, env } = given({ ...sandbox.identities.isales, baseUrl });
		const human = await command(["get", ...flags], { env });
		assert.equal(human.code, 4);
		assert.match(
			human.stderr,
			new RegExp(
				`^error: isales: login: no connection to ${address.replaceAll(".", "\\.")}, or it was lost \\(${code}\\)\\. cctoken doctor looks for the reason\\. \\[network\\]\\n$`,
			),
		);
		const { json } = await command(["get", ...flags, "--json"], { env });
		assert.deepEqual([json.error.address, json.error.code], [address, "network"]);
		assert.match(json.error.cause.code, new RegExp(`^${code}$`));
		assert.ok(json.error.message.includes(address) && !json.error.message.includes("origin"), json.error.message);
	}
});

test("the address is that of the step: ccmessaging's AccessToken comes from its authUrl; of a URL no more is shown", async () => {
	const closed = await freePort();
	const { flags, env } = given({ ...sandbox.identities.ccmessaging, authUrl: `http://localhost:${closed}/path` });
	const { json } = await command(["get", ...flags, "--json"], { env });
	assert.deepEqual([json.error.step, json.error.address], ["access_token", `localhost:${closed}`]);
	const lost = /** @type {const} */ ({
		code: "network",
		message: "isales: login: no connection to the vendor, or it was lost",
		step: "login",
	});
	const error = errorOf(lost, Object.assign(new Error("x"), { code: "ECONNRESET" }));
	const identity = { system: "isales", baseUrl: "https://user:Zx9-canary@h.test/path?secret=Zx9-canary", user: "u", passwd: "p" };
	assert.equal(
		message(error, identity),
		"isales: login: no connection to h.test:443, or it was lost (ECONNRESET). cctoken doctor looks for the reason. [network]",
	);
	assert.ok(!JSON.stringify(plain(error, identity)).includes("Zx9-canary"));
});

test("where no answer came in time, and what refused or failed, the doctor is named", async () => {
	const { flags, env } = given(sandbox.identities.isales);
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "delay", delayMs: 60_000, count: 9 });
	const late = await command(["get", ...flags, "--timeout", "1"], { env });
	assert.match(late.stderr, /^error: isales: login: 127\.0\.0\.1:\d+ did not answer in time\. cctoken doctor says more\. \[timeout\]\n$/);
	await sandbox.clearFaults();
	const refused = await command(["get", ...flags], { env: { CCTOKEN_PASSWD: "wrong" } });
	assert.match(refused.stderr, /cctoken doctor says more\. \[credentials_refused\]\n$/);
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "500" });
	const failed = await command(["get", ...flags], { env });
	assert.match(failed.stderr, /cctoken doctor says more\. \[vendor_failure\]\n$/);
});

test("text and JSON agree on when to try again: when the vendor says so, and not when cctoken's own pause ends", async () => {
	const { flags, env } = given(sandbox.identities.isales);
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "429", retryAfter: 3000, count: 2 });
	const asked = await command(["get", ...flags], { env });
	assert.match(asked.stderr, /Not before \d{4}-/);
	const { json } = await command(["get", ...flags, "--json"], { env });
	assert.match(json.error.retryAt, /^\d{4}-/);
	const own = await command(["get", ...flags, "--json"], { env: { CCTOKEN_PASSWD: "wrong" } });
	assert.deepEqual([own.json.error.code, own.json.error.retryAt], ["credentials_refused", null]);
});

/** A copy of the package as far as the command needs it. */
async function copyOfPackage(name) {
	const root = fileURLToPath(new URL("../../", import.meta.url));
	const copy = join(folder, name);
	await mkdir(join(copy, "dist"), { recursive: true });
	await cp(join(root, "js"), join(copy, "js"), { recursive: true, filter: (path) => !/\/js\/edge$/.test(path.replaceAll("\\", "/")) });
	for (const file of ["package.json", "dist/go.js", "dist/build.js", "dist/core.wasm", "dist/sandbox.wasm.br"]) {
		await copyFile(join(root, file), join(copy, file));
	}
	return copy;
}

test("a file of the package that is missing or damaged is named, with what a shell can do, and ends with 70", async () => {
	const copy = await copyOfPackage("damaged");
	const main = join(copy, "js/cli/main.js");
	const { flags, env } = given(sandbox.identities.isales);
	const get = () => command(["get", ...flags], { env, program: main });
	const core = join(copy, "dist/core.wasm");
	assert.equal((await get()).code, 0);
	const told = ({ code, stderr, stdout }, file, wanted) => {
		assert.equal(code, 70);
		const said = stderr + stdout;
		assert.ok(said.includes(file), said);
		assert.match(said, wanted);
		assert.match(said, /install (cctoken|the package) again/);
		assert.doesNotMatch(said, /report it|initialize|wasmUrl|\.\./);
	};
	await writeFile(core, "no WebAssembly");
	told(await get(), core, /is damaged/);
	// Of another build: a WebAssembly file that is whole, and not this JavaScript's.
	await writeFile(core, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
	told(await get(), core, /is damaged/);
	await rm(core);
	told(await get(), core, /is missing or cannot be read \(ENOENT\)/);
	const { json } = await command(["get", ...flags, "--json"], { env, program: main });
	assert.deepEqual([json.exitCode, json.error.code], [70, "module_not_found"]);
	assert.match(json.error.message, /install cctoken again/);
	await rm(join(copy, "dist/go.js"));
	told(await get(), join(copy, "dist/go.js"), /is missing/);

	const whole = await copyOfPackage("without-sandbox");
	for (const damage of [(file) => writeFile(file, "x"), rm]) {
		await damage(join(whole, "dist/sandbox.wasm.br"));
		told(
			await command(["sandbox", "--port", "0"], { program: join(whole, "js/cli/main.js") }),
			"dist/sandbox.wasm.br",
			/missing or damaged/,
		);
	}
});

test("a text of the package that is a sentence already gets no second full stop", () => {
	assert.equal(message(new TokenError("aborted", "The caller's signal was aborted.")), "The caller's signal was aborted. [aborted]");
});
