// A server that is down, paused, full, restarted empty, or cut off: nobody who has a token notices, and all is as it was afterwards.
import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import { createClient as createRedis } from "redis";
import { createClient } from "../../js/node.js";
import { redisStore } from "../../js/store/index.js";
import { someKeys, until } from "../store/members.js";
import { identities, lenient } from "../vendor.js";
import { startRelay } from "./relay.js";
import { startServer } from "./server.js";

const server = await startServer();
const keys = someKeys();
after(() => server.kill());

/** @type {(() => unknown)[]} */
let ends = [];
let vendor = lenient();
beforeEach(() => {
	vendor = lenient();
});
afterEach(async () => {
	await Promise.all(ends.map((end) => end()));
	ends = [];
	await server.kill();
	await server.start();
});

/** A client of the package, with a connection of its own. @param {string} [url] */
async function join(url = server.url) {
	const redis = createRedis({ url, socket: { reconnectStrategy: 50 } });
	redis.on("error", () => {});
	await redis.connect();
	/** @type {string[]} */
	const told = [];
	const client = createClient({ store: redisStore(redis, { keys }), fetch: vendor.fetch, onStore: ({ type }) => void told.push(type) });
	ends.push(() => {
		client.close();
		redis.destroy();
	});
	/** @param {keyof typeof identities} system @param {object} [options] */
	const get = async (system, options) => (await client.getToken({ .../** @type {any} */ (identities[system]) }, options)).value;
	return {
		client,
		told,
		get,
		/** @param {string} what */ hears: (what) =>
			until(
				async () => told,
				(all) => all.includes(what),
				what,
			),
	};
}

/** @param {string} end */
const asked = (end) => vendor.requests.filter(({ url }) => url.pathname.endsWith(end)).length;

for (const [name, lose, mend] of /** @type {const} */ ([
	["paused", () => server.signal("SIGSTOP"), () => server.signal("SIGCONT")],
	["killed and restarted empty", () => server.kill(), () => server.start()],
])) {
	test(`${name}: live tokens go on, what is needed is got, one event tells, and afterwards all agree`, async () => {
		const [a, b] = [await join(), await join()];
		const token = await a.get("appcube");
		assert.equal(await b.get("appcube"), token);
		await lose();
		assert.equal(await a.get("appcube"), token);
		const other = await a.get("isales"); // by which it is noticed
		assert.equal(await a.get("isales"), other);
		await a.hears("store_lost");
		assert.deepEqual(a.told, ["store_lost"]);
		assert.equal(await b.get("appcube"), token);
		await mend();
		await a.hears("store_back");
		assert.deepEqual(a.told, ["store_lost", "store_back"]);
		// Whoever asks before that is stored gets one more, and the later one remains.
		const [one] = await until(
			() => Promise.all([a.get("isales"), b.get("isales")]),
			([one, another]) => one === another,
			"one token",
		);
		const late = await join();
		assert.equal(await late.get("appcube"), token);
		assert.equal(await late.get("isales"), one);
		assert.equal(asked("getAppCubeToken"), 1);
		assert.ok(asked("login") <= 2, "each that was alone has got one at most");
	});
}

test("each of those who do not see each other logs in once in a budget's window", async () => {
	const all = await Promise.all(Array.from({ length: 3 }, () => join()));
	await server.kill();
	const tries = (/** @type {object} */ options) => Promise.all(all.map(({ get }) => get("cubedrive", options).catch(({ code }) => code)));
	await tries({});
	assert.equal(asked("getLogin"), 3);
	assert.deepEqual(await tries({ forceRefresh: true }), Array(3).fill("login_budget"));
	assert.equal(asked("getLogin"), 3);
	await server.start();
	await Promise.all(all.map(({ hears }) => hears("store_back")));
	await until(
		() => Promise.all(all.map(({ get }) => get("cubedrive"))),
		(values) => new Set(values).size === 1,
		"one token",
	);
	const late = await join();
	await late.get("cubedrive");
	assert.equal(asked("getLogin"), 3, "and all three logins are known to who comes later");
	await late.get("cubedrive", { forceRefresh: true });
	await late.get("cubedrive", { forceRefresh: true });
	await assert.rejects(late.get("cubedrive", { forceRefresh: true }), ({ code }) => code === "login_budget");
	assert.equal(asked("getLogin"), 5);
});

test("a server that is full is as good as none", async () => {
	const a = await join();
	const admin = await createRedis({ url: server.url }).connect();
	await admin.configSet("maxmemory", "1");
	const token = await a.get("appcube");
	await a.hears("store_lost");
	assert.equal(await a.get("appcube"), token);
	await admin.configSet("maxmemory", "0");
	await a.hears("store_back");
	const late = await join();
	await until(
		() => late.get("appcube"),
		(value) => value === token,
		"the same token",
	);
	admin.destroy();
});

test("a connection that is cut in the middle of whatever answer costs nobody a token", async () => {
	const relay = await startRelay(server.port);
	ends.push(() => relay.close());
	for (let bytes = 0; bytes < 60; bytes += 4) {
		vendor = lenient();
		const flush = await createRedis({ url: server.url }).connect();
		await flush.flushAll();
		flush.destroy();
		const a = await join(relay.url);
		const b = await join();
		relay.cutAfter(bytes);
		const token = await a.get("appcube");
		assert.match(token, /^T/);
		await until(
			async () => [await a.get("appcube"), await b.get("appcube")],
			([one, two]) => one === two,
			`one token, cut after ${bytes} bytes`,
		);
		assert.ok(asked("getAppCubeToken") <= 2, `${bytes}: ${asked("getAppCubeToken")} logins`);
	}
});

test("neither what is kept, nor its keys, nor what passes on the way shows a secret, a token or whose it is", async () => {
	const relay = await startRelay(server.port);
	ends.push(() => relay.close());
	const [a, b] = [await join(relay.url), await join(relay.url)];
	const canaries = ["canary-key", "canary-secret", "canary-user", "canary-passwd", "vendor.test", "appcube", "isales", "ccmessaging"];
	const secret = { appKey: "canary-key", appSecret: "canary-secret" };
	for (const identity of [
		{ ...identities.appcube, ...secret },
		{ ...identities.ccmessaging, ...secret, userId: "canary-user" },
		{ ...identities.isales, user: "canary-user", passwd: "canary-passwd" },
	]) {
		const { value } = await a.client.getToken(/** @type {any} */ (identity));
		await b.client.getToken(/** @type {any} */ (identity));
		const { value: next } = await b.client.getToken(/** @type {any} */ (identity), { rejected: value });
		assert.notEqual(next, value);
	}
	const admin = await createRedis({ url: server.url }).connect();
	let kept = "";
	for (const key of await admin.keys("*")) {
		assert.match(key, /^cctoken:[\w-]{43}$/);
		kept += key + JSON.stringify(await admin.hGetAll(key));
	}
	admin.destroy();
	const everything = `${relay.seen()}\n${kept}`;
	assert.ok(relay.seen().includes("HSET") && kept.length > 1000, "there is something to be looked at");
	const decoded = everything.replace(/[\w-]{60,}/g, (text) => Buffer.from(text, "base64url").toString("latin1"));
	for (const text of [everything, decoded]) {
		for (const canary of canaries) {
			assert.ok(!text.includes(canary), canary);
		}
		assert.doesNotMatch(text, /"token"|"state"|refreshLife/);
	}
	assert.ok(everything.includes("k1") || decoded.includes("k1"), "but for the key's id");
});
