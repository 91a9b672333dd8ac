// createSandbox as people's tests use it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { install } from "@sinonjs/fake-timers";
import { createClient, systems } from "../../js/node.js";
import { createSandbox, SandboxError } from "../../js/sandbox/index.js";
import { startProgram } from "../../js/sandbox/program.js";
import { tokenError } from "../expect.js";

/**
 * @param {string} code
 * @param {string} [field]
 */
const sandboxError = (code, field) => (error) => {
	assert.ok(error instanceof SandboxError, error?.stack);
	assert.deepEqual([error.code, error.field], [code, field], error.message);
	return true;
};

/**
 * A sandbox and a client that end with the test.
 * @param {import("node:test").TestContext} t
 * @param {import("../../js/sandbox/index.js").SandboxOptions} [options]
 */
async function made(t, options) {
	const sandbox = await createSandbox(options);
	const client = createClient();
	t.after(() => {
		client.close();
		return sandbox.close();
	});
	return { sandbox, client };
}

/** @param {string} system */
const signsIn = (system) => systems.some(({ name, signsIn }) => name === system && signsIn);

test("its identities and business calls work with the package as they are, for each system", async (t) => {
	const { sandbox, client } = await made(t);
	for (const [system, identity] of Object.entries(sandbox.identities)) {
		const token = await (signsIn(system) ? client.signIn(identity) : client.getToken(identity));
		assert.equal(token.system, system);
		const { path, init } = sandbox.business[system];
		assert.equal((await client.fetch(identity, path, init)).status, 200);
		assert.equal((await client.verifyToken(token)).valid, true);
	}
	const { counts, tokens } = await sandbox.state();
	assert.ok(sandbox.systems.length >= 5);
	assert.deepEqual(
		Object.values(counts).map(({ logins }) => logins),
		sandbox.systems.map(() => 1),
	);
	assert.equal(tokens.length, sandbox.systems.length);
});

test("a path is read as it was written, or as the server reads it that is asked for", async (t) => {
	const login = "/%6cite/getLogi%6e?appId=a&appSecret=app-secret-of-a&user=u";
	for (const [paths, status, read] of [
		[undefined, 404, null],
		["written", 404, null],
		["nginx", 200, "/lite/getLogin"],
		["iis", 200, "/lite/getlogin"],
	]) {
		const { sandbox } = await made(t, paths === undefined ? {} : { paths });
		const response = await fetch(`${sandbox.url}${login}`);
		assert.equal(response.status, status, paths);
		assert.equal(response.headers.get("x-sandbox-path"), read === null ? null : encodeURIComponent(read));
		assert.equal((await sandbox.state()).counts.cubedrive.logins, status === 200 ? 1 : 0);
	}
});

test("each system says by what its tokens are told apart, and they are revoked by that", async (t) => {
	const { sandbox, client } = await made(t);
	for (const system of sandbox.systems) {
		const identity = sandbox.identities[system.name];
		await (signsIn(identity.system) ? client.signIn(identity) : client.getToken(identity));
		const subject = String(identity[system.subject] ?? identity.params[system.subject]); // a number may be one
		const { tokens } = await sandbox.state();
		assert.deepEqual(
			[...new Set(tokens.filter((token) => token.system === system.name).map((token) => token.subject))],
			[subject],
			system.name,
		);
		assert.equal(await sandbox.revoke({ system: system.name, subject: `${subject}x` }), 0);
		assert.equal(await sandbox.revoke({ system: system.name, subject }), 1, system.name);
	}
});

