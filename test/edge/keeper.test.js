// The keeper in real workerd, against the sandbox over HTTP.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { readFile, stat } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { controls, startServer } from "../../tools/demo/server.js";
import { contentsOf, startWorker } from "./workerd.js";

const storageKey = (fill) => Buffer.alloc(32, fill).toString("base64url");

let vendors;
let sandbox;
let worker;
/** Each test has objects of its own: their names begin with this. */
let prefix = 0;

before(async () => {
	vendors = await startServer("127.0.0.1:0");
	sandbox = controls(vendors.url);
	worker = await startWorker({
		entry: new URL("keeper-worker.js", import.meta.url),
		bindings: { STORAGE_KEYS: `k1:${storageKey(1)}`, KEEPER_TIMEOUT_MS: "60000", GRACE_MS: "1000" },
	});
});

after(async () => {
	await worker?.close();
	await vendors?.stop();
});

beforeEach(async () => {
	prefix++;
	await sandbox.reset();
});

/** The session of an identity, as the front door's keyed hash names it. */
const nameOf = ({ identity }) =>
	createHash("sha256")
		.update(JSON.stringify(identity ?? null))
		.digest("base64url");

/** Asks an object, and reads its answer. */
async function ask(object, path, body, init = {}) {
	const told = { session: nameOf(body), ...body };
	const response = await worker.fetch(`/${prefix}-${object}/${path}`, { method: "POST", body: JSON.stringify(told), ...init });
	const text = await response.text();
	return { ...(text && JSON.parse(text)), status: response.status, text };
}

/** A token that must come. */
async function token(object, body) {
	const answer = await ask(object, "token", body);
	assert.equal(answer.status, 200, answer.text);
	assert.ok(answer.value);
	return answer.value;
}

/** What the object answers when it dies is nobody's to read. */
const evict = async (object) => void (await worker.fetch(`/${prefix}-${object}/_abort`, { method: "POST" })).text();
const fault = (object, faults) => worker.fetch(`/${prefix}-${object}/_fault`, { method: "POST", body: JSON.stringify(faults) });
const logins = async (system) => (await sandbox.state()).counts[system].logins;

const cubedrive = (user = "user-1") => ({
	system: "cubedrive",
	baseUrl: `${vendors.url}/lite`,
	params: { appId: "app-1", appSecret: "app-secret-of-app-1", user },
});
const isales = (user) => ({ system: "isales", baseUrl: vendors.url, user, passwd: `passwd-of-${user}` });
const appcube = (key) => ({ system: "appcube", baseUrl: vendors.url, appKey: key, appSecret: `api-password-of-${key}` });
const ccmessaging = (userId) => ({
	system: "ccmessaging",
	baseUrl: vendors.url,
	appKey: "app-1",
	appSecret: "app-secret-of-app-1",
	userId,
	userName: "User",
	channelId: "channel-1",
	locale: "zh",
});

test("a token of each system, and how a call carries it", async () => {
	for (const [identity, carried] of [
		[appcube("k"), ({ body }) => body.authToken],
		[ccmessaging("u"), ({ headers }) => headers["ccmessaging-token"]],
		[isales("u"), ({ headers }) => headers.Authentication.replace("Bearer ", "")],
		[cubedrive(), ({ headers }) => headers["X-Auth-Token"]],
	]) {
		const answer = await ask(identity.system, "token", { identity });
		assert.equal(answer.status, 200, answer.text);
		assert.equal(carried(answer), answer.value);
		assert.equal(answer.system, identity.system);
	}
});

test("1,000 consoles at once on an empty cache: one login for each session, one AccessToken for the app", async () => {
	const users = Array.from({ length: 10 }, (_, i) => `user-${i}`);
	const got = new Map(users.map((user) => [user, new Set()]));
	await Promise.all(
		Array.from({ length: 1000 }, async (_, i) => {
			const user = users[i % users.length];
			got.get(user).add(await token(user, { identity: ccmessaging(user), dependencyObject: `${prefix}-app` }));
		}),
	);
	assert.deepEqual(
		[...got.values()].map((tokens) => tokens.size),
		users.map(() => 1),
	);
	assert.equal(await logins("ccmessaging"), users.length);
	assert.equal(await logins("apifabric"), 1);
});

