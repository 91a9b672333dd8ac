// Whose fault it was: what a vendor breaks is never the edge's failure nor the caller's mistake, and what a caller breaks is
// its own. On the wire, as no library would write it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { raw } from "./raw.js";
import { startSelfHost } from "./self-host.js";

/** @type {Awaited<ReturnType<typeof startSelfHost>>} */
let edge;
/** @type {import("node:net").Server} the vendor of business calls, who writes what the test wants */
let wire;
/** @type {(socket: import("node:net").Socket, head: string) => void} */
let answer;
/** The calls that came, and which of them have ended. @type {{ ended: boolean }[]} */
let calls = [];

before(async () => {
	wire = createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", (data) => {
			const call = { ended: false };
			calls.push(call);
			socket.on("close", () => (call.ended = true)).on("end", () => (call.ended = true));
			answer(socket, data.toString("latin1"));
		});
	});
	wire.listen(0, "127.0.0.1");
	await once(wire, "listening");
	const wires = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (wire.address()).port}`;
	edge = await startSelfHost({
		environment: { BODY_TIMEOUT_MS: "2000" },
		configure: ({ connections, ...config }) => ({
			...config,
			connections: {
				// Tokens come from one place, and calls go to another.
				messaging: {
					...connections.messaging,
					baseUrl: wires,
					identity: { ...connections.messaging.identity, authUrl: connections.messaging.baseUrl },
				},
				// All of it goes through the wire: the test passes logins on.
				isales: {
					...connections.isales,
					baseUrl: wires,
					call: { ...connections.isales.call, timeoutMs: 1_000, replayBytes: 1_000, maxBodyBytes: 40 << 20 },
				},
			},
		}),
	});
});
after(async () => {
	await edge?.close();
	wire.close();
});
beforeEach(() => {
	calls = [];
});

const isales = "/v1/call/isales/rest/isales/v1/openapi/obs/business";

/**
 * Answers business calls; a login succeeds.
 * @param {(socket: import("node:net").Socket, head: string) => void} business
 */
function vendor(business) {
	answer = (socket, head) => {
		const login = /\/(auth\/login|applyToken)/.exec(head)?.[1];
		if (login) {
			calls.pop();
			const body = JSON.stringify(
				login === "applyToken"
					? { resultCode: "0", token: "messaging-token" }
					: {
							result: "0",
							resultData: { token: "isales-token", tokenExpirationTime: 300, refreshToken: "r", refreshExpirationTime: 3600 },
						},
			);
			socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
			return;
		}
		business(socket, head);
	};
}

/** What a vendor writes, whole. @param {string} head @param {Buffer | string} [body] */
const writes = (head, body = "") =>
	vendor((socket) => {
		socket.write(`${head.replaceAll("\n", "\r\n")}\r\n\r\n`);
		socket.end(body);
	});

/** @param {RequestInit & { duplex?: string }} [init] */
async function call(init = {}) {
	const response = await edge.call(isales, { ...init, signal: AbortSignal.timeout(10_000) });
	const bytes = Buffer.from(await response.arrayBuffer());
	const json = response.headers.get("content-type") === "application/problem+json" ? JSON.parse(String(bytes)) : undefined;
	return { status: response.status, code: json?.code, headers: response.headers, bytes, request: response.headers.get("cctoken-request") };
}

describe("a vendor's fault is told as one", () => {
	for (const status of [100, 101, 102, 103, 199, 99, 600, 999]) {
		test(`the status ${status}`, async () => {
			writes(`HTTP/1.1 ${status} What\nContent-Length: 2`, "hi");
			const { status: got, code, request } = await call();
			assert.deepEqual([got, code], [502, "malformed_response"]);
			assert.equal((await edge.lineOf(request)).reason, "vendor_status");
		});
	}

	for (const [name, head, body] of /** @type {[string, string, (string | Buffer)?][]} */ ([
		["no HTTP", "SSH-2.0-OpenSSH_9.6"],
		["a header without a colon", "HTTP/1.1 200 OK\nnonsense\nContent-Length: 2", "hi"],
		["a length that is none", "HTTP/1.1 200 OK\nContent-Length: x", "hi"],
		["two lengths", "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3", "hi"],
		["an unknown transfer encoding", "HTTP/1.1 200 OK\nTransfer-Encoding: gzip", "hi"],
		["a chunk whose size is none", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked", "zz\r\nhello\r\n0\r\n\r\n"],
		["a chunk whose size is none, of an error", "HTTP/1.1 500 No\nTransfer-Encoding: chunked", "zz\r\nhello\r\n0\r\n\r\n"],
		["the end inside a short body", "HTTP/1.1 200 OK\nContent-Length: 100", "hello"],
		["a gzip that is none", "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 8", "not gzip"],
		["a gzip that is empty", "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 0"],
		["a gzip that is none, in chunks", "HTTP/1.1 200 OK\nContent-Encoding: gzip\nTransfer-Encoding: chunked", "8\r\nnot gzip\r\n0\r\n\r\n"],
		[
			"a gzip that breaks off",
			`HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 40`,
			gzipSync("hello ".repeat(20) + "some more that is there").subarray(0, 40),
		],
		[
			"a gzip whose sum is wrong",
			"HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 25",
			Buffer.concat([gzipSync("hello").subarray(0, -8), Buffer.from("12345678")]),
		],
		["a brotli that is none", "HTTP/1.1 200 OK\nContent-Encoding: br\nContent-Length: 12", "not brotli.."],
	])) {
		test(name, async () => {
			writes(head, body);
			const { status, code, bytes } = await call();
			assert.equal(status, 502, String(bytes));
			assert.match(code, /^(network|malformed_response)$/);
		});
	}

	test("the end of its connection while it is sent a long body", async () => {
		vendor((socket) => setTimeout(() => socket.resetAndDestroy(), 50));
		const { status, code } = await call({ method: "POST", body: new Uint8Array(3 << 20) });
		assert.deepEqual([status, code], [502, "network"]);
	});

	test("that it takes no more of a long body", async () => {
		vendor((socket) => socket.pause());
		const { status, code } = await call({ method: "POST", body: new Uint8Array(9 << 20) });
		assert.deepEqual([status, code], [504, "timeout"]);
	});

	test("that it takes a long body slowly is no fault", async () => {
		vendor((socket) => {
			let received = 0;
			socket.on("data", (data) => {
				const before = received;
				received += data.length;
				if (received < 24 << 20) {
					// what is left then is on its way already
					socket.pause();
					setTimeout(() => socket.resume(), 5);
				}
				before < 31 << 20 && received >= 31 << 20 && socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
			});
		});
		const began = Date.now();
		assert.equal((await call({ method: "POST", body: new Uint8Array(32 << 20) })).status, 200);
		assert.ok(Date.now() - began > 1_000, "longer than the vendor has to begin its answer");
	});

	test("a header's value at which a caller's HTTP would fail stays behind, and the others arrive", async () => {
		vendor((socket) =>
			socket.end(
				Buffer.from(
					"HTTP/1.1 200 OK\r\nContent-Disposition: x; y=\xe4\xb8\xad\xff\r\nETag: \x7f\x01\r\nLast-Modified: then\r\nContent-Length: 2\r\n\r\nhi",
					"latin1",
				),
			),
		);
		const { status, headers, bytes } = await call();
		assert.deepEqual([status, headers.get("etag"), headers.get("last-modified"), String(bytes)], [200, null, "then", "hi"]);
		assert.match(Buffer.from(headers.get("content-disposition") ?? "", "latin1").toString(), /^x; y=中/);
	});
});

describe("what is packed arrives as it was, or as what was packed", () => {
	const large = randomBytes(70_000).toString("base64"); // more than is looked through, however it is packed
	const packings = (/** @type {string} */ text) =>
		/** @type {[string, string, Buffer, string | undefined][]} */ ([
			["gzip", "gzip", gzipSync(text), undefined],
			["brotli", "br", brotliCompressSync(text), undefined],
			["twice", "gzip, gzip", gzipSync(gzipSync(text)), "gzip, gzip"],
			["twice, in two headers", "gzip\nContent-Encoding: gzip", gzipSync(gzipSync(text)), "gzip, gzip"],
			["in a way that nobody knows", "zz", Buffer.from(text), "zz"],
			["under an old name", "x-gzip", gzipSync(text), "x-gzip"],
			["in capitals", "GZIP", gzipSync(text), "GZIP"],
		]);
	/** @param {number} status @param {Buffer} bytes @param {string} encoding @param {string} [length] */
	const answered = (status, bytes, encoding, length = `Content-Length: ${bytes.length}`) => {
		writes(`HTTP/1.1 ${status} X\nContent-Type: application/json\nContent-Encoding: ${encoding}\n${length}`, bytes);
		return raw(
			edge.url,
			`