test("revoke, roll, refuse, faults, lifetimes and reset do what they say", async (t) => {
	const { sandbox, client } = await made(t, { lifetimes: { appcube: 100 }, logins: { cubedrive: 2 } });
	const { appcube, ccmessaging, isales, cubedrive } = sandbox.identities;
	const seconds = (token) => (token.expiresAt - token.issuedAt) / 1000;
	const token = await client.getToken(appcube);
	assert.equal(seconds(token), 100);
	assert.deepEqual((await sandbox.lifetimes({ appcube: 50 })).appcube, 50);
	assert.equal(seconds(await client.getToken(appcube, { forceRefresh: true })), 50);

	assert.equal(await sandbox.revoke({ system: "appcube" }), 2);
	assert.equal(await sandbox.revoke({ all: true }), 0);
	assert.deepEqual(
		(await sandbox.state()).tokens.map(({ state }) => state),
		["revoked", "revoked"],
	);

	const before = await client.getToken(ccmessaging);
	assert.equal(await sandbox.roll({ system: "ccmessaging", subject: "nobody" }), 0);
	assert.equal(await sandbox.roll({ system: "ccmessaging" }), 1);
	const { path, init } = sandbox.business.ccmessaging;
	assert.equal((await client.fetch(ccmessaging, path, init)).status, 200);
	assert.notEqual((await client.getToken(ccmessaging)).value, before.value);

	await sandbox.refuse("isales", "abcd");
	await assert.rejects(client.getToken(isales), tokenError("credentials_refused"));
	await sandbox.refuse("isales", "abcd", false);
	assert.ok(await createClient().getToken(isales));

	const html = {
		system: /** @type {const} */ ("cubedrive"),
		endpoint: /** @type {const} */ ("login"),
		fault: /** @type {const} */ ("html"),
	};
	assert.equal(await sandbox.faults(html, { ...html, count: 3 }), 4);
	assert.equal(await sandbox.clearFaults(), 4);
	assert.equal(await sandbox.faults(html), 1);
	await assert.rejects(client.getToken(cubedrive), tokenError("malformed_response"));
	for (const logged of [true, true, false]) {
		const answer = await fetch(`${cubedrive.baseUrl}/getLogin`, {
			method: "POST",
			body: new URLSearchParams({ ...cubedrive.params, user: "w" }),
		});
		assert.equal((await answer.text()).startsWith("{"), logged, "two logins are tolerated");
	}

	await sandbox.reset();
	const { counts, tokens, lifetimes } = await sandbox.state();
	assert.equal(counts.isales.logins + tokens.length, 0);
	assert.equal(lifetimes.appcube, 100, "as it was made");
});

test("the vendors live by the clock that they are given", async (t) => {
	let now = Date.UTC(2031, 0, 1);
	const { sandbox, client } = await made(t, { now: () => now });
	const { isales } = sandbox.identities;
	await client.getToken(isales);
	const state = async () => (await sandbox.state()).tokens[0];
	assert.equal((await state()).issuedAt, "2031-01-01T00:00:00Z");
	now += 299_999;
	assert.equal((await state()).state, "live");
	now += 1;
	assert.equal((await state()).state, "expired");
});

test("a clock may use the sandbox that asks it, and one that fails stops nothing and is heard of", async (t) => {
	const heard = [];
	const hear = (error) => heard.push(error.message);
	let fails = false;
	/** @type {import("../../js/sandbox/index.js").Sandbox | undefined} */
	let asked;
	const inner = [];
	const { sandbox } = await made(t, {
		now() {
			if (fails) {
				throw new Error("no time");
			}
			if (asked) {
				inner.push(asked.revoke({ all: true }));
				asked = undefined;
			}
			return 0;
		},
	});
	asked = sandbox;
	assert.equal((await sandbox.state()).now, "1970-01-01T00:00:00Z");
	assert.deepEqual(await Promise.all(inner), [0]);
	// The test runner listens for uncaught errors itself.
	const others = process.listeners("uncaughtException");
	process.removeAllListeners("uncaughtException").on("uncaughtException", hear);
	try {
		fails = true;
		assert.equal((await sandbox.state()).now, "1970-01-01T00:00:00Z");
		await new Promise((resolve) => setImmediate(resolve));
	} finally {
		process.removeAllListeners("uncaughtException");
		others.forEach((listener) => process.on("uncaughtException", listener));
	}
	assert.deepEqual([...new Set(heard)], ["no time"]);
});

test("several at once know nothing of each other", async (t) => {
	const [one, other] = await Promise.all([made(t), made(t)]);
	assert.notEqual(one.sandbox.url, other.sandbox.url);
	await one.client.getToken(one.sandbox.identities.isales);
	assert.equal((await other.sandbox.state()).counts.isales.logins, 0);
	await one.sandbox.close();
	assert.ok(await other.client.getToken(other.sandbox.identities.isales));
});

