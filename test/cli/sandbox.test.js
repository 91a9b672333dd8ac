// cctoken sandbox: what it prints is true, and it ends when it is told to.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { signsIn } from "../../js/cli/sign-in.js";
import { createClient, getToken } from "../../js/node.js";
import { bare, command, main, start } from "./command.js";

/**
 * Starts the command, and waits for its first words.
 * @param {import("node:test").TestContext} t
 * @param {string[]} args
 */
async function running(t, args) {
	const child = start(["sandbox", "--port", "0", ...args]);
	t.after(() => child.kill("SIGKILL"));
	let output = "";
	child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
	const ended = once(child, "close");
	await once(createInterface(child.stdout), "line");
	return { child, ended, output: () => output };
}

const url = (text) => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
	test(`it prints an address and identities that work, and ends with 0 at ${signal}, though a request is delayed`, async (t) => {
		const { child, ended, output } = await running(t, ["--json", "--lifetime", "50", "--lifetime", "isales=7"]);
		const { url: at, identities, business } = JSON.parse(output());
		for (const [system, identity] of Object.entries(identities)) {
			const token = await (signsIn(system) ? createClient().signIn(identity) : getToken(identity));
			const seconds = token.expiresAt && (token.expiresAt.getTime() - token.issuedAt.getTime()) / 1000;
			const unstated = { ccmessaging: 3600, ccgateway: 120, ccgatewayconfig: 120, isales: 7 };
			assert.equal(
				seconds,
				system === "cubedrive" ? null : (unstated[system] ?? 50),
				`${system}: ccmessaging, ccgateway, ccgatewayconfig and cubedrive do not state a life`,
			);
			assert.ok(business[system].path.startsWith("/"));
		}
		const post = (name, body) =>
			fetch(`${at}/_sandbox/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
		assert.equal((await post("faults", { system: "isales", endpoint: "business", fault: "delay", delayMs: 600_000 })).status, 200);
		const delayed = fetch(`${at}${business.isales.path}`);
		delayed.catch(() => {});
		while ((await (await fetch(`${at}/_sandbox/state`)).json()).counts.isales.business === 0) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		child.kill(signal);
		assert.deepEqual(await ended, [0, null]);
		await assert.rejects(delayed);
		await assert.rejects(fetch(at));
	});
}

/** Node as a test runner is: it starts the command, whose output is its own, and does no more. */
const runner = (stdin) =>
	`require("node:child_process").spawn(process.execPath, ${JSON.stringify([main, "sandbox", "--port", "0", "--json"])}, { stdio: ["${stdin}", "inherit", "inherit"] })`;

/**
 * A process that starts the command, and ends before it, or does not.
 * @param {import("node:test").TestContext} t
 * @param {string} program
 * @param {readonly string[]} args
 */
async function started(t, program, args) {
	const parent = spawn(program, args, { env: bare, stdio: ["ignore", "pipe", "inherit"] });
	const exited = once(parent, "exit");
	const closed = once(parent, "close"); // when the command has ended as well: it has the same output
	const [line] = await once(createInterface(parent.stdout), "line");
	const sandbox = JSON.parse(line);
	t.after(() => {
		try {
			process.kill(sandbox.pid, "SIGKILL");
		} catch {
			// it has ended, as it should
		}
	});
	return { parent, exited, closed, sandbox };
}

test("it ends with the test runner that started it, even where that is killed", async (t) => {
	const { parent, closed, sandbox } = await started(t, process.execPath, ["-e", runner("pipe")]);
	assert.equal(sandbox.endsWithStdin, true);
	assert.equal((await fetch(`${sandbox.url}/_sandbox/state`)).status, 200);
	parent.kill("SIGKILL");
	await closed;
	await assert.rejects(fetch(sandbox.url));
});

test("a script's job in the background goes on when the script has ended, says so, and ends by its process ID", async (t) => {
	const { exited, closed, sandbox } = await started(t, "/bin/sh", ["-c", '"$0" "$1" sandbox --port 0 --json &', process.execPath, main]);
	assert.equal(sandbox.endsWithStdin, false);
	assert.deepEqual(await exited, [0, null]);
	assert.equal((await fetch(`${sandbox.url}/_sandbox/state`)).status, 200);
	process.kill(sandbox.pid);
	await closed;
	await assert.rejects(fetch(sandbox.url));
});

test("its first line says until when it is there", async (t) => {
	const { child, ended, output } = await running(t, []);
	assert.match(output(), new RegExp(`^The systems are at .* until standard input ends, .* or until process ${child.pid} is ended\\.`));
	child.stdin.end();
	assert.deepEqual(await ended, [0, null]);
	const alone = spawn(process.execPath, [main, "sandbox", "--port", "0"], { env: bare, stdio: ["ignore", "pipe", "inherit"] });
	t.after(() => alone.kill("SIGKILL"));
	const [line] = await once(createInterface(alone.stdout), "line");
	assert.match(line, new RegExp(`until process ${alone.pid} is ended: they go on when whoever started this has ended\\.`));
});

test("what it prints for people can be copied: the command and the program get a token", async (t) => {
	const { output } = await running(t, []);
	const said = output();
	const [, secret, args] = /echo (\S+) \| npx cctoken (get .*)$/m.exec(said);
	const { code, stdout } = await command([...args.split(" "), "--token-only"], { input: `${secret}\n` });
	assert.equal(code, 0);
	assert.match(stdout, /^\S{26}\n$/);
	const identity = JSON.parse(/getToken\((\{.*\})\)/.exec(said)[1]);
	assert.equal((await getToken(identity)).system, args.split(" ")[2]);
	for (const name of ["appcube", "ccmessaging", "isales", "cubedrive", "api-password-of-tenant001", "app-secret-of-app001"]) {
		assert.ok(said.includes(name));
	}
	assert.equal((await fetch(`${url(said)}/_sandbox/state`)).status, 200);
});

test("its options are those of createSandbox, and wrong ones end with 2", async (t) => {
	const { output } = await running(t, [
		"--host",
		"127.0.0.1",
		"--logins",
		"cubedrive=1",
		"--paths",
		"nginx",
		"--allow-origin",
		"http://page.test",
		"--allow-origin",
		"http://other.test",
	]);
	const at = url(output());
	const login = (origin) => fetch(`${at}/lite/%67etLogin?appId=a&appSecret=app-secret-of-a&user=u`, { headers: { origin } });
	for (const origin of ["http://page.test", "http://other.test", "http://foreign.test"]) {
		const allowed = origin === "http://foreign.test" ? null : origin;
		assert.equal((await login(origin)).headers.get("access-control-allow-origin"), allowed);
	}
	assert.match(await (await login("http://page.test")).text(), /intercepted/);
	for (const [args, wanted] of [
		[["--port", new URL(at).port], /in use/],
		[["--port", "x"], /whole number/],
		[["--port", "70000"], /0 to 65535/],
		[["--host", "192.0.2.1"], /address of this machine/],
		[["--lifetime", "sales=1"], /--lifetime must name one of .*isalesRefresh/],
		[["--lifetime", "=1"], /NAME=SECONDS/],
		[["--lifetime", "0"], /--lifetime must be .* from 1/],
		[["--lifetime", "isales=0"], /--lifetime must be .* from 1/],
		[["--allow-origin", "*"], /--allow-origin must be an origin/],
		[["--logins", "cubedrive=0"], /--logins must be a whole number from 1/],
		[["--logins", "5"], /SYSTEM=N/],
		[["--logins", "isales=5"], /--logins must name one of cubedrive/],
		[["--paths", "apache"], /--paths must name one of chain, envoy, iis, nginx, tomcat, written\b/],
		[["--paths", ""], /--paths must be the name of a reading/],
		[["more"], /options only/],
	]) {
		const { code, stdout, stderr } = await command(["sandbox", ...args]);
		assert.deepEqual([code, stdout], [2, ""], stderr);
		assert.match(stderr, wanted);
		assert.ok(!stderr.includes("createSandbox"), stderr);
	}
});

test("what is written for a name that there is not is not repeated", async () => {
	for (const flag of ["--lifetime", "--logins"]) {
		const { code, stdout, stderr } = await command(["sandbox", flag, "s3cret of mine=5"]);
		assert.equal(code, 2);
		assert.match(stderr, /must name one of/);
		assert.doesNotMatch(stdout + stderr, /s3cret|mine/);
	}
});

test("where it listens on every address of the machine, it prints the one that a program on the machine can use", async (t) => {
	for (const [host, wanted] of [
		["0.0.0.0", "http://127.0.0.1:"],
		["::", "http://[::1]:"],
	]) {
		let started;
		try {
			started = await running(t, ["--host", host, "--json"]);
		} catch {
			assert.equal(host, "::", "a machine may have no IPv6");
			continue;
		}
		const { url: at, identities } = JSON.parse(started.output());
		assert.ok(at.startsWith(wanted), at);
		assert.ok(
			Object.values(identities).every(({ baseUrl }) => baseUrl.startsWith(at)),
			JSON.stringify(identities),
		);
		assert.equal((await getToken(identities.isales)).system, "isales");
	}
});
