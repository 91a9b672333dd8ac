// Two edges in Node with one Redis or Valkey, as docs/edge.md has them composed.
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { oneLoginEach, startPair } from "../edge-node/pair.js";
import { startServer } from "./server.js";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let redis;
/** @type {Awaited<ReturnType<typeof startPair>>} */
let pair;
before(async () => {
	redis = await startServer();
	pair = await startPair("redis", { REDIS_URL: redis.url }, fileURLToPath(new URL("../../", import.meta.url)));
});
after(async () => {
	await pair?.close();
	await redis?.kill();
});

test("1,000 users who come by turns through both cost one login each, and where one edge is killed nobody notices but by a retry", () =>
	oneLoginEach(pair, 1_000));
