// A whole contact centre behind one edge.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { startEdge } from "./edge.js";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {any} */
let config;
before(async () => {
	server = await startServer("127.0.0.1:0");
});
after(() => server?.stop());
beforeEach(() => controls(server.url).reset());
afterEach(() => edge?.close());

/** @param {object | undefined} keepers of the connection of the web client */
async function start(keepers) {
	edge = await startEdge({
		sandbox: server.url,
		bindings: { KEEPER_TIMEOUT_MS: "120000", KEEPER_CONNECTIONS: "64" },
		configure: (given) => (config = laidOut(given, keepers)),
	});
}

/** @param {any} given @param {object | undefined} keepers */
const laidOut = (given, keepers) => ({
	...given,
	connections: Object.fromEntries(
		Object.entries(given.connections).map(([name, connection]) => [
			name,
			connection.system === "ccmessaging" ? { ...connection, keepers } : connection,
		]),
	),
});

/** @param {string[]} jwts */
const tokensOf = (jwts) =>
	Promise.all(
		jwts.map(async (jwt) => {
			const response = await edge.post("/v1/token", jwt, { connection: "open-messaging" });
			const answer = await response.json();
			assert.equal(response.status, 200, JSON.stringify(answer));
			return answer.token;
		}),
	);
const agents = (/** @type {number} */ count) => Promise.all(Array.from({ length: count }, (_, i) => edge.tokenFor(`agent-${i}`)));
const logins = async () => (await controls(server.url).state()).counts.ccmessaging.logins;

test("the number of keepers is changed in a running company: nobody logs in again, there and back", async () => {
	await start({ count: 2 });
	const jwts = await agents(60);
	const before = await tokensOf(jwts);
	for (const keepers of [{ count: 5, former: [2] }, { count: 5 }, { count: 3, former: [5] }, { count: 2, former: [3] }, { count: 2 }]) {
		await edge.restart({ CCTOKEN_CONFIG: JSON.stringify(laidOut(config, keepers)) });
		assert.deepEqual(await tokensOf(jwts), before, JSON.stringify(keepers));
	}
	assert.equal(await logins(), 60);
});

test("1,000 agents who arrive at once at a cold edge are all served by one login each, and come back after a restart without one", async () => {
	await start(undefined);
	const jwts = await agents(1000);
	const before = await tokensOf(jwts);
	assert.equal(new Set(before).size, 1000);
	assert.equal(await logins(), 1000);
	assert.equal((await controls(server.url).state()).counts.apifabric.logins, 1);
	await edge.restart();
	assert.deepEqual(await tokensOf(jwts), before);
	assert.equal(await logins(), 1000);
});
