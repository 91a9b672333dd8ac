// A business answer is looked into only where, and as far as, it can say what becomes of the token: all else is its caller's at its
// headers, and all that is looked into is its caller's whole. Over HTTP, with Node's own fetch.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { createClient } from "../js/client/client.js";
import { maxMeaning, objectIsOver, patience, refusalMs, successMs } from "../js/client/meaning.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { identities, json, lenient } from "./vendor.js";

const module = createModule(load);
const dead = { errorCode: 900001, errorMsg: "the token has expired" };

/** Answers business calls, each with its number. @type {(response: import("node:http").ServerResponse, number: number) => void} */
let answer;
let server, url, calls;
/** How many of a test's answers have ended, in whatever way. */
let over;

before(async () => {
	server = createServer((request, response) => {
		const own = over;
		response.on("close", () => own.count++);
		request.resume().on("end", () => answer(response, ++calls));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => {
	calls = 0;
	over = { count: 0 };
});

/** A client whose logins always succeed. @param {{ fetch?: any, clock?: any }} [options] */
function calling({ fetch: send = (...args) => fetch(...args), clock } = {}) {
	const logins = lenient();
	const own = (input, init) => (new URL(input).pathname === "/call" ? send(input, init) : logins.fetch(input, init));
	const client = createClient(module, { fetch: own }, clock);
	const identity = (system) => ({ ...identities[system], baseUrl: url });
	return {
		client,
		call: (system = "appcube", init) => client.fetch(identity(system), "/call", { method: "POST", ...init }),
		token: async (system = "appcube") => (await client.getToken(identity(system))).value,
	};
}

/**
 * Resolves when a body is waited for, or the call is over.
 * @param {ReturnType<typeof manualClock>} clock
 * @param {number} ms for how long it is waited for
 * @param {Promise<unknown>} call
 */
async function waiting(clock, ms, call) {
	let isOver = false;
	call.finally(() => (isOver = true)).catch(() => {});
	while (!isOver && !(/** @type {{ at: number }[]} */ (clock.timers).some(({ at }) => at === clock.mono() + ms))) {
		await sleep(5);
	}
}

/** Writes the same until nobody takes more. @param {import("node:http").ServerResponse} response */
function pour(response, piece, most = Infinity) {
	const poured = { bytes: 0, ended: false };
	const go = () => {
		while (poured.bytes < most && !response.destroyed) {
			poured.bytes += piece.length;
			if (!response.write(piece)) {
				return response.once("drain", go);
			}
		}
		response.end();
		poured.ended = true;
	};
	go();
	return poured;
}

describe("its caller has an answer at its headers:", () => {
	for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
		for (const [what, headers, body] of [
			["an event stream whose first event does not come", { "content-type": "text/event-stream; charset=utf-8" }, undefined],
			["bytes without an end", { "content-type": "application/octet-stream" }, Buffer.alloc(1000, 1)],
			["lines of JSON without an end", { "content-type": "application/x-ndjson" }, '{"line":1}\n'],
			["a page without an end", { "content-type": "text/html" }, "<!doctype html>"],
			["a list without an end", { "content-type": "application/json" }, '[{"a":1},'],
			[
				"an object without an end that is declared to be long",
				{ "content-type": "application/json", "content-length": maxMeaning + 1 },
				"{",
			],
			["JSON without an end that is longer than is read", { "content-type": "application/json" }, `{"a":"${"x".repeat(maxMeaning)}`],
		]) {
			test(`${system}: ${what}`, async () => {
				const { call, token } = calling({ clock: manualClock() }); // it stands still: who waits, waits for ever
				await token(system);
				answer = (response) => {
					response.writeHead(200, headers).flushHeaders();
					body && response.write(body);
				};
				const controller = new AbortController();
				const response = await call(system, { signal: controller.signal });
				if (body) {
					const { value } = await response.body.getReader().read();
					assert.ok(Buffer.from(body).subarray(0, value.length).equals(value));
				}
				controller.abort();
			});
		}
	}

	for (const [what, begun] of [
		["a body that comes long after", ""],
		["a body that has begun, and goes on long after", '{"messages":['],
	]) {
		test(`${what} is waited for a moment, and then is its caller's as it comes`, async () => {
			const clock = manualClock();
			const { call, token } = calling({ clock });
			await token();
			let finish;
			answer = (response) => {
				response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
				begun && response.write(begun);
				finish = () => response.end(begun ? "]}" : '{"late":true}');
			};
			let response;
			const answered = call().then((got) => (response = got));
			await waiting(clock, successMs, answered);
			await clock.pass(successMs - 1);
			assert.equal(response, undefined);
			await clock.pass(1);
			await answered;
			finish();
			assert.equal(await response.text(), begun ? `${begun}]}` : '{"late":true}');
		});
	}

	test("a long download is not taken into memory before it is read, whatever it begins with, and comes whole", async () => {
		const { call } = calling();
		for (const first of ["{", "x"]) {
			let poured;
			answer = (response) => {
				response.writeHead(200, { "content-type": "application/octet-stream" }).write(first);
				poured = pour(response, Buffer.alloc(1 << 16, 120), 100 << 20);
			};
			const response = await call("ccmessaging");
			await sleep(300);
			assert.ok(poured.bytes < 16 << 20, `${poured.bytes} bytes were taken, most of them by the sockets`);
			let bytes = 0;
			let most = 0;
			for await (const piece of response.body) {
				bytes += piece.length;
				most = Math.max(most, process.memoryUsage().arrayBuffers);
			}
			assert.equal(bytes, (100 << 20) + 1);
			assert.ok(most < 64 << 20, `${most} bytes in buffers`);
		}
	});
});

describe("what is looked into:", () => {
	for (const [what, headers, text] of [
		["under another type", { "content-type": "text/plain" }, JSON.stringify(dead)],
		["without a type", {}, JSON.stringify(dead)],
		["with its length", { "content-length": JSON.stringify(dead).length }, JSON.stringify(dead)],
		["after a mark of byte order and white space", { "content-type": "text/html" }, `\ufeff \r\n\t${JSON.stringify(dead)}`],
		["before more than is read", {}, `{"errorCode":"900002","rows":"${"x".repeat(10 * maxMeaning)}"}`],
	]) {
		for (const status of [200, 400, 500]) {
			test(`a code of a dead token under HTTP ${status}, ${what}: a new token, and the call once more`, async () => {
				const { call, token } = calling();
				answer = (response, number) => (number === 1 ? response.writeHead(status, headers).end(text) : response.end('{"errorCode":0}'));
				const response = await call();
				assert.deepEqual([response.status, await response.json(), calls, await token()], [200, { errorCode: 0 }, 2, "T2"]);
			});
		}
	}

	test("a code that comes in pieces, the last a round trip after the headers", async () => {
		const { call } = calling();
		answer = async (response, number) => {
			if (number > 1) {
				return response.end("{}");
			}
			response.writeHead(200).flushHeaders();
			for (const piece of ['{"err', 'orCode": 900', '001,"errorMsg":"\\', '"}"}']) {
				await sleep(40);
				response.write(piece);
			}
		};
		assert.equal((await call()).status, 200);
		assert.equal(calls, 2, "though the answer has no end");
	});

	test("no code behind as much as is read, and none of a system that does not speak in bodies", async () => {
		const { call, token } = calling();
		answer = (response) => response.end(`{"rows":"${"x".repeat(maxMeaning)}","errorCode":900001}`);
		await (await call()).text();
		answer = (response) => response.end(JSON.stringify(dead));
		await (await call("cubedrive")).text();
		assert.deepEqual([calls, await token()], [2, "T1"]);
	});

	for (const type of ["application/json", "text/plain", "text/html", undefined]) {
		test(`a 403 with its reason is the same 403 ${type ? `as ${type}` : "without a type"}`, async () => {
			const { call } = calling();
			answer = (response, number) =>
				number === 1
					? response
							.writeHead(403, type && { "content-type": type })
							.end('{"errorCode":"1","exceptionInfo":"auth fail! illegal or expired token info."}')
					: response.end("{}");
			assert.equal((await call("ccmessaging")).status, 200);
			assert.equal(calls, 2);
		});
	}

	for (const [what, headers, write] of [
		["breaks off", { "content-length": 100 }, (response) => response.write("{", () => response.destroy())],
		[
			"breaks off before its first byte",
			{ "content-length": 100 },
			(response) => (response.flushHeaders(), setTimeout(() => response.destroy(), 20)),
		],
		["is packed in a broken way", { "content-encoding": "gzip" }, (response) => response.end(gzipSync("{}".padEnd(50)).fill(0, 12))],
		["never ends", {}, (response) => response.write('{"a":"')],
		["never begins", {}, (response) => response.flushHeaders()],
		["pours", {}, (response) => pour(response, Buffer.alloc(1 << 16, 32))],
	]) {
		test(`a refusal whose body ${what} is judged by its status, within a bounded time`, async () => {
			const clock = manualClock();
			const { call } = calling({ clock });
			answer = (response, number) => (number === 1 ? write(response.writeHead(401, headers)) : response.end("{}"));
			const answered = call("cubedrive");
			await waiting(clock, refusalMs, answered);
			await clock.pass(refusalMs);
			await answered;
			assert.equal(calls, 2);
			for (let i = 0; i < 50 && over.count < 2; i++) {
				await sleep(10);
			}
			assert.equal(over.count, 2, "and nobody holds on to it");
		});
	}

	test("a body that breaks off later breaks off for its caller", async () => {
		const { call } = calling();
		answer = (response) => response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
		const response = await call();
		await assert.rejects(response.text(), TypeError);
	});

	test("takes no timer along, and none that holds a program open", async () => {
		const clock = manualClock();
		const { call } = calling({ clock });
		answer = (response) => response.end("{}");
		await call();
		await call("cubedrive");
		assert.ok(
			clock.timers.every(({ idle }) => idle),
			"renewals ahead of time",
		);
		const before = clock.timers.length;
		answer = (response) => response.writeHead(200).flushHeaders();
		const waiting = call();
		while (clock.timers.length === before) {
			await settled();
		}
		assert.equal(clock.timers.at(-1).idle, true);
		await clock.pass(successMs);
		assert.equal((await waiting).status, 200);
		assert.equal(clock.timers.length, before);
	});
});

describe("its caller's answer is whole and untouched:", () => {
	const text = `{ "errorCode": 0, "text": "中文",\n"n": 12345678901234567890 }\n`;
	const given = { "content-type": "application/json", "set-cookie": ["a=1", "b=2"], "x-own": "own" };
	const read = async (looked = {}) => {
		const { call } = calling();
		answer = (response) => response.writeHead(201, "Made", { ...given, ...looked }).end(text);
		return call();
	};

	for (const [what, headers] of [
		["of a length that is declared", { "content-length": Buffer.byteLength(text) }],
		["of one that is not", {}],
	]) {
		test(`status, headers, URL and type, ${what}`, async () => {
			const response = await read(headers);
			assert.ok(response instanceof Response);
			assert.deepEqual(
				[response.status, response.statusText, response.ok, response.url, response.type, response.redirected, response.bodyUsed],
				[201, "Made", true, `${url}/call`, "basic", false, false],
			);
			assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
			assert.deepEqual([response.headers.get("x-own"), response.headers.get("content-type")], ["own", given["content-type"]]);
			assert.equal(await response.text(), text);
			assert.equal(response.bodyUsed, true);
		});

		test(`its body in every form, ${what}`, async () => {
			assert.equal(Buffer.from(await (await read(headers)).arrayBuffer()).toString(), text);
			assert.deepEqual(await (await read(headers)).json(), JSON.parse(text));
			const blob = await (await read(headers)).blob();
			assert.deepEqual([await blob.text(), blob.type], [text, given["content-type"]]);
			let streamed = "";
			for await (const piece of (await read(headers)).body.pipeThrough(new TextDecoderStream())) {
				streamed += piece;
			}
			assert.equal(streamed, text);
			const reader = (await read(headers)).body.getReader({ mode: "byob" });
			const bytes = [];
			for (let part = await reader.read(new Uint8Array(7)); !part.done; part = await reader.read(new Uint8Array(7))) {
				bytes.push(...part.value);
			}
			assert.equal(Buffer.from(bytes).toString(), text);
		});
	}

	test("its clones, and theirs", async () => {
		const response = await read();
		const clone = response.clone();
		const second = clone.clone();
		assert.deepEqual([clone.url, second.url, second.status, second.type], [`${url}/call`, `${url}/call`, 201, "basic"]);
		assert.deepEqual(await Promise.all([response.text(), clone.text(), second.text()]), [text, text, text]);
	});

	test("a form, and what is packed", async () => {
		const { call } = calling();
		answer = (response) => response.writeHead(200, { "content-type": "application/x-www-form-urlencoded" }).end("a=1&b=2");
		assert.deepEqual(Object.fromEntries(await (await call()).formData()), { a: "1", b: "2" });
		answer = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text));
		assert.equal(await (await call()).text(), text);
	});

	test("without a body: HEAD, 204, 205 and 304, and an empty one", async () => {
		const { call } = calling();
		for (const status of [204, 205, 304]) {
			answer = (response) => response.writeHead(status).end();
			const response = await call("ccmessaging");
			assert.deepEqual([response.status, response.body], [status, null]);
		}
		answer = (response) => response.writeHead(200, { "content-length": 99 }).end();
		assert.equal(await (await call("ccmessaging", { method: "HEAD" })).text(), "");
		answer = (response) => response.writeHead(200).end();
		assert.equal(await (await call()).text(), "");
	});

	test("what is not read is the very object that the caller's own fetch gave", async () => {
		for (const made of [
			() => json({ errorCode: 0 }, { headers: { "content-length": maxMeaning + 1 } }),
			() => new Response("data: 1\n\n", { headers: { "content-type": "text/event-stream" } }),
			() => ({ status: 200, ok: true, headers: new Headers(), json: async () => ({ a: 1 }) }),
			() => ({ status: 403, ok: false, headers: new Headers(), body: "as of a fetch that is not the standard's" }),
			() => new Response(null, { status: 204 }),
		]) {
			const own = made();
			assert.equal(await calling({ fetch: async () => own }).call("ccmessaging"), own);
		}
		const own = json({ errorCode: 900001 });
		assert.equal(await calling({ fetch: async () => own }).call("isales"), own, "nor of a system that does not speak");
	});

	test("a fetch's own pieces are left alone, though they lie in a buffer that is others' too", async () => {
		const shared = Buffer.from("..{}..");
		for (const first of ["[", "{}"]) {
			const pieces = [Buffer.from(first), new Uint8Array(), shared.subarray(2, 4), new Uint8Array(), shared.subarray(2, 4)];
			const stream = new ReadableStream({ pull: (c) => (pieces.length > 0 ? c.enqueue(pieces.shift()) : c.close()) });
			const response = await calling({ fetch: async () => new Response(stream) }).call();
			assert.deepEqual([await response.text(), shared.toString()], [`${first}{}{}`, "..{}.."]);
		}
	});

	test("a caller who cancels it ends the vendor's answer, and so does one who forgets it", async () => {
		setFlagsFromString("--expose-gc");
		const collect = runInNewContext("gc");
		const { call } = calling();
		answer = (response) => response.writeHead(200).write(`{"a":"${"x".repeat(maxMeaning)}`);
		await (await call()).body.cancel();
		for (let i = 0; i < 100 && over.count < 1; i++) {
			await sleep(10);
		}
		assert.equal(over.count, 1);
		await call();
		for (let i = 0; i < 100 && over.count < 2; i++) {
			await sleep(10);
			collect();
		}
		assert.equal(over.count, 2);
	});
});

