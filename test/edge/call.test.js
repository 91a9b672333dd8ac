// Sealed calls: what passes, what is adopted, and what is sent once more.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startEdge } from "./edge.js";
import { raw } from "./raw.js";
import { json, startVendor } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
let agents = 0;
/** @type {string} a console that nobody was before: its session is new */
let fresh;

before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			connections: {
				...connections,
				// An app of its own for each test: its AccessToken is shared by all users, and so is the pause after it was rejected often.
				messaging: {
					...connections.messaging,
					identity: { ...connections.messaging.identity, appKey: { claim: "app" } },
					call: {
						...connections.messaging.call,
						methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
						timeoutMs: 2000,
						maxBodyBytes: 4 << 20,
					},
				},
				drive: { ...connections.drive, call: { ...connections.drive.call, methods: ["GET", "HEAD", "POST", "DELETE"] } },
			},
		}),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});
beforeEach(async () => {
	vendor.streaming = false;
	vendor.business = (_request, response) => json(response, {});
	fresh = await edge.tokenFor(`agent-${++agents}`, { claims: { app: `app-${agents}` } });
});

const messaging = "/v1/call/messaging/apiaccess/ccmessaging";
const drive = "/v1/call/drive/commonPage";

/**
 * Uncompressed: what compresses in front of the edge, as Miniflare does, would hold parts of a stream back.
 * @param {string} path
 * @param {RequestInit & { duplex?: string }} [init]
 */
function call(path, init = {}) {
	return edge.fetch(path, { ...init, headers: { authorization: `Bearer ${fresh}`, "accept-encoding": "identity", ...init.headers } });
}

/** The tokens that business calls carried since a moment. @param {number} since */
const carried = (since) => vendor.calls.slice(since).map(({ headers }) => headers["ccmessaging-token"] ?? headers["x-auth-token"]);

