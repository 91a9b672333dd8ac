// What is Node's own in an edge there: how much it takes of a peer, and how fast it passes on.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { ConfigError, createEdge } from "../../js/edge/node/index.js";
import { serve } from "../../js/edge/node/server.js";
import { Vendors } from "../../js/edge/node/vendor.js";
import { signedFetch } from "../../js/edge/sign.js";
import { secrets } from "../edge/edge.js";
import { json, startVendor } from "../edge/vendor.js";
import { asks, configTo, edgeTo, env, machine } from "./mounted.js";

/** @type {Awaited<ReturnType<typeof startVendor>>} */
let vendor;
/** @type {ReturnType<typeof edgeTo>} */
let edge;
/** @type {Awaited<ReturnType<typeof serve>>} */
let served;
before(async () => {
	vendor = await startVendor();
	edge = edgeTo(vendor.url);
	served = await serve(edge.handler, { host: "127.0.0.1", port: 0 });
});
after(async () => {
	await served?.close(0);
	edge?.close();
	await vendor?.close();
});

/** A connection to the edge, and all that comes on it. */
async function raw() {
	const { hostname, port } = new URL(served.url);
	const socket = connect(Number(port), hostname);
	await once(socket, "connect");
	let text = "";
	socket.setEncoding("latin1").on("data", (piece) => (text += piece));
	socket.on("error", () => {});
	return {
		socket,
		closed: new Promise((resolve) => socket.once("close", resolve)), // whatever error it ends with
		text: () => text,
		async heard(/** @type {RegExp} */ what) {
			while (!what.test(text)) {
				await once(socket, "data");
			}
		},
	};
}

test("an option that there is not is refused: its store would be none", () => {
	assert.throws(
		() => createEdge(configTo(vendor.url), { env, Store: {} }),
		(error) => error instanceof ConfigError && /no options but path, env and store/.test(error.message),
	);
});

test("a server is told where it listens, and is not reached from everywhere by a slip", async () => {
	for (const at of [{ hostname: "127.0.0.1", port: 0 }, { host: "", port: 0 }, { host: "127.0.0.1" }]) {
		await assert.rejects(serve(edge.handler, at), TypeError);
	}
});

const path = "/v1/call/isales/rest/isales/v1/openapi/obs/business";

test("an answer that its caller does not take is not read any further from the vendor", async () => {
	const piece = Buffer.alloc(1 << 20, "x");
	let written = 0;
	vendor.business = (_request, response) => {
		response.writeHead(200, { "content-type": "application/octet-stream" });
		const write = () => {
			while (written < 256 << 20 && !response.destroyed) {
				written += piece.length;
				if (!response.write(piece)) {
					response.once("drain", write);
					return;
				}
			}
		};
		write();
	};
	const left = new AbortController();
	const response = await machine(`${served.url}${path}`, { signal: left.signal });
	assert.equal(response.status, 200);
	for (let before = -1; before !== written;) {
		before = written;
		for (let i = 0; i < 20; i++) {
			assert.equal((await fetch(`${served.url}/healthz`)).status, 200);
		}
	}
	assert.ok(written < 64 << 20, `${written} bytes`);
	left.abort();
});

test("an answer of any length leaves nothing behind with each piece that its caller takes", async () => {
	const pieces = 64;
	vendor.business = (_request, response) => {
		response.writeHead(200, { "content-type": "application/octet-stream" });
		response.end(Buffer.alloc(pieces << 20, "x"));
	};
	let drains = 0;
	let most = 0;
	const at = await serve(
		(request, response) => {
			response.on("drain", () => {
				drains++;
				most = Math.max(most, response.listenerCount("close"), response.listenerCount("drain"));
			});
			edge.handler(request, response);
		},
		{ host: "127.0.0.1", port: 0 },
	);
	try {
		const answer = await machine(`${at.url}${path}`);
		assert.equal((await answer.arrayBuffer()).byteLength, pieces << 20);
		assert.ok(drains > 10 && most < 10, `${drains} times, ${most} listeners`);
	} finally {
		await at.close(0);
	}
});