describe("its caller's abort is what it is with fetch:", () => {
	const mine = Object.assign(new Error("mine"), { name: "Mine" });
	/** @type {[string, (response: import("node:http").ServerResponse) => void][]} */
	const phases = [
		["before its headers", () => {}],
		["before its first byte", (response) => response.writeHead(200).flushHeaders()],
		["inside what is looked into", (response) => response.writeHead(200).write('{"a":')],
		["inside a refusal", (response) => response.writeHead(403).write('{"a":')],
	];
	for (const [when, write] of phases) {
		for (const reason of [undefined, mine]) {
			test(`the signal's reason ${when}${reason ? ", the caller's own" : ""}`, async () => {
				const { call, token } = calling({ clock: manualClock() }); // it stands still: nobody waits for a time
				await token();
				const controller = new AbortController();
				answer = (response) => {
					write(response);
					setTimeout(() => controller.abort(reason), 30);
				};
				await assert.rejects(call("appcube", { signal: controller.signal }), (error) => error === controller.signal.reason);
				for (let i = 0; i < 50 && over.count < 1; i++) {
					await sleep(10);
				}
				assert.equal(over.count, 1, "and the vendor's answer is over");
			});
		}
	}

	test("the signal's reason while it waits for a token, and for another one", async () => {
		const controller = new AbortController();
		const logins = lenient();
		let asked = 0;
		const fetch = (input, init) => {
			if (new URL(input).pathname === "/call") {
				return Promise.resolve(json(dead));
			}
			return ++asked === holding ? new Promise(() => setTimeout(() => controller.abort(mine), 10)) : logins.fetch(input, init);
		};
		let holding = 2; // the one after the answer that says that it is dead
		await assert.rejects(createClient(module, { fetch }).fetch(identities.appcube, "/call", controller), (error) => error === mine);
		const first = new AbortController();
		holding = asked + 1;
		const waiting = createClient(module, { fetch: () => new Promise(() => setTimeout(() => first.abort(mine), 10)) });
		await assert.rejects(waiting.fetch(identities.appcube, "/call", first), (error) => error === mine);
	});

	test("the signal's reason, though the caller's own fetch does not listen to it", async () => {
		const controller = new AbortController();
		const { call } = calling({ fetch: async () => new Response(new ReadableStream({})) });
		setTimeout(() => controller.abort(), 30);
		await assert.rejects(call("appcube", { signal: controller.signal }), { name: "AbortError" });
	});

	for (const [how, body] of [
		["whose body is there in part", '{"a":'],
		["whose body was looked into", '{"a":1}'],
		["whose body is longer than is read", `{"a":"${"x".repeat(2 * maxMeaning)}`],
	]) {
		test(`an AbortError for who reads an answer ${how}, then or after`, async () => {
			const { call } = calling();
			answer = (response) => response.writeHead(200).write(body);
			for (const abortFirst of [true, false]) {
				const controller = new AbortController();
				const response = await call("appcube", { signal: controller.signal });
				const reading = abortFirst ? undefined : assert.rejects(response.text(), { name: "AbortError" });
				await sleep(20);
				controller.abort();
				await sleep(20);
				await (reading ?? assert.rejects(response.text(), { name: "AbortError" }));
			}
		});
	}

	test("no listener stays on the signal, and no rejection is left to nobody", async () => {
		const { call } = calling();
		const { signal } = new AbortController();
		const listening = new Set();
		const add = signal.addEventListener;
		const remove = signal.removeEventListener;
		signal.addEventListener = (type, listener, options) => (listening.add(listener), add.call(signal, type, listener, options));
		signal.removeEventListener = (type, listener) => (listening.delete(listener), remove.call(signal, type, listener));
		answer = (response) => response.end("{}");
		const own = calling({ fetch: async () => json({}) });
		await own.call("appcube", { signal });
		assert.equal(listening.size, 0);
		await (await call("appcube", { signal })).text();
	});
});

