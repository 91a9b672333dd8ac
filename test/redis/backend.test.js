// Redis does what every backend has to, by either client.
import { Redis } from "ioredis";
import { after, suite, test } from "node:test";
import { createClient } from "redis";
import { conformance } from "../../js/store/conformance.js";
import { redisBackend } from "../../js/store/redis.js";
import { startServer } from "./server.js";

const server = await startServer();
const redis = await createClient({ url: server.url }).connect();
const ioredis = new Redis(server.port);
after(async () => {
	redis.destroy();
	ioredis.disconnect();
	await server.kill();
});

for (const [by, client] of Object.entries({ redis, ioredis })) {
	suite(`by ${by}`, () => {
		for (const { name, run } of conformance(() => redisBackend(client))) {
			test(name, run);
		}
	});
}
