// The buffer through which texts and bytes go into the core: each call wipes what it has read there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { CoreClient, check } from "../js/module/wall.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";

const secret = "Zx9-canary";
const identity = JSON.stringify({ system: "isales", baseUrl: "https://h.test", user: "u", passwd: secret });
const body = new TextEncoder().encode(JSON.stringify({ result: 0, resultData: { token: secret, tokenExpirationTime: 300 } }));
const now = { wall: 1_700_000_000_000, mono: 1000 };
const head = { status: 200, retryAfter: secret, rolled: secret };

/** What each call puts in: the core that it is made of is fresh, with one session and its first request out. */
const calls = {
	check: ({ instance }) => check(instance, identity),
	open: ({ core }) => core.open(identity, now),
	get: ({ core, session }) => core.get(session, now, false, 0, secret),
	answered: ({ core, exchange }) => core.answered(exchange, now, head, body),
	lost: ({ core, exchange }) => core.lost(exchange, now, secret, false),
	supplied: ({ core, exchange }) => core.supplied(exchange, now, { token: secret, lifeMs: 0 }),
	judge: ({ core, session }) => core.judge(session, 0, `GET /${secret}`, now, now, head, body),
	verify: ({ core, session }) => core.verify(session, now, secret),
};

for (const [name, call] of Object.entries(calls)) {
	test(`${name} leaves nothing in the input`, async () => {
		const instance = await createModule(load).start();
		const core = new CoreClient(instance, { seed: [1, 2], timeoutMs: 1000, maxSessions: 10 });
		const { session } = core.open(identity.replace(secret, "another"), now);
		const { effects } = core.get(session, now, false, 0, "");
		const { pointer, length } = instance.write(secret, new Uint8Array(512)); // more room than any of them needs
		assert.equal(instance.read(pointer, length), secret, "here is what is written: else this test proves nothing");
		call({ instance, core, session, exchange: effects[0].id });
		assert.equal(instance.call("input", 0) >>> 0, pointer, "and it is the same place still");
		assert.equal(instance.read(pointer, 512).replace(/\0+$/, ""), "");
	});
}

/** A light core's memory, which is small at first, only ever doubles. @param {number} before bytes */
const most = (before) => Math.max(before + 2.5 * 2 ** 20, 4 * 2 ** 20);

test("answers of 1 MiB, however many, take the memory of little more than one", async () => {
	const instance = await createModule(load).start();
	const core = new CoreClient(instance, { seed: [1, 2], timeoutMs: 1000, maxSessions: 10 });
	const { session } = core.open(identity, now);
	const before = instance.memory().length;
	const large = new TextEncoder().encode(
		JSON.stringify({ list: Array.from({ length: 10_000 }, (_, n) => ({ n, text: "text" })) }).padEnd(1 << 20),
	);
	for (let i = 0; i < 200; i++) {
		core.judge(session, 0, "GET /", now, now, { status: 401 }, large);
	}
	assert.ok(instance.memory().length <= most(before), `${(instance.memory().length - before) / 2 ** 20} MiB`);
});

test("logins that are answered with 1 MiB, however many, take the memory of little more than one", async () => {
	const module = createModule(load);
	const padding = "x".repeat((1 << 20) - 100);
	let logins = 0;
	const client = createClient(module, {
		fetch: async () => Response.json({ padding, errorCode: 0, authToken: `T${++logins}`, expireTime: 3600 }),
	});
	const memory = () => /** @type {import("../js/module/instance.js").Instance} */ (module.running()).memory().length;
	await module.start();
	const before = memory();
	for (let n = 1; n <= 150; n++) {
		const identity = { system: "appcube", baseUrl: "https://vendor.example", appKey: `k${n % 5}`, appSecret: "s" };
		assert.equal((await client.getToken(identity, { forceRefresh: true })).value, `T${n}`);
	}
	assert.ok(memory() <= most(before), `${(memory() - before) / 2 ** 20} MiB`);
	client.close();
});
