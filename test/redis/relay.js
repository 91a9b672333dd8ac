// A relay before a server, which sees all that passes, and cuts connections.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** @param {number} port of the server */
export async function startRelay(port) {
	/** @type {Set<import("node:net").Socket>} */
	const sockets = new Set();
	/** @type {Buffer[]} */
	const seen = [];
	let left = Infinity;
	const server = createServer((near) => {
		const far = connect(port, "127.0.0.1");
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on("error", () => {});
			socket.once("close", () => {
				sockets.delete(socket);
				near.destroy();
				far.destroy();
			});
		}
		near.on("data", (data) => {
			seen.push(data);
			far.write(data);
		});
		far.on("data", (data) => {
			seen.push(data);
			if (data.length <= left) {
				left -= data.length;
				near.write(data);
				return;
			}
			near.end(data.subarray(0, left));
			far.destroy();
			left = Infinity; // once
		});
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port: own } = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		url: `redis://127.0.0.1:${own}`,
		/** Cuts the next answer after so many bytes, and its connection. @param {number} bytes */
		cutAfter(bytes) {
			left = bytes;
		},
		/** All that has passed. */
		seen: () => Buffer.concat(seen).toString("latin1"),
		async close() {
			server.close();
			sockets.forEach((socket) => socket.destroy());
			await once(server, "close");
		},
	};
}
