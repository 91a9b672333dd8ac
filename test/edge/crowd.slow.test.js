// Many consoles at once, through the front door.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { startEdge } from "./edge.js";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
before(async () => {
	server = await startServer("127.0.0.1:0");
	// How many logins there are is asked here, not how fast a busy machine is.
	edge = await startEdge({ sandbox: server.url, bindings: { KEEPER_TIMEOUT_MS: "120000" } });
});
after(async () => {
	await edge?.close();
	await server?.stop();
});

test("1,000 requests of 50 agents at a cold edge: one login for each, one AccessToken, and the issuer is not stormed", async () => {
	const agents = await Promise.all(Array.from({ length: 50 }, (_, i) => edge.tokenFor(`agent-${i}`)));
	const tokens = await Promise.all(
		Array.from({ length: 1000 }, async (_, i) => {
			const response = await edge.post("/v1/token", agents[i % 50] ?? "", { connection: "open-messaging" });
			assert.equal(response.status, 200);
			return (await response.json()).token;
		}),
	);
	assert.equal(new Set(tokens).size, 50);
	for (let i = 0; i < 1000; i++) {
		assert.equal(tokens[i], tokens[i % 50], "each agent has one token");
	}
	const { counts } = await controls(server.url).state();
	assert.equal(counts.ccmessaging.logins, 50);
	assert.equal(counts.apifabric.logins, 1);
	assert.ok(edge.issuer.counts.fetched <= 2, `the keys were fetched ${edge.issuer.counts.fetched} times`);
});

test("200 consoles that go away midway wedge nothing", async () => {
	await controls(server.url).fault({ system: "isales", endpoint: "login", fault: "delay", delayMs: 500 });
	const token = await edge.tokenFor("agent-1");
	await Promise.allSettled(
		Array.from({ length: 200 }, () =>
			edge.fetch("/v1/token", {
				method: "POST",
				headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
				body: '{"connection":"open-isales"}',
				signal: AbortSignal.timeout(100),
			}),
		),
	);
	const response = await edge.post("/v1/token", token, { connection: "open-isales" });
	assert.equal(response.status, 200, await response.text());
	assert.equal((await controls(server.url).state()).counts.isales.logins, 1);
});

test("where there is a rate limit binding, one caller is held up, and others are not", async () => {
	const limited = await startEdge({
		sandbox: server.url,
		miniflare: { ratelimits: { RATE_LIMITER: { simple: { limit: 5, period: 60 } } } },
	});
	try {
		const [hasty, calm] = [await limited.tokenFor("agent-1"), await limited.tokenFor("agent-2")];
		const statuses = [];
		for (let i = 0; i < 12; i++) {
			statuses.push((await limited.post("/v1/token", hasty, { connection: "open-drive" })).status);
		}
		assert.equal(statuses[0], 200);
		assert.ok(statuses.includes(429), statuses.join());
		assert.equal((await limited.post("/v1/token", calm, { connection: "open-drive" })).status, 200);
	} finally {
		await limited.close();
	}
});
