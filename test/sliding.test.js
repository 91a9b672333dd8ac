// A token whose life begins anew with each use that the vendor accepts: who asks again is shown the new end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock } from "./clock.js";
import { json, vendor } from "./vendor.js";

const module = createModule(load);
const identity = { system: "ccgatewayconfig", baseUrl: "https://gateway.test", agentId: 101, password: "secret" };

/** @param {(url: URL) => object} [answer] to business calls */
function sliding(answer = () => ({ retcode: "0" })) {
	const clock = manualClock();
	let logins = 0;
	const { fetch } = vendor(({ url }) =>
		json(url.pathname.endsWith("/config/login") ? { retcode: "0", result: { guid: `G${++logins}` } } : answer(url)),
	);
	const client = createClient(module, { fetch }, clock);
	return { client, clock, logins: () => logins };
}

const ends = (/** @type {import("../js/client/token.js").Token} */ token) => token.expiresAt?.getTime();

test("a token that is handed out again after an accepted use shows its new end", async () => {
	const { client, clock, logins } = sliding();
	const session = client.session(identity);
	const first = await session.getToken();
	assert.equal(ends(first), clock.wall() + 120_000);
	for (let i = 0; i < 5; i++) {
		await clock.pass(60_000);
		await session.fetch("/call");
		const used = clock.wall();
		await clock.pass(10);
		const token = await session.getToken();
		assert.deepEqual([token.value, ends(token)], ["G1", used + 120_000]);
		assert.equal(await session.getToken(), token, "the same object, while nothing has happened");
		assert.equal((await session.verifyToken(token)).expiresAt?.getTime(), used + 120_000);
	}
	assert.equal(logins(), 1);
	await clock.pass(108_000);
	assert.equal((await session.getToken()).value, "G2", "one that is not used ends");
});

test("whoever has an equal identity sees it too", async () => {
	const { client, clock } = sliding();
	await client.getToken({ ...identity });
	await clock.pass(60_000);
	await client.fetch(identity, "/call");
	assert.equal(ends(await client.getToken({ ...identity })), clock.wall() + 120_000);
});

test("what the body calls a failure extends nothing", async () => {
	const { client, clock } = sliding(() => ({ retcode: "107-010" }));
	const first = await client.getToken(identity);
	await clock.pass(60_000);
	await client.fetch(identity, "/call");
	assert.equal(ends(await client.getToken(identity)), ends(first));
	await clock.pass(48_000);
	assert.equal((await client.getToken(identity)).value, "G2");
});
