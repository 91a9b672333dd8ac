// A sealed call's answer is looked into by the rules of client.fetch: a refusal whatever it calls itself, a success where its system
// speaks in bodies, and nothing for long.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { maxMeaning, refusalMs, successMs } from "../../js/client/meaning.js";
import { startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

/** @typedef {import("node:http").ServerResponse} Answer */

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
let agents = 0;
/** @type {string} a console that nobody was before */
let fresh;

before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			connections: {
				...connections,
				messaging: { ...connections.messaging, identity: { ...connections.messaging.identity, appKey: { claim: "app" } } },
				appcube: { ...connections.appcube, identity: { ...connections.appcube.identity, appKey: { claim: "app" } } },
			},
		}),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});
beforeEach(async () => {
	fresh = await edge.tokenFor(`agent-${++agents}`, { claims: { app: `app-${agents}` } });
});

const messaging = "/v1/call/messaging/apiaccess/ccmessaging/poll";
const appcube = "/v1/call/appcube/oifde/rest/appcube/api/business";
const drive = "/v1/call/drive/commonPage";

/** @param {string} path @param {RequestInit} [init] */
const call = (path, init = path === appcube ? { method: "POST", body: "{}" } : {}) =>
	edge.fetch(path, {
		...init,
		headers: { authorization: `Bearer ${fresh}`, "accept-encoding": "identity", "content-type": "application/json" },
	});

/** What it answers to the first call, and then with success. @param {(response: Answer) => void} first */
function once(first) {
	let number = 0;
	vendor.business = (_request, response) => (++number === 1 ? first(response) : json(response, { fine: true }));
}

/** @param {Promise<Response>} answer */
async function timed(answer) {
	const began = performance.now();
	const response = await answer;
	return { response, ms: performance.now() - began };
}

describe("a refusal is the same", () => {
	const reason = JSON.stringify({ errorCode: "1", exceptionInfo: "auth fail! illegal or expired token info." });

	for (const type of ["application/json", "text/plain", "text/html", "text/event-stream", undefined]) {
		test(`${type ? `as ${type}` : "without a type"}: its reason is read, and the call sent once more`, async () => {
			once((response) => response.writeHead(403, type === undefined ? {} : { "content-type": type }).end(reason));
			const response = await call(messaging);
			assert.deepEqual([response.status, response.headers.get("cctoken-replay")], [200, "sent"]);
		});
	}

	for (const [what, headers, write] of /** @type {[string, Record<string, any>, (response: Answer) => void][]} */ ([
		["breaks off", { "content-length": 100 }, (response) => response.write("{", () => setTimeout(() => response.destroy(), 20))],
		["is packed in a broken way", { "content-encoding": "gzip" }, (response) => response.end(gzipSync("{}".padEnd(50)).fill(0, 12))],
		["never ends", {}, (response) => response.write('{"a":"')],
		["never begins", {}, (response) => response.flushHeaders()],
		["is long, and says so", { "content-length": 1 << 20 }, (response) => response.end("{}".padEnd(1 << 20))],
	])) {
		test(`where its body ${what}: it is judged by its status, within a bounded time`, async () => {
			await call(drive);
			once((response) => write(response.writeHead(401, headers)));
			const { response, ms } = await timed(call(drive));
			assert.deepEqual([response.status, response.headers.get("cctoken-replay")], [200, "sent"]);
			assert.ok(ms < refusalMs + 2_000, `${ms} ms`);
		});
	}

	test("where it is the second, and breaks off: the vendor's fault is told as one", async () => {
		vendor.business = (_request, response) => {
			response.writeHead(401, { "content-length": 100 }).write("{", () => setTimeout(() => response.destroy(), 20));
		};
		const response = await call(drive);
		assert.deepEqual([response.status, (await response.json()).code], [502, "network"]);
	});
});

