// A loopback HTTP server for tests.
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * @typedef {object} Answer
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {string | Uint8Array} [body]
 * @property {number} [breakAfter] end the connection after so many bytes of the body
 */

/**
 * @param {(path: string) => Answer | undefined | Promise<Answer | undefined>} answer undefined makes a 404
 * @returns {Promise<{ url: string, requests: string[], close: () => Promise<void> }>}
 */
export async function serve(answer) {
	/** @type {string[]} */
	const requests = [];
	const server = createServer(async (request, response) => {
		const path = new URL(request.url ?? "/", "http://loopback").pathname;
		requests.push(path);
		const { status = 200, headers = {}, body = "", breakAfter } = (await answer(path)) ?? { status: 404 };
		if (breakAfter !== undefined) {
			response.writeHead(status, { ...headers, "content-length": body.length });
			response.write(body.slice(0, breakAfter), () => response.destroy());
			return;
		}
		response.writeHead(status, headers).end(body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		url: `http://127.0.0.1:${address.port}`,
		requests,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
