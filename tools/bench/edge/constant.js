// A plain server in Node that returns a constant, as a process: what an edge in Node is measured beside.
import { createServer } from "node:http";

const constant = '{"system":"isales","token":"constant","expiresIn":300,"headers":{}}';
const headers = { "content-type": "application/json", "content-length": constant.length };

const server = createServer((request, response) => {
	request.resume();
	response.writeHead(200, headers).end(constant);
});
server.listen(0, "127.0.0.1", () => {
	const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
	console.log(JSON.stringify({ event: "listening", url: `http://127.0.0.1:${port}` }));
});
