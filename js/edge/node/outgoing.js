// An answer of the front door, written to a response of node:http no faster than its caller takes it.
import { lengthOfStream } from "../request/stream.js";

/** What is still sent of a body that nobody reads is taken for so long, and so much of it: who sends it should get the answer. */
const restMs = 5_000;
const restBytes = 1 << 20;

/**
 * @param {Awaited<ReturnType<typeof import("../request/answered.js").answered>>} answer
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} to
 */
export async function outgoing({ response, headers }, request, to) {
	if (!request.complete) {
		to.setHeader("connection", "close");
		to.once("finish", () => letGo(request));
	}
	if (!(response instanceof Response)) {
		const bytes = Buffer.from(JSON.stringify(response.json)); // before a text, Node would have the head in UTF-8 with it
		to.writeHead(200, { ...headers, "content-type": "application/json", "content-length": bytes.length });
		to.end(bytes);
		return;
	}
	response.headers.forEach((value, name) => to.setHeader(name, value));
	to.statusCode = response.status;
	for (const name in headers) {
		to.setHeader(name, /** @type {string} */ (headers[name]));
	}
	const { body } = response;
	if (!body) {
		to.end();
		return;
	}
	if (request.method === "HEAD") {
		body.cancel().catch(() => {});
		to.end();
		return;
	}
	const length = lengthOfStream(body);
	if (length !== undefined) {
		to.setHeader("content-length", length);
	}
	await pass(body, to);
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
				await new Promise((resolve) => to.once("drain", resolve).once("close", resolve));
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
