// No secret and no token is in what the commands say, whatever goes wrong: each one is unique, and all output is searched.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createSandbox } from "../../js/sandbox/index.js";
import { command, given } from "./command.js";

let sandbox, folder, echo;
const canaries = [];
const canary = () => {
	const made = `Zx9${Math.random().toString(36).slice(2).padEnd(12, "0")}-canary-${canaries.length}`;
	canaries.push(made);
	return made;
};

before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-canary-"));
	// A server that gives back whatever it is sent, in every place that it has.
	echo = createServer(async (request, response) => {
		let body = "";
		for await (const part of request) {
			body += part;
		}
		const line = `${body} ${JSON.stringify(request.headers)}`.replace(/[^\x20-\x7e]/g, " ").slice(0, 4000);
		const found = canaries.filter((each) => line.includes(each) || request.url.includes(each)).join("-") || "none";
		const status = { "/a": 403, "/b": 500, "/c": 307, "/d": 200 }[request.url.slice(0, 2)] ?? 404;
		response.writeHead(status, {
			server: found,
			via: found,
			"x-echo": found,
			location: `http://${found.toLowerCase()}.test/${found}`,
			"content-type": status === 200 ? "text/html" : "application/json",
		});
		response.end(JSON.stringify({ errorCode: found, errorMsg: line, exceptionInfo: line, resultDesc: line }));
	}).listen(0, "127.0.0.1");
	await once(echo, "listening");
});
after(async () => {
	await sandbox?.close();
	echo?.close();
	await rm(folder, { recursive: true });
});

/** A copy of an identity with a new secret in each place of one. */
function planted(identity) {
	return {
		...identity,
		...(identity.appSecret ? { appSecret: canary() } : {}),
		...(identity.passwd ? { passwd: canary() } : {}),
		...(identity.params ? { params: { ...identity.params, appSecret: canary() } } : {}),
	};
}

/** @param {{ stdout: string, stderr: string }} output */
function clean({ stdout, stderr }, what) {
	const said = stdout + stderr;
	assert.ok(said.length > 0, `${what} said nothing`);
	for (const each of canaries) {
		for (const form of [
			each,
			each.toLowerCase(),
			encodeURIComponent(each),
			Buffer.from(each).toString("base64").slice(0, -3),
			each.slice(-12),
		]) {
			assert.ok(!said.includes(form), `${what} shows a secret: ${said}`);
		}
	}
}

for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
	test(`${system}: no command shows a secret that the vendor refuses, or that a server gives back`, async () => {
		const at = `http://127.0.0.1:${echo.address().port}`;
		const runs = [];
		for (const baseUrl of [undefined, `${at}/a`, `${at}/b`, `${at}/c`, `${at}/d`, "http://127.0.0.1:1"]) {
			for (const args of [["get"], ["get", "--json"], ["call", "POST", "/x", "-d", "{}", "-i"], ["doctor"]]) {
				runs.push(async () => {
					const identity = planted({ ...sandbox.identities[system], ...(baseUrl ? { baseUrl } : {}) });
					const { flags, env } = given(identity);
					clean(await command([...args, ...flags, "--timeout", "2"], { env }), `${args.join(" ")} at ${baseUrl}`);
				});
			}
		}
		for (let i = 0; i < runs.length; i += 3) {
			await Promise.all(runs.slice(i, i + 3).map((run) => run()));
		}
	});
}

test("verify and doctor do not show the token that they are given", async () => {
	for (const identity of [
		sandbox.identities.cubedrive,
		{ ...sandbox.identities.cubedrive, baseUrl: `http://127.0.0.1:${echo.address().port}/a` },
		sandbox.identities.ccmessaging,
	]) {
		const { flags, env } = given(identity);
		for (const args of [["verify"], ["verify", "--json"], ["doctor"], ["doctor", "--json"]]) {
			clean(await command([...args, ...flags], { env: { ...env, CCTOKEN_TOKEN: canary() } }), args.join(" "));
		}
	}
});

test("secrets in wrong places are not shown: arguments, names, files, variables", async () => {
	const file = join(folder, "wrong.json");
	const { flags } = given(sandbox.identities.isales);
	for (const make of [
		() => ({ args: ["get", canary()] }),
		() => ({ args: [canary()] }),
		() => ({ args: ["get", `--${canary()}`] }),
		() => ({ args: ["get", "--app-secret", canary()] }),
		() => ({ args: ["get", "-s", canary()] }),
		() => ({
			args: ["get", ...flags.slice(0, 2), "--base-url", `https://a:${canary()}@h.test`, "--user", "u"],
			env: { CCTOKEN_PASSWD: canary() },
		}),
		() => ({ args: ["get", ...flags.slice(0, 2), "--base-url", canary(), "--user", "u"], env: { CCTOKEN_PASSWD: canary() } }),
		() => ({ args: ["call", canary(), "/x", ...flags] }),
		() => ({ args: ["call", "GET", canary(), ...flags] }),
		() => ({ args: ["call", "GET", "/x", "-H", canary(), ...flags] }),
		() => ({ args: ["call", "GET", "/x", "-d", `@${canary()}`, ...flags], env: { CCTOKEN_PASSWD: "123456" } }),
		() => ({ args: ["get", "--profile", canary(), ...flags] }),
		() => ({ args: ["get", "--secrets-file", canary(), ...flags] }),
		() => ({ args: ["get", "--config", canary(), ...flags] }),
		() => ({ args: ["get", ...flags, "--timeout", canary()], env: { CCTOKEN_PASSWD: canary() } }),
		() => ({ args: ["get", ...flags], env: { CCTOKEN_PARAMS: canary() } }),
		() => ({ args: ["verify", ...flags], input: `${canary()} ${canary()}` }),
		() => ({ args: ["get", ...flags, "--secrets", "-"], input: `${canary()}\n${canary()}` }),
		() => ({ args: ["get", ...flags, "--config", file], file: `{"${canary()}": "${canary()}"}` }),
		() => ({ args: ["get", ...flags, "--config", file], file: canary() }),
		() => ({ args: ["doctor", "--config", file], file: `{"profiles": {"${canary()}": {}}}` }),
		() => ({ args: ["sandbox", "--host", canary()] }),
		() => ({ args: ["sandbox", "--lifetime", `${canary()}=1`] }),
	]) {
		const { args, file: content, ...how } = /** @type {any} */ (make());
		if (content) {
			await writeFile(file, content, { mode: 0o600 });
		}
		const output = await command(args, how);
		assert.ok([2, 4].includes(output.code), `${args[0]} ended with ${output.code}: ${output.stderr}`);
		clean(output, args[0]);
	}
});

test("the search finds a secret that is shown", async () => {
	const secret = canary();
	const { stdout, stderr } = await command(["get", ...given(sandbox.identities.isales).flags], { env: { CCTOKEN_PASSWD: "123456" } });
	assert.throws(() => clean({ stdout: stdout + secret, stderr }, "get"), /shows a secret/);
});
