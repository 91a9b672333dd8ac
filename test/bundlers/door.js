// A loopback address that is known before the server behind it has started. The sandbox must know the origin of the
// pages that it admits, and a page must know the sandbox: one of the two has to have an address first.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** @returns {Promise<{ url: string, leadTo: (url: string) => void, close: () => Promise<void> }>} */
export async function openDoor() {
	let target = { host: "127.0.0.1", port: 0 };
	const sockets = new Set();
	const server = createServer((socket) => {
		const inner = connect(target);
		for (const end of [socket, inner]) {
			sockets.add(end);
			end.on("close", () => sockets.delete(end));
			end.on("error", () => (socket.destroy(), inner.destroy()));
		}
		socket.pipe(inner).pipe(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		url: `http://127.0.0.1:${address.port}`,
		leadTo(url) {
			const { hostname, port } = new URL(url);
			target = { host: hostname, port: Number(port) };
			for (const socket of sockets) {
				socket.destroy(); // a connection that was kept leads to the server before
			}
		},
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}
			server.close();
			await once(server, "close");
		},
	};
}
