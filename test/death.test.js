// The token core's death under a client that is at work: those who wait are told, and the next call has a fresh core.
// The real module is killed by what its wrapper never does: a call for a client that there is not, at which Go panics.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

const { appcube, ccmessaging, cubedrive, isales } = identities;
const nobody = 1 << 20;
const failed = tokenError("module_failed", { retryable: true });

/** A module of its own, started, that dies on demand: at once, or at the next call of an export. */
async function mortal() {
	const module = createModule(load);
	await module.start();
	let doomed;
	return {
		initialize: module.initialize,
		running: module.running,
		async start() {
			const instance = await module.start();
			return {
				...instance,
				call: (name, ...args) => (name === doomed ? instance.call("verify", nobody, 0, 0, 0, 0) : instance.call(name, ...args)),
			};
		},
		kill: () => assert.throws(() => module.running()?.call("verify", nobody, 0, 0, 0, 0), failed),
		doom: (name) => (doomed = name),
	};
}

test("a core that was killed is one that says so", async () => {
	const module = await mortal();
	module.kill();
	assert.equal(module.running(), undefined);
});

for (const [what, use] of [
	["getToken", (client) => client.getToken(appcube)],
	["getToken, by the fast way", (client) => client.getToken(cubedrive)],
	["verifyToken", (client) => client.verifyToken("token", cubedrive)],
	["a call", (client) => client.fetch(appcube, "/call", { body: "{}" })],
	["forget, then getToken", (client) => (client.session(appcube).forget(), client.getToken(appcube))],
]) {
	test(`after a death between two calls, ${what} goes on with a fresh core and a new login`, async () => {
		const module = await mortal();
		const clock = manualClock();
		const logins = lenient();
		const client = createClient(
			module,
			{ fetch: (url, init) => (url.endsWith("/call") ? Promise.resolve(json({})) : logins.fetch(url, init)) },
			clock,
		);
		await client.getToken(cubedrive);
		await client.getToken(appcube);
		module.kill();
		await clock.pass(1000); // for so long at most, a token that was just handed out is so again
		assert.ok(await use(client));
		assert.equal(typeof (await client.getToken(appcube)).value, "string");
	});
}

for (const doom of ["get", "answered", "open"]) {
	test(`a death in ${doom} is told to all who wait, by whatever client they wait, and the next call works`, async () => {
		const module = await mortal();
		const clock = manualClock();
		const answers = [];
		const { fetch, requests } = vendor(() => (answers.push(held()), answers.at(-1).promise));
		const [client, other] = [createClient(module, { fetch }, clock), createClient(module, { fetch }, clock)];
		const outcomes = [
			client.getToken(appcube),
			client.getToken({ ...appcube }),
			client.getToken(isales),
			client.verifyToken("token", cubedrive),
		];
		const others = [other.getToken(appcube)];
		const all = Promise.allSettled(outcomes);
		await settled();
		assert.equal(requests.length, 4);

		module.doom(doom);
		if (doom === "answered") {
			answers[0].resolve(json({ errorCode: 0, authToken: "T", expireTime: 3600 }));
		} else {
			await assert.rejects(client.getToken(doom === "get" ? appcube : ccmessaging), failed);
		}
		for (const { reason } of await all) {
			failed(reason);
		}
		module.doom(undefined);
		assert.equal(requests[1].signal.aborted, true, "what was sent is given up");

		// The other client learns of it when its own answer is there, or its time is up.
		const rejection = assert.rejects(others[0], failed);
		await clock.pass(30_000);
		await rejection;
		assert.equal(clock.timers.length, 0);

		const sent = requests.length;
		for (const who of [client, other]) {
			const again = who.getToken(appcube);
			await settled();
			answers.at(-1).resolve(json({ errorCode: 0, authToken: "NEW", expireTime: 3600 }));
			assert.equal((await again).value, "NEW");
		}
		assert.equal(requests.length, sent + 2);
	});
}

test("what was asked of the dead core and ends late does not end what the fresh one waits for", async () => {
	const module = await mortal();
	const [early, late] = [held(), held()];
	const supplied = [early, late];
	const { fetch } = vendor(() => json({ resultCode: "0", token: "T" }));
	const client = createClient(module, { fetch, timeoutMs: 2000 });
	const { appSecret: _, ...user } = ccmessaging;
	const identity = { ...user, accessToken: () => supplied.shift().promise }; // a function knows of no signal

	const first = assert.rejects(client.getToken(identity), failed);
	await settled();
	module.kill();
	const second = client.getToken(identity);
	await first;
	await settled();
	assert.equal(supplied.length, 0, "it is asked again for the fresh core");
	early.resolve("OLD");
	await settled();
	late.resolve("NEW");
	assert.equal((await second).headers.Authorization, "Bearer NEW");
});

test("a death while a business call is under way costs the call nothing", async () => {
	const module = await mortal();
	const answer = held();
	const client = createClient(module, {
		fetch: async (url) => (url.endsWith("/call") ? answer.promise : json({ errorCode: 0, authToken: "T", expireTime: 3600 })),
	});
	for (const name of ["judge", undefined]) {
		const call = client.fetch(appcube, "/call");
		await settled();
		module.doom(name);
		name || module.kill();
		answer.resolve(json({ fine: true }));
		assert.equal((await call).status, 200);
		module.doom(undefined);
	}
});

describe("the events of a client", () => {
	test("go on after a death", async () => {
		const module = await mortal();
		const { fetch } = lenient();
		const types = [];
		const client = createClient(module, { fetch, onEvent: ({ type }) => types.push(type) });
		await client.getToken(appcube);
		module.kill();
		await client.getToken(appcube, { forceRefresh: true });
		assert.deepEqual(types, ["acquired", "acquired"]);
	});
});

test("a core that dies at every start is an error each time, and no loop", async () => {
	let loads = 0;
	const client = createClient(createModule(async () => (loads++, WebAssembly.compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])))));
	for (let i = 1; i <= 3; i++) {
		await assert.rejects(client.getToken(appcube), tokenError("module_invalid"));
		assert.equal(loads, i);
	}
});
