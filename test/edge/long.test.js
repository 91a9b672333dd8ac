// Calls that take long: long polls are carried, and connections are not upgraded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { raw } from "./raw.js";
import { startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
let authorization = "";
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			connections: { ...connections, short: { ...connections.messaging, call: { ...connections.messaging.call, timeoutMs: 1_500 } } },
		}),
	});
	authorization = `Bearer ${await edge.tokenFor("agent-7")}`;
	vendor.business = (_request, response) => json(response, {});
	assert.equal((await poll("short")).status, 200); // it has its tokens
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

const poll = (/** @type {string} */ connection) =>
	edge.fetch(`/v1/call/${connection}/apiaccess/ccmessaging/poll`, { headers: { authorization } });
const later = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("a long poll is carried: the vendor answers when there is something, within the connection's time", async () => {
	vendor.business = async (_request, response) => {
		await later(3_000);
		json(response, { messages: ["hello"] });
	};
	const began = Date.now();
	const response = await poll("messaging");
	assert.deepEqual([response.status, await response.json()], [200, { messages: ["hello"] }]);
	assert.ok(Date.now() - began >= 3_000);
});

test("others are served meanwhile, by the same token", async () => {
	let held = 0;
	vendor.business = async (_request, response) => {
		held++;
		await later(held > 10 ? 0 : 3_000);
		json(response, {});
	};
	const polls = Promise.all(Array.from({ length: 10 }, () => poll("messaging")));
	while (held < 10) {
		await later(10);
	}
	const began = Date.now();
	assert.equal((await poll("messaging")).status, 200);
	assert.ok(Date.now() - began < 2_000);
	assert.deepEqual(
		(await polls).map(({ status }) => status),
		Array(10).fill(200),
	);
});

test("one that takes longer than the connection's time until the answer begins ends with 504", async () => {
	vendor.business = () => {};
	const response = await poll("short");
	assert.deepEqual([response.status, (await response.json()).code], [504, "timeout"]);
});

test("an answer that has begun may go on for longer than that, piece by piece", async () => {
	vendor.business = async (_request, response) => {
		response.writeHead(200, { "content-type": "text/event-stream" });
		for (const piece of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
			response.write(piece);
			await later(1_000);
		}
		response.end();
	};
	const response = await poll("short");
	const arrived = [];
	const began = Date.now();
	for await (const piece of /** @type {any} */ (response.body)) {
		arrived.push([Buffer.from(piece).toString(), Date.now() - began]);
	}
	assert.equal(arrived.map(([text]) => text).join(""), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
	assert.ok(arrived[0]?.[1] < 1_000 && arrived.at(-1)?.[1] > 1_500, JSON.stringify(arrived));
});

test("a WebSocket is refused before the vendor hears of it, however whole its handshake is", async () => {
	const calls = vendor.calls.length;
	const { status, headers, body } = await raw(
		edge.url,
		`
GET /v1/call/messaging/apiaccess/ccmessaging/poll HTTP/1.1
Host: edge.test
Authorization: ${authorization}
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`,
	);
	assert.deepEqual([status, headers["content-type"], JSON.parse(body).field], [400, "application/problem+json", "upgrade"]);
	assert.equal(vendor.calls.length, calls);
});
