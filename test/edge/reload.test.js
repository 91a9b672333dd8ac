// An edge in plain workerd is given another configuration: no process ends, no call breaks off, nobody logs in.
import assert from "node:assert/strict";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { command } from "../cli/command.js";
import { startSelfHost } from "./self-host.js";
import { json } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startSelfHost>>} */
let edge;
/** @type {any} */
let config;
let file = "";
before(async () => {
	edge = await startSelfHost({ file: true });
	file = join(edge.folder, "configuration/edge.json");
	config = JSON.parse(await readFile(file, "utf8"));
});
after(() => edge?.close());

/** As docs/edge.md says it: written beside, checked, and put in its place. @param {any} next @param {number} [code] of the check */
async function change(next, code = 0) {
	await writeFile(`${file}.next`, JSON.stringify(next));
	assert.equal((await command(["edge", "check", `${file}.next`])).code, code);
	await rename(`${file}.next`, file);
}

const token = (/** @type {string} */ connection) =>
	edge.call("/v1/token", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ connection }) });

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
	for (const end = Date.now() + 60_000; !(await condition());) {
		assert.ok(Date.now() < end, "it does not happen");
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

test("a changed file is in force while calls go on, and live sessions stay", async () => {
	const { vendor, pid } = edge;
	const first = await (await token("open-drive")).json();
	const logins = vendor.tokens.length;
	/** @type {import("node:http").ServerResponse | undefined} */
	let held;
	vendor.business = (_request, response) => (held = response);
	const call = edge.call("/v1/call/drive/commonPage"); // begins under the former configuration
	await until(async () => held !== undefined);

	const { drive, ...connections } = config.connections;
	assert.equal((await token("added")).status, 403);
	await change({ ...config, connections: { ...connections, added: config.connections["open-drive"] } });
	await until(async () => (await token("added")).status === 200);

	assert.equal((await (await token("added")).json()).token, first.token, "the same account, and the same session");
	assert.equal((await edge.call("/v1/call/drive/commonPage")).status, 403, "what was taken out is closed");
	json(/** @type {import("node:http").ServerResponse} */ (held), { late: true });
	const answer = await call;
	assert.deepEqual([answer.status, await answer.json()], [200, { late: true }]);
	assert.equal(vendor.tokens.length, logins);
	assert.equal(edge.pid, pid);
	process.kill(pid, 0);
});

test("a wrong one leaves the former in force, and says what is wrong in the log and at /healthz", async () => {
	await change(config);
	await until(async () => (await token("open-drive")).status === 200 && (await token("added")).status === 403);
	await change(
		{ ...config, connections: { ...config.connections, drive: { ...config.connections.drive, baseUrl: "ftp://vendor.test" } } },
		2,
	);
	const health = async () => (await fetch(`${edge.url}/healthz`)).json();
	await until(async () => (await health()).refused !== undefined);
	const { status, refused } = await health();
	assert.equal(status, "ok");
	assert.match(refused.join(), /^connections\.drive\.baseUrl /);
	assert.equal((await token("open-drive")).status, 200);
	const line = edge
		.output()
		.split("\n")
		.findLast((/** @type {string} */ one) => one.startsWith('{"event":"configuration"'));
	assert.deepEqual(JSON.parse(line ?? ""), { event: "configuration", accepted: false, problems: refused });
	await change(config);
	await until(async () => (await health()).refused === undefined);
});

test("a new secret comes by a restart, which costs no login", async () => {
	const first = await (await token("open-drive")).json();
	const next = structuredClone(config);
	next.connections["open-isales"].identity.passwd = { secret: "NEW_SECRET" };
	await change(next);
	const health = async () => (await fetch(`${edge.url}/healthz`)).json();
	await until(async () => (await health()).refused !== undefined);
	assert.match((await health()).refused.join(), /^NEW_SECRET: a secret/);
	const logins = edge.vendor.tokens.length;
	edge.worker.environment?.push("NEW_SECRET");
	edge.environment.NEW_SECRET = String(edge.environment[config.connections["open-isales"].identity.passwd.secret]);
	await edge.restart();
	assert.deepEqual(await health(), { status: "ok" });
	assert.equal((await (await token("open-drive")).json()).token, first.token);
	assert.equal(edge.vendor.tokens.length, logins);
});