GET ${isales} HTTP/1.1
Host: edge.test
Authorization: Bearer ${edge.token}`,
		);
	};

	for (const [name, encoding, bytes, expected] of packings(large)) {
		for (const status of [200, 500]) {
			test(`${name}, with ${status}`, async () => {
				const { status: got, headers, body } = await answered(status, bytes, encoding);
				assert.equal(got, status);
				assert.equal(headers["content-encoding"], expected);
				assert.ok(Buffer.from(body, "latin1").equals(expected === undefined ? Buffer.from(large) : bytes));
			});
		}
	}

	test("no more than 64 KiB that is packed in a way that cannot be undone passes, whatever its status", async () => {
		const small = "some text ".repeat(50);
		for (const [name, encoding, bytes, expected] of packings(small)) {
			for (const status of [200, 401, 404, 500]) {
				for (const length of [`Content-Length: ${bytes.length}`, "Connection: close"]) {
					const { status: got, headers, body } = await answered(status, bytes, encoding, length);
					if (expected === undefined) {
						assert.deepEqual([got, body], [status, small]);
						continue;
					}
					assert.deepEqual(
						[got, JSON.parse(body).code, headers["content-encoding"]],
						[502, "malformed_response", undefined],
						`${name} ${status} ${length}`,
					);
					assert.equal((await edge.lineOf(headers["cctoken-request"])).reason, "vendor_encoding");
				}
			}
		}
	});

	test("JSON that must be looked through for a token does not pass where it cannot be", async () => {
		const bytes = gzipSync(gzipSync('{"token":"T"}'));
		writes(`HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Encoding: gzip, gzip\nContent-Length: ${bytes.length}`, bytes);
		const response = await edge.call("/v1/call/messaging/apiaccess/ccmessaging/poll");
		assert.deepEqual([response.status, (await response.json()).code], [502, "malformed_response"]);
		assert.equal((await edge.lineOf(response.headers.get("cctoken-request"))).reason, "vendor_encoding");
	});
});

describe("a caller's fault is told as one", () => {
	/** @param {string} path @param {string} head @param {string} body */
	const send = (path, head, body) =>
		raw(
			edge.url,
			`
