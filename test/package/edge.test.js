// The edge in a project of its own, by docs/edge.md: its worker.js and its wrangler.jsonc to the letter, the installed
// package, bundled by wrangler, and run in workerd with what that configuration declares.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { controls, startServer } from "../../tools/demo/server.js";
import { audience, demoConfig } from "../../tools/edge/demo.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { connectionsTo } from "../edge/connections.js";
import { secrets } from "../edge/edge.js";
import { install } from "./packed.js";
import { dryRun } from "./workerd.js";

const machine = { keyId: "robot", secret: secrets.MACHINE_KEY };

/** @type {Awaited<ReturnType<typeof install>>} */
let program;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startIssuer>>} */
let issuer;
/** What the Worker is, without what the reader has to configure. @type {object} */
let worker;
/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
/** The installed package's own client. @type {import("../../js/node.js")} */
let cctoken;

/** @param {string} path of a module of the installed package */
const own = (path) => import(String(pathToFileURL(join(program.installed, path))));

/** The block of docs/edge.md whose first line is a comment with the file's name. @param {string} name */
async function documented(name) {
	const page = await readFile(new URL("../../docs/edge.md", import.meta.url), "utf8");
	const blocks = [...page.matchAll(/^```\w+\n\/\/ (\S+)\n([^]*?)^```$/gm)].filter(([, file]) => file === name);
	assert.equal(blocks.length, 1, `docs/edge.md shows ${blocks.length} files ${name}`);
	return String(blocks[0]?.[2]);
}

/** @param {Record<string, unknown>} bindings beside those of the documented configuration */
async function start(bindings) {
	const running = new Miniflare({
		workers: [{ ...worker, bindings }],
		host: "127.0.0.1",
		port: 0,
		cf: false,
		telemetry: { enabled: false },
		log: new Log(LogLevel.NONE),
		handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.resume()), // its log is its own matter
	});
	const { origin } = await running.ready;
	return { url: origin, close: () => running.dispose() };
}

before(async () => {
	program = await install();
	server = await startServer("127.0.0.1:0");
	issuer = await startIssuer(audience);
	const { folder } = program;
	for (const name of ["worker.js", "wrangler.jsonc"]) {
		await writeFile(join(folder, name), await documented(name));
	}
	const out = await dryRun(folder, "wrangler.jsonc", "out");
	const files = (await readdir(out))
		.filter((file) => /\.(js|wasm)$/.test(file))
		.sort((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")));
	const modules = await Promise.all(
		files.map(async (path) => ({
			type: path.endsWith(".js") ? "ESModule" : "CompiledWasm",
			path,
			contents: await readFile(join(out, path)),
		})),
	);
	const { workerOptions } = unstable_getMiniflareWorkerOptions(join(folder, "wrangler.jsonc"));
	worker = { ...workerOptions, modulesRules: undefined, modules };
	const config = demoConfig({ connections: connectionsTo(server.url, ["staff"]), issuer: issuer.url, origin: "https://console.test" });
	const authentication = {
		...config.authentication,
		machines: { type: "signed", keys: { [machine.keyId]: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } } },
	};
	for (const { allow } of Object.values(config.connections)) {
		allow.push({ by: "machines" });
	}
	edge = await start({ ...secrets, CCTOKEN_CONFIG: JSON.stringify({ ...config, authentication }) });
	cctoken = await own("js/node.js");
});
after(async () => {
	await edge?.close();
	await issuer?.close();
	await server?.stop();
	await program?.remove();
});

/** @param {string} connection @param {string} subject */
const identity = (connection, subject) => ({ edge: edge.url, connection, subject, authorization: () => issuer.tokenFor(subject) });

test("what wrangler would deploy is one module and the keeper, and the keeper is the packed one", async () => {
	const { modules } = /** @type {{ modules: { path: string, contents: Buffer }[] }} */ (worker);
	assert.equal(modules.length, 2);
	assert.ok(modules[1]?.contents.equals(await readFile(join(program.installed, "dist/keeper.wasm"))));
	assert.doesNotMatch(String(modules[0]?.contents), /^import .* from "(?!\.\/\w+-keeper\.wasm")/m, "it imports nothing else");
});

