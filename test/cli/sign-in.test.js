// A system in which somebody signs in, at the command line: nobody is signed in who was not asked for.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given } from "./command.js";

const handshake = "/agentgateway/resource/onlineagent/101/handshake";

let sandbox, flags, env;
before(async () => {
	sandbox = await createSandbox();
	({ flags, env } = given(sandbox.identities.ccgateway));
});
beforeEach(() => sandbox.reset());
after(() => sandbox?.close());

const run = (name, ...more) => {
	const [command_, ...rest] = name.split(" ");
	return command([command_, ...rest, ...flags, ...more], { env });
};
const logins = async () => (await sandbox.state()).counts.ccgateway.logins;

test("get, call and doctor sign nobody in unless they are told to", async () => {
	for (const name of ["get", `call POST ${handshake}`]) {
		const { code, stderr } = await run(name);
		assert.equal(code, 2, stderr);
		assert.match(stderr, /Nobody is signed in.*--sign-in/);
	}
	const { code, stdout } = await run("doctor");
	assert.equal(code, 0, stdout);
	assert.match(stdout, /^- token +a sign-in has effects at the vendor: --sign-in makes one/m);
	assert.equal(await logins(), 0);
});

test("get --sign-in shows the GUID shortened, and gives it whole when asked", async () => {
	const table = await run("get", "--sign-in");
	assert.equal(table.code, 0, table.stderr);
	assert.match(table.stdout, /^token +\S{4}…\S{4}$/m);
	assert.match(table.stdout, /header Guid: \S{4}…/);
	assert.match(table.stdout, /, in (2 min|1\d\d s|1 min)/);
	const again = await run("get", "--sign-in", "--json");
	assert.equal(again.code, 3);
	assert.deepEqual([again.json.error.code, again.json.error.vendorCode], ["already_signed_in", "100-002"]);
	const { json } = await run("get", "--sign-in", "--force", "--json");
	assert.match(json.token, /\.AgentGateway0$/);
	assert.deepEqual(json.headers, { Guid: json.token });
	assert.equal(await logins(), 3);
});

test("call --sign-in --sign-out signs in, calls and signs out, and prints no GUID", async () => {
	const first = await run(`call POST ${handshake}`, "--sign-in", "--sign-out", "--include");
	assert.equal(first.code, 0, first.stderr);
	assert.match(first.stdout, /"retcode":"0"/);
	assert.doesNotMatch(first.stdout + first.stderr, /AgentGateway0/);
	const { tokens } = await sandbox.state();
	assert.deepEqual(
		tokens.map(({ state }) => state),
		["revoked"],
	);
	assert.equal((await run(`call POST ${handshake}`, "--sign-in", "--sign-out")).code, 0, "the agent is free again");
});

test("doctor --sign-in signs in and out again, and says who is signed in elsewhere", async () => {
	const well = await run("doctor", "--sign-in", "--check-path", "/agentgateway/resource/agentevent/101");
	assert.equal(well.code, 0, well.stdout);
	assert.match(well.stdout, /^✓ token /m);
	assert.equal(
		(await sandbox.state()).tokens.every(({ state }) => state === "revoked"),
		true,
	);
	assert.equal((await run("get", "--sign-in")).code, 0);
	const { code, stdout } = await run("doctor", "--sign-in");
	assert.equal(code, 3);
	assert.match(stdout, /signed in elsewhere \[already_signed_in\]/);
	assert.equal((await run("doctor", "--sign-in", "--force")).code, 0);
});

test("options that do not fit are told", async () => {
	for (const [more, what] of [
		[["--force"], /--force goes with --sign-in/],
		[["--sign-out"], /--sign-out goes with --sign-in/],
	]) {
		const { code, stderr } = await run(`call POST ${handshake}`, ...more);
		assert.equal(code, 2);
		assert.match(stderr, what);
	}
	const other = given(sandbox.identities.isales);
	const { code, stderr } = await command(["get", ...other.flags, "--sign-in"], { env: other.env });
	assert.equal(code, 2);
	assert.match(stderr, /--sign-in is not for isales/);
	const secret = await run("get", "--password", "x");
	assert.equal(secret.code, 2);
	assert.match(secret.stderr, /CCTOKEN_PASSWORD/);
});
