// cctoken edge serve: an edge of its own, from its start to its end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { command, start } from "../cli/command.js";
import { json, startVendor } from "../edge/vendor.js";
import { asks, configTo, env, machine } from "./mounted.js";

/** @type {Awaited<ReturnType<typeof startVendor>>} */
let vendor;
before(async () => (vendor = await startVendor()));
after(() => vendor?.close());

let folder = "";
let file = "";
/** @type {ReturnType<typeof start>[]} */
let children = [];
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-serve-"));
	file = join(folder, "edge.json");
	await writeFile(file, JSON.stringify(configTo(vendor.url)));
});
afterEach(async () => {
	children.forEach((child) => child.kill("SIGKILL"));
	children = [];
	await rm(folder, { recursive: true, force: true });
});

/** @param {string[]} [more] @param {Record<string, string>} [given] */
async function serving(more = [], given = env) {
	const child = start(["edge", "serve", file, "--port", "0", ...more], { env: given });
	children.push(child);
	/** @type {any[]} */
	const lines = [];
	let rest = "";
	/** @type {Set<() => void>} */
	const waiting = new Set();
	child.stdout.setEncoding("utf8").on("data", (text) => {
		const parts = (rest + text).split("\n");
		rest = parts.pop() ?? "";
		lines.push(...parts.map((line) => JSON.parse(line)));
		waiting.forEach((look) => look());
	});
	const exited = once(child, "exit");
	/** @param {string} event @returns {Promise<any>} */
	const told = (event) =>
		new Promise((resolve, reject) => {
			const look = () => {
				const line = lines.find((one) => one.event === event);
				if (line) {
					lines.splice(lines.indexOf(line), 1);
					waiting.delete(look);
					resolve(line);
				}
			};
			waiting.add(look);
			void exited.then(() => reject(new Error(`it has ended before ${event}`)));
			look();
		});
	const { url } = await told("listening");
	return { child, url, told, exited };
}