POST ${path} HTTP/1.1
Host: edge.test
Authorization: Bearer ${edge.token}
Content-Type: application/json
${head}`,
			body,
		);

	for (const [name, path, body] of [
		["to the edge itself", "/v1/token", "zz\r\n"],
		["in a call, at its beginning", isales, "zz\r\n"],
		["in a call, after more than is kept", isales, `${(20_000).toString(16)}\r\n${"x".repeat(20_000)}\r\nzz\r\n`],
	]) {
		test(`a broken chunk ${name}`, async () => {
			vendor((socket) => socket.resume());
			const { status, headers, body: text } = await send(path ?? "", "Transfer-Encoding: chunked", body ?? "");
			assert.equal(status, 400, text);
			assert.equal(JSON.parse(text).code, "invalid_request");
			assert.equal((await edge.lineOf(headers["cctoken-request"])).reason, "body_broken");
		});
	}

	for (const [name, path, head, body] of [
		["to the edge itself", "/v1/token", "Content-Length: 100", "hello"],
		["in a call", isales, "Content-Length: 100", "hello"],
		["in a call, after more than is kept", isales, "Content-Length: 100000", "x".repeat(20_000)],
		["in a call, in chunks", isales, "Transfer-Encoding: chunked", `${(20_000).toString(16)}\r\n${"x".repeat(20_000)}\r\n`],
	]) {
		test(`an upload that stalls ${name}, although the vendor's time is shorter`, async () => {
			vendor((socket) => socket.resume());
			const { status, headers, body: text } = await send(path ?? "", head ?? "", body ?? "");
			assert.equal(status, 408, text);
			assert.equal(JSON.parse(text).code, "request_timeout");
			assert.equal((await edge.lineOf(headers["cctoken-request"])).reason, "body_stalled");
		});
	}

	test("an upload that is slow, and goes on, takes as long as it takes", async () => {
		vendor((socket) => {
			let received = 0;
			socket.on("data", (data) => {
				received += data.length;
				received >= 30_000 && socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			});
		});
		const body = new ReadableStream({
			async start(controller) {
				for (let i = 0; i < 8; i++) {
					controller.enqueue(new Uint8Array(5_000));
					await new Promise((resolve) => setTimeout(resolve, 400));
				}
				controller.close();
			},
		});
		assert.equal((await call({ method: "POST", body, duplex: "half" })).status, 200, "in three times the vendor's time");
	});
});

