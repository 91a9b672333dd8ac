// An answer of the front door, written to a response of node:http no faster than its caller takes it.
import { lengthOfStream } from "../request/stream.js";
import { drained } from "./drain.js";

/** What is still sent of a body that nobody reads is taken for so long, and so much of it: who sends it should get the answer. */
const restMs = 5_000;
const restBytes = 1 << 20;

/**
 * @param {Awaited<ReturnType<typeof import("../request/answered.js").answered>>} answer
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} to
 * @param {{ isComing: boolean } | null} body of the request
 */
export async function outgoing({ response, headers }, request, to, body) {
	if (body?.isComing) {
		to.setHeader("connection", "close");
		to.once("finish", () => letGo(request));
	}
	if (!(response instanceof Response)) {
		const text = JSON.stringify(response.json);
		const length = Buffer.byteLength(text);
		const head = ["content-type", "application/json", "content-length", String(length)];
		for (const name in headers) {
			head.push(name, /** @type {string} */ (headers[name]));
		}
		to.writeHead(200, head);
		// Head and text leave together: in latin1 if they can, as Node writes that without a copy.
		to.end(text, length === text.length ? "latin1" : "utf8");
		return;
	}
	response.headers.forEach((value, name) => to.setHeader(name, value));
	to.statusCode = response.status;
	for (const name in headers) {
		to.setHeader(name, /** @type {string} */ (headers[name]));
	}
	const { body: stream } = response;
	if (!stream) {
		to.end();
		return;
	}
	if (request.method === "HEAD") {
		stream.cancel().catch(() => {});
		to.end();
		return;
	}
	const length = lengthOfStream(stream);
	if (length !== undefined) {
		to.setHeader("content-length", length);
	}
	await pass(stream, to);
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {import("node:http").ServerResponse} to
 */
async function pass(body, to) {
	const reader = body.getReader();
	const left = () => void reader.cancel().catch(() => {});
	to.once("close", left);
	try {
		to.flushHeaders(); // what is to come may be an event that nobody knows of yet
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			if (!to.write(part.value)) {
				await drained(to);
			}
		}
		to.end();
	} catch {
		to.destroy(); // a body that broke off must not look like one that has ended
	} finally {
		to.off("close", left);
	}
}

/**
 * Takes the rest of a body that nobody reads, within bounds, and ends the connection behind it.
 * @param {import("node:http").IncomingMessage} request
 */
function letGo(request) {
	let bytes = 0;
	const end = () => void request.destroy();
	const timer = setTimeout(end, restMs).unref();
	request
		.on("data", (piece) => (bytes += piece.length) > restBytes && end())
		.on("error", () => {})
		.once("close", () => clearTimeout(timer));
	request.resume();
}
