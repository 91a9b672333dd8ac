// Redis does what every backend has to, by either client.
import { Redis } from "ioredis";
import assert from "node:assert/strict";
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

		test("a script is sent once, and anew to a server that has lost it", async () => {
			const backend = redisBackend(client);
			/** How often the server has run scripts, as they were sent, and by their digests. */
			const runs = async () => {
				const stats = await redis.info("commandstats");
				return ["eval", "evalsha"].map((command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0));
			};
			await redis.scriptFlush();
			await redis.configResetStat();
			for (let i = 0; i < 5; i++) {
				await backend.read("name");
			}
			assert.deepEqual(await runs(), [1, 5]);
			await redis.scriptFlush();
			assert.equal((await backend.take("name", "lock", 1)).taken, true);
			assert.deepEqual(await runs(), [2, 6]);
		});
	});
}