describe("what passes", () => {
	test("method, path, query and body arrive as they were sent, and the answer comes back as it is", async () => {
		vendor.business = (_request, response) => json(response, { made: true }, { status: 201, headers: { etag: '"7"' } });
		const response = await call(`${messaging}/send%20x/y?a=1&b=%2F%20+c&a=2`, {
			method: "PUT",
			headers: { "content-type": "text/plain; charset=utf-8" },
			body: "text ütf",
		});
		assert.equal(response.status, 201);
		assert.equal(response.headers.get("etag"), '"7"');
		assert.deepEqual(await response.json(), { made: true });
		const seen = vendor.calls.at(-1);
		assert.deepEqual([seen?.method, seen?.url, seen?.body], ["PUT", "/apiaccess/ccmessaging/send%20x/y?a=1&b=%2F%20+c&a=2", "text ütf"]);
		assert.equal(seen?.headers["content-type"], "text/plain; charset=utf-8");
	});

	test("a base URL with a path keeps it", async () => {
		assert.equal((await call(`${drive}?page=1`)).status, 200);
		assert.equal(vendor.calls.at(-1)?.url, "/lite/commonPage?page=1");
	});

	for (const status of [200, 204, 304, 400, 404, 409, 500, 503]) {
		test(`status ${status} comes back`, async () => {
			vendor.business = (_request, response) =>
				void response
					.writeHead(status, { "content-type": "text/plain" })
					.end(status === 204 || status === 304 ? undefined : `body of ${status}`);
			const response = await call(drive);
			assert.equal(response.status, status);
			assert.equal(await response.text(), status === 204 || status === 304 ? "" : `body of ${status}`);
		});
	}

	test("HEAD has headers and no body", async () => {
		vendor.business = (_request, response) =>
			void response.writeHead(200, { "content-type": "text/html", "content-length": 99, etag: '"h"' }).end();
		for (const path of [drive, `${messaging}/poll`]) {
			const response = await call(path, { method: "HEAD" });
			assert.deepEqual([response.status, response.headers.get("etag"), await response.text()], [200, '"h"', ""]);
		}
	});

	test("DELETE without a body, and POST with an empty one", async () => {
		assert.equal((await call(drive, { method: "DELETE" })).status, 200);
		assert.equal((await call(drive, { method: "POST" })).status, 200);
		assert.equal(vendor.calls.at(-1)?.body, "");
	});

	test("bytes of any kind, in both directions, unchanged", async () => {
		const bytes = randomBytes(300_000);
		vendor.streaming = true;
		vendor.business = (request, response) => {
			response.writeHead(200, { "content-type": "application/octet-stream" });
			request.pipe(response);
		};
		const response = await call(`${messaging}/upload`, {
			method: "POST",
			headers: { "content-type": "application/octet-stream" },
			body: bytes,
		});
		assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes));
	});

	test("what a vendor compressed arrives readable", async () => {
		const text = "compressed ".repeat(1000);
		for (const [path, type, body] of [
			[drive, "text/plain", text],
			[`${messaging}/poll`, "application/json", JSON.stringify({ text })],
		]) {
			vendor.business = (_request, response) =>
				void response.writeHead(200, { "content-type": type, "content-encoding": "gzip" }).end(gzipSync(body ?? ""));
			assert.equal(await (await call(path ?? "")).text(), body);
		}
	});

	test("an answer streams: its first part is there before its last is sent", async () => {
		let finish = () => {};
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
			finish = () => response.end("data: two\n\n");
		};
		const reader = (await call(`${messaging}/events`)).body?.getReader();
		assert.match(new TextDecoder().decode((await reader?.read())?.value), /one/);
		finish();
		let rest = "";
		for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
			rest += new TextDecoder().decode(part.value);
		}
		assert.match(rest, /two/);
	});

	test("a request streams: the vendor sees its first part before its last is sent", async () => {
		/** @type {(chunk: string) => void} */
		let arrived = () => {};
		const first = new Promise((resolve) => (arrived = resolve));
		let received = 0;
		vendor.streaming = true;
		vendor.business = (request, response) => {
			request.on("data", (data) => {
				received += data.length;
				arrived(String(data));
			});
			request.on("end", () => json(response, { received }));
		};
		let push = /** @type {(chunk: Uint8Array | null) => void} */ (() => {});
		const body = new ReadableStream({
			start(controller) {
				push = (chunk) => (chunk ? controller.enqueue(chunk) : controller.close());
			},
		});
		const answer = call(`${messaging}/upload`, {
			method: "POST",
			headers: { "content-type": "application/octet-stream" },
			body,
			duplex: "half",
		});
		push(new Uint8Array(200_000)); // more than is kept for a replay
		await first;
		push(new Uint8Array(100_000));
		push(null);
		assert.deepEqual(await (await answer).json(), { received: 300_000 });
	});

	test("a known length is told to the vendor", async () => {
		await call(`${messaging}/upload`, {
			method: "POST",
			headers: { "content-type": "application/octet-stream" },
			body: new Uint8Array(200_000),
		});
		assert.equal(vendor.calls.at(-1)?.headers["content-length"], "200000");
		assert.equal(vendor.calls.at(-1)?.headers["transfer-encoding"], undefined);
	});
});

