// The recipes as they stand on their page, each with what the page says of it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once, EventEmitter } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { stepsOf } from "../bundlers/steps.js";
import { freePort } from "../free-port.js";

const root = new URL("../../", import.meta.url);
let folder, sandbox, client;
const events = [];

/** What a file of the page exports, and the package. @type {Record<string, any>} */
const recipes = {};

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-recipes-"));
	await mkdir(join(folder, "node_modules"));
	await symlink(fileURLToPath(root), join(folder, "node_modules/cctoken"), "dir");
	await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
	const files = stepsOf(await readFile(new URL("docs/recipes.md", root), "utf8"));
	for (const step of files) {
		assert.ok(step.kind === "file", `line ${step.line}: a recipe is a file`);
		await writeFile(join(folder, step.path), step.text);
	}
	await writeFile(join(folder, "package.js"), 'export * from "cctoken";\nexport { createSandbox } from "cctoken/sandbox";\n');
	const names = files.map(({ path }) => path).filter((path) => !path.endsWith(".test.js"));
	for (const name of [...names, "package.js"]) {
		Object.assign(recipes, await import(pathToFileURL(join(folder, name)).href));
	}
	sandbox = await recipes.createSandbox();
});
after(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
	await sandbox.reset();
	events.length = 0;
	client = recipes.createClient({ onEvent: ({ type, system }) => events.push(`${system} ${type}`) });
});
afterEach(() => client.close());

const logins = async (/** @type {string} */ system) => (await sandbox.state()).counts[system].logins;

describe("polling all day", { timeout: 60_000 }, () => {
	const told = new EventEmitter();
	const trouble = [];
	let session, polls, chat;

	/** The next poll that is over. */
	const next = () => once(told, "poll");

	beforeEach(() => {
		trouble.length = 0;
		polls = 0;
		session = client.session(sandbox.identities.ccmessaging);
		const fetch = async (/** @type {any[]} */ ...args) => {
			try {
				const response = await session.fetch(...args);
				polls++;
				return response;
			} finally {
				told.emit("poll");
			}
		};
		const seen = { fetch, forget: () => session.forget() };
		const handlers = { onMessages: () => assert.fail("there are none"), onTrouble: (error) => trouble.push(error.code), everyMs: 1 };
		chat = recipes.openChat(seen, handlers);
	});
	afterEach(() => chat.signOut());

	test("a token that is revoked or rolled, or a night of sleep, is no trouble", async (t) => {
		await next();
		await sandbox.revoke({ system: "ccmessaging" });
		await next();
		await next();
		await sandbox.roll({ system: "ccmessaging" });
		await next();
		await next();
		assert.ok(events.includes("ccmessaging rejected") && events.includes("ccmessaging rolled"));
		assert.equal(await logins("ccmessaging"), 2);
		const { counts } = await sandbox.state();
		events.length = 0;
		t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 8 * 3_600_000 });
		await next();
		await next();
		assert.deepEqual(trouble, []);
		assert.equal(await logins("ccmessaging"), counts.ccmessaging.logins + 1);
		assert.ok(!events.some((event) => event.endsWith("rejected")), "what ended in the night was carried by no call");
	});

	test("what passes is told, and the polling goes on when it may", async () => {
		await next();
		await sandbox.faults({ system: "ccmessaging", endpoint: "login", fault: "503", count: 3 });
		session.forget();
		while (trouble.length === 0) {
			await next();
		}
		const before = polls;
		while (polls === before) {
			await next();
		}
		assert.deepEqual(trouble, ["unavailable"], "nobody asks before retryAt");
	});

	test("what no try can help ends it", async () => {
		await next();
		await sandbox.refuse("ccmessaging", sandbox.identities.ccmessaging.appKey);
		await sandbox.revoke({ all: true });
		await chat.ended;
		assert.deepEqual(trouble, ["credentials_refused"]);
	});

	test("after a sign-out nothing is sent, and no token is kept", async () => {
		await next();
		const { value } = await session.getToken();
		await chat.signOut();
		const before = polls;
		assert.notEqual((await session.getToken()).value, value);
		assert.equal(await logins("ccmessaging"), 2);
		assert.equal(polls, before);
		assert.deepEqual(trouble, []);
	});
});