describe("how far is looked:", () => {
	const bytes = (text) => new TextEncoder().encode(text);

	test("until the object is over, wherever its text is cut", () => {
		const object = '\ufeff\t{"a":"}\\"\\\\","b":[{"c":"]"}],"d\\\\":{}}';
		const text = bytes(object);
		const more = bytes(`${object} , {`);
		for (let cut = 0; cut <= more.length; cut++) {
			const over = objectIsOver();
			over(more.subarray(0, cut));
			assert.equal(objectIsOver()(more.subarray(0, cut)), cut >= text.length, object.slice(0, cut));
			assert.equal(over(more), true);
		}
	});

	for (const text of ["[", "<", "x", '"{', "}", "0", "\0{", "\xef{", " \ufeff{"]) {
		test(`no further than the first sign of what is no object: ${JSON.stringify(text)}`, () => {
			assert.equal(objectIsOver()(bytes(text)), true);
		});
	}

	test("not at all where nothing can be learned", () => {
		const of = (status, headers = {}) => ({ status, headers: new Headers(headers) });
		for (const status of [401, 403]) {
			assert.deepEqual([patience(of(status), false), patience(of(status), true)], [refusalMs, refusalMs]);
			assert.equal(patience(of(status, { "content-length": "99999" }), false), refusalMs);
		}
		for (const status of [400, 404, 418, 429, 500, 503, 599]) {
			assert.deepEqual([patience(of(status), false), patience(of(status), true)], [0, refusalMs]);
		}
		for (const status of [200, 201, 299]) {
			assert.deepEqual([patience(of(status), undefined), patience(of(status), true)], [0, successMs]);
		}
		for (const status of [0, 100, 300, 304, 307, 600, 999]) {
			assert.equal(patience(of(status), true), 0);
		}
		assert.equal(patience(of(200, { "content-length": String(maxMeaning) }), true), successMs);
		assert.equal(patience(of(200, { "content-length": String(maxMeaning + 1) }), true), 0);
		assert.equal(patience(of(200, { "content-type": "text/event-stream" }), true), 0);
	});
});