describe("a token that has died", () => {
	/** Refuses a number of calls. @param {number} times @param {number} [status] */
	const dying = (times, status = 401) => {
		let left = times;
		vendor.business = (_request, response) =>
			left-- > 0 ? json(response, { errorCode: 1, exceptionInfo: "token" }, { status }) : json(response, { fine: true });
	};

	for (const [name, path, init] of /** @type {[string, string, RequestInit][]} */ ([
		["without a body", `${messaging}/poll`, {}],
		["with a body", `${messaging}/send`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"content":"once"}' }],
		["with a body of another system", drive, { method: "POST", body: "page=1" }],
	])) {
		test(`the call is sent once more with a new one: ${name}`, async () => {
			dying(1);
			const since = vendor.calls.length;
			const response = await call(path, init);
			assert.equal(response.status, 200);
			assert.deepEqual(await response.json(), { fine: true });
			assert.equal(response.headers.get("cctoken-replay"), "sent");
			const [first, second, ...more] = carried(since);
			assert.deepEqual(more, []);
			assert.ok(first && second && first !== second, "the second call carries another token");
			assert.deepEqual(
				vendor.calls.slice(since).map(({ body }) => body),
				[init.body ?? "", init.body ?? ""],
			);
			const line = await edge.lineOf(response.headers.get("cctoken-request"));
			assert.deepEqual([line.token, line.replayed, line.vendorStatus], ["dead", true, 200]);
		});
	}

	test("once more, and no more than once", async () => {
		dying(9);
		const since = vendor.calls.length;
		const response = await call(`${messaging}/poll`);
		assert.equal(response.status, 401);
		assert.equal(vendor.calls.length - since, 2);
		assert.equal((await response.json()).exceptionInfo, "token");
		assert.equal(response.headers.get("www-authenticate"), null);
	});

	test("a body too large to be kept is not sent again, and the answer says so; the next call is fine", async () => {
		dying(1);
		const since = vendor.calls.length;
		const response = await call(`${messaging}/upload`, {
			method: "POST",
			headers: { "content-type": "application/octet-stream" },
			body: new Uint8Array(65_537),
		});
		assert.equal(response.status, 401);
		assert.equal(response.headers.get("cctoken-replay"), "body-too-large");
		assert.equal(vendor.calls.length - since, 1);
		assert.equal((await call(`${messaging}/poll`)).status, 200);
		const [first, second] = carried(since);
		assert.notEqual(first, second);
		assert.equal((await call(`${messaging}/upload`, { method: "POST", body: "x" })).status, 200, "the upload takes the new token");
	});

	test("a body of just the size that is kept is sent again, streamed or not", async () => {
		for (const body of [() => new Uint8Array(65_536), () => new Blob([new Uint8Array(65_536)]).stream()]) {
			dying(1);
			const since = vendor.calls.length;
			const response = await call(`${messaging}/upload`, {
				method: "POST",
				headers: { "content-type": "application/octet-stream" },
				body: body(),
				duplex: "half",
			});
			assert.equal(response.headers.get("cctoken-replay"), "sent");
			assert.deepEqual(
				vendor.calls.slice(since).map(({ body }) => body.length),
				[65_536, 65_536],
			);
		}
	});

	test("a 403 that speaks of the AccessToken renews that; any other 403 is only passed on", async () => {
		/** @type {string | undefined} */
		let first;
		vendor.business = (_request, response, { headers }) =>
			first && headers.authorization === first
				? json(response, { exceptionInfo: "auth fail! illegal or expired token info." }, { status: 403 })
				: json(response, {});
		await call(`${messaging}/poll`);
		first = vendor.calls.at(-1)?.headers.authorization;
		const response = await call(`${messaging}/poll`);
		assert.deepEqual([response.status, response.headers.get("cctoken-replay")], [200, "sent"]);
		vendor.business = (_request, response) => json(response, { exceptionInfo: "no permission" }, { status: 403 });
		const since = vendor.calls.length;
		assert.equal((await call(`${messaging}/poll`)).status, 403);
		assert.equal(vendor.calls.length - since, 1);
	});

	test("both tokens dead, and told of one after the other: once more for each", async () => {
		/** @type {string[]} */
		const dead = [];
		vendor.business = (_request, response, { headers }) => {
			if (dead.includes(headers.authorization)) {
				return json(response, { exceptionInfo: "auth fail! illegal or expired token info." }, { status: 403 });
			}
			return json(response, {}, { status: dead.includes(headers["ccmessaging-token"]) ? 401 : 200 });
		};
		await call(`${messaging}/poll`);
		const since = vendor.calls.length;
		const { headers } = vendor.calls[since - 1];
		dead.push(headers.authorization, headers["ccmessaging-token"]);
		const response = await call(`${messaging}/poll`);
		assert.deepEqual([response.status, response.headers.get("cctoken-replay")], [200, "sent"]);
		assert.equal(vendor.calls.length - since, 3);
	});

	test("an endpoint that refuses every token costs one login, and its refusals are its callers' own", async () => {
		await call(`${messaging}/poll`); // a session, and its tokens
		const refuse = (/** @type {any} */ _request, /** @type {any} */ response) => json(response, {}, { status: 401 });
		vendor.business = refuse;
		const bad = `${messaging}/notPurchased`;
		const before = vendor.tokens.length;
		for (let i = 0; i < 12; i++) {
			const answer = await call(bad);
			assert.equal(answer.status, 401);
			assert.notEqual(answer.headers.get("content-type"), "application/problem+json", "it is the vendor's own");
			vendor.business = (_request, response) => json(response, {});
			assert.equal((await call(`${messaging}/poll`)).status, 200, "nobody else's call fails");
			vendor.business = refuse;
		}
		assert.equal(vendor.tokens.length, before + 2, "the token and the AccessToken: a 401 can mean either");
	});
});

