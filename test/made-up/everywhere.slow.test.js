// A system of three files and a line: in each place where there are tokens, one of it is got, verified and lost.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { after, before, beforeEach, describe, test } from "node:test";
import { names } from "../browser/browsers.js";
import { command, start } from "../cli/command.js";
import { layTree } from "./tree.js";

/** @type {import("./tree.js").Tree} */
let tree;
/** The local server, with the sandbox and the console. @type {import("../browser/front.js").Front} */
let front;

/** What is typed and given for it. The sandbox's own example has the same. */
const identity = () => ({
	system: "frontdesk",
	baseUrl: `${front.url}/gateway`,
	agentId: 101,
	loginPassword: "Zx9-right",
	phoneNumber: "5001",
	status: 4,
	autoAnswer: true,
	mode: "static",
	labels: { desk: "left" },
});
/** What the sandbox has counted of it. */
const counts = async () => (await front.sandbox.state()).counts.frontdesk;
const revoke = async () => assert.equal((await front.sandbox.revoke({ system: "frontdesk", all: true })).revoked, 1);

before(async () => {
	tree = await layTree(["runtime", "edge", "dist/serve", "dist/sandbox.wasm.br"]);
	const { startFront } = await tree.module("test/browser/front.js");
	front = await startFront();
});
after(async () => {
	await front?.stop();
	await tree?.remove();
});
beforeEach(() => front.renew());

test("the tests in Go, which say of each system what holds of all", async () => {
	const told = await tree.go("test", "-vet=off", "-trimpath", "-json", "./...");
	const passed = told
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line))
		.filter(({ Action }) => Action === "pass")
		.map(({ Test }) => Test ?? "");
	for (const wanted of [/^TestVectors\/frontdesk/, /^TestEveryFaultEndpointThatIsListedIsTaken$/, /^FuzzIdentity$/]) {
		assert.ok(
			passed.some((name) => wanted.test(name)),
			String(wanted),
		);
	}
});

test("the package in Node", async (t) => {
	const { createClient } = await tree.module("js/node.js");
	const client = createClient();
	t.after(() => client.close());
	const token = await client.getToken(identity());
	assert.deepEqual(token.headers, { Guid: token.value });
	assert.deepEqual([token.system, (await client.getToken(identity())).value, (await counts()).logins], ["frontdesk", token.value, 1]);
	const { valid, source } = await client.verifyToken(token);
	assert.deepEqual([valid, source, (await counts()).verifications], [true, "vendor", 1]);

	await revoke();
	assert.equal((await client.fetch(identity(), "/business")).status, 200, "renewed, and sent once more");
	const next = await client.getToken(identity());
	assert.notEqual(next.value, token.value);
	assert.equal((await client.verifyToken(token.value, identity())).valid, false);
	await front.sandbox.post("roll", { system: "frontdesk" });
	assert.equal((await client.fetch(identity(), "/business")).status, 200);
	assert.notEqual((await client.getToken(identity())).value, next.value, "the new token that the answer brought");
	assert.equal((await counts()).logins, 2);
});

test("the command", async () => {
	const { baseUrl, agentId, phoneNumber, loginPassword } = identity();
	const flags = ["-s", "frontdesk", "--base-url", baseUrl, "--agent-id", String(agentId), "--phone-number", phoneNumber];
	const run = (/** @type {string} */ verb, /** @type {string[]} */ more = [], /** @type {string | undefined} */ input = undefined) =>
		command([verb, ...more, ...flags], {
			program: tree.path("js/cli/main.js"),
			cwd: tree.folder,
			env: { CCTOKEN_LOGIN_PASSWORD: loginPassword },
			input,
		});
	const got = await run("get", ["--token-only"]);
	assert.equal(got.code, 0, got.stderr);
	assert.equal((await run("verify", [], got.stdout)).code, 0, "valid");
	await revoke();
	assert.equal((await run("verify", [], got.stdout)).code, 1, "lost");
	assert.equal((await run("call", ["GET", "/business"])).code, 0);
});