/** A request for a token that is signed, as its parts: the head's lines, and the body. */
async function signed() {
	const body = asks("open-isales").body;
	const headers = { authorization: "", "content-type": "application/json" };
	await signedFetch({ keyId: "robot", secret: secrets.MACHINE_KEY }, async (_url, init) => {
		headers.authorization = new Headers(init?.headers).get("authorization") ?? "";
		return new Response();
	})(`${served.url}/v1/token`, { method: "POST", headers: { "content-type": "application/json" }, body });
	const lines = ["POST /v1/token HTTP/1.1", "Host: edge", ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
	return { lines, body };
}

test("a body is the same whether it comes with its head, behind it, piece by piece or in chunks", async () => {
	const chunk = (/** @type {string} */ text) => `${text.length.toString(16)}\r\n${text}\r\n`;
	const head = (/** @type {string[]} */ lines, /** @type {string} */ last) => `${[...lines, last].join("\r\n")}\r\n\r\n`;
	const declared = (/** @type {string} */ body) => `Content-Length: ${body.length}`;
	for (const parts of /** @type {((lines: string[], body: string) => string[])[]} */ ([
		(lines, body) => [head(lines, declared(body)) + body],
		(lines, body) => [head(lines, declared(body)), body],
		(lines, body) => [head(lines, declared(body)) + body.slice(0, 5), ...body.slice(5)],
		(lines, body) => [head(lines, "Transfer-Encoding: chunked") + chunk(body.slice(0, 5)), `${chunk(body.slice(5))}0\r\n\r\n`],
		(lines, body) => [`${head(lines, "Transfer-Encoding: chunked")}${chunk(body.slice(0, 5))}${chunk(body.slice(5))}0\r\n\r\n`],
	])) {
		const { lines, body } = await signed();
		const caller = await raw();
		for (const part of parts(lines, body)) {
			caller.socket.setNoDelay(true).write(part);
			await fetch(`${served.url}/healthz`); // so that each is a piece of its own
		}
		await caller.heard(/\}/);
		assert.match(caller.text(), /^HTTP\/1\.1 200 /);
		assert.doesNotMatch(caller.text(), /\r\nconnection: close/i);
		caller.socket.destroy();
	}
});

test("a refusal keeps the connection of whoever has sent all of the body, and ends that of whoever has not", async () => {
	const head = `POST /v1/token HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n`;
	const { body } = asks("open-isales");
	const whole = await raw();
	for (const times of [1, 2]) {
		whole.socket.write(head + body);
		await whole.heard(new RegExp(`(HTTP/1\\.1 401 [^]*?\\}\\r\\n0\\r\\n\\r\\n){${times}}`));
		assert.doesNotMatch(whole.text(), /\r\nconnection: close/i);
	}
	whole.socket.destroy();
	const part = await raw();
	part.socket.write(head + body.slice(0, 5));
	await part.heard(/\}\r\n0\r\n/);
	assert.match(part.text(), /^HTTP\/1\.1 401 [^]*\r\nconnection: close/i);
	part.socket.destroy();
});

test("a body that stops coming is waited for no longer than is set, and is told: 408", async () => {
	const impatient = edgeTo(vendor.url, { env: { ...env, BODY_TIMEOUT_MS: "1000" } });
	const at = await serve(impatient.handler, { host: "127.0.0.1", port: 0 });
	try {
		const socket = connect(Number(new URL(at.url).port), "127.0.0.1");
		const now = Math.floor(Date.now() / 1000);
		const parts = `key="robot", timestamp="${now}", nonce="nonce-0123456789abcdef", signature="${"A".repeat(43)}"`;
		socket.write(`POST /v1/token HTTP/1.1\r\nHost: a\r\nAuthorization: CCTOKEN-HMAC-SHA256 ${parts}\r\n`);
		socket.write('Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"connection":');
		const [answer] = await once(socket.setEncoding("latin1"), "data");
		assert.match(answer, /^HTTP\/1\.1 408 /);
		socket.destroy();
	} finally {
		await at.close(0);
		impatient.close();
	}
});

test("a call whose caller leaves before the answer is ended at the vendor", async () => {
	const left = new AbortController();
	const ended = new Promise((resolve) => {
		vendor.business = (_request, response) => {
			response.once("close", () => resolve(response.writableFinished));
			left.abort();
		};
	});
	await assert.rejects(machine(`${served.url}${path}`, { signal: left.signal }));
	assert.equal(await ended, false);
});

