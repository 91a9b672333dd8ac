// An HTTP proxy for tests. Every name that it is asked for is this machine, but for those of .invalid, which nobody has.
import { createServer, request as forward } from "node:http";
import { connect } from "node:net";

/**
 * @param {(request: import("node:http").IncomingMessage) => string | undefined} [answer] the head of what a request is answered with, if it does not go on
 */
export function connectProxy(answer = () => undefined) {
	const seen = [];
	const unknown = (host) => (host.endsWith(".invalid") ? "502 Bad Gateway" : undefined);
	const proxy = createServer((request, response) => {
		seen.push(`${request.method} ${request.url}`);
		const { hostname, port, pathname, search } = new URL(request.url);
		const [status] = (answer(request) ?? unknown(hostname) ?? "").split(" ");
		if (status) {
			response.writeHead(Number(status)).end();
			return;
		}
		request.pipe(
			forward(
				{ host: "127.0.0.1", port, path: pathname + search, method: request.method, headers: request.headers, agent: false },
				(answered) => {
					response.writeHead(answered.statusCode, answered.headers);
					answered.pipe(response);
				},
			),
		);
	});
	proxy.on("connect", (request, client) => {
		seen.push(`CONNECT ${request.url}`);
		client.on("error", () => {});
		const [, host, port] = /^(.*):(\d+)$/.exec(request.url);
		const head = answer(request) ?? unknown(host);
		if (head !== undefined) {
			client.end(`HTTP/1.1 ${head}\r\n\r\n`);
			return;
		}
		const server = connect(Number(port), "127.0.0.1", () => {
			client.write("HTTP/1.1 200 Connection established\r\n\r\n");
			server.pipe(client).pipe(server);
		});
		server.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
	});
	return Object.assign(proxy, { seen });
}
