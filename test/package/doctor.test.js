// The doctor behind a proxy, in each Node that can use one: what it says of the environment is what Node does, and what it
// finds beyond the proxy is what is there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer as createHTTPS } from "node:https";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { createSandbox } from "../../js/sandbox/index.js";
import { makeCertificate } from "../cli/certificates.js";
import { bare, command, given } from "../cli/command.js";
import { connectProxy } from "../cli/connect-proxy.js";
import { install } from "./packed.js";
import { nodes, tools } from "./tools.js";

const run = promisify(execFile);
const able = nodes.filter((version) => Number(version.split(".")[0]) >= 22);
const authority = makeCertificate({ authority: true, to: 3000, from: -3000 });

let bin, program, sandbox, trusted;
const open = [];
before(async () => {
	bin = await tools("nodes");
	program = await install();
	sandbox = await createSandbox();
	await writeFile((trusted = join(program.folder, "authority.pem")), authority.cert);
});
after(async () => {
	for (const server of open) {
		server.closeAllConnections?.();
		server.close();
	}
	await sandbox?.close();
	await program?.remove();
});

/** Starts a server, and answers its port. */
async function listening(server) {
	open.push(server);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return server.address().port;
}

/** Says for each address which proxy the doctor expects, and then calls it. */
const reading = `
	const { proxyFor, runtime } = await import(process.argv[1]);
	const expected = process.argv.slice(2).map((url) => {
		const { proxy } = proxyFor(new URL(url), process.env, runtime());
		return proxy?.use ? [proxy.use.url.port, proxy.use.forwards ? "GET " + url : "CONNECT " + new URL(url).hostname + ":" + (new URL(url).protocol === "https:" ? 443 : 80)] : [];
	});
	for (const url of process.argv.slice(2)) {
		await fetch(url).catch(() => {});
	}
	console.log(JSON.stringify(expected));`;