test("an object that is killed between calls, or with its whole process, does not log in again", async () => {
	const of = {
		a: { identity: cubedrive() },
		b: { identity: isales("u") },
		c: { identity: ccmessaging("u"), dependencyObject: `${prefix}-app` },
	};
	const before = {};
	for (const [object, body] of Object.entries(of)) {
		before[object] = await token(object, body);
	}
	const counts = (await sandbox.state()).counts;
	for (const kill of [() => Promise.all([...Object.keys(of), "app"].map(evict)), () => worker.restart()]) {
		await kill();
		for (const [object, body] of Object.entries(of)) {
			assert.equal(await token(object, body), before[object]);
		}
	}
	assert.deepEqual((await sandbox.state()).counts, counts);
});

test("a login that was on its way when the object was killed counts in the budget", async () => {
	await sandbox.fault({ system: "cubedrive", endpoint: "login", fault: "delay", delayMs: 60_000, count: 100 });
	for (let i = 1; i <= 5; i++) {
		const asked = ask("a", "token", { identity: cubedrive() }).catch(() => {});
		await until(async () => (await logins("cubedrive")) === i);
		await evict("a");
		await asked;
	}
	const refused = await ask("a", "token", { identity: cubedrive() });
	assert.equal(refused.code, "login_budget", refused.text);
	assert.equal(refused.status, 503);
	assert.ok(Number(refused.retryAfter) > 0);
	assert.equal(await logins("cubedrive"), 5);
});

test("200 clients that leave midway wedge nothing, and those who stay get their token", async () => {
	await sandbox.fault({ system: "cubedrive", endpoint: "login", fault: "delay", delayMs: 1000 });
	const body = JSON.stringify({ identity: cubedrive() });
	const left = Array.from(
		{ length: 200 },
		(_, i) =>
			new Promise((resolve) => {
				const client = request(new URL(`/${prefix}-a/token`, worker.url), { method: "POST", agent: false });
				client.on("error", () => {}).on("close", resolve);
				// Half of them leave before their body is complete.
				if (i % 2) {
					client.end(body);
				} else {
					client.setHeader("content-length", body.length);
					client.write(body.slice(0, 20));
				}
				setTimeout(() => client.destroy(), 100 + (i % 50) * 10);
			}),
	);
	const stayed = Array.from({ length: 20 }, () => token("a", { identity: cubedrive() }));
	await Promise.all(left);
	assert.equal(new Set(await Promise.all(stayed)).size, 1);
	assert.equal(await logins("cubedrive"), 1);
	await token("a", { identity: cubedrive() });
});

test("a vendor that hangs: bounded 504s, and the other sessions are served", async (t) => {
	t.after(() => worker.restart());
	await worker.restart({ KEEPER_TIMEOUT_MS: "8000" });
	await sandbox.fault({ system: "appcube", endpoint: "login", fault: "delay", delayMs: 600_000, count: 100 });
	const hung = Array.from({ length: 50 }, () => ask("a", "token", { identity: appcube("k") }));
	for (let i = 0; i < 10; i++) {
		await token("b", { identity: isales("u") });
	}
	for (const answer of await Promise.all(hung)) {
		assert.equal(answer.status, 504, answer.text);
		assert.equal(answer.code, "timeout");
	}
	assert.equal(await logins("appcube"), 1);
	const pause = await ask("a", "token", { identity: appcube("k") });
	assert.equal(pause.code, "cooling_down");
	assert.equal(pause.cause, "timeout");
});

test("a vendor's redirect is not followed, and a body that is too large is not read", async () => {
	for (const [name, code] of [
		["redirect", "redirected"],
		["huge", "response_too_large"],
		["empty", "malformed_response"],
		["truncate", "network"],
	]) {
		await sandbox.fault({ system: "isales", endpoint: "login", fault: name, count: 3 });
		const answer = await ask(name, "token", { identity: isales(name) });
		assert.equal(answer.status, 502, answer.text);
		assert.equal(answer.code, code);
		await fetch(`${vendors.url}/_sandbox/faults`, { method: "DELETE" });
	}
	assert.equal((await sandbox.state()).redirectsFollowed, 0);
});

