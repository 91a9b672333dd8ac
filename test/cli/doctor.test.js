// Each situation that the doctor tells apart is produced for real: servers on this machine's loopback address that are
// closed, mute, of the wrong protocol, with wrong certificates, with wrong clocks, and the sandbox's faults.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHTTP } from "node:http";
import { createServer as createHTTPS } from "node:https";
import { createServer as createTCP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { verdicts } from "../../js/cli/doctor/finding.js";
import { login } from "../../js/cli/doctor/login.js";
import { proxyFor } from "../../js/cli/doctor/proxy.js";
import { failureOf } from "../../js/cli/doctor/recorder.js";
import { route } from "../../js/cli/doctor/route.js";
import { signsIn } from "../../js/cli/sign-in.js";
import { redact } from "../../js/cli/terminal.js";
import { systems } from "../../js/generated/systems.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { makeCertificate } from "./certificates.js";
import { command, given } from "./command.js";
import { connectProxy } from "./connect-proxy.js";

let sandbox, folder;
const open = [];
const seen = new Set();

before(async () => {
	sandbox = await createSandbox();
	folder = await mkdtemp(join(tmpdir(), "cctoken-doctor-"));
});
beforeEach(() => sandbox.reset());
after(async () => {
	await sandbox?.close();
	for (const server of open) {
		server.closeAllConnections?.();
		server.close();
	}
	await rm(folder, { recursive: true });
});

/** Starts a server, and answers its host and port. */
async function listening(server) {
	open.push(server);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return `127.0.0.1:${server.address().port}`;
}

/** A host and port where nobody listens any more. */
async function closed() {
	const server = createTCP();
	const at = await listening(server);
	server.close();
	await once(server, "close");
	return at;
}

const isales = (baseUrl) => ({ system: "isales", baseUrl, user: "abcd", passwd: "123456" });
const loggedIn = '{"result":0,"resultData":{"token":"a-token-of-a-test-server","tokenExpirationTime":300}}';

/**
 * Runs the doctor, and checks what every answer of it must have.
 * @param {any} identity
 * @param {{ env?: Record<string, string>, args?: string[], input?: string }} [how]
 */
async function doctor(identity, { env = {}, args = [], input } = {}) {
	const settings = given(identity);
	const { code, json, stderr, stdout } = await command(["doctor", ...settings.flags, "--json", ...args], {
		env: { ...settings.env, ...env },
		input,
	});
	assert.ok(json, `${stdout}\n${stderr}`);
	assert.equal(stderr, "");
	const chief = json.steps.find(({ level }) => level === "problem") ?? json.steps.find(({ level }) => level === "warning");
	assert.equal(json.verdict, chief?.verdict ?? "ok");
	assert.equal(code, chief?.level === "problem" ? verdicts[json.verdict] : 0, JSON.stringify(json));
	assert.equal(json.ok, code === 0);
	for (const { level, found, because, todo, verdict } of json.steps) {
		assert.ok(found.length > 0);
		if (level === "problem") {
			assert.ok(because.length > 0 && todo.length > 0, `${verdict} does not say why and what to do`);
		}
		seen.add(verdict);
	}
	for (const secret of [
		identity.appSecret,
		identity.passwd,
		identity.password,
		identity.clientSecret,
		identity.accessToken,
		identity.params?.appSecret,
	].filter(Boolean)) {
		assert.ok(!stdout.includes(secret), "a secret is shown");
	}
	return { ...json, code, chief, step: (name) => json.steps.find(({ step }) => step === name) };
}

for (const { name: system } of systems) {
	const how = signsIn(system) ? { args: ["--sign-in"] } : {};

	test(`${system}: all is well, with one login`, async () => {
		const { verdict, steps } = await doctor(sandbox.identities[system], how);
		assert.equal(verdict, "ok");
		assert.deepEqual(
			steps.map(({ step }) => step),
			["configuration", "proxy", "name", "connection", "answer", "clock", "token"],
		);
		assert.equal((await sandbox.state()).counts[system].logins, 1);
	});

	test(`${system}: wrong credentials`, async () => {
		const identity = sandbox.identities[system];
		const secret = systems.find(({ name }) => name === system).fields.find((field) => field.secret).name;
		const wrong = { ...identity, [secret]: identity.params ? { ...identity.params, appSecret: "wrong-one" } : "wrong-one" };
		const { verdict, code, chief } = await doctor(wrong, how);
		assert.deepEqual([verdict, code, chief.step], ["wrong_credentials", 3, "token"]);
	});

	test(`${system}: too many calls, an unavailable vendor and a broken connection are told apart`, async () => {
		for (const [fault, verdict] of [
			[{ fault: "429", retryAfter: 3000 }, "rate_limited"],
			[{ fault: "503", count: 9 }, "vendor_unavailable"],
			[{ fault: "reset", count: 9 }, "connection_reset"],
			[{ fault: "truncate", count: 9 }, "connection_reset"],
		]) {
			await sandbox.reset();
			await sandbox.faults({ system, endpoint: "login", ...fault });
			assert.equal((await doctor(sandbox.identities[system], how)).verdict, verdict, fault.fault);
		}
	});

	test(`${system}: a page, another form, a redirect and a status between are told apart`, async () => {
		for (const [fault, verdict] of [
			["html", system === "cubedrive" ? "rate_limited" : "page_instead_of_answer"],
			["types", signsIn(system) ? "ok" : "malformed_answer"], // there the token is in a header
			["empty", "malformed_answer"],
			["huge", "malformed_answer"],
			["redirect", "redirected"],
		]) {
			await sandbox.reset();
			await sandbox.faults({ system, endpoint: "login", fault });
			assert.equal((await doctor(sandbox.identities[system], how)).verdict, verdict, fault);
		}
	});
}

test("the configuration: nothing, a missing field, a wrong field, a missing secret", async () => {
	const run = async (args, env = {}) => {
		const { code, json } = await command(["doctor", "--json", ...args], { env });
		assert.deepEqual([code, json.verdict, json.steps.length], [2, "configuration", 1]);
		seen.add("configuration");
		return json.steps[0].found;
	};
	assert.match(await run([]), /No system/);
	assert.match(await run(["-s", "isales", "--user", "u"]), /baseUrl/);
	assert.match(await run(["-s", "isales", "--user", "u", "--base-url", "https://h.test"]), /passwd/);
	assert.match(await run(["-s", "isales", "--user", "u", "--base-url", "h.test"], { CCTOKEN_PASSWD: "p" }), /baseUrl must begin with http/);
	const { flags, env } = given({ ...sandbox.identities.ccmessaging, locale: "zh-CN" });
	assert.match(await run(flags, env), /locale must be an ISO 639/);
});

test("what is all that was found is said once", async () => {
	const { stdout } = await command(["doctor"]);
	assert.equal(stdout.split("No system is given").length, 2);
	assert.match(stdout, /\nFound: \[configuration\]\n$/);
});

test("a name that does not exist", async () => {
	const { verdict, chief } = await doctor(isales("https://nonexistent.invalid"));
	assert.deepEqual([verdict, chief.step], ["name_not_found", "name"]);
});

test("a name server that does not answer says nothing about the name", async () => {
	// The resolver's answer, not this machine's network, is what is put in place.
	const preload = `data:text/javascript,${encodeURIComponent('import dns from "node:dns/promises"; import { syncBuiltinESMExports } from "node:module"; dns.lookup = async () => { throw Object.assign(new Error(), { code: "EAI_AGAIN" }); }; syncBuiltinESMExports();')}`;
	const { flags, env } = given(isales("https://h.test"));
	const { code, json } = await command(["doctor", ...flags, "--json"], { env, node: ["--import", preload] });
	assert.deepEqual([code, json.verdict], [4, "name_server"]);
	seen.add(json.verdict);
});

test("a port where nobody listens", async () => {
	const { verdict, chief } = await doctor(isales(`http://${await closed()}`));
	assert.deepEqual([verdict, chief.step], ["connection_refused", "connection"]);
});

test("a machine that drops packets, and a network without a way", async () => {
	for (const [code, verdict] of [
		["ETIMEDOUT", "connection_timeout"],
		["ENETUNREACH", "unreachable"],
		["EHOSTUNREACH", "unreachable"],
		["ECONNRESET", "connection_reset"],
	]) {
		const preload = `data:text/javascript,${encodeURIComponent(`import net from "node:net"; import { syncBuiltinESMExports } from "node:module"; net.connect = () => { const socket = new net.Socket(); setImmediate(() => socket.destroy(Object.assign(new Error(), { code: ${JSON.stringify(code)} }))); return socket; }; syncBuiltinESMExports();`)}`;
		const { flags, env } = given(isales("http://127.0.0.1:8009"));
		const { json } = await command(["doctor", ...flags, "--json"], { env, node: ["--import", preload] });
		assert.equal(json.verdict, verdict);
		seen.add(verdict);
	}
});

test("a server that accepts and says nothing", async () => {
	const at = await listening(createTCP(() => {}));
	const { verdict } = await doctor(isales(`http://${at}`), { args: ["--timeout", "1"] });
	assert.equal(verdict, "slow");
});

test("no layer takes longer than --timeout", async () => {
	const at = await listening(createTCP((socket) => socket.on("error", () => {})));
	for (const [scheme, verdict, layers] of [
		["http", "slow", 2],
		["https", "tls_failed", 2],
	]) {
		const began = performance.now();
		assert.equal((await doctor(isales(`${scheme}://${at}`), { args: ["--timeout", "1"] })).verdict, verdict);
		const took = performance.now() - began;
		assert.ok(took > layers * 1000 - 100 && took < 8_000, `${scheme} took ${took} ms`);
	}
});

test("a port that fetch refuses is told before anything is looked at, as no request would leave the machine", async () => {
	for (const port of [1, 5060, 6000]) {
		const { verdict, code, chief, steps } = await doctor(isales(`http://127.0.0.1:${port}`));
		assert.deepEqual([verdict, code, chief.step, steps.length], ["port_not_allowed", 2, "configuration", 1]);
		assert.match(chief.found, new RegExp(`port ${port}\\b.*127\\.0\\.0\\.1`));
	}
	const { verdict } = await doctor({ ...sandbox.identities.ccmessaging, authUrl: "http://127.0.0.1:6000" });
	assert.equal(verdict, "port_not_allowed");
});

test("a server that speaks no HTTP", async () => {
	const at = await listening(createTCP((socket) => socket.on("error", () => {}).end("220 mail.test ESMTP\r\n")));
	const { verdict } = await doctor(isales(`http://${at}`));
	assert.equal(verdict, "malformed_answer");
});

test("https:// to a port of HTTP, and http:// to a port of HTTPS", async () => {
	const plain = await listening(createHTTP((_, response) => response.writeHead(404).end()));
	const wrongly = await doctor(isales(`https://${plain}`));
	assert.deepEqual([wrongly.verdict, wrongly.code, wrongly.chief.step], ["https_on_http_port", 2, "TLS"]);

	const { cert, pem } = makeCertificate();
	const secure = await listening(createHTTPS({ cert, key: pem }, (_, response) => response.end()));
	const other = await doctor(isales(`http://${secure}`));
	assert.deepEqual([other.verdict, other.code, other.chief.step], ["http_on_https_port", 2, "answer"]);
});

/** An HTTPS server, and the file by which a process trusts its authority. */
async function secure({ cert, pem }, answer, options = {}) {
	const server = createHTTPS(
		{ cert, key: pem, ...options },
		answer ??
			((request, response) =>
				response.writeHead(request.url.endsWith("/login") ? 200 : 404, { "content-type": "application/json" }).end(loggedIn)),
	);
	server.on("tlsClientError", () => {});
	return `https://${await listening(server)}`;
}

const authority = makeCertificate({ authority: true, to: 3000, from: -3000 });
const trust = async () => {
	const file = join(folder, "authority.pem");
	await writeFile(file, authority.cert);
	return { NODE_EXTRA_CA_CERTS: file };
};

test("a good certificate, of an authority that is trusted", async () => {
	const url = await secure(makeCertificate({ issuer: authority }));
	const { verdict, step } = await doctor(isales(url), { env: await trust() });
	assert.equal(verdict, "ok");
	assert.match(step("TLS").found, /TLSv1\.3, certificate by A Test Authority/);
});

test("certificates: expired, not yet valid, signed by itself, of an unknown authority, for another name", async () => {
	for (const [wish, env, verdict] of [
		[{ issuer: authority, from: -20, to: -10 }, await trust(), "tls_expired"],
		[{ issuer: authority, from: 10, to: 20 }, await trust(), "tls_not_yet_valid"],
		[{}, {}, "tls_self_signed"],
		[{ issuer: authority }, {}, "tls_unknown_issuer"],
		[{ issuer: authority, name: "other.test" }, await trust(), "tls_wrong_name"],
	]) {
		let logins = 0;
		const url = await secure(makeCertificate(wish), (request, response) => {
			logins += request.method === "POST" ? 1 : 0;
			response.writeHead(404).end();
		});
		const { verdict: found, chief, code } = await doctor(isales(url), { env });
		assert.deepEqual([found, chief.step, code, logins], [verdict, "TLS", 4, 0]);
		if (verdict === "tls_wrong_name") {
			assert.match(chief.because, /other\.test/);
		}
	}
});

test("a certificate that only this machine's clock calls expired is a wrong clock", async () => {
	const then = new Date(Date.now() - 15 * 24 * 3600 * 1000).toUTCString();
	const url = await secure(makeCertificate({ issuer: authority, from: -20, to: -10 }), (_, response) =>
		response.writeHead(404, { date: then }).end(),
	);
	const { verdict, chief } = await doctor(isales(url), { env: await trust() });
	assert.equal(verdict, "clock_wrong");
	assert.match(chief.found, /15 d .*ahead/);
});

test("old versions of TLS, a service that breaks the handshake off, and one that is mute", async () => {
	const good = makeCertificate({ issuer: authority });
	const old = await secure(good, undefined, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
	assert.equal((await doctor(isales(old), { env: await trust() })).verdict, "tls_version");
	const rude = await listening(createTCP((socket) => socket.on("error", () => {}).once("data", () => socket.destroy())));
	assert.equal((await doctor(isales(`https://${rude}`))).verdict, "tls_failed");
	const mute = await listening(createTCP((socket) => socket.on("error", () => {})));
	assert.equal((await doctor(isales(`https://${mute}`), { args: ["--timeout", "1"] })).verdict, "tls_failed");
});

test("certificates that are not checked, and a base URL without TLS, are warned of", async () => {
	const url = await secure(makeCertificate());
	const { verdict, code, step } = await doctor(isales(url), { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" } });
	assert.deepEqual([verdict, code, step("environment").verdict], ["tls_unchecked", 0, "tls_unchecked"]);
	assert.deepEqual(
		[step("TLS").level, step("TLS").verdict, step("token").level],
		["warning", "tls_self_signed", "ok"],
		"the certificate is still told, and the login goes on as it does elsewhere",
	);
	const { steps: others } = await doctor(isales("http://nonexistent.invalid"));
	assert.equal(others.find(({ step }) => step === "environment").verdict, "no_tls");
});

test("a clock that is wrong, in either direction, while the token is to be had", async () => {
	for (const [ms, wanted] of [
		[3600_000, /1 h behind/],
		[-3600_000, /1 h ahead/],
	]) {
		const at = await listening(
			createHTTP((request, response) =>
				response
					.writeHead(request.url.endsWith("/login") ? 200 : 404, {
						date: new Date(Date.now() + ms).toUTCString(),
						"content-type": "application/json",
					})
					.end(loggedIn),
			),
		);
		const { verdict, code, chief, step } = await doctor(isales(`http://${at}`));
		assert.deepEqual([verdict, code, chief.level], ["clock_wrong", 0, "warning"]);
		assert.match(chief.found, wanted);
		assert.equal(step("token").level, "ok");
	}
});

test("a proxy that asks for a login, a captive portal, and a portal that answers everything with its page", async () => {
	for (const [status, headers, verdict] of [
		[407, { "proxy-authenticate": "Basic" }, "proxy_authentication"],
		[511, {}, "captive_portal"],
	]) {
		const at = await listening(createHTTP((_, response) => response.writeHead(status, headers).end("<html>")));
		assert.equal((await doctor(isales(`http://${at}`))).verdict, verdict);
	}
	const page = await listening(
		createHTTP((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>")),
	);
	const { verdict, step } = await doctor(isales(`http://${page}`));
	assert.equal(verdict, "page_instead_of_answer");
	assert.deepEqual([step("answer").level, step("token").level], ["warning", "problem"]);
	const drive = await doctor({ system: "cubedrive", baseUrl: `http://${page}`, params: { a: "b" } });
	assert.equal(drive.step("token").verdict, "page_instead_of_answer", "not CubeDrive itself: it does not verify either");

	const away = await listening(createHTTP((_, response) => response.writeHead(302, { location: "http://login.portal.test/" }).end()));
	const redirected = await doctor(isales(`http://${away}`));
	assert.deepEqual([redirected.verdict, redirected.code], ["redirected", 5]);
	assert.match(redirected.step("token").found, /login\.portal\.test/);
	const late = await listening(createHTTP((request, response) => response.writeHead(request.method === "POST" ? 407 : 404).end()));
	assert.equal((await doctor(isales(`http://${late}`))).verdict, "proxy_authentication");
	const gateway = await listening(createHTTP((request, response) => response.writeHead(request.method === "POST" ? 451 : 404).end()));
	assert.equal((await doctor(isales(`http://${gateway}`))).verdict, "unexpected_status");
});

test("a proxy that is named and not used is the reason only where the way is closed", async () => {
	const env = { HTTP_PROXY: "http://somebody:Zx9-proxy-password@proxy.test:3128" };
	const closed = await doctor(isales("http://nonexistent.invalid"), { env });
	assert.equal(closed.steps.find(({ level }) => level === "problem").verdict, "proxy_not_used");
	assert.equal(closed.code, 4);
	assert.ok(!JSON.stringify(closed).includes("Zx9-proxy-password"));
	const open = await doctor(sandbox.identities.isales, { env });
	assert.deepEqual([open.verdict, open.step("proxy").level], ["ok", "note"]);
	const excepted = await doctor(sandbox.identities.isales, { env: { ...env, NO_PROXY: "127.0.0.1" } });
	assert.match(excepted.step("proxy").found, /NO_PROXY excepts 127\.0\.0\.1/);
});

/** As each Node was seen to read its environment: test/package/doctor.test.js asks them again. */
const generations = {
	"20.20.2": "6.24.1",
	"22.20.9": "6.22.0",
	"22.21.0": "6.22.0",
	"23.11.0": "6.21.1",
	"24.0.0": "7.8.0",
	"24.21.0": "7.29.1",
	"26.10.0": "8.10.2",
};
const proxyOf = (url, env, version = "24.21.0", execArgv = []) =>
	proxyFor(new URL(url), env, { version, undici: generations[version], execArgv });

test("a proxy is used by a Node that is able to, where it is told to: by the last flag, else by the variable", () => {
	const named = { HTTPS_PROXY: "http://p.test:1", NODE_USE_ENV_PROXY: "1" };
	for (const [version, used] of [
		["20.20.2", false],
		["22.20.9", false],
		["22.21.0", true],
		["23.11.0", false],
		["24.0.0", true],
		["24.21.0", true],
		["26.10.0", true],
	]) {
		assert.equal(Boolean(proxyOf("https://h.test", named, version).proxy.use), used, version);
	}
	const told = (env, execArgv, version) =>
		Boolean(proxyOf("https://h.test", { HTTPS_PROXY: "http://p.test", ...env }, version, execArgv).proxy.use);
	for (const [env, execArgv, used, version] of [
		[{}, [], false],
		[{ NODE_USE_ENV_PROXY: "0" }, [], false],
		[{ NODE_USE_ENV_PROXY: "true" }, [], false],
		[{ NODE_USE_ENV_PROXY: "0" }, [], true, "24.0.0"],
		[{}, ["--use-env-proxy"], true],
		[{ NODE_OPTIONS: "--x --use-env-proxy" }, [], true],
		[{ NODE_OPTIONS: '"--use_env_proxy"' }, [], true],
		[{ NODE_USE_ENV_PROXY: "1" }, ["--no-use-env-proxy"], false],
		[{ NODE_OPTIONS: "--use-env-proxy" }, ["--no-use-env-proxy"], false],
		[{ NODE_OPTIONS: "--no-use-env-proxy" }, ["--use-env-proxy"], true],
	]) {
		assert.equal(told(env, execArgv, version), used, JSON.stringify([env, execArgv]));
	}
});

test("https:// has HTTP_PROXY where there is no HTTPS_PROXY, and an empty lower-case name hides the upper-case one", () => {
	const a = "http://a.test",
		b = "http://b.test";
	for (const [env, secure, plain] of [
		[{ https_proxy: a }, "https_proxy", undefined],
		[{ HTTPS_PROXY: a }, "HTTPS_PROXY", undefined],
		[{ http_proxy: a }, "http_proxy", "http_proxy"],
		[{ HTTP_PROXY: a }, "HTTP_PROXY", "HTTP_PROXY"],
		[{ https_proxy: a, HTTPS_PROXY: b }, "https_proxy", undefined],
		[{ http_proxy: "", HTTP_PROXY: b }, undefined, undefined],
		[{ https_proxy: "", HTTPS_PROXY: b }, undefined, undefined],
		[{ HTTP_PROXY: a, HTTPS_PROXY: b }, "HTTPS_PROXY", "HTTP_PROXY"],
		[{ HTTP_PROXY: a, HTTPS_PROXY: "" }, "HTTP_PROXY", "HTTP_PROXY"],
		[{ HTTP_PROXY: a, https_proxy: "", HTTPS_PROXY: b }, "HTTP_PROXY", "HTTP_PROXY"],
		[{ ALL_PROXY: a, all_proxy: a }, undefined, undefined],
	]) {
		assert.deepEqual(
			[proxyOf("https://h.test", env).proxy?.variable, proxyOf("http://h.test", env).proxy?.variable],
			[secure, plain],
			JSON.stringify(env),
		);
	}
	const told = { HTTP_PROXY: a, NODE_USE_ENV_PROXY: "1" };
	assert.deepEqual(
		["24.21.0", "26.10.0"].map((version) => proxyOf("http://h.test", told, version).proxy.use.forwards),
		[false, true],
	);
	assert.equal(proxyOf("https://h.test", told, "26.10.0").proxy.use.forwards, false);
});

test("NO_PROXY is read as each generation of Node's fetch reads it", () => {
	const hosts = ["h.test", "a.h.test", "xh.test", "h.test:8443", "[::1]", "h.test."];
	for (const [list, older, newer, newest = newer] of [
		["", "", ""],
		["*", "all", "all"],
		["x,*", "all", ""],
		[" * ", "all", ""],
		["h.test", "h.test h.test:8443", "h.test a.h.test h.test:8443", "h.test a.h.test h.test:8443 h.test."],
		["H.TEST", "h.test h.test:8443", "h.test a.h.test h.test:8443", "h.test a.h.test h.test:8443 h.test."],
		[".h.test", "a.h.test", "h.test a.h.test h.test:8443", "h.test a.h.test h.test:8443 h.test."],
		["*.h.test", "a.h.test", "h.test a.h.test h.test:8443", "h.test a.h.test h.test:8443 h.test."],
		["h.test:443", "h.test", "h.test a.h.test", "h.test a.h.test h.test."],
		["a, h.test:8443 ,b", "h.test:8443", "h.test:8443"],
		["::1", "", "", "[::1]"],
		["[::1]", "[::1]", "[::1]"],
		["[::1]:443", "[::1]", "[::1]"],
	]) {
		for (const [version, wanted] of [
			["22.21.0", older],
			["24.0.0", older],
			["24.21.0", newer],
			["26.10.0", newest],
		]) {
			const excepted = hosts.filter(
				(host) => proxyOf(`https://${host}`, { HTTPS_PROXY: "http://p.test", NO_PROXY: list }, version).excepted,
			);
			assert.equal(excepted.length === hosts.length ? "all" : excepted.join(" "), wanted, `${list} in ${version}`);
		}
	}
	assert.equal(proxyOf("https://h.test", { HTTPS_PROXY: "http://p.test", no_proxy: "", NO_PROXY: "h.test" }).excepted, false);
});

test("an address that is not admitted, by the vendor's own words, at both of ccmessaging's logins", async () => {
	for (const endpoint of ["login", "apifabric"]) {
		await sandbox.reset();
		await sandbox.faults({ system: "ccmessaging", endpoint, fault: "403", exceptionInfo: "the client IP address is not in the trustlist" });
		const { verdict, chief, code } = await doctor(sandbox.identities.ccmessaging);
		assert.deepEqual([verdict, code], ["address_not_admitted", 3], endpoint);
		assert.match(chief.todo.join(), /127\.0\.0\.1.*NAT/);
	}
});

test("a 403 that does not say why is told as what it is, with ways to find out", async () => {
	await sandbox.faults({ system: "ccmessaging", endpoint: "apifabric", fault: "403", exceptionInfo: "forbidden" });
	const first = await doctor(sandbox.identities.ccmessaging);
	assert.equal(first.verdict, "refused_unclear");
	assert.match(first.chief.because, /wrong app key, a wrong app secret, .* address/);
	await sandbox.reset();
	await sandbox.faults({ system: "ccmessaging", endpoint: "login", fault: "403", exceptionInfo: "forbidden", count: 3 });
	const second = await doctor(sandbox.identities.ccmessaging);
	assert.equal(second.verdict, "refused_unclear");
	assert.match(second.chief.because, /key and secret are right/);
	const { appSecret: _, ...user } = sandbox.identities.ccmessaging;
	await sandbox.faults({ system: "ccmessaging", endpoint: "login", fault: "403", exceptionInfo: "forbidden", count: 3 });
	const third = await doctor({ ...user, accessToken: "AN-ACCESS-TOKEN" });
	assert.equal(third.verdict, "refused_unclear");
	assert.match(third.chief.because, /expired, one of another app key, and an address/);
});

test("what stands before the vendor refuses: everything, or the login alone, as a made-up path shows; and no more is said than was seen", async () => {
	const page = "<html><center><h1>403 Forbidden</h1></center></html>";
	const at = async (everything, status, type, body) =>
		`http://${await listening(
			createHTTP((request, response) =>
				everything || ["POST", "PUT"].includes(request.method)
					? response.writeHead(status, type && { "content-type": type }).end(body)
					: response.writeHead(404, { "content-type": "application/json" }).end("{}"),
			),
		)}`;
	const ask = async (identity) => {
		const { verdict, code, step } = await doctor(identity, { args: signsIn(identity.system) ? ["--sign-in"] : [] });
		const { found, because, todo } = step("token");
		assert.doesNotMatch(`${found} ${because}`, /success|false|are wrong/, "nothing is claimed that was not seen");
		return { verdict, code, found, because, todo: todo.join("\n") };
	};
	const systems = Object.values(sandbox.identities).map((identity) => (baseUrl) => ({ ...identity, baseUrl }));
	for (const identity of systems) {
		const all = await ask(identity(await at(true, 403, "text/html", page)));
		assert.deepEqual([all.verdict, all.code], ["blocked", 3]);
		assert.match(all.found, /^whatever is asked, it is refused: the address, or what stands before the vendor$/);
		assert.match(
			all.because,
			/ answered 403 with a page of HTML, and a path that no vendor has answers 403 as well, without credentials\.$/,
		);
		assert.match(all.todo, /127\.0\.0\.1.*NAT/);

		const one = await ask(identity(await at(false, 403, "text/html", page)));
		assert.deepEqual([one.verdict, one.code], ["blocked", 3]);
		assert.match(one.found, /^what stands before the vendor refuses \w+, and only that$/);
		assert.match(one.because, /403 with a page of HTML, and a path that no vendor has answers 404\. .*address.*key/);
		assert.match(one.todo, /127\.0\.0\.1.*NAT/);
	}
	const sales = isales(await at(true, 403, undefined, ""));
	assert.match((await ask(sales)).because, /answered 403 with nothing in it, and a path that no vendor has answers 403 as well/);
	const appcube = { ...sandbox.identities.appcube, baseUrl: await at(true, 403, "text/plain", "RBAC: access denied") };
	assert.match((await ask(appcube)).because, /answered 403 with no JSON, and a path/);
});

test("418 says that the base URL must have a host name, where it has an address", async () => {
	const url = `http://${await listening(createHTTP((_, response) => response.writeHead(418, { "content-type": "text/html" }).end("<html>")))}`;
	const byAddress = await doctor(isales(url));
	assert.deepEqual([byAddress.verdict, byAddress.code, byAddress.chief.step], ["wrong_base_url", 5, "token"]);
	assert.match(byAddress.chief.found, /host name/);
	const byName = await doctor(isales(url.replace("127.0.0.1", "localhost")));
	assert.equal(byName.verdict, "blocked");
});

test("a login that is refused without a word is blocked where everything is, and else the credentials are wrong", async () => {
	const silent = await listening(createHTTP((request, response) => response.writeHead(request.method === "POST" ? 403 : 404).end()));
	assert.equal((await doctor(isales(`http://${silent}`))).verdict, "wrong_credentials");
});

test("CubeDrive's interception by 403 is told as too many logins where it verifies", async () => {
	await sandbox.faults({ system: "cubedrive", endpoint: "login", fault: "html403" });
	assert.equal((await doctor(sandbox.identities.cubedrive)).verdict, "rate_limited");
});

test("an AccessToken that was given and has expired; and one that is new and not accepted", async () => {
	const { appSecret, ...user } = sandbox.identities.ccmessaging;
	await sandbox.lifetimes({ apifabric: 1 });
	const response = await fetch(`${sandbox.url}/apigovernance/api/oauth/tokenByAkSk`, {
		method: "POST",
		headers: { "content-type": "application/json", "x-token-expire": "600" },
		body: JSON.stringify({ app_key: user.appKey, app_secret: appSecret }),
	});
	const { AccessToken } = await response.json();
	while ((await sandbox.state()).tokens[0].state !== "expired") {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	const expired = await doctor({ ...user, accessToken: AccessToken });
	assert.deepEqual([expired.verdict, expired.code], ["access_token_expired", 3]);

	await sandbox.reset();
	await sandbox.faults({ system: "ccmessaging", endpoint: "login", fault: "403", count: 9 });
	assert.equal((await doctor(sandbox.identities.ccmessaging)).verdict, "access_token_not_accepted");
});

test("a wrong app key beside a good AccessToken", async () => {
	const { appSecret, ...user } = sandbox.identities.ccmessaging;
	await sandbox.faults({
		system: "ccmessaging",
		endpoint: "login",
		fault: "403",
		exceptionInfo: "x-app-key is not the one of the AccessToken's",
		count: 9,
	});
	const { verdict } = await doctor({ ...user, accessToken: "AN-ACCESS-TOKEN" });
	assert.equal(verdict, "wrong_credentials");
	assert.ok(appSecret);
});

test("both of ccmessaging's addresses are looked at", async () => {
	const { verdict, chief } = await doctor({ ...sandbox.identities.ccmessaging, authUrl: "http://nonexistent.invalid" });
	assert.equal(chief.step === "environment" ? "name_not_found" : verdict, "name_not_found");
	const other = await doctor({ ...sandbox.identities.ccmessaging, authUrl: sandbox.url, baseUrl: `http://${await closed()}` });
	assert.equal(other.verdict, "connection_refused");
});

test("a wrong path of the base URL, values that are refused, and a failing vendor", async () => {
	assert.equal((await doctor(isales(`${sandbox.url}/lite`))).verdict, "wrong_base_url");
	const strict = await listening(createHTTP((request, response) => response.writeHead(request.method === "POST" ? 400 : 404).end()));
	assert.equal((await doctor(isales(`http://${strict}`))).verdict, "bad_request");
	await sandbox.refuse("ccmessaging", "user001");
	assert.equal((await doctor(sandbox.identities.ccmessaging)).verdict, "vendor_failure");
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "500" });
	assert.equal((await doctor(sandbox.identities.isales)).verdict, "vendor_failure");
});

test("an answer is told by what is in it, not by what its header calls it", async () => {
	const login = async (status, type, body) => {
		const at = await listening(
			createHTTP((request, response) =>
				request.method === "POST" ? response.writeHead(status, { "content-type": type }).end(body) : response.writeHead(404).end(),
			),
		);
		const { verdict, step } = await doctor(isales(`http://${at}`));
		return [verdict, `${step("token").found}: ${step("token").because}`];
	};
	for (const [type, body, verdict, wanted] of [
		["application/json", "", "malformed_answer", /200 with nothing in it/],
		["text/html", "", "malformed_answer", /200 with nothing in it/],
		["text/html", '{"other": "form"}', "malformed_answer", /200 with JSON of another form/],
		["text/plain", '{"other": "form"}', "malformed_answer", /200 with JSON of another form/],
		["application/json", `{"other": "${"x".repeat(100_000)}"}`, "malformed_answer", /200 with JSON of another form/],
		["application/json", "It works!", "malformed_answer", /200 with no JSON/],
		["application/json", `{"other": "${"x".repeat(2 << 20)}"}`, "malformed_answer", /far larger than .*: .*200 with more than 1 MiB/],
		["application/json", "<!DOCTYPE html><p>Log in</p>", "page_instead_of_answer", /with HTML/],
	]) {
		const [found, words] = await login(200, type, body);
		assert.equal(found, verdict, `${type} ${body.slice(0, 30)}`);
		assert.match(words, wanted);
	}
	assert.match((await login(401, "application/json", "{}"))[1], /401: its document calls that not authorised/);
	assert.match((await login(403, "application/json", "{}"))[1], /403: its document calls that a failed authentication/);
});

test("a vendor that does not answer the login in time", async () => {
	await sandbox.faults({ system: "isales", endpoint: "login", fault: "delay", delayMs: 600_000, count: 9 });
	const { verdict, chief } = await doctor(sandbox.identities.isales, { args: ["--timeout", "1"] });
	assert.deepEqual([verdict, chief.step], ["slow", "token"]);
});

test("a token that was given: confirmed, denied, somebody else's, or beyond anybody's knowledge", async () => {
	const { cubedrive, ccmessaging, isales } = sandbox.identities;
	const token = (await command(["get", ...given(cubedrive).flags, "--token-only"], given(cubedrive))).stdout.trim();
	const ask = (identity, CCTOKEN_TOKEN, args) => doctor(identity, { env: { CCTOKEN_TOKEN }, args });
	assert.equal((await ask(cubedrive, token)).verdict, "ok");
	await sandbox.faults({ system: "cubedrive", endpoint: "verify", fault: "503", count: 9 });
	const unasked = await ask(cubedrive, token);
	assert.deepEqual([unasked.verdict, unasked.chief.step], ["vendor_unavailable", "given token"]);
	await sandbox.clearFaults();
	await sandbox.revoke({ system: "cubedrive" });
	const dead = await ask(cubedrive, token);
	assert.deepEqual([dead.verdict, dead.code, dead.chief.step], ["token_invalid", 1, "given token"]);
	assert.ok(!JSON.stringify(dead).includes(token));
	const others = (
		await command(["get", ...given({ ...ccmessaging, userId: "another" }).flags, "--token-only"], given(ccmessaging))
	).stdout.trim();
	assert.equal((await ask(ccmessaging, others)).verdict, "token_invalid");
	const unknown = await ask(isales, "a-token-of-long-ago");
	assert.deepEqual([unknown.verdict, unknown.code], ["token_unknown", 0]);
});

for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
	test(`${system}: a business call tells an expired token from a live one, and from a call that is refused anyway`, async () => {
		const identity = sandbox.identities[system];
		const { path } = sandbox.business[system];
		const token = (await command(["get", ...given(identity).flags, "--token-only"], given(identity))).stdout.trim();
		const ask = (how = {}) => doctor(identity, { env: { CCTOKEN_TOKEN: token }, args: ["--check-path", path], ...how });
		assert.equal((await ask()).step("call").level, "ok");
		await sandbox.revoke({ system });
		assert.equal((await ask()).step("call").verdict, "token_invalid");
		await sandbox.faults({ system, endpoint: "business", fault: "403", count: 2 });
		const refused = await doctor(identity, { args: ["--check-path", path] });
		assert.deepEqual([refused.verdict, refused.code], ["call_refused", 1]);
	});
}

/** A vendor of any system, which gives one token and answers a business call by what the call carries. */
async function vendor(answer) {
	const logins = {
		"/oifde/rest/appcube/api/getAppCubeToken": { errorCode: 0, authToken: "a-fresh-token", expireTime: 3600 },
		"/apiaccess/ccmessaging/applyToken": { resultCode: "0", token: "a-fresh-token" },
		"/rest/isales/v1/openapi/obs/auth/login": { result: 0, resultData: { token: "a-fresh-token", tokenExpirationTime: 300 } },
		"/getLogin": { success: true, "x-auth-token": "a-fresh-token" },
		"/verifyAuthToken": { success: true, valid: true },
	};
	const server = createHTTP(async (request, response) => {
		let body = "";
		for await (const part of request) {
			body += part;
		}
		const login = logins[request.url.split("?")[0]];
		const [status, fields, headers] = login
			? [200, login]
			: request.url === "/business"
				? answer((body + JSON.stringify(request.headers)).includes("a-fresh-token"))
				: [404, {}];
		response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(fields));
	});
	const baseUrl = `http://${await listening(server)}`;
	return {
		appcube: { ...sandbox.identities.appcube, baseUrl },
		ccmessaging: { ...sandbox.identities.ccmessaging, baseUrl, appSecret: undefined, accessToken: "an-access-token" },
		isales: isales(baseUrl),
		cubedrive: { ...sandbox.identities.cubedrive, baseUrl },
	};
}

const withCall = { env: { CCTOKEN_TOKEN: "a-dead-token" }, args: ["--check-path", "/business"] };

test("a token is refused where a new one is accepted, by whatever status or code of the body", async () => {
	for (const [system, status, fields, headers] of [
		["isales", 500, { result: 1 }],
		["isales", 400, {}],
		["isales", 302, {}, { location: "/login" }],
		["appcube", 200, { errorCode: "1001" }],
		["ccmessaging", 200, { resultCode: "1" }],
		["isales", 200, { result: "2" }],
		["cubedrive", 200, { success: false }],
	]) {
		const identities = await vendor((fresh) =>
			fresh ? [200, { errorCode: 200, resultCode: 0, result: "0", success: true }] : [status, fields, headers],
		);
		const { verdict, code, step } = await doctor(identities[system], withCall);
		assert.deepEqual([verdict, code, step("call").verdict], ["token_invalid", 1, "token_invalid"], `${system} ${status}`);
		assert.match(step("call").found, /is refused, while a new one is accepted/);
		assert.match(
			step("call").because,
			status === 200
				? /answered 200 with (errorCode 1001|resultCode 1|result 2|success false), with a new one 200/
				: new RegExp(`answered ${status}, with a new one 200`),
		);
		assert.ok(!JSON.stringify(step("given token")).includes("--check-path"), "advised what was done");
	}
});

test("a vendor's bad moment is no word on the token, and a code that a new token gets as well is one on the call", async () => {
	let moments = 0;
	const identities = await vendor((fresh) => (fresh || moments++ > 0 ? [200, { result: 0 }] : [503, {}]));
	const { verdict, step } = await doctor(identities.isales, withCall);
	assert.equal(verdict, "ok");
	assert.match(step("call").found, /503 with the given token at first, and then 200/);
	assert.equal(step("given token").level, "note");

	const failing = await vendor(() => [200, { result: "a text of the vendor's" }]);
	const { verdict: other, code, step: of } = await doctor(failing.isales, withCall);
	assert.deepEqual([other, code, of("call").level], ["call_refused", 0, "warning"]);
	assert.ok(!of("call").found.includes("a text"));
});

test("a person sees marks, reasons and what to do, with colour where it is wanted, and the verdict at the end", async () => {
	const { flags } = given(sandbox.identities.isales);
	const { stdout, stderr, code } = await command(["doctor", ...flags, "--color"], { env: { CCTOKEN_PASSWD: "wrong-one" } });
	assert.deepEqual([code, stderr], [3, ""]);
	assert.ok(stdout.includes("\x1b[31m✗"));
	const plain = (await command(["doctor", ...flags], { env: { CCTOKEN_PASSWD: "wrong-one" } })).stdout;
	assert.match(plain, /^✓ configuration/m);
	assert.match(plain, /^✗ token .*\n +because .*\n +do .*/m);
	assert.match(plain, /\nFound: .* \[wrong_credentials\]\n$/);
	assert.match((await command(["doctor", ...flags], given(sandbox.identities.isales))).stdout, /\nAll is well\.\n$/);
});

/** What the doctor writes for people. */
const written = async (identity, how = {}) => {
	const { flags, env } = given(identity);
	return (await command(["doctor", ...flags, ...(how.args ?? [])], { env: { ...env, ...how.env } })).stdout;
};

test("an account that is locked is no wrong secret", async () => {
	const { appcube } = sandbox.identities;
	for (const appSecret of ["mistaken-1", "mistaken-2", "mistaken-3"]) {
		assert.equal((await doctor({ ...appcube, appSecret })).verdict, "wrong_credentials");
	}
	const { verdict, code, chief } = await doctor(appcube);
	assert.deepEqual([verdict, code, chief.step], ["account_locked", 3, "token"]);
	assert.match(chief.because, /getAppCubeToken answered 200 with its code 200800003/);
});

test("a secret that is one of the doctor's own words takes none of them away", async () => {
	const { appcube, cubedrive, isales: sales } = sandbox.identities;
	for (const word of ["wrong", "credentials", "token"]) {
		await sandbox.reset(); // else the account would be locked
		const text = await written({ ...appcube, appSecret: word });
		assert.match(text, /^✗ token .*appKey or appSecret is wrong\n/m);
		assert.match(text, /\nFound: appKey or appSecret is wrong \[wrong_credentials\]\n$/);
		assert.ok(!text.includes("[hidden]"), text);
		const { chief } = await doctor({ ...appcube, appSecret: undefined }, { env: { CCTOKEN_APP_SECRET: word } });
		assert.equal(chief.found, "appKey or appSecret is wrong");
	}
	const drive = await written({ ...cubedrive, params: { ...cubedrive.params, lang: "token", kind: "127.0" } });
	assert.match(drive, /^✓ token /m);
	assert.match(drive, /^✓ configuration +cubedrive at http:\/\/127\.0\.0\.1:/m);
	assert.ok(!drive.includes("[hidden]"), drive);
	assert.ok((await written(sales, { env: { CCTOKEN_TOKEN: "token" } })).includes("given token"));
});

test("a secret in what the doctor quotes is taken out, though it is a word", async () => {
	const away = await listening(createHTTP((_, response) => response.writeHead(302, { location: "http://wrongly.test/" }).end()));
	const echoed = await doctor({ ...isales(`http://${away}`), passwd: undefined }, { env: { CCTOKEN_PASSWD: "wrongly" } });
	assert.match(echoed.step("token").found, /redirected to http:\/\/\[hidden\]\.test/);
	assert.ok(!JSON.stringify(echoed).includes("wrongly"));
	const below = await written({ ...isales(`${sandbox.url}/mistaken`), passwd: "mistaken" });
	assert.match(below, /because \/\[hidden\]\/rest\/isales\/.* answered 404/);
	assert.ok(!below.includes("mistaken"), below);
	const named = await written(isales("http://mistaken.invalid"), { env: { CCTOKEN_PASSWD: "mistaken" } });
	assert.match(named, /\[hidden\]\.invalid/);
	assert.ok(!named.includes("mistaken"), named);

	const quote = (text) => redact(text, ["mistaken"]);
	const proxy = `http://${await listening(connectProxy(() => "403 Forbidden"))}`;
	for (const { last } of [
		await walk("https://mistaken.test", proxy, false, { ...look, quote }),
		await walk("https://h.test", "http://mistaken.invalid:1", false, { ...look, quote }),
	]) {
		assert.match(JSON.stringify(last), /\[hidden\]/);
		assert.ok(!JSON.stringify(last).includes("mistaken"));
	}
	const { port } = new URL(await secure(makeCertificate({ issuer: authority, name: "mistaken.test" })));
	const { last } = await walk(`https://127.0.0.1:${port}`, `http://${await listening(connectProxy())}`, false, { ...look, quote });
	assert.ok(!JSON.stringify(last).includes("mistaken"));
});

test("a call that is wanted and cannot be made is not advised, and a token file that others can read is a finding", async () => {
	const { isales: identity } = sandbox.identities;
	const { verdict, step } = await doctor({ ...identity, passwd: "wrong-one" }, withCall);
	assert.equal(verdict, "wrong_credentials");
	assert.ok(!step("given token").todo.join().includes("--check-path PATH"));
	assert.equal(step("call").level, "skipped");

	const file = join(folder, "token");
	await writeFile(file, "a-token-of-long-ago", { mode: 0o644 });
	const { steps, code } = await doctor(identity, { args: ["--token-file", file] });
	assert.deepEqual([steps[0].step, steps[0].level, code], ["configuration", "warning", 0]);
	assert.match(steps[0].found, /^The token's file can be read by other users/);
});

const look = { ms: 8_000, unchecked: false, quote: (text) => text };

/** The findings on the way to an address through a proxy that is used. */
async function walk(target, proxy, forwards = false, how = look) {
	const findings = [];
	const steps = route(new URL(target), { variable: "HTTPS_PROXY", able: true, use: { url: new URL(proxy), forwards } }, () => {}, how);
	for (let step = await steps.next(); !step.done; step = await steps.next()) {
		findings.push(step.value);
		seen.add(step.value.verdict);
	}
	return { verdicts: findings.map(({ verdict }) => verdict), steps: findings.map(({ step }) => step), last: findings.at(-1) };
}

test("beyond a proxy that is used, everything is looked at that would be without it, but the name", async () => {
	const proxy = `http://${await listening(connectProxy())}`;
	const plain = await listening(
		createHTTP((_, response) => response.writeHead(404, { date: new Date(Date.now() - 3600_000).toUTCString() }).end()),
	);
	const { steps, verdicts: found, last } = await walk(`http://known.test:${plain.split(":")[1]}`, proxy);
	assert.deepEqual(steps, ["proxy", "name", "connection", "answer", "clock"]);
	assert.deepEqual(found, ["ok", "skipped", "ok", "ok", "clock_wrong"]);
	assert.match(last.found, /1 h ahead/);
	assert.equal((await walk(`https://${plain}`, proxy)).last.verdict, "https_on_http_port");
	for (const [wish, verdict] of [
		[{}, "tls_self_signed"],
		[{ issuer: authority }, "tls_unknown_issuer"],
	]) {
		const { port } = new URL(await secure(makeCertificate(wish)));
		const { last, steps } = await walk(`https://127.0.0.1:${port}`, proxy);
		assert.deepEqual([last.verdict, steps], [verdict, ["proxy", "name", "connection", "TLS"]]);
		assert.equal((await walk(`http://127.0.0.1:${port}`, proxy)).last.verdict, "http_on_https_port");
	}
});

test("a proxy that is used and does not let through is told by what it answers", async () => {
	const target = "https://nonexistent.invalid";
	assert.equal((await walk(target, "http://127.0.0.1:1")).last.verdict, "proxy_unreachable");
	for (const [head, verdict, wanted] of [
		["407 Proxy Authentication Required", "proxy_authentication", /asks for a login/],
		["503 Service Unavailable", "proxy_no_way", /does not get through to nonexistent\.invalid port 443 \(503\)/],
		["403 Forbidden", "proxy_no_way", /refuses the way/],
		["502 Bad Gateway\r\nProxy-Status: p.test; error=dns_error; rcode=NXDOMAIN", "name_not_found", /no address for nonexistent\.invalid/],
		["502 Bad Gateway\r\nProxy-Status: p.test; error=connection_refused", "connection_refused", /nonexistent\.invalid port 443 refuses/],
		["503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0", "name_not_found", /no address/],
		["503 Service Unavailable\r\nX-Squid-Error: ERR_CONNECT_FAIL 110", "connection_timeout", /does not answer/],
		["504 Gateway Timeout\r\nProxy-Status: p.test; error=constructor", "proxy_no_way", /does not get through/],
	]) {
		const { last, steps } = await walk(target, `http://${await listening(connectProxy(() => head))}`);
		assert.deepEqual([last.verdict, last.step, steps], [verdict, "connection", ["proxy", "name", "connection"]], head);
		assert.match(last.found, wanted);
	}
	const rude = await listening(createTCP((socket) => socket.on("error", () => {}).once("data", () => socket.destroy())));
	assert.equal((await walk(target, `http://${rude}`)).last.verdict, "proxy_no_way");
});

test("a proxy's login is sent to it, and is not shown", async () => {
	let given;
	const proxy = await listening(
		connectProxy(({ headers }) => {
			given = headers["proxy-authorization"];
			return "407 Proxy Authentication Required";
		}),
	);
	const { last } = await walk("https://h.test", `http://us%65r:Zx9-p%40ss@${proxy}`);
	assert.equal(given, `Basic ${Buffer.from("user:Zx9-p@ss").toString("base64")}`);
	assert.match(last.found, /does not accept the login/);
	assert.ok(!/Zx9|WngXs/.test(JSON.stringify(last)));
});

test("a proxy that is handed requests whole, one of its own TLS, and one of another protocol", async () => {
	let line;
	const whole = createHTTP((request, response) => {
		line = request.url;
		response
			.writeHead(
				request.url.includes(".invalid") ? 502 : 404,
				request.url.includes(".invalid") ? { "proxy-status": "p; error=dns_error" } : {},
			)
			.end();
	});
	const proxy = `http://${await listening(whole)}`;
	const { steps, last } = await walk("http://known.test/lite", proxy, true);
	assert.deepEqual(
		[line, steps, last.level],
		["http://known.test/lite/cctoken-doctor", ["proxy", "name", "connection", "answer", "clock"], "ok"],
	);
	assert.equal((await walk("http://nonexistent.invalid", proxy, true)).last.verdict, "name_not_found");

	const own = await secure(makeCertificate());
	const distrusted = await walk("https://h.test", own);
	assert.deepEqual([distrusted.last.verdict, distrusted.steps], ["tls_self_signed", ["proxy"]]);
	const { steps: further } = await walk("https://h.test", own, false, { ...look, unchecked: true });
	assert.deepEqual(
		further.slice(0, 4),
		["proxy", "proxy", "name", "connection"],
		"where certificates are not checked, the proxy's is not either",
	);

	const socks = await walk("https://h.test", `socks5://${await listening(createTCP())}`);
	assert.deepEqual(socks.verdicts, ["ok", "skipped", "skipped"]);
});

test("a login that is lost is told by the code of its loss, straight or behind a proxy", async (t) => {
	const proxy = { variable: "HTTPS_PROXY", able: true, use: { url: new URL("http://p.test:3128"), forwards: false } };
	const lose = async (host, proxied) => {
		const way = {
			host,
			name: host,
			via: "p.test port 3128",
			port: 443,
			ms: 8_000,
			local: "",
			open: async () => assert.fail("not opened"),
			seen: true,
			...(proxied ? { proxy } : {}),
		};
		return (await login(isales(`https://${host}`), { timeoutMs: 20_000, ways: new Map([[`https://${host}`, way]]), look })).finding;
	};
	const cases = [
		["CERT_HAS_EXPIRED", "tls_expired"],
		["CERT_NOT_YET_VALID", "tls_not_yet_valid"],
		["DEPTH_ZERO_SELF_SIGNED_CERT", "tls_self_signed"],
		["SELF_SIGNED_CERT_IN_CHAIN", "tls_unknown_issuer"],
		["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls_unknown_issuer"],
		["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls_unknown_issuer"],
		["ERR_TLS_CERT_ALTNAME_INVALID", "tls_wrong_name"],
		["CERT_REVOKED", "tls_failed"],
		["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls_version"],
		["ERR_SSL_WRONG_VERSION_NUMBER", "tls_failed"],
		["ENOTFOUND", "name_not_found", "proxy_unreachable"],
		["EAI_AGAIN", "name_server", "proxy_unreachable"],
		["ECONNREFUSED", "connection_refused", "proxy_unreachable"],
		["UND_ERR_CONNECT_TIMEOUT", "connection_timeout", "proxy_unreachable"],
		["EHOSTUNREACH", "unreachable", "proxy_unreachable"],
		["ECONNRESET", "connection_reset"],
		["Proxy response (503) !== 200 when HTTP Tunneling", "connection_reset", "proxy_no_way"],
		["Proxy response (407) !== 200 when HTTP Tunneling", "connection_reset", "proxy_authentication"],
	];
	t.mock.method(globalThis, "fetch", async (url) => {
		const [code] = cases[Number(new URL(url).hostname.split(".")[0])];
		throw new TypeError("fetch failed", { cause: code.startsWith("Proxy") ? new Error(code) : Object.assign(new Error("x"), { code }) });
	});
	await Promise.all(
		cases.map(async ([code, straight, proxied = straight], i) => {
			const [one, other] = await Promise.all([lose(`${i}.test`, false), lose(`${i}.test`, true)]);
			assert.deepEqual([one.verdict, other.verdict, one.step, other.step], [straight, proxied, "token", "token"], code);
			assert.ok(one.because && one.todo.length > 0);
		}),
	);
});

test("the words of Node's fetch for a proxy's refusal are understood", () => {
	assert.equal(
		failureOf(
			new TypeError("fetch failed", {
				cause: Object.assign(new Error("Proxy response (407) !== 200 when HTTP Tunneling"), { code: "UND_ERR_ABORTED" }),
			}),
		),
		"PROXY_407",
	);
	assert.equal(
		failureOf(new TypeError("fetch failed", { cause: new Error("Proxy response (503) !== 200 when HTTP Tunneling") })),
		"PROXY_503",
	);
	assert.equal(failureOf(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNRESET" }) })), "ECONNRESET");
	assert.equal(failureOf(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "a secret" }) })), "");
});

test("an answer without a date says nothing of the clock", async () => {
	const server = createHTTP((request, response) => {
		response.sendDate = false;
		response.writeHead(request.url.endsWith("/login") ? 200 : 404, { "content-type": "application/json" }).end(loggedIn);
	});
	const { verdict, step } = await doctor(isales(`http://${await listening(server)}`));
	assert.deepEqual([verdict, step("clock").level], ["ok", "skipped"]);
});

test("every verdict has been seen here, but the one that should not occur", () => {
	assert.deepEqual(
		Object.keys(verdicts).filter((verdict) => !seen.has(verdict)),
		["already_signed_in", "failed"], // the first in sign-in.test.js
	);
});