test("the package's sandbox, and the command that runs it", async (t) => {
	const { createSandbox } = await tree.module("js/sandbox/index.js");
	const sandbox = await createSandbox({ lifetimes: { frontdesk: 5 }, logins: { frontdesk: 2 } });
	t.after(() => sandbox.close());
	assert.deepEqual(sandbox.identities.frontdesk, { ...identity(), baseUrl: `${sandbox.url}/gateway` });
	const { path, init } = sandbox.business.frontdesk;
	const login = (/** @type {string} */ origin) =>
		fetch(`${origin}/gateway/sign-in/101`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: '{"loginPassword":"Zx9-right","mode":"static"}',
		});
	const { guid } = await (await login(sandbox.url)).json();
	const call = () => fetch(`${sandbox.identities.frontdesk.baseUrl}${path}`, { ...init, headers: { guid } });
	assert.equal((await call()).status, 200);
	const { counts, lifetimes } = await sandbox.state();
	assert.deepEqual([counts.frontdesk.logins, counts.frontdesk.business, lifetimes.frontdesk], [1, 1, 5]);
	assert.equal(await sandbox.roll({ system: "frontdesk" }), 1);
	assert.ok((await call()).headers.get("next-guid"));
	assert.equal(await sandbox.revoke({ system: "frontdesk" }), 1);
	await sandbox.faults({ system: "frontdesk", endpoint: "verify", fault: "503" });
	assert.equal((await fetch(`${sandbox.url}/gateway/session`)).status, 503);
	await sandbox.refuse("frontdesk", "101");
	assert.equal((await login(sandbox.url)).status, 403);
	assert.match(await (await login(sandbox.url)).text(), /intercepted/);
	await assert.rejects(createSandbox({ logins: { frontdsek: 5 } }), ({ code, message }) => {
		assert.equal(code, "invalid_option");
		assert.match(message, /logins\.frontdsek must name one of .*frontdesk/);
		return true;
	});

	const child = start(["sandbox", "--port", "0", "--lifetime", "frontdeskPass=7", "--logins", "frontdesk=1"], {
		program: tree.path("js/cli/main.js"),
	});
	t.after(() => child.kill("SIGKILL"));
	let said = "";
	const lines = createInterface(child.stdout).on("line", (line) => (said += `${line}\n`));
	while (!/--logins: /.test(said)) {
		await once(lines, "line");
	}
	const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
	assert.match(said, /frontdesk\n  baseUrl .*\n  agentId +101\n  loginPassword +Zx9-right\n/);
	assert.match(said, /--lifetime: .*\bfrontdesk, frontdeskPass\b/);
	assert.match(said, /--logins: .*\bfrontdesk\b/);
	assert.equal((await (await fetch(`${origin}/_sandbox/state`)).json()).lifetimes.frontdeskPass, 7);
	assert.equal((await (await login(origin)).json()).retcode, "0");
	assert.match(await (await login(origin)).text(), /intercepted/);
});