test("a thousand requests at once are all answered", async (t) => {
	const { sandbox } = await made(t);
	await sandbox.faults({ system: "isales", endpoint: "business", fault: "delay", delayMs: 50, count: 500 });
	const answers = await Promise.all(
		Array.from({ length: 1000 }, async () => (await fetch(`${sandbox.url}/rest/isales/v1/openapi/obs/business`)).status),
	);
	assert.deepEqual([...new Set(answers)], [403]);
	assert.deepEqual((await sandbox.state()).counts.isales, {
		logins: 0,
		refreshes: 0,
		verifications: 0,
		business: 1000,
		failed: 1000,
		faulted: 500,
	});
});

test("a client that leaves ends the wait for its delayed answer, and nothing else", async (t) => {
	const { sandbox } = await made(t);
	await sandbox.faults({ system: "isales", endpoint: "business", fault: "delay", delayMs: 600_000 });
	const { hostname, port } = new URL(sandbox.url);
	const socket = connect(Number(port), hostname);
	socket.write("GET /rest/isales/v1/openapi/obs/business HTTP/1.1\r\nHost: h\r\n\r\n");
	while ((await sandbox.state()).counts.isales.business === 0) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	socket.destroy();
	await once(socket, "close");
	assert.equal((await fetch(`${sandbox.url}/rest/isales/v1/openapi/obs/business`)).status, 403);
});

test("close breaks what is delayed, frees the port, may be repeated, and what follows is closed", async () => {
	const sandbox = await createSandbox();
	await sandbox.faults({ system: "isales", endpoint: "business", fault: "delay", delayMs: 600_000 });
	const delayed = fetch(`${sandbox.url}/rest/isales/v1/openapi/obs/business`);
	delayed.catch(() => {});
	while ((await sandbox.state()).counts.isales.business === 0) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	await Promise.all([sandbox.close(), sandbox.close()]);
	await assert.rejects(delayed);
	await assert.rejects(fetch(sandbox.url));
	for (const use of ["state", "reset", "clearFaults"]) {
		await assert.rejects(sandbox[use](), sandboxError("closed"));
	}
	const again = await createSandbox({ port: Number(new URL(sandbox.url).port) });
	assert.equal(again.url, sandbox.url);
	await again[Symbol.asyncDispose]();
	await assert.rejects(again.state(), sandboxError("closed"));
});

test("wrong options are told by name, and nothing is started", async () => {
	for (const [options, field] of [
		[null, "options"],
		[{ prot: 1 }, "prot"],
		[{ port: -1 }, "port"],
		[{ port: "80" }, "port"],
		[{ port: 65_536 }, "port"],
		[{ host: "" }, "host"],
		[{ lifetimes: 5 }, "lifetimes"],
		[{ lifetimes: { isale: 5 } }, "lifetimes.isale"],
		[{ lifetimes: { isales: 0 } }, "lifetimes.isales"],
		[{ lifetimes: { isales: 1.5 } }, "lifetimes.isales"],
		[{ lifetime: 0 }, "lifetime"],
		[{ lifetime: "5" }, "lifetime"],
		[{ logins: { cubedrive: 0 } }, "logins.cubedrive"],
		[{ logins: { isales: 5 } }, "logins.isales"],
		[{ logins: 5 }, "logins"],
		[{ paths: "apache" }, "paths"],
		[{ paths: "" }, "paths"],
		[{ paths: 5 }, "paths"],
		[{ allowOrigin: "*" }, "allowOrigin"],
		[{ allowOrigin: "http://a.test/path" }, "allowOrigin"],
		[{ allowOrigin: "" }, "allowOrigin"],
		[{ allowOrigin: ["http://a.test", "*"] }, "allowOrigin"],
		[{ allowOrigin: [["http://a.test"]] }, "allowOrigin"],
		[{ allowOrigin: "null" }, "allowOrigin"],
		[{ now: 5 }, "now"],
	]) {
		await assert.rejects(createSandbox(/** @type {any} */ (options)), sandboxError("invalid_option", field));
	}
});

test("an address that cannot be listened on is told, with the system's error", async (t) => {
	const { sandbox } = await made(t);
	await assert.rejects(createSandbox({ port: Number(new URL(sandbox.url).port) }), (error) => {
		sandboxError("not_listening")(error);
		assert.equal(error.cause.code, "EADDRINUSE");
		assert.match(error.message, /in use/);
		return true;
	});
	await assert.rejects(createSandbox({ host: "192.0.2.1" }), sandboxError("not_listening"));
});

