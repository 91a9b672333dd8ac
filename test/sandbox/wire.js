// One HTTP request over a socket of its own, and everything that came back, to the end of the connection: what a server
// does with a connection is part of what is compared.
import { once } from "node:events";
import { connect } from "node:net";

/**
 * @param {string} url the server's
 * @param {{ method?: string, path: string, headers?: Record<string, string>, body?: string, contentLength?: number }} request
 *   contentLength: what is promised, where it is not what is sent
 */
export async function overWire(url, { method = "GET", path, headers = {}, body = "", contentLength }) {
	const { hostname, port, host } = new URL(url);
	const socket = connect(Number(port), hostname);
	let raw = Buffer.alloc(0);
	let reset = false;
	socket.on("data", (data) => (raw = Buffer.concat([raw, data])));
	socket.on("error", (error) => (reset = error.code === "ECONNRESET"));
	const all = { Host: host, Connection: "close", ...headers };
	const length = contentLength ?? Buffer.byteLength(body);
	if (length > 0 || method === "POST") {
		all["Content-Length"] = String(length);
	}
	const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.write(`${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
	if (length > Buffer.byteLength(body)) {
		socket.end();
	}
	await once(socket, "close");
	return { ...parse(raw.toString("latin1")), reset };
}

/** @param {string} raw */
function parse(raw) {
	const split = raw.indexOf("\r\n\r\n");
	if (split < 0) {
		return { status: 0, headers: {}, body: raw, missing: 0 };
	}
	const [status, ...lines] = raw.slice(0, split).split("\r\n");
	/** @type {Record<string, string>} */
	const headers = {};
	for (const line of lines) {
		const name = line.slice(0, line.indexOf(":")).toLowerCase();
		headers[name] = (headers[name] === undefined ? "" : `${headers[name]}, `) + line.slice(line.indexOf(":") + 1).trim();
	}
	let body = raw.slice(split + 4);
	let missing = Number(headers["content-length"] ?? body.length) - body.length;
	if (headers["transfer-encoding"] === "chunked") {
		missing = body.endsWith("0\r\n\r\n") ? 0 : 1;
		body = dechunk(body);
	}
	return { status: Number(status.split(" ")[1]), headers, body, missing };
}

/** @param {string} text */
function dechunk(text) {
	let out = "";
	for (let at = 0; at < text.length;) {
		const end = text.indexOf("\r\n", at);
		const size = Number.parseInt(text.slice(at, end), 16);
		out += text.slice(end + 2, end + 2 + size);
		at = end + 2 + size + 2;
	}
	return out;
}
