// HTTP as it is written on the wire, for requests that no library would send.
import { once } from "node:events";
import { connect } from "node:net";

/**
 * Sends the bytes of one request, and reads one answer.
 * @param {string} url the server's origin
 * @param {string} text with "\n" for a line's end in the head
 * @param {string} [body] as it is
 * @returns {Promise<{ status: number, headers: Record<string, string>, body: string }>}
 */
export async function raw(url, text, body = "") {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, "connect");
	socket.on("error", () => {}); // the server may end the connection before it has read all
	const ended = once(socket, "close");
	let received = "";
	const whole = new Promise((resolve) =>
		socket.setEncoding("latin1").on("data", (data) => {
			received += data;
			isWhole(received) && resolve(undefined);
		}),
	);
	socket.write(text.trimStart().replaceAll("\n", "\r\n") + "\r\n\r\n" + body);
	await Promise.race([whole, ended]);
	socket.destroy();
	const { status, headers, body: content } = parse(received);
	return { status, headers, body: headers["transfer-encoding"] === "chunked" ? unchunked(content) : content };
}

/** @param {string} text */
function parse(text) {
	const end = text.indexOf("\r\n\r\n");
	const [first = "", ...lines] = text.slice(0, end < 0 ? undefined : end).split("\r\n");
	/** @type {Record<string, string>} */
	const headers = Object.fromEntries(
		lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
	);
	return { status: Number(first.split(" ")[1]), headers, body: end < 0 ? "" : text.slice(end + 4), complete: end >= 0 };
}

/** @param {string} text */
function isWhole(text) {
	const { headers, body, complete } = parse(text);
	return (
		complete &&
		(headers["transfer-encoding"] === "chunked" ? /(?:^|\r\n)0\r\n\r\n$/.test(body) : body.length >= Number(headers["content-length"] ?? 0))
	);
}

/** @param {string} text */
function unchunked(text) {
	let content = "";
	for (let at = 0; ;) {
		const line = text.indexOf("\r\n", at);
		const size = parseInt(text.slice(at, line), 16);
		if (!(size > 0)) {
			return content;
		}
		content += text.slice(line + 2, line + 2 + size);
		at = line + 2 + size + 2;
	}
}