for (const version of able) {
	describe(`Node ${version}`, () => {
		const runtime = () => join(bin, `node-${version}`, "bin/node");
		/** @param {any} identity */
		const doctor = async (identity, env) => {
			const settings = given(identity);
			const { code, json, stdout, stderr } = await command(["doctor", ...settings.flags, "--json"], {
				env: { ...settings.env, NODE_USE_ENV_PROXY: "1", NODE_NO_WARNINGS: "1", ...env },
				runtime: runtime(),
				program: join(program.installed, "js/cli/main.js"),
			});
			assert.ok(json, stdout + stderr);
			assert.equal(stderr, "");
			return {
				code,
				...json,
				step: (name) => json.steps.find(({ step }) => step === name),
				chief: json.steps.find(({ level }) => level === "problem"),
			};
		};
		const isales = (baseUrl) => ({ ...sandbox.identities.isales, baseUrl });
		const throughProxy = async (answer) => {
			const proxy = connectProxy(answer);
			return {
				env: {
					HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy)}`,
					HTTP_PROXY: `http://127.0.0.1:${proxy.address().port}`,
					NODE_EXTRA_CA_CERTS: trusted,
				},
				proxy,
			};
		};
		const secure = async (wish, answer = (_, response) => response.writeHead(404).end()) =>
			listening(createHTTPS({ ...keys(makeCertificate(wish)) }, answer).on("tlsClientError", () => {}));

		test("the environment is read as Node reads it", async () => {
			const proxies = [connectProxy(() => "502 Bad Gateway"), connectProxy(() => "502 Bad Gateway")];
			const [a, b] = await Promise.all(proxies.map(async (proxy) => `http://127.0.0.1:${await listening(proxy)}`));
			const urls = ["https://h.invalid/", "http://h.invalid/", "https://a.h.invalid/", "https://xh.invalid/"];
			const on = { NODE_USE_ENV_PROXY: "1" };
			for (const env of [
				{ HTTPS_PROXY: a },
				{ ...on, HTTPS_PROXY: a },
				{ NODE_USE_ENV_PROXY: "true", HTTPS_PROXY: a },
				{ NODE_OPTIONS: "--use-env-proxy", HTTPS_PROXY: a },
				{ ...on, NODE_OPTIONS: "--no-use-env-proxy", HTTPS_PROXY: a },
				{ ...on, http_proxy: a },
				{ ...on, HTTP_PROXY: a },
				{ ...on, https_proxy: a, HTTPS_PROXY: b },
				{ ...on, http_proxy: a, HTTP_PROXY: b },
				{ ...on, http_proxy: "", HTTP_PROXY: b },
				{ ...on, https_proxy: "", HTTPS_PROXY: b },
				{ ...on, HTTP_PROXY: a, HTTPS_PROXY: b },
				{ ...on, HTTP_PROXY: a, HTTPS_PROXY: "" },
				{ ...on, ALL_PROXY: a },
				{ ...on, HTTP_PROXY: a, no_proxy: "", NO_PROXY: "h.invalid" },
				...["*", "x,*", "h.invalid", ".h.invalid", "*.h.invalid", "h.invalid:443", "x h.invalid", "h.invalid."].map((list) => ({
					...on,
					HTTP_PROXY: a,
					NO_PROXY: list,
				})),
			]) {
				proxies.forEach((proxy) => proxy.seen.splice(0));
				const { stdout } = await run(
					runtime(),
					["--input-type=module", "--eval", reading, join(program.installed, "js/cli/doctor/proxy.js"), ...urls],
					{ env: { ...bare, ...env } },
				);
				const expected = JSON.parse(stdout);
				for (const proxy of proxies) {
					const own = expected.filter(([port]) => port === String(proxy.address().port)).map(([, line]) => line);
					assert.deepEqual(proxy.seen, own, JSON.stringify(env));
				}
			}
		});

		test("a proxy whose value is no URL ends Node before any program starts", async () => {
			for (const value of ["127.0.0.1:3128", "proxy.test:3128", "proxy.test"]) {
				const { code, stdout, stderr } = await command(["doctor"], {
					env: { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: value },
					runtime: runtime(),
					program: join(program.installed, "js/cli/main.js"),
				});
				assert.deepEqual([code, stdout], [1, ""]);
				assert.match(stderr, /Invalid URL/);
			}
		});

		test("all is well through a proxy, for https:// and for http://", async () => {
			const { env, proxy } = await throughProxy();
			const { port } = new URL(sandbox.url);
			const plain = await doctor(isales(`http://vendor.test:${port}`), env);
			assert.deepEqual(
				plain.steps.filter(({ level }) => level === "problem"),
				[],
			);
			assert.equal(plain.step("token").level, "ok");
			assert.ok(proxy.seen.length > 0);

			const vendor = await secure({ issuer: authority, name: "vendor.test" }, (request, response) => {
				response
					.writeHead(request.url.endsWith("/login") ? 200 : 404, { "content-type": "application/json" })
					.end('{"result":0,"resultData":{"token":"a-token-of-a-test-server","tokenExpirationTime":300}}');
			});
			const { verdict, code, steps } = await doctor(isales(`https://vendor.test:${vendor}`), env);
			assert.deepEqual([verdict, code], ["ok", 0]);
			assert.deepEqual(
				steps.map(({ step, level }) => `${step} ${level}`),
				["configuration ok", "proxy ok", "name skipped", "connection ok", "TLS ok", "answer ok", "clock ok", "token ok"],
			);
		});

		test("a proxy that asks for a login, one that has no way, one that refuses and one that is not there are told apart", async () => {
			for (const [head, verdict] of [
				["407 Proxy Authentication Required", "proxy_authentication"],
				["503 Service Unavailable", "proxy_no_way"],
				["403 Forbidden", "proxy_no_way"],
			]) {
				const { env } = await throughProxy(() => head);
				const { verdict: found, code, chief } = await doctor(isales("https://vendor.test"), env);
				assert.deepEqual([found, code, chief.step], [verdict, 4, "connection"]);
			}
			const gone = connectProxy();
			const port = await listening(gone);
			gone.close();
			await once(gone, "close");
			assert.equal((await doctor(isales("https://vendor.test"), { HTTPS_PROXY: `http://127.0.0.1:${port}` })).verdict, "proxy_unreachable");
		});

		test("certificates beyond a proxy are told as they are without one, and no credential is sent", async () => {
			const { env } = await throughProxy();
			for (const [wish, verdict, extra = {}] of [
				[{ issuer: authority, name: "vendor.test", from: -20, to: -10 }, "tls_expired"],
				[{ issuer: authority, name: "vendor.test", from: 10, to: 20 }, "tls_not_yet_valid"],
				[{ name: "vendor.test" }, "tls_self_signed"],
				[{ issuer: authority, name: "vendor.test" }, "tls_unknown_issuer", { NODE_EXTRA_CA_CERTS: "" }],
				[{ issuer: authority, name: "other.test" }, "tls_wrong_name"],
			]) {
				let logins = 0;
				const port = await secure(wish, (request, response) => {
					logins += request.method === "POST" ? 1 : 0;
					response.writeHead(404).end();
				});
				const { verdict: found, chief, code } = await doctor(isales(`https://vendor.test:${port}`), { ...env, ...extra });
				assert.deepEqual([found, chief.step, code, logins], [verdict, "TLS", 4, 0]);
				assert.ok(!chief.because.includes("went well"));
			}
			const then = new Date(Date.now() - 15 * 24 * 3600_000).toUTCString();
			const port = await secure({ issuer: authority, name: "vendor.test", from: -20, to: -10 }, (_, response) =>
				response.writeHead(404, { date: then }).end(),
			);
			assert.equal((await doctor(isales(`https://vendor.test:${port}`), env)).verdict, "clock_wrong");
		});

		test("a name that the proxy does not know is told as far as the proxy tells it", async () => {
			const { env } = await throughProxy();
			const { verdict, chief } = await doctor(isales("https://nonexistent.invalid"), env);
			assert.equal(verdict, "proxy_no_way");
			assert.match(chief.todo.join(), /misspelling/);
			const { env: squid } = await throughProxy(() => "503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0");
			assert.equal((await doctor(isales("https://nonexistent.invalid"), squid)).verdict, "name_not_found");
		});

		test("no login of the proxy is shown", async () => {
			const { env } = await throughProxy(() => "407 Proxy Authentication Required");
			const found = await doctor(isales("https://vendor.test"), {
				HTTPS_PROXY: env.HTTPS_PROXY.replace("//", "//somebody:Zx9-proxy-password@"),
			});
			assert.equal(found.verdict, "proxy_authentication");
			assert.ok(!/Zx9-proxy|U29tZWJvZHk6|c29tZWJvZHk6/.test(JSON.stringify(found)));
		});
	});
}

/** @param {{ cert: string, pem: string }} certificate */
const keys = ({ cert, pem }) => ({ cert, key: pem });
