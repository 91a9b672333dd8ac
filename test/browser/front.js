// Stands between a browser and the local server (web/serve): it puts the tests' instruments into the page, notes what the
// page asks for, and can do to the connection what a bad day does. The page's policy goes through it as it is.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { controls, startServer } from "../../tools/demo/server.js";
import { instrument, prefix, tag } from "./instruments.js";

/**
 * A request of the page.
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} url with its query
 * @property {import("node:http").IncomingHttpHeaders} headers
 */

/**
 * @param {string[]} [flags] of the local server
 * @returns {Promise<Front>}
 *
 * @typedef {object} Front
 * @property {string} url
 * @property {Asked[]} asked
 * @property {ReturnType<typeof controls>} sandbox
 * @property {boolean} down while it is set, every connection breaks: the machine is there, and nothing answers
 * @property {(path: string) => { status?: number, headers?: Record<string, string>, body?: string | Buffer } | undefined} instead
 *   what to answer in the server's place
 * @property {() => Promise<void>} renew all as at first: the sandbox, this, and what was noted
 * @property {() => Promise<void>} stop
 */
export async function startFront(flags = []) {
	const behind = await startServer("127.0.0.1:0", flags);
	const sandbox = controls(behind.url);
	const nothing = () => undefined;

	const server = createServer(async (incoming, outgoing) => {
		const path = incoming.url ?? "/";
		if (path.startsWith(prefix)) {
			const file = await instrument(path);
			outgoing.writeHead(file ? 200 : 404, file?.headers).end(file?.body);
			return;
		}
		front.asked.push({ method: incoming.method ?? "", url: path, headers: incoming.headers });
		if (front.down) {
			incoming.socket.destroy();
			return;
		}
		const instead = front.instead(path);
		if (instead) {
			outgoing.writeHead(instead.status ?? 200, instead.headers).end(instead.body);
			return;
		}
		const { host: _, ...headers } = incoming.headers;
		const onward = request(behind.url + path, { method: incoming.method, headers, agent: false }, async (answer) => {
			if (!answer.headers["content-type"]?.startsWith("text/html")) {
				outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.on("error", () => outgoing.destroy()).pipe(outgoing);
				return;
			}
			const html = (await answer.toArray()).join("").replace(/<head>/, `<head>${tag}`);
			const { "content-length": _, "last-modified": __, ...rest } = answer.headers;
			outgoing.writeHead(answer.statusCode ?? 502, rest).end(html);
		});
		// What breaks behind breaks in front in the same way: a fault of the sandbox's is to reach the page.
		onward.on("error", () => incoming.socket.destroy());
		outgoing.on("close", () => onward.destroy());
		incoming.pipe(onward);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

	/** @type {Front} */
	const front = {
		url: `http://127.0.0.1:${port}`,
		asked: [],
		sandbox,
		down: false,
		instead: nothing,
		async renew() {
			await sandbox.reset();
			Object.assign(front, { asked: [], down: false, instead: nothing });
		},
		async stop() {
			front.stop = async () => {};
			server.closeAllConnections();
			server.close();
			await once(server, "close");
			await behind.stop();
		},
	};
	return front;
}