test("records that nobody uses any more go, also where a session was moved to; the alarm starts no program", async () => {
	const stored = (/** @type {string} */ object) => ask(object, "_stored", {});
	const sessions = (/** @type {{ keys: string[] }} */ { keys }) => keys.filter((key) => key.startsWith("session/")).length;
	const [left, moved] = [isales("left"), isales("moved")];
	for (const identity of [left, moved]) {
		await token("a", { identity });
	}
	const former = { identity: moved, object: `${prefix}-b`, former: [`${prefix}-a`] };
	const before = await token("b", former);
	const one = await stored("a");
	assert.equal(sessions(one), 2);
	assert.ok(one.alarm > Date.now() + 80_000_000 && one.alarm <= Date.now() + 86_400_000, String(one.alarm));
	await evict("a");
	const { programs } = await ask("a", "_isolate", {});
	for (let day = 1; day <= 3; day++) {
		assert.equal(sessions(await stored("a")), 2);
		await ask("a", "_tomorrow", {});
		await until(async () => (day < 3 ? (await stored("a")).day === day : sessions(await stored("a")) === 0));
	}
	const gone = await stored("a");
	assert.deepEqual([gone.keys, gone.alarm], [[], null]);
	assert.equal((await ask("a", "_isolate", {})).programs, programs, "nothing was started for it");
	const counts = (await sandbox.state()).counts;
	assert.equal(await token("b", former), before, "who has the session has it");
	assert.deepEqual((await sandbox.state()).counts, counts);
	await token("a", { identity: left }); // logs in anew
	assert.equal((await sandbox.state()).counts.isales.logins, counts.isales.logins + 1);
});

test("the storage alone reveals neither a token nor a secret nor a subject", async () => {
	const secrets = ["subject-of-a-session", "passwd-of-subject-of-a-session", "app-secret-of-app-1", "isales"];
	secrets.push(await token("a", { identity: isales("subject-of-a-session") }));
	const held = await ask("b", "token", { identity: ccmessaging("subject-of-a-session"), dependencyObject: `${prefix}-app` });
	secrets.push(
		held.value,
		...Object.values(held.headers)
			.map((value) => value.replace("Bearer ", ""))
			.filter((value) => value.length > 8),
	);
	await worker.restart();
	const stored = await contentsOf(worker.persist);
	assert.ok(stored.includes("session/"), "the records are there");
	for (const secret of secrets) {
		for (const form of [secret, Buffer.from(secret).toString("base64").replace(/=*$/, ""), Buffer.from(secret, "utf16le")]) {
			assert.ok(!stored.includes(form), `found in the storage: ${secret}`);
		}
	}
});

test("a rotated key is accepted while the old one is still listed", async (t) => {
	t.after(() => worker.restart());
	const before = await token("a", { identity: cubedrive() });
	await worker.restart({ STORAGE_KEYS: `k2:${storageKey(2)},k1:${storageKey(1)}` });
	assert.equal(await token("a", { identity: cubedrive() }), before);
	await worker.restart({ STORAGE_KEYS: `k2:${storageKey(2)}` });
	assert.notEqual(await token("a", { identity: cubedrive() }), before, "its record was still under the old key");
	await until(() => worker.output().includes('"event":"record_unreadable","key":"k1"'));
});

test("without a usable configuration everything is refused, and the answer says what is missing", async (t) => {
	t.after(() => worker.restart());
	for (const [changed, field] of [
		[{ STORAGE_KEYS: undefined }, "STORAGE_KEYS"],
		[{ STORAGE_KEYS: `k1:${storageKey(1).slice(1)}` }, "STORAGE_KEYS"],
		[{ KEEPER_TIMEOUT_MS: "soon" }, "KEEPER_TIMEOUT_MS"],
	]) {
		await worker.restart(changed);
		for (const path of ["token", "verify", "judge", "forget"]) {
			const answer = await ask("a", path, { identity: cubedrive() });
			assert.equal(answer.status, 503, answer.text);
			assert.equal(answer.code, "not_configured");
			assert.equal(answer.field, field);
			assert.ok(!answer.text.includes(storageKey(1).slice(1, 9)));
		}
	}
	assert.equal(await logins("cubedrive"), 0);
});

