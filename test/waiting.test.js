// Callers who come while a token is on its way: they join the wait that the core has ordered, without asking it again,
// for as long as its word holds and no longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

const { appcube, isales } = identities;

/** A client whose vendor answers when the test says so, and whose questions to the core are counted. */
async function watched() {
	const shared = createModule(load);
	await shared.start();
	const asked = [];
	const module = {
		...shared,
		async start() {
			const instance = await shared.start();
			return {
				...instance,
				call(name, ...args) {
					asked.push(name);
					return instance.call(name, ...args);
				},
			};
		},
	};
	const clock = manualClock();
	const answers = [];
	const { fetch, requests } = vendor((_, number) => (answers[number - 1] ??= held()).promise);
	return {
		clock,
		requests,
		client: createClient(module, { fetch }, clock),
		asked,
		questions: () => asked.filter((name) => name === "get").length,
		grant: (number) => (answers[number - 1] ??= held()).resolve(json({ errorCode: 0, authToken: `T${number}`, expireTime: 3600 })),
	};
}

test("a thousand callers at once ask the core one question and share one promise", async () => {
	const { client, requests, questions, grant } = await watched();
	const waits = Array.from({ length: 1000 }, () => client.getToken(appcube));
	await settled();
	waits.push(client.getToken(appcube));
	grant(1);
	const tokens = await Promise.all(waits);
	assert.equal(new Set(tokens).size, 1);
	assert.equal(requests.length, 1);
	assert.equal(questions(), 1);
	client.close();
});

test("after something else has happened the core is asked again, and still makes one login", async () => {
	const { client, requests, questions, grant } = await watched();
	const first = client.getToken(appcube);
	await settled();
	const other = client.getToken(isales);
	await settled();
	const second = client.getToken(appcube);
	await settled();
	assert.equal(questions(), 3);
	grant(1);
	assert.equal(await second, await first);
	assert.equal(requests.length, 2);
	client.close();
	await assert.rejects(other, tokenError("closed"));
});

test("its word on a wait is kept for a second", async () => {
	const { clock, client, questions, grant } = await watched();
	const waits = [client.getToken(appcube)];
	await settled();
	await clock.pass(999);
	waits.push(client.getToken(appcube));
	await settled();
	assert.equal(questions(), 1);
	await clock.pass(1);
	waits.push(client.getToken(appcube));
	await settled();
	assert.equal(questions(), 2);
	grant(1);
	assert.equal(new Set(await Promise.all(waits)).size, 1);
	client.close();
});

test("nor longer by a time of day that is set, forward or back", async () => {
	for (const ms of [-1, 1000]) {
		const { clock, client, questions, grant } = await watched();
		const waits = [client.getToken(appcube)];
		await settled();
		clock.set(ms);
		waits.push(client.getToken(appcube));
		await settled();
		assert.equal(questions(), 2);
		grant(1);
		assert.equal(new Set(await Promise.all(waits)).size, 1);
		client.close();
	}
});

test("who comes after forget() does not join the wait that it ended", async () => {
	const { client, requests, grant } = await watched();
	const before = client.getToken(appcube);
	await settled();
	client.session(appcube).forget();
	const after = client.getToken(appcube);
	await assert.rejects(before, tokenError("forgotten"));
	await settled();
	assert.equal(requests.length, 2);
	grant(2);
	assert.equal((await after).value, "T2");
	client.close();
});

test("who comes while a rejected token is replaced waits for the new one", async () => {
	const { client, requests, grant } = await watched();
	const session = client.session(appcube);
	const first = session.getToken();
	await settled();
	grant(1);
	const token = await first;
	const renewed = session.getToken({ rejected: token });
	await settled();
	const joined = session.getToken();
	await settled();
	grant(2);
	assert.equal((await joined).value, "T2");
	assert.equal(await joined, await renewed);
	assert.equal(await session.getToken(), await joined);
	assert.equal(requests.length, 2);
	client.close();
});