describe("a token that the vendor rolls", () => {
	const roll = (/** @type {(token: string) => { headers?: Record<string, string>, body: object }} */ how) => {
		const rolled = `rolled-${randomBytes(9).toString("hex")}`;
		const { headers, body } = how(rolled);
		vendor.business = (_request, response) => json(response, body, { headers });
		return rolled;
	};
	const ofUser = (/** @type {string} */ userId) =>
		Buffer.from(JSON.stringify({ tenantId: "t", channelId: "channel001", userId, nonce: randomBytes(6).toString("hex") })).toString(
			"base64",
		);

	test("in a header: it is adopted, and the page does not see it", async () => {
		await call(`${messaging}/poll`);
		const rolled = roll((token) => ({ headers: { "ccmessaging-token": token }, body: { messages: [] } }));
		const response = await call(`${messaging}/poll`);
		const text = await response.text();
		assert.ok(!JSON.stringify([...response.headers]).includes(rolled) && !text.includes(rolled));
		assert.deepEqual(JSON.parse(text), { messages: [] });
		assert.equal((await edge.lineOf(response.headers.get("cctoken-request"))).token, "rolled");
		await call(`${messaging}/poll`);
		assert.equal(vendor.calls.at(-1)?.headers["ccmessaging-token"], rolled);
	});

	test("in the body: it is adopted, and the page gets the rest to the byte", async () => {
		await call(`${messaging}/poll`);
		const rolled = ofUser(`agent-${agents}`);
		vendor.business = (_request, response) =>
			void response
				.writeHead(200, { "content-type": "application/json; charset=UTF-8" })
				.end(`{ "number":12345678901234567890, "token" : "${rolled}","text":"中"}`);
		assert.equal(await (await call(`${messaging}/poll`)).text(), '{"number":12345678901234567890,"text":"中"}');
		await call(`${messaging}/poll`);
		assert.equal(vendor.calls.at(-1)?.headers["ccmessaging-token"], rolled);
	});

	test("another user's, in the body: it is not adopted, and not seen either", async () => {
		await call(`${messaging}/poll`);
		const own = vendor.calls.at(-1)?.headers["ccmessaging-token"];
		const foreign = ofUser("somebody-else");
		vendor.business = (_request, response) => json(response, { token: foreign, a: 1 });
		assert.deepEqual(await (await call(`${messaging}/poll`)).json(), { a: 1 });
		await call(`${messaging}/poll`);
		assert.equal(vendor.calls.at(-1)?.headers["ccmessaging-token"], own);
	});

	test("a JSON answer of a rolling system that is too large to be looked through does not pass", async () => {
		vendor.business = (_request, response) => json(response, { filler: "x".repeat(1 << 20), token: ofUser("x") });
		const response = await call(`${messaging}/poll`);
		assert.equal(response.status, 502);
		assert.equal((await response.json()).code, "response_too_large");
	});
});

