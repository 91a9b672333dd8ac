// Two edges of one machine, whose store is a folder. test/redis has the same with Redis.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signedFetch } from "../../js/edge/sign.js";
import { secrets } from "../edge/edge.js";
import { oneLoginEach, startPair } from "./pair.js";

/** @type {Awaited<ReturnType<typeof startPair>>} */
let pair;
before(async () => (pair = await startPair("")));
after(() => pair?.close());

test("a signature is good once, at whichever of two edges", async () => {
	/** @type {RequestInit | undefined} */
	let sent;
	const keep = signedFetch({ keyId: "robot", secret: secrets.MACHINE_KEY }, async (_url, init) => {
		sent = init;
		return new Response();
	});
	await keep(`${pair.edges[0]?.url}/v1/token`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ connection: "open-isales" }),
	});
	const statuses = await Promise.all(
		[0, 1, 0, 1].map(async (n) => (await fetch(`${pair.edges[n]?.url}/v1/token`, /** @type {RequestInit} */ (sent))).status),
	);
	assert.deepEqual(statuses.sort(), [200, 401, 401, 401]);
});

test("a user whom an operator stops at one edge is stopped at the other, within five seconds, and so resumed", async () => {
	const operate = signedFetch({ keyId: "robot", secret: secrets.MACHINE_KEY });
	const jwt = await pair.tokenFor("agent-stopped");
	const status = async (/** @type {number} */ n) =>
		(
			await fetch(`${pair.edges[n]?.url}/v1/token`, {
				method: "POST",
				headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
				body: JSON.stringify({ connection: "open-messaging" }),
			})
		).status;
	const order = async (/** @type {string} */ what) => {
		const response = await operate(`${pair.edges[0]?.url}/v1/operator/${what}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ by: "staff", subject: "agent-stopped" }),
		});
		assert.equal(response.status, 200, await response.text());
	};
	assert.deepEqual([await status(0), await status(1)], [200, 200]);
	for (const [what, then] of /** @type {[string, number][]} */ ([
		["stop", 403],
		["resume", 200],
	])) {
		await order(what);
		assert.equal(await status(0), then);
		while ((await status(1)) !== then) {
			await new Promise((resolve) => setTimeout(resolve, 50)); // what it knows of the list is good for five seconds
		}
	}
});

test("users who come by turns through both cost one login each, and where one edge is killed nobody notices but by a retry", () =>
	oneLoginEach(pair, 300));
