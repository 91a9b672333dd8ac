// cctoken get, verify and call, against a sandbox.
import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { signsIn } from "../../js/cli/sign-in.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given, start } from "./command.js";

let sandbox, folder, cc, drive;
before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-cli-"));
	cc = given(sandbox.identities.ccmessaging);
	drive = given(sandbox.identities.cubedrive);
});
beforeEach(() => sandbox.reset());
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true });
});

for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
	test(`${system}: get shows a table with the token shortened, and gives it whole when asked`, async () => {
		const { flags, env } = given(sandbox.identities[system]);
		const table = await command(["get", ...flags], { env });
		assert.equal(table.code, 0, table.stderr);
		const { json } = await command(["get", ...flags, "--json"], { env });
		assert.equal(json.system, system);
		const only = await command(["get", ...flags, "--token-only"], { env });
		const show = await command(["get", ...flags, "--show"], { env });
		assert.equal(only.stderr + show.stderr, "");
		assert.match(only.stdout, /^\S{26,}\n$/);
		assert.match(show.stdout, new RegExp(`^token +\\S{26,}$`, "m"));

		assert.match(table.stdout, new RegExp(`^system +${system}$`, "m"));
		assert.match(table.stdout, /^token +\S{4}…\S{4}$/m);
		assert.match(table.stdout, system === "cubedrive" ? /^expires +not stated/m : /^expires +\d{4}-\d\d-\d\dT\S+, in \d+ (s|min|h)/m);
		assert.doesNotMatch(table.stdout, /[A-Za-z0-9+/=-]{26,}/, "nothing as long as a token");
		const carried = {
			appcube: /member of the JSON body "authToken"/,
			ccmessaging: /header ccmessaging-token: \S{4}…/,
			isales: /header Authentication: Bearer \S{4}…/,
			cubedrive: /header X-Auth-Token: \S{4}…/,
		};
		assert.match(table.stdout, carried[system]);
		assert.match(table.stderr, /--token-only/);
		assert.equal(json.expiresAt === null, system === "cubedrive");
		assert.equal(
			Object.values({ ...json.headers, ...json.body }).some((value) => String(value).includes(json.token)),
			true,
		);
	});
}

test("get prints one line of JSON for an error when asked for JSON, and nothing else", async () => {
	const { code, stderr, json } = await command(["get", ...cc.flags, "--json"], { env: { CCTOKEN_APP_SECRET: "not-the-secret" } });
	assert.deepEqual([code, stderr], [3, ""]);
	assert.deepEqual(
		[json.exitCode, json.error.code, json.error.step, json.error.httpStatus, json.error.retryable],
		[3, "credentials_refused", "access_token", 403, false],
	);
});

test("colour follows the flags, then FORCE_COLOR, then NO_COLOR, and is off where there is no terminal", async () => {
	const colored = async (args, env) =>
		(await command(["get", ...cc.flags, ...args], { env: { ...cc.env, ...env } })).stdout.includes("\x1b[");
	assert.deepEqual(
		await Promise.all([
			colored([], {}),
			colored([], { FORCE_COLOR: "1" }),
			colored([], { FORCE_COLOR: "0" }),
			colored(["--color"], { NO_COLOR: "1" }),
			colored(["--no-color"], { FORCE_COLOR: "1" }),
			colored([], { FORCE_COLOR: "1", NO_COLOR: "1" }),
		]),
		[false, true, false, true, false, true],
	);
});

test("verify asks CubeDrive, and says yes or no by its exit code", async () => {
	const { stdout: token } = await command(["get", ...drive.flags, "--token-only"], { env: drive.env });
	const asked = (how) => command(["verify", ...drive.flags, "--json"], how);
	const file = join(folder, "token");
	await writeFile(file, token, { mode: 0o600 });
	for (const how of [{ input: token }, { env: { CCTOKEN_TOKEN: token.trim() } }]) {
		const { code, json } = await asked(how);
		assert.deepEqual([code, json], [0, { system: "cubedrive", valid: true, source: "vendor", reason: "confirmed", expiresAt: null }]);
	}
	assert.equal((await command(["verify", ...drive.flags, "--token-file", file])).code, 0);
	assert.equal((await sandbox.state()).counts.cubedrive.logins, 1, "verify does not log in");
	await sandbox.revoke({ system: "cubedrive" });
	const { code, json } = await asked({ input: token });
	assert.deepEqual([code, json.valid, json.reason], [1, false, "denied"]);
	const human = await command(["verify", ...drive.flags], { input: token });
	assert.match(human.stdout, /^valid +no\nbecause +the vendor says no/);
});

test("verify takes what get --json prints", async () => {
	const { stdout } = await command(["get", ...drive.flags, "--json"], { env: drive.env });
	assert.equal((await command(["verify", ...drive.flags], { input: stdout })).code, 0);
});

test("verify says that nobody can tell, and knows another user's token", async () => {
	const { stdout: token } = await command(["get", ...cc.flags, "--token-only"], { env: cc.env });
	const own = await command(["verify", ...cc.flags, "--json"], { input: token });
	assert.deepEqual([own.code, own.json.valid, own.json.reason], [6, null, "unknown"]);
	const other = given({ ...sandbox.identities.ccmessaging, userId: "somebody-else" });
	const foreign = await command(["verify", ...other.flags, "--json"], { input: token });
	assert.deepEqual([foreign.code, foreign.json.valid, foreign.json.reason], [1, false, "other_subject"]);
});