describe("an answer that hands out a token", () => {
	const token = randomBytes(24).toString("base64url");
	const applied = { resultCode: "0", token };
	const loggedIn = { success: true, "x-auth-token": token };
	/** @type {(path: string, answer: (response: import("node:http").ServerResponse) => void, init?: RequestInit) => Promise<void>} */
	const withheld = async (path, answer, init) => {
		vendor.business = (_request, response) => answer(response);
		const response = await call(path, init);
		const text = await response.text();
		assert.ok(!text.includes(token) && !JSON.stringify([...response.headers]).includes(token), text);
		assert.deepEqual([response.status, response.headers.get("content-type")], [502, "application/problem+json"], text);
		assert.equal(JSON.parse(text).code, "token_withheld");
		const line = await edge.lineOf(response.headers.get("cctoken-request"));
		assert.deepEqual([line.code, line.reason], ["token_withheld", "token_in_answer"]);
	};

	for (const type of [
		"text/plain",
		"text/plain;charset=UTF-16BE",
		"text/html",
		"application/octet-stream",
		"application/xml",
		"image/png",
		"application/json",
	]) {
		test(`never reaches the page, whatever it calls itself: ${type}`, async () => {
			const body = Buffer.from(JSON.stringify(loggedIn), type.includes("UTF-16") ? "utf16le" : "utf8");
			const sent = type.includes("UTF-16") ? body.swap16() : body;
			await withheld(drive, (response) => void response.writeHead(200, { "content-type": type }).end(sent));
			await withheld(drive, (response) => void response.writeHead(200, { "content-type": type, "content-length": sent.length }).end(sent));
			if (type !== "application/json") {
				// where ccmessaging's own new token is taken out
				await withheld(
					`${messaging}/poll`,
					(response) => void response.writeHead(200, { "content-type": type }).end(JSON.stringify(applied)),
				);
			}
		});
	}

	test("never reaches the page, whatever its status", async () => {
		for (const status of [200, 201, 202, 203, 400, 404, 409, 500, 503]) {
			for (const type of ["application/json", "text/plain"]) {
				await withheld(drive, (response) => void response.writeHead(status, { "content-type": type }).end(JSON.stringify(loggedIn)));
			}
		}
	});

	test("never reaches the page without a content type, in parts, compressed, as a string, or as XML", async () => {
		await withheld(drive, (response) => void response.writeHead(200).end(JSON.stringify(loggedIn)));
		await withheld(drive, (response) => {
			const text = JSON.stringify(loggedIn);
			response.writeHead(200, { "content-type": "text/plain" }).write("  ");
			let at = 0;
			const timer = setInterval(
				() => (at < text.length ? response.write(text.slice(at, (at += 9))) : (clearInterval(timer), response.end())),
				5,
			);
		});
		await withheld(
			drive,
			(response) =>
				void response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" }).end(gzipSync(JSON.stringify(loggedIn))),
		);
		await withheld(
			drive,
			(response) => void response.writeHead(200, { "content-type": "text/plain" }).end(JSON.stringify(JSON.stringify(loggedIn))),
		);
		await withheld(
			drive,
			(response) => void response.writeHead(200, { "content-type": "text/plain" }).end(`callback(${JSON.stringify(loggedIn)})`),
		);
		await withheld(
			drive,
			(response) => void response.writeHead(200, { "content-type": "application/xml" }).end(`<r><x-auth-token>${token}</x-auth-token></r>`),
		);
		await withheld(drive, (response) => json(response, { result: "0", resultData: { token, refreshToken: token } }));
		await withheld(`${messaging}/poll`, (response) => json(response, { resultCode: "0", resultData: { token } }));
		await withheld(`${messaging}/poll`, (response) => json(response, { AccessToken: token, Expires: "600" }));
	});

	test("never reaches the page as an event stream: it ends there, and a line of the log says so", async () => {
		vendor.business = (_request, response) =>
			void response.writeHead(200, { "content-type": "text/event-stream" }).end(JSON.stringify(loggedIn));
		const response = await call(drive);
		assert.equal(await response.text(), "");
		const request = response.headers.get("cctoken-request");
		assert.ok(edge.output().includes(JSON.stringify({ event: "stream_ended", request, connection: "drive", reason: "token_in_answer" })));
	});

	test("a dead token behind it is found all the same", async () => {
		let left = 1;
		vendor.business = (_request, response) => (left-- > 0 ? json(response, loggedIn, { status: 401 }) : json(response, { fine: true }));
		const response = await call(drive);
		assert.deepEqual([response.status, response.headers.get("cctoken-replay"), await response.json()], [200, "sent", { fine: true }]);
	});

	test("headers that lead to it stay behind: Location, Content-Location, Refresh, Link, and the token's own", async () => {
		const leading = {
			location: `/x?x-auth-token=${token}`,
			"content-location": `/x?x-auth-token=${token}`,
			refresh: `0; url=/x?x-auth-token=${token}`,
			link: `</x?x-auth-token=${token}>; rel=next`,
			"x-auth-token": token,
			"ccmessaging-token": token,
			authtoken: token,
			"access-token": token,
			"refresh-token": token,
			"set-guid": `JSESSIONID=${token}`,
			"authentication-info": token,
		};
		for (const status of [200, 201, 404]) {
			vendor.business = (_request, response) => json(response, { made: true }, { status, headers: leading });
			const response = await call(drive);
			assert.equal(response.status, status);
			assert.ok(!JSON.stringify([...response.headers]).includes(token), JSON.stringify([...response.headers]));
		}
		for (const status of [300, 301, 302, 303, 307, 308]) {
			vendor.business = (_request, response) => void response.writeHead(status, leading).end(JSON.stringify(loggedIn));
			const response = await call(drive);
			assert.equal(response.status, 502);
			assert.ok(!JSON.stringify([...response.headers]).includes(token) && !(await response.text()).includes(token));
		}
	});
});