test("while others wait for a token that they forced, the current one is handed out at once", async () => {
	const { client, requests, grant } = await watched();
	const first = client.getToken(appcube);
	await settled();
	grant(1);
	const token = await first;
	const forced = client.getToken(appcube, { forceRefresh: true });
	await settled();
	assert.equal(await client.getToken(appcube), token);
	grant(2);
	assert.equal((await forced).value, "T2");
	assert.equal(requests.length, 2);
	client.close();
});

test("a failure is told to all who asked together, and to none who come later than its pause", async () => {
	const clock = manualClock();
	let up = false;
	const { fetch, requests } = vendor(() => json(up ? { errorCode: 0, authToken: "T", expireTime: 3600 } : {}, { status: up ? 200 : 400 }));
	const client = createClient(createModule(load), { fetch }, clock);
	const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => client.getToken(appcube)));
	for (const { reason } of outcomes) {
		tokenError("bad_request")(reason);
	}
	assert.equal(requests.length, 1);
	await assert.rejects(client.getToken(appcube), tokenError("cooling_down"));
	up = true;
	await clock.pass(600_000);
	assert.equal((await client.getToken(appcube)).value, "T");
	client.close();
});

test("equal objects are one caller to the core: it reads the identity once, and is asked once", async () => {
	const { client, requests, asked, grant } = await watched();
	const waits = Array.from({ length: 100 }, () => client.getToken({ ...appcube }));
	await settled();
	waits.push(client.getToken({ ...appcube }));
	grant(1);
	const tokens = await Promise.all(waits);
	tokens.push(await client.getToken({ ...appcube }));
	assert.equal(new Set(tokens).size, 1);
	assert.equal(requests.length, 1);
	assert.equal(asked.filter((name) => name === "open").length, 1);
	assert.equal(asked.filter((name) => name === "get").length, 1);
	client.close();
});

test("an equal object finds the session whatever its spelling, also after the session was evicted or forgotten", async () => {
	const { fetch, requests } = lenient();
	const client = createClient(createModule(load), { fetch, maxSessions: 1 });
	const { system, ...rest } = appcube;
	const spellings = [appcube, { ...rest, system }, { ...appcube, baseUrl: `${appcube.baseUrl}/` }];
	const all = async () => {
		const tokens = [];
		for (const spelling of spellings) {
			tokens.push(await client.getToken({ ...spelling }));
		}
		assert.equal(new Set(tokens).size, 1);
		return tokens[0].value;
	};
	const first = await all();
	await client.getToken(isales); // evicts it
	const second = await all();
	client.session(appcube).forget();
	const third = await all();
	assert.equal(new Set([first, second, third]).size, 3);
	assert.equal(requests.length, 4);
	client.close();
});

test("sessions beyond those whose identities are remembered are found all the same", async () => {
	const { fetch, requests } = lenient();
	const client = createClient(createModule(load), { fetch, maxSessions: 10_000 });
	const users = Array.from({ length: 4200 }, (_, i) => ({ ...isales, user: `u${i}` }));
	const values = async () => (await Promise.all(users.map((user) => client.getToken({ ...user })))).map(({ value }) => value);
	assert.deepEqual(await values(), await values());
	assert.equal(requests.length, users.length);
	client.close();
});

test("a client that is closed at any moment of a call's beginning harms nobody else", async () => {
	const deaths = [];
	const shared = createModule(load, { onDeath: (error) => deaths.push(error) });
	const { fetch } = lenient();
	const other = createClient(shared, { fetch });
	await other.getToken(identities.appcube);
	for (const use of ["getToken", "signIn", "verifyToken"]) {
		for (let moments = 0; moments < 12; moments++) {
			const client = createClient(shared, { fetch: () => new Promise(() => {}) });
			const session = client.session(identities.cubedrive);
			session.getToken().catch(() => {}); // so that there is a core of its own
			await settled();
			const asked = use === "verifyToken" ? session.verifyToken("T") : session[use](use === "getToken" ? { forceRefresh: true } : {});
			const outcome = asked.catch((error) => error.code);
			for (let i = 0; i < moments; i++) {
				await undefined;
			}
			client.close();
			assert.ok(["closed", "invalid_request"].includes(await outcome), `${use} after ${moments}: ${await outcome}`);
		}
	}
	assert.deepEqual(deaths, []);
	other.close();
});