describe("a system that speaks in bodies", () => {
	for (const [what, headers, text] of /** @type {[string, Record<string, any>, string][]} */ ([
		["as JSON", { "content-type": "application/json" }, '{"errorCode":900001}'],
		["as something else", { "content-type": "text/plain" }, '\ufeff {"errorCode":"900002"}'],
		["before more than is read", {}, `{"errorCode":900001,"a":"${"x".repeat(2 * maxMeaning)}"}`],
	])) {
		test(`tells a dead token by a code under HTTP 200, ${what}: the call is sent once more`, async () => {
			once((response) => response.writeHead(200, headers).end(text));
			const response = await call(appcube);
			assert.deepEqual([response.status, response.headers.get("cctoken-replay"), await response.json()], [200, "sent", { fine: true }]);
		});
	}

	test("tells nothing by a code of success or of business: the answer is the caller's, and the token lives", async () => {
		for (const body of [{ errorCode: 0, a: 1 }, { errorCode: "200" }, { errorCode: 10000002 }, { a: "errorCode" }]) {
			vendor.business = (_request, response) => json(response, body);
			const issued = vendor.tokens.length;
			const response = await call(appcube);
			assert.deepEqual([await response.json(), response.headers.get("cctoken-replay")], [body, null]);
			assert.ok(vendor.tokens.length <= issued + 1, "the session's first");
		}
	});

	test("and one that does not is not asked about it", async () => {
		vendor.business = (_request, response) => json(response, { errorCode: 900001 });
		assert.equal((await call(drive)).headers.get("cctoken-replay"), null);
	});
});

describe("nobody is held up:", () => {
	for (const [path, system] of [
		[appcube, "appcube"],
		[messaging, "ccmessaging"],
		[drive, "cubedrive"],
	]) {
		for (const [what, type, begun] of [
			["JSON that comes long after its headers", "application/json", ""],
			["JSON that has begun, and goes on long after", "application/json", '{"messages":['],
			["lines of JSON without an end", "application/x-ndjson", '{"line":1}\n'],
			["bytes without an end", "application/octet-stream", "\x01\x02"],
		]) {
			test(`${system}: ${what} passes at its headers, and whole`, async () => {
				vendor.business = (_request, response) => json(response, {});
				await call(path ?? ""); // a session
				let finish = () => {};
				vendor.business = (_request, response) => {
					response.writeHead(200, { "content-type": type }).flushHeaders();
					response.write(begun ?? "");
					finish = () => response.end("[1]]}");
				};
				const { response, ms } = await timed(call(path ?? ""));
				assert.equal(response.status, 200);
				assert.ok(ms < successMs + 1_500, `${ms} ms`);
				finish();
				assert.equal(await response.text(), `${begun}[1]]}`);
			});
		}
	}

	for (const type of ["application/json", "text/plain"]) {
		test(`a token that comes long after the headers of ${type} is not seen, and a line of the log says so`, async () => {
			const token = randomBytes(24).toString("base64url");
			for (const path of [messaging, drive]) {
				let finish = () => {};
				vendor.business = (_request, response) => {
					response.writeHead(200, { "content-type": type }).write('{"a":1,');
					finish = () => response.end(`"x-auth-token":"${token}"}`);
				};
				const response = await call(path);
				finish();
				assert.equal(await response.text(), "");
				const request = response.headers.get("cctoken-request");
				const connection = path === drive ? "drive" : "messaging";
				const line = JSON.stringify({ event: "stream_ended", request, connection, reason: "token_in_answer" });
				for (const limit = Date.now() + 10_000; !edge.output().includes(line);) {
					assert.ok(Date.now() < limit, `there is no ${line}`); // the runtime writes it when it likes
					await new Promise((resolve) => setTimeout(resolve, 10));
				}
			}
		});
	}

	test("a new token that comes long after the headers is taken out of the answer", async () => {
		let finish = () => {};
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "application/json" }).write('{"messages":[],');
			finish = () => response.end(`"token":"${randomBytes(24).toString("base64url")}"}`);
		};
		const response = await call(messaging);
		finish();
		assert.deepEqual(await response.json(), { messages: [] });
	});
});