test("it serves as documented, and is healthy", async () => {
	const response = await fetch(`${edge.url}/healthz`);
	assert.deepEqual([response.status, await response.json()], [200, { status: "ok" }]);
});

test("with the documented configuration as it stands, it refuses everything, and says what is missing by names", async () => {
	const bare = await start({ CCTOKEN_CONFIG: {} });
	try {
		const health = await fetch(`${bare.url}/healthz`);
		assert.equal(health.status, 503);
		assert.match(JSON.stringify(await health.json()), /connections/);
		const response = await fetch(`${bare.url}/v1/token`, { method: "POST" });
		assert.deepEqual([response.status, (await response.json()).code], [503, "not_configured"]);
	} finally {
		await bare.close();
	}
});

for (const [connection, system] of [
	["open-appcube", "appcube"],
	["shared-messaging", "ccmessaging"],
	["open-isales", "isales"],
	["open-drive", "cubedrive"],
]) {
	test(`${system}: the installed client gets one token for many callers from it, and another when that was revoked`, async () => {
		const sandbox = controls(server.url);
		const client = cctoken.createClient();
		try {
			const mine = identity(String(connection), "agent-1");
			const tokens = await Promise.all(Array.from({ length: 20 }, () => client.getToken({ ...mine })));
			assert.equal(new Set(tokens.map(({ value }) => value)).size, 1);
			assert.equal(tokens[0]?.system, system);
			assert.equal((await sandbox.state()).counts[String(system)].logins, 1);
			assert.equal((await client.verifyToken(String(tokens[0]?.value), mine)).valid, true);
			await sandbox.revoke({ system, all: true });
			const next = await client.getToken(mine, { rejected: tokens[0] });
			assert.notEqual(next.value, tokens[0]?.value);
		} finally {
			client.close();
		}
	});
}

test("a sealed call works, again after the token was revoked, and the token stays inside", async () => {
	const client = cctoken.createClient();
	try {
		const mine = identity("messaging", "agent-2");
		assert.equal((await client.fetch(mine, "/apiaccess/ccmessaging/poll?channel=WEB")).status, 200);
		await controls(server.url).revoke({ system: "ccmessaging", all: true });
		assert.equal((await client.fetch(mine, "/apiaccess/ccmessaging/poll?channel=WEB")).status, 200);
		await assert.rejects(client.getToken(mine), { code: "sealed" });
	} finally {
		client.close();
	}
});

test("a machine signs with the installed cctoken/edge/sign, and a signature is good once", async () => {
	const { sign, signedFetch } = await own("js/edge/sign.js");
	const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"connection":"open-isales"}' };
	const url = `${edge.url}/v1/token`;
	const response = await signedFetch(machine)(url, init);
	assert.deepEqual([response.status, (await response.json()).system], [200, "isales"]);
	const authorization = await sign(machine, { method: "POST", url, body: new TextEncoder().encode(init.body) });
	const statuses = [];
	for (let i = 0; i < 2; i++) {
		const response = await fetch(url, { ...init, headers: { ...init.headers, authorization } });
		await response.text();
		statuses.push(response.status);
	}
	assert.deepEqual(statuses, [200, 401]);
});

test("the documented rate limit holds for one caller, and not for another", async () => {
	const ask = async (/** @type {string} */ token) => {
		const response = await fetch(`${edge.url}/v1/token`, {
			method: "POST",
			headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
			body: '{"connection":"not-there"}',
		});
		return (await response.json()).code;
	};
	const eager = await issuer.tokenFor("agent-3");
	const calm = await issuer.tokenFor("agent-4");
	const { simple } = Object.values(/** @type {any} */ (worker).ratelimits)[0];
	const codes = new Set();
	// A minute may end while they are sent, and begin the count anew.
	for (let i = 0; i <= 2 * simple.limit && !codes.has("rate_limited"); i++) {
		codes.add(await ask(eager));
	}
	assert.deepEqual([...codes], ["forbidden", "rate_limited"]);
	assert.equal(await ask(calm), "forbidden");
});