test("what the sandbox does not take is refused with its reason", async (t) => {
	const { sandbox } = await made(t);
	await assert.rejects(sandbox.revoke({}), sandboxError("refused"));
	await assert.rejects(
		sandbox.faults(/** @type {any} */ ({ system: "isales", endpoint: "login", fault: "sneeze" })),
		sandboxError("refused"),
	);
	await assert.rejects(sandbox.lifetimes({ isales: -1 }), sandboxError("refused"));
	await assert.rejects(sandbox.refuse("isales", ""), sandboxError("refused"));
});

test("a program that dies answers whoever waits, is told by a typed error, and harms no other", async (t) => {
	const program = await startProgram({ lifetimes: {}, logins: {}, allowOrigins: [], hostClock: true }, Date.now);
	const other = await startProgram({ lifetimes: {}, logins: {}, allowOrigins: [], hostClock: false }, Date.now);
	t.after(() => [program, other].forEach((each) => each.stop()));
	/** @param {import("../../js/sandbox/program.js").Program} which */
	const ask = (which, request) =>
		new Promise((resolve) => {
			let status;
			which.serve(
				{ method: "GET", target: "/_sandbox/state", headers: [], body: new Uint8Array(), ...request },
				{ head: (code) => (status = code), body: () => true, end: () => resolve(status), crash: () => resolve("crash") },
			);
		});
	assert.equal(await ask(program, {}), 200);
	await ask(program, {
		method: "POST",
		target: "/_sandbox/faults",
		headers: ["Content-Type", "application/json"],
		body: Buffer.from('{"system":"isales","endpoint":"business","fault":"delay","delayMs":600000}'),
	});
	const delayed = ask(program, { target: "/rest/isales/v1/openapi/obs/business" });
	assert.equal(program.death(), undefined);
	// More than its memory can be: Go gives up.
	assert.equal(await ask(program, { body: /** @type {any} */ ({ length: 2 ** 32 - 1 }) }), "crash");
	await assert.rejects(async () => {
		throw program.death() ?? new Error("alive");
	}, sandboxError("crashed"));
	assert.equal(await delayed, "crash");
	assert.equal(await ask(program, {}), "crash");
	assert.equal(await ask(other, {}), 200);
});

test("a process ends by itself once its sandbox is closed, and prints nothing", async () => {
	const index = new URL("../../js/sandbox/index.js", import.meta.url).href;
	const script = `
		import { createSandbox } from ${JSON.stringify(index)};
		const sandbox = await createSandbox();
		await sandbox.faults({ system: "isales", endpoint: "business", fault: "delay", delayMs: 600000 });
		fetch(sandbox.url + "/rest/isales/v1/openapi/obs/business").catch(() => {});
		while ((await sandbox.state()).counts.isales.business === 0);
		await sandbox.close();`;
	const outcome = await new Promise((resolve) =>
		execFile(process.execPath, ["--input-type=module", "--eval", script], { timeout: 60_000 }, (error, stdout, stderr) =>
			resolve({ error, stdout, stderr }),
		),
	);
	assert.deepEqual(outcome, { error: null, stdout: "", stderr: "" });
});

/** Ways to fake the timers: Node's own, and that of Jest, Sinon and Vitest. @type {Record<string, (t: import("node:test").TestContext) => void>} */
const fakes = {
	"node:test"(t) {
		t.mock.timers.enable({ apis: ["Date", "setTimeout", "setInterval", "setImmediate"], now: 0 });
	},
	"fake-timers"(t) {
		const clock = install({ now: 0, toNotFake: ["nextTick", "queueMicrotask"] });
		t.after(() => clock.uninstall());
	},
	"a platform that has no setImmediate, as jsdom"(t) {
		const { setImmediate } = globalThis;
		t.after(() => (globalThis.setImmediate = setImmediate));
		globalThis.setImmediate = /** @type {any} */ (undefined);
	},
};
for (const [name, fake] of Object.entries(fakes)) {
	test(`it goes on in real time, whatever a test does with the timers: ${name}`, async (t) => {
		const { sandbox, client } = await made(t);
		fake(t);
		await sandbox.faults({ system: "isales", endpoint: "login", fault: "delay", delayMs: 20 });
		await sandbox.revoke({ system: "isales", all: true });
		await client.getToken(sandbox.identities.isales);
		assert.equal((await sandbox.state()).counts.isales.logins, 1);
	});
}