describe("calls for pages", () => {
	/** @param {object} [more] of the app */
	const messages = (more) => {
		const { userId, userName, ...app } = sandbox.identities.ccmessaging;
		const handler = recipes.messagesOf(client, { ...app, ...more }, async (request) =>
			request.headers.has("cookie") ? { id: userId, name: userName } : undefined,
		);
		return (/** @type {HeadersInit} */ headers) => handler(new Request("https://own.example/messages", { headers }));
	};

	test("the page gets its messages and nothing that is a token, be it the next one", async () => {
		const get = messages();
		await get({ cookie: "x" });
		await sandbox.roll({ system: "ccmessaging" });
		const answer = await get({ cookie: "x" });
		assert.equal(answer.status, 200);
		const text = await answer.text();
		assert.deepEqual(JSON.parse(text), { messages: [] });
		assert.deepEqual([...answer.headers.keys()], ["content-type"]);
		assert.ok(events.includes("ccmessaging rolled"));
	});

	test("who is not signed in gets nothing, and the vendor is not asked", async () => {
		const answer = await messages()({});
		assert.deepEqual([answer.status, await answer.json()], [401, { code: "signed_out" }]);
		assert.equal(await logins("ccmessaging"), 0);
	});

	test("the vendor's 401 is no 401 of the page's, and what passes says so", async () => {
		const refused = await messages({ appSecret: "other" })({ cookie: "x" });
		assert.deepEqual([refused.status, await refused.json()], [502, { code: "credentials_refused" }]);
		const nobody = await messages({ baseUrl: `http://127.0.0.1:${await freePort()}`, authUrl: undefined })({ cookie: "x" });
		assert.deepEqual([nobody.status, await nobody.json()], [503, { code: "network" }]);
	});
});

describe("an agent's session", () => {
	/** @param {any} [how] */
	const agent = (how, own = client) => {
		const told = [];
		const session = own.session(sandbox.identities.ccgateway);
		const page = { confirmTakeover: async () => false, onEvent() {}, onSignedOut: (reason) => told.push(reason), ...how };
		return { ...recipes.agentOf(session, sandbox.identities.ccgateway.agentId, page), session, told };
	};

	beforeEach(() => sandbox.lifetimes({ ccgateway: 1 })); // a poll is held for a twelfth of that

	test("nobody is signed in without a click", async () => {
		const { run, told } = agent();
		await run();
		assert.deepEqual(told, ["never_signed_in"]);
		assert.equal(await logins("ccgateway"), 0);
	});

	test("the polls keep it alive, past the life of one GUID, and a sign-out ends them without a word", async () => {
		const { signIn, run, signOut, session, told } = agent();
		assert.equal(await signIn(), true);
		const { value } = await session.getToken();
		const running = run();
		while ((await session.getToken()).value === value) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		await signOut();
		await running;
		assert.deepEqual(told, []);
		assert.equal(await logins("ccgateway"), 1);
	});

	test("a supervisor throws the agent out: the page is told why, and nobody is signed in anew", async () => {
		const { signIn, run, told } = agent();
		await signIn();
		const running = run();
		await sandbox.revoke({ system: "ccgateway", all: true });
		await running;
		assert.deepEqual(told, ["token_dead"]);
		assert.equal(await logins("ccgateway"), 1);
	});

	test("an edge's answer that nobody is signed in ends the polls as well", async () => {
		for (const [reason, expected] of [
			["token_dead", ["token_dead"]],
			["by_caller", []],
		]) {
			const told = [];
			const session = { fetch: async () => Response.json({ code: "signed_out", reason }, { status: 409 }) };
			await recipes.agentOf(session, "101", { onSignedOut: (why) => told.push(why) }).run();
			assert.deepEqual(told, expected);
		}
	});

	test("a session elsewhere is ended where the agent says so, and only then", async (t) => {
		const elsewhere = recipes.createClient();
		t.after(() => elsewhere.close());
		await agent({}, elsewhere).signIn();
		assert.equal(await agent({ confirmTakeover: async () => false }).signIn(), false);
		const { signIn, session } = agent({ confirmTakeover: async () => true });
		assert.equal(await signIn(), true);
		assert.equal((await session.verifyToken()).valid, true);
	});
});

for (const name of ["sandbox.test.js", "made-up.test.js"]) {
	test(`${name} passes as it stands`, async () => {
		const { NODE_TEST_CONTEXT, ...env } = process.env;
		const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", name], { cwd: folder, env });
		assert.match(stdout, /^# pass 1$/m);
	});
}