describe("what is looked at of an answer", () => {
	test("an event stream is there with its headers, before its first byte", async () => {
		let finish = () => {};
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
			finish = () => void response.end("data: one\n\n");
		};
		const response = await call(`${messaging}/events`);
		assert.equal(response.status, 200);
		finish();
		assert.equal(await response.text(), "data: one\n\n");
	});

	test("more than is looked at, declared, is there with its headers, before its first byte", async () => {
		let finish = () => {};
		const large = "{".padEnd(100_000, " ");
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "text/plain", "content-length": large.length }).flushHeaders();
			finish = () => void response.end(large);
		};
		const response = await call(`${messaging}/large`);
		assert.equal(response.status, 200);
		finish();
		assert.equal(await response.text(), large);
	});

	test("what does not begin like JSON or XML is there with its first byte, and complete", async () => {
		let finish = () => {};
		const rest = randomBytes(300_000);
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "application/octet-stream" }).write("%PDF-1.7");
			finish = () => void response.end(rest);
		};
		const response = await call(`${messaging}/download`);
		finish();
		assert.ok(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat([Buffer.from("%PDF-1.7"), rest])));
	});

	test("JSON that is longer than is looked at arrives complete, declared or not", async () => {
		const text = JSON.stringify({ rows: Array.from({ length: 20_000 }, (_, i) => ({ i, text: "中文" })) });
		for (const headers of [{}, { "content-length": Buffer.byteLength(text) }]) {
			vendor.business = (_request, response) => void response.writeHead(200, { "content-type": "application/json", ...headers }).end(text);
			assert.equal(await (await call(drive)).text(), text);
		}
	});

	test("an answer of any kind arrives to the byte: empty, white space, half a JSON, no UTF-8", async () => {
		for (const body of [
			"",
			"   \n",
			'{"a":',
			"null",
			"[1,2]",
			"<p>中</p>",
			'"text"',
			"begin(",
			Buffer.from([0xff, 0xfe, 0, 0xd6, 0xd0]),
			Buffer.from('{"a":"\xff"}', "latin1"),
		]) {
			for (const type of ["application/json", "text/plain; charset=gbk", "text/html"]) {
				vendor.business = (_request, response) => void response.writeHead(200, { "content-type": type }).end(body);
				assert.ok(Buffer.from(await (await call(drive)).arrayBuffer()).equals(Buffer.from(body)), `${type} ${body}`);
			}
		}
	});

	test("an answer that declares its length and breaks off inside what is passed on breaks off for the caller too", async () => {
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "application/octet-stream", "content-length": 50_000 }).write("%PDF".padEnd(20_000));
			setTimeout(() => response.destroy(), 300); // when its head has been sent on
		};
		await assert.rejects(async () => (await call(`${messaging}/download`)).arrayBuffer());
	});
});