test("a panic answers 503 to who asked, and whoever else waits goes on waiting", async () => {
	await sandbox.fault({ system: "cubedrive", endpoint: "login", fault: "delay", delayMs: 3000 });
	const waits = token("a", { identity: cubedrive() });
	await until(async () => (await logins("cubedrive")) === 1);
	const told = worker.output().length;
	await fault("a", { clock: true });
	const answer = await ask("a", "token", { identity: isales("u") });
	assert.equal(answer.status, 503, answer.text);
	assert.equal(answer.code, "module_failed");
	assert.equal(answer.retryable, true);
	assert.ok(!answer.text.includes("token-in-a-panic"));
	assert.equal(await waits, await token("a", { identity: cubedrive() }));
	assert.equal(await logins("cubedrive"), 1);
	await until(() => worker.output().slice(told).includes('"event":"session_failed"'));
	assert.doesNotMatch(worker.output().slice(told), /program_died|token-in-a-panic/);
});

test("a program that dies answers 503 to all who wait, and the next request has a fresh one that knows the token", async () => {
	const before = await token("a", { identity: cubedrive() });
	await sandbox.fault({ system: "cubedrive", endpoint: "login", fault: "delay", delayMs: 60_000 });
	const waits = ask("a", "token", { identity: cubedrive(), force: true });
	await until(async () => (await logins("cubedrive")) === 2);
	const told = worker.output().length;
	await fault("a", { trap: true });
	for (const answer of [await ask("a", "token", { identity: cubedrive() }), await waits]) {
		assert.equal(answer.status, 503, answer.text);
		assert.equal(answer.code, "module_failed");
		assert.equal(answer.retryable, true);
		assert.ok(!answer.text.includes("token-in-a-trap"));
	}
	assert.equal(await token("a", { identity: cubedrive() }), before);
	await until(() => worker.output().slice(told).includes('"event":"program_died"'));
	assert.doesNotMatch(worker.output().slice(told), /"event":"program_late"/); // they were told at once, not when their time was up
	assert.ok(!worker.output().includes("token-in-a-"));
});

test("a storage that fails hands nothing out; when it works again, a fresh program does", async () => {
	await fault("a", { put: true });
	const failed = await ask("a", "token", { identity: cubedrive() });
	assert.equal(failed.status, 503, failed.text);
	assert.equal(failed.code, "storage_failed");
	assert.equal(await logins("cubedrive"), 0);
	await fault("a", { put: false });
	await token("a", { identity: cubedrive() });
	assert.ok(!worker.output().includes("value-in-an-error"));
});

test("a program that does not answer is not waited for, and is replaced", async (t) => {
	t.after(() => worker.restart());
	await worker.restart({ KEEPER_TIMEOUT_MS: "1000" });
	const told = worker.output().length;
	await fault("a", { load: true });
	const silent = await ask("a", "token", { identity: cubedrive() });
	assert.equal(silent.status, 503, silent.text);
	assert.equal(silent.code, "module_failed");
	await until(() => worker.output().slice(told).includes("program_late"));
	assert.doesNotMatch(worker.output().slice(told), /program_died|program_stuck/); // it may only be slow
	await fault("a", { load: false });
	// The program that waits for its storage for ever still stands; after a while it does not.
	await until(async () => (await ask("a", "token", { identity: cubedrive() })).status === 200);
	assert.match(worker.output().slice(told), /program_stuck/);
});