test("the edge in workerd", async (t) => {
	const { demoConfig, sandboxConnections } = await tree.module("tools/edge/demo.js");
	const { startEdge } = await tree.module("test/edge/edge.js");
	const { connections, secrets, calls } = await sandboxConnections(front.url);
	assert.deepEqual(connections.frontdesk.identity.loginPassword, { secret: "FRONTDESK_LOGINPASSWORD" }, "its secret is bound by itself");
	const edge = await startEdge({
		sandbox: front.url,
		bindings: secrets,
		entry: tree.url("dist/edge.js"),
		configure: (/** @type {any} */ { authentication }) =>
			demoConfig({ connections, issuer: authentication.staff.issuer, origin: "https://console.test" }),
	});
	t.after(() => edge.close());
	const caller = await edge.tokenFor("agent-7");
	const post = async (/** @type {string} */ path, /** @type {object} */ body) => {
		const response = await edge.post(path, caller, { connection: "open-frontdesk", ...body });
		const text = await response.text();
		assert.equal(response.status, 200, text);
		return JSON.parse(text);
	};
	const first = await post("/v1/token", {});
	assert.deepEqual([first.system, first.headers], ["frontdesk", { Guid: first.token }]);
	assert.equal((await counts()).logins, 1);
	const verdict = await post("/v1/verify", { token: first.token });
	assert.deepEqual([verdict.valid, verdict.source], [true, "vendor"]);

	const call = () =>
		edge.fetch(`/v1/call/frontdesk${calls.frontdesk.path}`, {
			method: calls.frontdesk.method,
			headers: { authorization: `Bearer ${caller}` },
		});
	const answered = await call();
	assert.equal(answered.status, 200, await answered.text());
	const { logins } = await counts();
	await front.sandbox.revoke({ system: "frontdesk", all: true });
	const renewed = await call();
	assert.equal(renewed.status, 200, await renewed.text());
	assert.deepEqual([(await counts()).logins, (await counts()).business], [logins + 1, 3], "one 401, one login, and the call once more");
	assert.equal((await post("/v1/verify", { token: first.token })).valid, false);
	await front.sandbox.post("roll", { system: "frontdesk" });
	const rolled = await call();
	assert.deepEqual([rolled.status, rolled.headers.get("next-guid")], [200, null], "the new token stays with the edge");
	assert.equal((await call()).status, 200);
	assert.equal((await counts()).logins, logins + 1);
});

for (const name of names) {
	describe(name, () => {
		test("the console's form", async (t) => {
			const { launch } = await tree.module("test/browser/browsers.js");
			const { openConsole, sound } = await tree.module("test/browser/console.js");
			const browser = await launch(name);
			t.after(() => browser.close());
			const page = await openConsole(browser, front);
			await page.click({ role: "radio", name: "frontdesk" });
			const field = (/** @type {string} */ name) => ({ role: "textbox", name });
			await page.fill(field("Agent number"), "0");
			await page.see(
				field("Agent number"),
				({ attributes, description }) => attributes["aria-invalid"] === "true" && /agentId/.test(description),
			);
			for (const [label, value] of [
				["Agent number", "101"],
				["Login password", "Zx9-right"],
				["Phone number", "5002"],
				["Labels", "desk=right"],
			]) {
				await page.fill(field(label), value);
			}
			for (const [label, value] of [
				["Status", "5"],
				["Auto answer", "false"],
				["Mode", "dynamic"],
			]) {
				await page.choose({ role: "combobox", name: label }, value);
			}
			await page.click({ role: "button", name: "Open session" });
			await page.see(page.card(1, "frontdesk"), ({ text }) => /\bLive\b/.test(text));
			assert.equal((await counts()).logins, 1);
			assert.deepEqual(
				front.asked.map(({ url }) => url).filter((url) => url.startsWith("/gateway/")),
				["/gateway/sign-in/101?desk=right"],
				"with what was typed",
			);
			await page.click(page.of("Verify", 1));
			await page.hear(/^Session 1: valid \(the vendor says: /);

			await page.click(page.of("Revoke", 1));
			await page.hear(/^Session 1: tokens revoked at the sandbox: 1\./);
			await page.click(page.of("Call", 1));
			await page.hear(/^Session 1: the token was rejected and renewed, and the call sent once more: HTTP 200/);
			assert.equal((await counts()).logins, 2);
			await page.choose({ role: "combobox", name: "Where: session 1" }, "business call");
			await page.choose({ role: "combobox", name: "Fault: session 1" }, "401 unauthorised");
			await page.click(page.of("Inject", 1));
			await page.hear(/^Session 1: 1 × “401 unauthorised” waits at business call\./);
			await page.click(page.of("Call", 1));
			await page.hear(/^Session 1: the token was rejected and renewed, and the call sent once more: HTTP 200/);
			assert.equal((await counts()).logins, 3);
			await sound(page);
		});
	});
}