test("call gives the body on standard output and the status on standard error, for each system", async () => {
	for (const [system, { path, init }] of Object.entries(sandbox.business)) {
		const { flags, env } = given(sandbox.identities[system]);
		const data = system === "appcube" ? ["--data", "{}"] : [];
		const how = signsIn(system) ? ["--sign-in"] : [];
		const { code, stdout, stderr } = await command(["call", init.method, path, ...data, ...flags, ...how], { env });
		assert.deepEqual([code, stderr], [0, "200 OK\n"], system);
		assert.equal(typeof JSON.parse(stdout), "object");
	}
});

test("call sends text, a file and standard input alike, with headers from the command and a file", async () => {
	const send = ["call", "post", "/apiaccess/ccmessaging/send", ...cc.flags];
	const file = join(folder, "body.json");
	await writeFile(file, '{"content":"hello"}');
	const headers = join(folder, "headers");
	await writeFile(headers, "X-TenantSpaceID: 7\nAuthorization: Bearer overruled\n", { mode: 0o600 });
	for (const [args, input] of [
		[["-d", '{"content":"hello"}']],
		[["--data", `@${file}`]],
		[["--data", "-"], '{"content":"hello"}'],
		[["--data", "@-"], '{"content":"hello"}'],
		[["-d", "{}", "-H", "X-Any: 1", "-H", `@${headers}`]],
	]) {
		const { code, stderr } = await command([...send, ...args], { env: cc.env, input });
		assert.deepEqual([code, stderr], [0, "200 OK\n"]);
	}
	const wrong = await command([...send, "-d", "no json"], { env: cc.env });
	assert.deepEqual([wrong.code, wrong.stderr], [1, "400 Bad Request\n"]);
	assert.equal((await command([...send, "-d", "{}", "--header", "content-type: application/json"], { env: cc.env })).code, 0);
});

test("call says of a file of data what is wrong with it, as of any other file", async () => {
	const large = join(folder, "large.json");
	await writeFile(large, "");
	await truncate(large, (64 << 20) + 1);
	for (const [file, wanted] of [
		[folder, /is a folder, not a file/],
		[join(folder, "missing"), /is not there: check its path/],
		[large, /is larger than 64 MB/],
	]) {
		const { code, json } = await command(["call", "POST", "/x", "--data", `@${file}`, "--json", ...cc.flags], { env: cc.env });
		assert.deepEqual([code, json.error.field], [2, "data"]);
		assert.match(json.error.message, wanted);
	}
});

test("call --include shows the head, and --json all of it", async () => {
	const { path } = sandbox.business.ccmessaging;
	const env = { ...cc.env };
	await sandbox.faults({ system: "ccmessaging", endpoint: "business", fault: "503", retryAfter: 7 });
	const included = await command(["call", "GET", path, ...cc.flags, "-i"], { env });
	assert.equal(included.code, 1);
	assert.match(included.stdout, /^HTTP 503 Service Unavailable\n(.+\n)*retry-after: 7\n(.+\n)*\n\{/);
	const { json, stderr } = await command(["call", "GET", path, ...cc.flags, "--json"], { env });
	assert.deepEqual([json.status, JSON.parse(json.body).resultCode, stderr], [200, "0", ""]);
});

test("call hides headers that hold a credential", async (t) => {
	const secret = "Zx9-canary-in-a-header";
	const server = createServer((request, response) => {
		const login = request.url.endsWith("/login");
		response.writeHead(200, {
			"content-type": "application/json",
			"x-plain": "seen",
			"ccmessaging-token": secret,
			"set-cookie": `session=${secret}`,
		});
		response.end(login ? '{"result":0,"resultData":{"token":"a-token","tokenExpirationTime":300}}' : "{}");
	}).listen(0, "127.0.0.1");
	t.after(() => server.close());
	await once(server, "listening");
	const { flags, env } = given({ system: "isales", baseUrl: `http://127.0.0.1:${server.address().port}`, user: "u", passwd: "p" });
	for (const how of ["--include", "--json"]) {
		const { code, stdout, stderr } = await command(["call", "GET", "/x", how, ...flags], { env });
		assert.equal(code, 0, stderr);
		assert.match(stdout, /x-plain"?: ?"?seen/);
		assert.match(stdout, /ccmessaging-token"?: ?"?\[hidden\]/);
		assert.ok(!(stdout + stderr).includes(secret));
	}
});

test("call renews a dead token and goes on", async () => {
	await sandbox.faults({ system: "isales", endpoint: "business", fault: "401" });
	const { flags, env } = given(sandbox.identities.isales);
	const { code } = await command(["call", "GET", sandbox.business.isales.path, ...flags], { env });
	assert.equal(code, 0);
	assert.equal((await sandbox.state()).counts.isales.business, 2);
});

test("call ends with 141 where nobody reads its output, and says nothing", async () => {
	await sandbox.faults({ system: "isales", endpoint: "business", fault: "huge" });
	const { flags, env } = given(sandbox.identities.isales);
	const child = start(["call", "GET", sandbox.business.isales.path, ...flags], { env });
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
	child.stdin.end();
	await once(child.stdout, "readable");
	child.stdout.destroy();
	const [code] = await once(child, "close");
	assert.deepEqual([code, said], [141, "200 OK\n"]);
});