describe("a token that travels in the body (appcube)", () => {
	const appcube = "/v1/call/appcube/oifde/rest/appcube/api/business";

	test("it is put into the caller's object, in place of what stands there", async () => {
		const response = await call(appcube, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"a":12345678901234567890,"authToken":"mine"}',
		});
		assert.equal(response.status, 200);
		const body = vendor.calls.at(-1)?.body ?? "";
		assert.match(body, /^\{"authToken":"vendor-token-[^"]+","a":12345678901234567890\}$/);
	});

	test("an empty body becomes an object with it, of the content type that the vendor wants", async () => {
		await call(appcube, { method: "POST" });
		assert.match(vendor.calls.at(-1)?.body ?? "", /^\{"authToken":"vendor-token-[^"]+"\}$/);
		assert.equal(vendor.calls.at(-1)?.headers["content-type"], "application/json; charset=UTF-8");
	});

	test("after a 401 the call is sent once more with the new token", async () => {
		let left = 1;
		vendor.business = (_request, response) => (left-- > 0 ? json(response, {}, { status: 401 }) : json(response, { errorCode: 0 }));
		const since = vendor.calls.length;
		const response = await call(appcube, { method: "POST", body: '{"b":1}' });
		assert.deepEqual([response.status, response.headers.get("cctoken-replay")], [200, "sent"]);
		const tokens = vendor.calls.slice(since).map(({ body }) => JSON.parse(body).authToken);
		assert.equal(new Set(tokens).size, 2);
	});

	test("what is no JSON object is not sent, nor is a method without a body, nor more than fits", async () => {
		const since = vendor.calls.length;
		for (const [init, status] of /** @type {[RequestInit, number][]} */ ([
			[{ method: "POST", body: "a=b" }, 400],
			[{ method: "POST", body: "[]" }, 400],
			[{ method: "GET" }, 400],
			[{ method: "POST", body: JSON.stringify({ a: "x".repeat(2 << 20) }) }, 413],
		])) {
			const response = await call(appcube, init);
			assert.equal(response.status, status, await response.text());
		}
		assert.equal(vendor.calls.length, since);
	});
});

