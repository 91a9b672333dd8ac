// Those whom nobody knows cost little: they are judged before a byte of what they send is read, what is held of them is
// bounded, and what they hold ends.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { sign } from "../../js/edge/sign.js";
import { secrets } from "./edge.js";
import { startSelfHost } from "./self-host.js";

/** @type {Awaited<ReturnType<typeof startSelfHost>>} */
let edge;
const robot = { keyId: "robot", secret: secrets.MACHINE_KEY };
const url = "http://edge.test/v1/call/messaging/apiaccess/ccmessaging/poll";

before(async () => {
	edge = await startSelfHost({ environment: { BODY_TIMEOUT_MS: "3000" } });
});
after(() => edge?.close());

/**
 * Begins an upload and sends no more than is said here.
 * @param {string} authorization
 * @param {string} body what is sent of it
 * @param {number | "chunked"} declared
 */
async function upload(authorization, body, declared = 1_000_000) {
	const socket = connect(Number(new URL(edge.url).port), "127.0.0.1");
	socket.on("error", () => {}); // the edge may end the connection before it has read all
	await once(socket, "connect");
	let answer = "";
	const answered = new Promise((resolve) =>
		socket
			.setEncoding("latin1")
			.on("data", (data) => {
				answer += data;
				answer.includes("}") && resolve(undefined);
			})
			.on("close", resolve),
	);
	const length = declared === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${declared}`;
	socket.write(
		`POST ${new URL(url).pathname} HTTP/1.1\r\nHost: edge.test\r\nAuthorization: ${authorization}\r\nContent-Type: text/plain\r\n${length}\r\n\r\n${body}`,
	);
	return {
		socket,
		/** @param {number} ms */
		async answer(ms = 10_000) {
			const late = new Promise((_, reject) => setTimeout(() => reject(new Error("there is no answer")), ms).unref());
			await Promise.race([answered, late]);
			const code = /"code":"(\w+)"/.exec(answer)?.[1];
			return { status: Number(answer.split(" ")[1]), code, request: /^cctoken-request: (\S+)/im.exec(answer)?.[1], text: answer };
		},
	};
}

/** A signature of whoever knows the key's name and not the key. @param {{ keyId?: string, timestamp?: number }} [like] */
const forged = ({ keyId = "robot", timestamp } = {}) =>
	sign({ keyId, secret: "made-up-by-a-stranger-0123456789abcdef" }, { method: "POST", url }, { timestamp });

for (const [
	name,
	authorization,
	status,
	reason,
	declared,
] of /** @type {[string, () => Promise<string>, number, string, (number | "chunked")?][]} */ ([
	["a key that nobody has", () => forged({ keyId: "nobodys" }), 401, "unknown_key"],
	["a key that nobody has, of a body without a length", () => forged({ keyId: "nobodys" }), 401, "unknown_key", "chunked"],
	["a timestamp of 1970", () => forged({ timestamp: 1 }), 401, "timestamp"],
	["a length that is not accepted", () => forged(), 413, "body", 2_000_000],
])) {
	test(`before a byte of the body is read: ${name}`, async () => {
		const { answer, socket } = await upload(await authorization(), "", declared);
		try {
			const { status: got, request } = await answer(2_500);
			assert.equal(got, status);
			assert.equal((await edge.lineOf(request)).reason, reason);
		} finally {
			socket.destroy();
		}
	});
}

/** The memory of the process, in bytes. @param {number} pid */
const residentOf = (pid) => Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;

test("150 uploads with a made-up key and a timestamp of 1970 are not held in memory", async () => {
	assert.equal((await edge.call("/v1/call/drive/commonPage")).status, 200);
	const before = residentOf(edge.pid);
	const uploads = await Promise.all(
		Array.from({ length: 150 }, async () => upload(await forged({ keyId: "made-up", timestamp: 1 }), "x".repeat(999_999))),
	);
	try {
		await new Promise((resolve) => setTimeout(resolve, 1_500)); // what is read now would have been by then
		const grown = residentOf(edge.pid) - before;
		assert.ok(grown < 40 << 20, `${Math.round(grown / (1 << 20))} MiB`);
	} finally {
		uploads.forEach(({ socket }) => socket.destroy());
	}
});

test("an upload that stalls before anybody knows whose it is ends with 408", async () => {
	for (const declared of /** @type {const} */ ([1_000_000, "chunked"])) {
		const { answer, socket } = await upload(await forged(), declared === "chunked" ? "5\r\nhello\r\n" : "hello", declared);
		try {
			const { status, code, request } = await answer();
			assert.deepEqual([status, code], [408, "request_timeout"]);
			assert.equal((await edge.lineOf(request)).reason, "body_stalled");
		} finally {
			socket.destroy();
		}
	}
});

test("one that goes on a byte at a time ends no later", async () => {
	const { answer, socket } = await upload(await forged(), "");
	const drip = setInterval(() => socket.write("x"), 100);
	try {
		assert.equal((await answer(8_000)).status, 408);
	} finally {
		clearInterval(drip);
		socket.destroy();
	}
});

test("over the bound of what is held for strangers, further ones wait their turn, and those who are known go on", async () => {
	const authorization = await forged();
	const held = await Promise.all(Array.from({ length: 40 }, () => upload(authorization, "x".repeat(999_999))));
	try {
		const answers = held.map(({ answer }) => answer());
		const refused = await Promise.any(
			answers.map(async (one) => {
				const got = await one;
				assert.equal(got.status, 503);
				return got;
			}),
		);
		assert.equal(refused.code, "unavailable");
		assert.match(refused.text, /^retry-after: 1\r$/im);
		assert.equal((await edge.lineOf(refused.request)).reason, "strangers");
		assert.equal((await edge.call("/v1/call/drive/commonPage")).status, 200, "a console");
		assert.equal((await edge.call("/v1/call/drive/commonPage", { method: "POST", body: "page=1" })).status, 200, "and what it sends");
		const own = `${edge.url}/v1/call/drive/commonPage`;
		const signed = await fetch(own, { headers: { authorization: await sign(robot, { method: "GET", url: own }) } });
		assert.equal(signed.status, 200, "a machine that sends no body");
	} finally {
		held.forEach(({ socket }) => socket.resetAndDestroy());
	}
	const own = `${edge.url}/v1/token`;
	const body = new TextEncoder().encode('{"connection":"open-drive"}');
	const headers = { "content-type": "application/json" };
	let status = 0;
	for (const until = Date.now() + 8_000; status !== 200 && Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 100))) {
		({ status } = await fetch(own, {
			method: "POST",
			headers: { ...headers, authorization: await sign(robot, { method: "POST", url: own, body }) },
			body,
		}));
	}
	assert.equal(status, 200, "what those held who left is free again");
});
