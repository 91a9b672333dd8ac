// What a store costs, beside a client without one: where a token is live, and before one that must be got. The vendor answers at once,
// and is a process of its own, as Redis is.
import { setTimeout as pause } from "node:timers/promises";
import { createClient as createRedis } from "redis";
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { memoryStore, redisStore } from "../../js/store/index.js";
import { found, startServer as startRedis } from "../../test/redis/server.js";
import { sandboxIdentities } from "../demo/identities.js";
import { startServer } from "../demo/server.js";
import { compare, compareTold, timed } from "./compare.js";
import { compared, milli, ns, report } from "./report.js";

const module = createModule(load);
await module.start();
const sandbox = await startServer("127.0.0.1:0");
const [{ identity }] = (await sandboxIdentities(sandbox.url)).filter(({ identity }) => identity.system === "appcube");

/** @param {import("../../js/store/index.js").Store} [store] */
const client = (store) => createClient(module, { fetch, ...(store && { store }) });

/** @param {ReturnType<typeof client>} one */
async function live(one) {
	const token = await one.getToken(identity);
	return async (/** @type {number} */ n) => {
		for (let i = 0; i < n; i++) {
			if ((await one.getToken(identity)) !== token) {
				throw new Error("another token");
			}
		}
	};
}

let users = 0;
/**
 * How long a caller waits. What is stored afterwards is in nobody's time.
 * @param {ReturnType<typeof client>} one
 */
const first = (one) => async () => {
	const appKey = `bench${++users}`;
	const ms = await timed(() => one.getToken({ ...identity, appKey, appSecret: `api-password-of-${appKey}` }), 1);
	await pause(3);
	return ms;
};

const rows = [
	compared(
		"a live token over a store; without a store",
		await compare(await live(client(memoryStore())), await live(client()), { batch: 10_000, rounds: 200, warmUp: 20 }),
		ns,
		1.1,
	),
];
const what = "  a first token over a store in Redis; without a store";
if (found() === undefined) {
	rows.push({ what, ours: "not measured: there is no redis-server and no valkey-server" });
} else {
	const server = await startRedis();
	const redis = await createRedis({ url: server.url }).connect();
	redis.on("error", () => {}); // its server ends first
	const keys = `bench:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
	const over = first(client(redisStore(redis, { keys })));
	rows.push(compared(what, await compareTold(over, first(client()), { rounds: 400, warmUp: 400 }), milli, 1.5));
	redis.destroy();
	await server.kill();
}
await sandbox.stop();
report(...rows);
process.exit(); // a client that is not closed has timers