describe("a vendor that fails", () => {
	test("no answer in time: 504, and others are served meanwhile", async () => {
		vendor.business = (_request, response, { url }) => void (url.includes("hang") || json(response, {}));
		await call(`${messaging}/poll`);
		const hanging = call(`${messaging}/hang`);
		assert.equal((await call(`${messaging}/poll`)).status, 200);
		const response = await hanging;
		assert.equal(response.status, 504);
		assert.equal((await response.json()).code, "timeout");
	});

	test("the connection breaks before the answer: 502", async () => {
		vendor.business = (_request, response) => response.destroy();
		const response = await call(`${messaging}/poll`);
		assert.equal(response.status, 502);
		assert.equal((await response.json()).code, "network");
	});

	test("the connection breaks inside an answer that must be looked through: 502", async () => {
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "application/json", "content-length": 100 }).write('{"a":');
			setTimeout(() => response.destroy(), 50);
		};
		const response = await call(`${messaging}/poll`);
		assert.equal(response.status, 502);
		assert.equal((await response.json()).code, "network");
	});

	test("the connection breaks inside an answer that streams: the caller's breaks too", async () => {
		vendor.business = (_request, response) => {
			response.writeHead(200, { "content-type": "text/plain", "content-length": 100 }).write("begin");
			setTimeout(() => response.destroy(), 500);
		};
		await assert.rejects(async () => (await call(`${messaging}/poll`)).text());
	});

	test("the caller's own body breaks off: the vendor never takes it for complete", async () => {
		vendor.streaming = true;
		for (const [head, sent] of [
			["Content-Length: 300000", "x".repeat(200_000)],
			["Transfer-Encoding: chunked", `${(200_000).toString(16)}\r\n${"x".repeat(200_000)}\r\n`],
		]) {
			let complete = false;
			const closed = new Promise((resolve) => {
				vendor.business = (request) =>
					void request
						.on("end", () => (complete = true))
						.on("error", () => {})
						.on("close", resolve)
						.resume();
			});
			const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
			socket.on("error", () => {});
			socket.write(
				`POST ${messaging}/upload HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer ${fresh}\r\nContent-Type: text/plain\r\n${head}\r\n\r\n${sent}`,
			);
			while (vendor.calls.at(-1)?.url !== "/apiaccess/ccmessaging/upload") {
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
			socket.destroy();
			await closed;
			assert.equal(complete, false, head);
			vendor.calls.length = 0;
		}
	});

	test("a caller who goes away midway leaves nothing wedged", async () => {
		vendor.business = (_request, response) => void response.writeHead(200, { "content-type": "text/plain" }).write("begin");
		await Promise.all(
			Array.from({ length: 50 }, async () => {
				const abort = new AbortController();
				const response = await call(`${messaging}/events`, { signal: abort.signal });
				await response.body?.getReader().read();
				abort.abort();
			}),
		);
		vendor.business = (_request, response) => json(response, {});
		assert.equal((await call(`${messaging}/poll`)).status, 200);
	});
});

describe("how much a call may send", () => {
	const upload = `${messaging}/upload`;

	test("more than the bound, declared: the vendor sees nothing", async () => {
		const since = vendor.calls.length;
		const answer = await raw(
			edge.url,
			`
POST ${upload} HTTP/1.1
Host: edge
Authorization: Bearer ${fresh}
Content-Type: application/octet-stream
Content-Length: ${(4 << 20) + 1}`,
		);
		assert.equal(answer.status, 413, answer.body);
		assert.equal(vendor.calls.length, since);
	});

	test("more than the bound, undeclared: the call is broken off, and the vendor never sees its end", async () => {
		vendor.streaming = true;
		let ended = false;
		/** @type {(value?: unknown) => void} */
		let gone = () => {};
		const broken = new Promise((resolve) => (gone = resolve));
		vendor.business = (request, response) => {
			request.on("end", () => {
				ended = true;
				json(response, {});
			});
			request.on("error", gone).on("close", gone).resume();
		};
		const chunk = `${(1 << 20).toString(16)}\r\n${"x".repeat(1 << 20)}\r\n`;
		const answer = await raw(
			edge.url,
			`
POST ${upload} HTTP/1.1
Host: edge
Authorization: Bearer ${fresh}
Content-Type: application/octet-stream
Transfer-Encoding: chunked`,
			chunk.repeat(5),
		);
		assert.equal(answer.status, 413, answer.body);
		await broken;
		assert.equal(ended, false);
	});

	test("as much as the bound passes", async () => {
		vendor.streaming = true;
		vendor.business = async (request, response) => {
			let size = 0;
			request.on("data", (data) => (size += data.length));
			await once(request, "end");
			json(response, { size });
		};
		for (const body of [() => new Uint8Array(4 << 20), () => new Blob([new Uint8Array(4 << 20)]).stream()]) {
			const response = await call(upload, {
				method: "POST",
				headers: { "content-type": "application/octet-stream" },
				body: body(),
				duplex: "half",
			});
			assert.deepEqual(await response.json(), { size: 4 << 20 });
		}
	});
});