test("serves a configuration, with its secrets from the environment or from files, and says each request in a line", async () => {
	const secret = join(folder, "secret");
	await writeFile(secret, `${env.ISALES_PASSWORD}\n`);
	const { ISALES_PASSWORD: _, ...others } = env;
	const { url, told } = await serving([], { ...others, ISALES_PASSWORD_FILE: secret, METRICS_TOKEN: "m".repeat(40) });
	const response = await machine(`${url}/v1/token`, asks("open-isales"));
	assert.equal(response.status, 200, await response.text());
	const line = await told("request");
	assert.deepEqual([line.route, line.connection, line.status], ["token", "open-isales", 200]);
	assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), { status: "ready" });
	const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${"m".repeat(40)}` } })).text();
	assert.match(metrics, /^cctoken_logins_total\{system="isales",step="login"\} 1$/m);
});

test("lets those who are being answered come to their end when it is told to end, and takes nobody further", async () => {
	const { url, child, exited } = await serving();
	const called = new Promise((resolve) => (vendor.business = (_request, response) => resolve(response)));
	const answer = machine(`${url}/v1/call/isales/rest/isales/v1/openapi/obs/business`);
	const response = /** @type {import("node:http").ServerResponse} */ (await called);
	child.kill("SIGTERM");
	for (let open = true; open;) {
		open = await fetch(`${url}/healthz`, { headers: { connection: "close" } }).then(
			() => true,
			() => false,
		);
	}
	json(response, { done: true });
	assert.deepEqual(await (await answer).json(), { done: true });
	assert.deepEqual(await exited, [0, null]);
});

test("has another configuration in force at SIGHUP, without a login more; one that is wrong changes nothing, and is told", async () => {
	const { url, child, told } = await serving();
	const before = await (await machine(`${url}/v1/token`, asks("open-isales"))).json();
	const config = configTo(vendor.url);

	await writeFile(file, JSON.stringify({ ...config, connections: { ...config.connections, renamed: config.connections["open-isales"] } }));
	child.kill("SIGHUP");
	await told("reloaded");
	const after = await (await machine(`${url}/v1/token`, asks("renamed"))).json();
	assert.equal(after.token, before.token);

	for (const [wrong, problem] of /** @type {[string, RegExp][]} */ ([
		[JSON.stringify({ ...config, origins: "everywhere" }), /^origins /],
		["{", /^The edge's configuration is not valid JSON: look at line 1, column 2\.$/],
		[JSON.stringify(config).replaceAll("ISALES_PASSWORD", "NOBODY_HAS_IT"), /^NOBODY_HAS_IT: /],
	])) {
		await writeFile(file, wrong);
		child.kill("SIGHUP");
		const { problems } = await told("reload_refused");
		assert.match(problems.join("\n"), problem);
		assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { status: "ok", refused: problems });
		assert.equal((await (await machine(`${url}/v1/token`, asks("renamed"))).json()).token, before.token);
	}

	await rm(file);
	child.kill("SIGHUP");
	assert.match((await told("reload_refused")).problems.join("\n"), /is not there/);
	const health = await (await fetch(`${url}/healthz`)).json();
	assert.deepEqual(health, { status: "ok", refused: ["the file cannot be read"] }, "where it is, is not for everybody");

	await writeFile(file, JSON.stringify(config));
	child.kill("SIGHUP");
	await told("reloaded");
	assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { status: "ok" });
});

test("the keys of its store may change as long as NAME_KEY stays: sessions go on", async () => {
	const key = (/** @type {number} */ n) => `k${n}:${Buffer.alloc(32, n).toString("base64url")}`;
	const tokens = [];
	for (const STORAGE_KEYS of [key(1), `${key(2)},${key(1)},${key(0)}`]) {
		const { url, child, exited } = await serving(["--store", join(folder, "store")], { ...env, STORAGE_KEYS });
		tokens.push((await (await machine(`${url}/v1/token`, asks("open-isales"))).json()).token);
		child.kill("SIGTERM");
		await exited;
	}
	assert.equal(typeof tokens[0], "string");
	assert.equal(tokens[1], tokens[0]);
});

test("does not begin with what cannot work, and says what is wrong by names", async () => {
	const { ISALES_PASSWORD: _, ...others } = env;
	const at = ["edge", "serve", file, "--port", "0"];
	const stored = { ...env, STORAGE_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64url")}` };
	for (const [args, given, says] of /** @type {[string[], Record<string, string>, RegExp][]} */ ([
		[at, others, /ISALES_PASSWORD: a secret, for connections\.isales\.identity\.passwd/],
		[at, { ...env, NAME_KEY: "short-and-secret" }, /NAME_KEY: a secret of at least 32/],
		[[...at, "--store", folder], { ...stored, NAME_KEY: "short-and-secret" }, /NAME_KEY must be a secret of at least 32/],
		[[...at, "--store", folder], { ...stored, STORAGE_KEYS: "short-and-secret" }, /STORAGE_KEYS must list keys/],
		[at, { ...others, ISALES_PASSWORD_FILE: join(folder, "none") }, /ISALES_PASSWORD_FILE: the file that it names cannot be read/],
		[[...at, "--path", "edge/"], env, /^error: --path must be empty, or a path such as \/edge\.\n$/],
		[["edge", "serve"], env, /Which configuration\?/],
		[["edge", "serve", join(folder, "none.json")], env, /is not there/],
		[[...at.slice(0, 3), "--port", "70000"], env, /--port takes a number/],
		[[...at, "--store", join(file, "store")], stored, /^error: store cannot be made, or not be written to \(ENOTDIR\): \S+\.\n$/],
	])) {
		const { code, stdout, stderr } = await command(args, { env: given });
		assert.deepEqual([code, stdout], [2, ""], stderr);
		assert.match(stderr, says);
		assert.ok(!stderr.includes("short-and-secret"));
	}
});

test("is mounted below a path where a proxy passes that on", async () => {
	const { url } = await serving(["--path", "/edge"]);
	assert.equal((await machine(`${url}/edge/v1/token`, asks("open-isales"))).status, 200);
	assert.equal((await fetch(`${url}/edge/healthz`)).status, 200);
});
