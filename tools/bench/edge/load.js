// Keeps a server busy over a number of connections, each with one request at a time, and measures.
import { once } from "node:events";
import { connect } from "node:net";

/**
 * @typedef {object} Measured
 * @property {number} perSecond requests answered with 200
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 */

/**
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, users?: string[], body?: string, connections?: number, ms: number }} options
 *   users: values of Authorization, which take turns
 * @returns {Promise<{ times: number[], ms: number }>} the time of each answer, in milliseconds
 */
export async function load(url, { method = "GET", headers = {}, users, body = "", connections = 16, ms }) {
	const { hostname, port, pathname, search } = new URL(url);
	const requests = (users?.map((authorization) => ({ ...headers, authorization })) ?? [headers]).map((all) =>
		Buffer.from(
			`${method} ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
				`${Object.entries(all)
					.map(([name, value]) => `${name}: ${value}\r\n`)
					.join("")}\r\n${body}`,
		),
	);
	let turn = 0;
	/** @type {number[]} */
	const times = [];
	const began = performance.now();
	await Promise.all(
		Array.from({ length: connections }, async () => {
			const socket = connect(Number(port), hostname);
			await once(socket, "connect");
			socket.setNoDelay(true).setEncoding("latin1");
			while (performance.now() - began < ms) {
				const sent = performance.now();
				socket.write(/** @type {Buffer} */ (requests[turn++ % requests.length]));
				const status = await answer(socket);
				if (status !== 200) {
					throw new Error(`${pathname} answers ${status}`);
				}
				times.push(performance.now() - sent);
			}
			socket.destroy();
		}),
	);
	return { times, ms: performance.now() - began };
}

/**
 * @param {import("node:net").Socket} socket
 * @returns {Promise<number>} the status, once the answer is complete
 */
function answer(socket) {
	return new Promise((resolve, reject) => {
		let text = "";
		const done = (/** @type {() => void} */ settle) => {
			socket.off("data", read).off("close", closed);
			settle();
		};
		const closed = () => done(() => reject(new Error("the server ended the connection")));
		const read = (/** @type {string} */ data) => {
			text += data;
			const end = text.indexOf("\r\n\r\n");
			if (end < 0) {
				return;
			}
			const length = /content-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
			if (length !== undefined ? text.length - end - 4 >= Number(length) : text.endsWith("\r\n0\r\n\r\n")) {
				done(() => resolve(Number(text.slice(9, 12))));
			}
		};
		socket.on("data", read).on("close", closed);
	});
}

/** @param {{ times: number[], ms: number }[]} rounds @returns {Measured} */
export function summary(rounds) {
	const times = rounds.flatMap(({ times }) => times).sort((a, b) => a - b);
	const at = (/** @type {number} */ part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
	return { perSecond: (times.length * 1000) / rounds.reduce((sum, { ms }) => sum + ms, 0), p50: at(0.5), p99: at(0.99) };
}
