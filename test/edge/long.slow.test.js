// Calls that take longer than a minute, as long polls and event streams do. Here it is the clock itself that is waited for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

const longMs = 65_000;

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			connections: { ...connections, polls: { ...connections.messaging, call: { ...connections.messaging.call, timeoutMs: 300_000 } } },
		}),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

const later = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("carried are a poll that is answered after a minute, and an event stream that is silent for one", { timeout: 300_000 }, async () => {
	vendor.business = async (request, response) => {
		if (request.url?.includes("stream")) {
			response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
			await later(longMs);
			response.end("data: late\n\n");
			return;
		}
		await later(longMs);
		json(response, { messages: ["late"] });
	};
	const headers = { authorization: `Bearer ${await edge.tokenFor("agent-7")}` };
	const call = (/** @type {string} */ connection, /** @type {string} */ channel) =>
		edge.fetch(`/v1/call/${connection}/apiaccess/ccmessaging/poll?channel=${channel}`, { headers });
	const began = performance.now();
	const stream = await call("polls", "stream"); // at its headers
	assert.equal(stream.status, 200);
	assert.ok(performance.now() - began < longMs / 2);
	const [poll, cut, text] = await Promise.all([call("polls", "poll"), call("messaging", "poll"), stream.text()]);
	assert.deepEqual([poll.status, await poll.json()], [200, { messages: ["late"] }]);
	assert.equal(text, "data: first\n\ndata: late\n\n");
	assert.deepEqual([cut.status, (await cut.json()).code], [504, "timeout"], "a connection with the default of half a minute");
	assert.ok(performance.now() - began >= longMs);
});