test("a request whose body stops coming is ended at the vendor when whoever sends it leaves", async () => {
	vendor.streaming = true;
	const ended = new Promise((resolve) => {
		vendor.business = (request) => request.resume().once("close", () => resolve(request.complete));
	});
	try {
		const left = new AbortController();
		const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(200_000)) });
		const vendors = new Vendors();
		const sent = vendors.fetch(new URL(`${vendor.url}/business`), { method: "POST", headers: new Headers(), body, signal: left.signal });
		sent.catch(() => {});
		while (vendor.calls.at(-1)?.url !== "/business") {
			await new Promise((resolve) => setImmediate(resolve));
		}
		left.abort();
		assert.equal(await ended, false);
		await assert.rejects(sent);
		vendors.close();
	} finally {
		vendor.streaming = false;
	}
});

test("headers that come one by one and never end cost nothing but their connection, which is ended", async () => {
	const slow = await raw();
	slow.socket.write(`GET /healthz HTTP/1.1\r\nHost: edge\r\n`);
	const timer = setInterval(() => slow.socket.writable && slow.socket.write("X-More: 1\r\n"), 500);
	await slow.closed;
	clearInterval(timer);
	assert.match(slow.text(), /^(HTTP\/1\.1 408 |$)/);
	assert.equal((await fetch(`${served.url}/healthz`)).status, 200);
});

test("headers beyond 32 KiB are refused, and a JWT of 16 KiB is within", async () => {
	const large = await raw();
	large.socket.write(`GET /healthz HTTP/1.1\r\nHost: edge\r\nX-Large: ${"x".repeat(40_000)}\r\n\r\n`);
	await large.closed;
	assert.match(large.text(), /^HTTP\/1\.1 431 /);
	const response = await fetch(`${served.url}/v1/token`, {
		...asks("open-isales"),
		headers: { authorization: `Bearer ${"x".repeat(16_384)}` },
	});
	assert.equal(response.status, 401);
});

test("of a body that nobody may send no more than a little is taken, and its sender gets the refusal", async () => {
	const sender = await raw();
	sender.socket.write(`POST /v1/token HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\nContent-Length: ${1 << 30}\r\n\r\n`);
	const piece = Buffer.alloc(1 << 16, "x");
	let taken = 0;
	const write = () => {
		while (sender.socket.writable && taken < 256 << 20) {
			taken += piece.length;
			if (!sender.socket.write(piece)) {
				sender.socket.once("drain", write);
				return;
			}
		}
	};
	write();
	await sender.closed;
	assert.match(sender.text(), /^HTTP\/1\.1 401 /);
	assert.match(sender.text(), /\r\nconnection: close\r\n/i);
	assert.ok(taken < 64 << 20, `${taken} bytes`);
});

test("two Authorization headers are none: what stands before the edge may have looked at the other one", async () => {
	const twice = await raw();
	twice.socket.end("POST /v1/token HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f\r\n\r\n");
	await twice.closed;
	assert.match(twice.text(), /^HTTP\/1\.1 401 /);
});

test("nothing of what a proxy's headers say is believed: neither address, host and path nor method", async () => {
	const response = await fetch(`${served.url}/v1/token`, {
		...asks("open-isales"),
		headers: {
			"x-forwarded-for": "127.0.0.1",
			"x-forwarded-host": "console.test",
			"x-forwarded-proto": "https",
			"x-forwarded-prefix": "/healthz",
			"x-original-url": "/healthz",
			"x-rewrite-url": "/healthz",
			"x-http-method-override": "GET",
			forwarded: "for=127.0.0.1;host=console.test",
		},
	});
	assert.equal(response.status, 401);
});

test("a vendor that closes an idle connection costs no call: one that can be repeated is sent again, on another connection", async () => {
	/** @type {import("node:net").Socket | undefined} */
	let first;
	vendor.business = (request, response) => {
		first ??= request.socket;
		json(response, {});
	};
	assert.equal((await machine(`${served.url}${path}`)).status, 200);
	first?.destroy(); // the edge cannot know it yet
	assert.equal((await machine(`${served.url}${path}`)).status, 200);
});