test("a session that is not answered is told so alone: the program goes on for the others", async (t) => {
	t.after(() => worker.restart());
	await worker.restart({ KEEPER_TIMEOUT_MS: "1000" });
	await token("a", { identity: isales("u") });
	const told = worker.output().length;
	await fault("a", { load: true });
	const silent = ask("a", "token", { identity: cubedrive() });
	let others = 0;
	const until = Date.now() + 7000; // over the time after which a program that answers nobody counts as stuck
	while (Date.now() < until) {
		await token("a", { identity: isales("u") });
		others++;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	assert.ok(others > 20, String(others));
	assert.equal((await silent).code, "module_failed");
	assert.match(worker.output().slice(told), /program_late/);
	assert.doesNotMatch(worker.output().slice(told), /program_stuck|program_died/);
	assert.equal(await logins("isales"), 1);
});

test("a renewal ahead of time goes on after its caller has been answered, and nobody else comes", async () => {
	await sandbox.post("lifetimes", { appcube: 12 });
	const before = await token("a", { identity: appcube("k") });
	await new Promise((resolve) => setTimeout(resolve, 9700)); // of 12 s the last quarter has begun, the last tenth has not
	await token("a", { identity: appcube("k") });
	await until(async () => (await logins("appcube")) === 2);
	await until(async () => (await token("a", { identity: appcube("k") })) !== before);
});

test("two objects in one isolate do not disturb each other, and nothing is left on its globals", async () => {
	const isolates = [];
	for (const object of ["a", "b"]) {
		await token(object, { identity: isales(`user-${object}`) });
		isolates.push(JSON.parse((await ask(object, "_isolate", {})).text));
	}
	assert.equal(isolates[0].id, isolates[1].id, "they must share an isolate, or this proves nothing");
	assert.deepEqual(isolates[1].leaked, []);
	await sandbox.fault({ system: "isales", endpoint: "login", fault: "delay", delayMs: 1000 });
	const waits = token("b", { identity: isales("user-b"), force: true });
	await until(async () => (await logins("isales")) === 2 || (await sandbox.state()).counts.isales.refreshes === 1);
	await fault("a", { clock: true });
	assert.equal((await ask("a", "token", { identity: isales("user-a") })).code, "module_failed");
	await waits; // its program lives
	const [a, b] = await Promise.all([token("a", { identity: isales("user-a") }), token("b", { identity: isales("user-b") })]);
	assert.notEqual(a, b);
});

test("thousands of requests do not make a program grow", async () => {
	const round = async (times) => {
		for (let i = 0; i < times; i += 500) {
			await ask("a", "_repeat", { times: 500, path: "/token", body: { identity: appcube("k") } });
		}
		return JSON.parse((await ask("a", "_isolate", {})).text).largest;
	};
	await token("a", { identity: appcube("k") });
	const warm = await round(2000);
	const later = await round(10_000);
	assert.ok(later - warm <= 1 << 20, `grew by ${later - warm} bytes over 10,000 requests`);
});

test("nothing secret was logged in all of this, and each line is one JSON object", () => {
	const lines = worker
		.output()
		.split("\n")
		.filter((line) => line !== "");
	assert.ok(lines.length > 20);
	for (const line of lines) {
		const entry = JSON.parse(line);
		assert.match(entry.keeper, /^[0-9a-f]{16}$/);
		assert.match(entry.event, /^[a-z_]+$/);
	}
	for (const secret of [
		"-secret-of-",
		"password-of-",
		"passwd-of-",
		"subject-of-a-session",
		"user-",
		"vendor",
		storageKey(1),
		storageKey(2),
	]) {
		assert.ok(!worker.output().includes(secret), `in the log: ${secret}`);
	}
});

test("the program fits into a free Worker: under 3 MB when compressed", async () => {
	const path = new URL("../../dist/keeper.wasm", import.meta.url);
	const bytes = gzipSync(await readFile(path)).length;
	assert.ok(bytes < 3_000_000, `${bytes} of ${(await stat(path)).size} bytes`);
});

async function until(condition) {
	const end = Date.now() + 60_000; // a machine may be slow; what does not come at all costs a failure this long
	while (!(await condition())) {
		assert.ok(Date.now() < end, "it does not happen");
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
