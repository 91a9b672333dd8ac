// Processes of any machines, over the store in Redis, by either client.
import { after, test } from "node:test";
import { processes } from "../store/processes.js";
import { someKeys } from "../store/members.js";
import { standStill } from "../store/stopped.js";
import { startServer } from "./server.js";

const server = await startServer();
after(() => server.kill());
let places = 0;

for (const kind of /** @type {const} */ (["redis", "ioredis"])) {
	const place = () => ({ kind, where: server.url, keys: someKeys(), prefix: `test${++places}:` });
	processes(`by ${kind}`, place, { processes: 8 });

	test(`by ${kind}, a process that stands still for longer than its lock lasts writes nothing under it afterwards, and sends no login by it`, () =>
		standStill(place));
}
