// One of several processes of an application, with a client of its own over a store that all of them have. It does what its
// parent asks for (members.js).
import { randomUUID } from "node:crypto";
import { createClient } from "../../js/node.js";
import { fileStore, redisStore } from "../../js/store/index.js";
import { actionsOf } from "./actions.js";

const { store: at, skewMs = 0, dies } = JSON.parse(String(process.argv[2]));
const machine = Date.now;
Date.now = () => machine() + skewMs;

/** @type {(() => void)[]} */
const ends = [];

/** The store that the parent has named, by the client that it has named. */
async function open() {
	const { kind, where, keys, prefix } = at;
	if (kind === "file") {
		return fileStore(where, { keys });
	}
	if (kind === "ioredis") {
		const { Redis } = await import("ioredis");
		const redis = new Redis(where, { maxRetriesPerRequest: null });
		redis.on("error", () => {});
		ends.push(() => redis.disconnect());
		return redisStore(redis, { keys, prefix });
	}
	const { createClient: createRedis } = await import("redis");
	const redis = createRedis({ url: where, socket: { reconnectStrategy: 50 } });
	redis.on("error", () => {});
	await redis.connect();
	ends.push(() => redis.destroy());
	return redisStore(redis, { keys, prefix });
}

/** Ends or stops this process, which its parent is told before where it is to go on afterwards. */
async function die() {
	const { signal = "SIGKILL" } = dies;
	if (signal === "SIGSTOP") {
		await new Promise((resolve) => process.send?.({ id: "stops" }, resolve));
	}
	process.kill(process.pid, signal);
	seen.under.push(...locks);
}

/** How often each function of the store was called. @type {Record<string, number>} */
const calls = {};

/** The locks that this process has had. @type {Set<string>} */
const locks = new Set();

/**
 * The store, with this process killed or stopped before or after a call of it, where the parent wants that.
 * @param {any} store
 */
function deadly(store) {
	const wrapped = { ...store };
	for (const name of ["take", "read", "write", "free"]) {
		wrapped[name] = async (/** @type {any[]} */ ...args) => {
			const number = (calls[name] = (calls[name] ?? 0) + 1);
			const mine = dies?.at === name && dies.number === number;
			if (mine && dies.when === "before") {
				await die();
			}
			const answer = await store[name](...args);
			if (name === "take" && answer.taken) {
				locks.add(args[1]);
			}
			if (name === "write" && seen.under.includes(args[1].lock)) {
				seen.late.push(answer.written);
			}
			if (mine && dies.when === "after") {
				await die();
			}
			return answer;
		};
	}
	return wrapped;
}

/** Logins: how many were sent. Under: the locks from before this process was stopped; late: whether what was written under them afterwards was taken. */
const seen = {
	events: /** @type {object[]} */ ([]),
	store: /** @type {string[]} */ ([]),
	logins: 0,
	under: /** @type {string[]} */ ([]),
	late: /** @type {boolean[]} */ ([]),
};
const client = createClient({
	store: deadly(await open()),
	onEvent: ({ type, system, step, logins }) => void seen.events.push({ type, system, step, logins }),
	onStore: ({ type }) => void seen.store.push(type),
	fetch: async (input, init, purpose) => {
		seen.logins += Number(purpose.step === "login");
		const sent = fetch(input, init);
		if (dies?.at === "vendor" && purpose.step === dies.step) {
			await (dies.when === "after" ? sent : new Promise((resolve) => setTimeout(resolve, 50)));
			await die();
		}
		return sent;
	},
});

/** @type {Record<string, (asked: any) => Promise<unknown>>} */
const actions = {
	...actionsOf(client),
	async seen() {
		return seen;
	},
	/** Is killed the moment that it has its token. */
	async last({ identity }) {
		await client.getToken(identity);
		process.kill(process.pid, "SIGKILL");
	},
	async end() {
		client.close();
		ends.forEach((end) => end());
		process.disconnect();
	},
};

process.on("message", async (/** @type {any} */ { id, does, ...asked }) => {
	let answer;
	try {
		answer = await actions[does](asked);
	} catch (error) {
		answer = { error: /** @type {any} */ (error).code ?? String(error) };
	}
	if (process.connected) {
		process.send?.({ id, answer });
	}
});
process.send?.({ id: "ready", answer: randomUUID() });
