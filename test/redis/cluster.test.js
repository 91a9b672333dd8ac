// A cluster does what one server does, by either client.
import assert from "node:assert/strict";
import { Cluster } from "ioredis";
import { after, suite, test } from "node:test";
import { createCluster } from "redis";
import { createClient } from "../../js/node.js";
import { conformance } from "../../js/store/conformance.js";
import { redisStore } from "../../js/store/index.js";
import { redisBackend } from "../../js/store/redis.js";
import { someKeys, until } from "../store/members.js";
import { identities, lenient } from "../vendor.js";
import { startCluster } from "./cluster.js";

const cluster = await startCluster();
const redis = createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })) });
redis.on("error", () => {}); // its nodes end first
await redis.connect();
const ioredis = new Cluster(cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port })));
after(async () => {
	redis.destroy();
	ioredis.disconnect();
	await cluster.close();
});

for (const [by, client] of Object.entries({ redis, ioredis })) {
	suite(`by ${by}`, () => {
		for (const { name, run } of conformance(() => redisBackend(client))) {
			test(name, run);
		}
	});
}

test("clients of either kind share their sessions, whichever node has them, and hear of each other's changes", async () => {
	const keys = someKeys();
	const vendor = lenient();
	const [one, other] = [redis, ioredis].map((client) =>
		createClient({ store: redisStore(client, { keys, prefix: "shared:" }), fetch: vendor.fetch }),
	);
	const before = await cluster.sizes();
	for (let i = 0; i < 30; i++) {
		const identity = /** @type {any} */ ({ ...identities.appcube, appKey: `key${i}` });
		const { value } = await one.getToken(identity);
		assert.equal((await other.getToken(identity)).value, value);
		const next = await one.getToken(identity, { rejected: value });
		await until(
			() => other.getToken(identity),
			(token) => token.value === next.value,
			"the other's token",
		);
	}
	assert.equal(vendor.requests.length, 60);
	const grown = (await cluster.sizes()).map((size, i) => size - before[i]);
	assert.ok(
		grown.every((size) => size > 0),
		`keys of each node: ${grown}`,
	);
	await Promise.all([one.close(), other.close()]);
});
