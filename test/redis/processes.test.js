// Processes of any machines, over the store in Redis, by either client.
import { after } from "node:test";
import { processes } from "../store/processes.js";
import { someKeys } from "../store/members.js";
import { startServer } from "./server.js";

const server = await startServer();
after(() => server.kill());
let places = 0;

for (const kind of /** @type {const} */ (["redis", "ioredis"])) {
	processes(`by ${kind}`, () => ({ kind, where: server.url, keys: someKeys(), prefix: `test${++places}:` }), { processes: 8 });
}