describe("a call that is cut off", () => {
	/** @param {{ inside?: boolean }} [when] inside: once the answer has begun */
	async function leave({ inside = false } = {}) {
		const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
		let received = "";
		socket
			.on("error", () => {})
			.setEncoding("latin1")
			.on("data", (data) => (received += data));
		socket.write(`GET ${isales} HTTP/1.1\r\nHost: edge.test\r\nAuthorization: Bearer ${edge.token}\r\n\r\n`);
		for (const until = Date.now() + 5_000; calls.length === 0 && Date.now() < until;) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		for (const until = Date.now() + 10_000; inside && !received.includes("hello") && Date.now() < until;) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		await new Promise((resolve) => setTimeout(resolve, 200));
		socket.resetAndDestroy();
		for (const until = Date.now() + 2_000; calls.at(-1)?.ended === false && Date.now() < until;) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		return { request: /^cctoken-request: (\S+)/im.exec(received)?.[1] };
	}
	const lines = () =>
		edge
			.output()
			.split("\n")
			.filter((line) => line.startsWith('{"event"'))
			.map((line) => JSON.parse(line));

	test("by a caller who leaves before the answer: the vendor's request ends, and the log says so", async () => {
		vendor(() => {});
		const since = lines().length;
		await leave();
		assert.equal(calls.at(-1)?.ended, true, "the vendor has noticed");
		const [line, ...more] = lines().slice(since);
		assert.deepEqual([line?.event, line?.code, line?.status, line?.connection, more.length], ["request", "caller_left", 499, "isales", 0]);
	});

	for (const [name, head] of [
		["whose length is known", "Content-Length: 1000000"],
		["of an unknown length", "Transfer-Encoding: chunked"],
	]) {
		test(`by a caller who leaves inside an answer ${name}: the vendor's request ends, and the log says so`, async () => {
			vendor((socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${head}\r\n\r\n5\r\nhello\r\n`));
			const { request } = await leave({ inside: true });
			assert.equal(calls.at(-1)?.ended, true, "the vendor has noticed");
			assert.equal((await edge.lineOf(request)).status, 200);
			assert.equal((await edge.lineOf(request, "cut_off")).side, "caller");
		});

		test(`by a vendor that breaks off inside an answer ${name}: the log says so`, async () => {
			vendor((socket) => {
				socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${head}\r\n\r\n5\r\nhello\r\n`);
				setTimeout(() => socket.destroy(), 300);
			});
			const response = await edge.call(isales);
			await (head?.startsWith("Content-Length") ? assert.rejects(response.text()) : response.text());
			assert.equal((await edge.lineOf(response.headers.get("cctoken-request"), "cut_off")).side, "vendor");
		});
	}

	test("and one that is not has one line", async () => {
		vendor((socket) => {
			socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
			setTimeout(() => socket.end("5\r\nworld\r\n0\r\n\r\n"), 200);
		});
		const { bytes, request } = await call();
		assert.equal(String(bytes), "helloworld");
		await new Promise((resolve) => setTimeout(resolve, 200));
		assert.equal(lines().filter((line) => line.request === request).length, 1);
	});
});
