// A backend in Redis or Valkey, by the application's own client: `redis` or `ioredis`, also of a cluster. What is kept under a
// name is one hash, which one script reads and changes; after that it tells all who listen.
import { createHash } from "node:crypto";
import { invalidOption } from "../client/option.js";

/** @typedef {import("./backend.js").Backend} Backend */
/** A script; and its digest, by which a server runs one that it has seen before. @typedef {{ text: string, sha: string }} Script */

/** What nobody has touched for so long is removed, in milliseconds. */
const keptMs = 30 * 86_400_000;

/** Before every script: the server's time, and what is kept. */
const head = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call("HMGET", KEYS[1], "version", "value", "lock", "until")
local version, value, lock, ends = kept[1] or "", kept[2] or "", kept[3] or "", tonumber(kept[4] or "0")
local held = lock ~= "" and ends > now
`;

/** @param {string} text @returns {Script} */
const script = (text) => ({
	text: head + text,
	sha: createHash("sha1")
		.update(head + text)
		.digest("hex"),
});

const scripts = {
	take: script(`
local taken = not held or lock == ARGV[1]
local written = taken and ARGV[4] ~= "" and version == ARGV[5]
if taken then
	ends = now + tonumber(ARGV[2])
	redis.call("HSET", KEYS[1], "lock", ARGV[1], "until", string.format("%.0f", ends))
end
if written then
	redis.call("HSET", KEYS[1], "version", ARGV[4], "value", ARGV[6])
	version, value = "", ""
end
if taken then
	redis.call("PEXPIRE", KEYS[1], (written or version ~= "") and ARGV[3] or ARGV[2])
end
return { string.format("%.0f", now), version, value, taken and 1 or 0, string.format("%.0f", ends - now), written and 1 or 0 }`),
	read: script(`
return { string.format("%.0f", now), version, value }`),
	write: script(`
held = ARGV[1] == "" or held and lock == ARGV[1]
if not held or version ~= ARGV[2] then
	return { string.format("%.0f", now), version, value, 0, held and 1 or 0 }
end
redis.call("HSET", KEYS[1], "version", ARGV[3], "value", ARGV[4])
if ARGV[5] == "1" then
	redis.call("HDEL", KEYS[1], "lock", "until")
end
redis.call("PEXPIRE", KEYS[1], ARGV[6])
redis.call("PUBLISH", ARGV[7], ARGV[8] .. " " .. ARGV[3])
return { string.format("%.0f", now), "", "", 1, 1 }`),
	free: script(`
if lock == ARGV[1] then
	redis.call("HDEL", KEYS[1], "lock", "until")
	redis.call("PUBLISH", ARGV[2], ARGV[3] .. " " .. version)
end
return 1`),
};

/** One turn of the event loop. @returns {Promise<void>} */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * @param {any} client of `redis` or `ioredis`
 * @param {string} [prefix] of all keys, and of the channel
 * @returns {Backend}
 */
export function redisBackend(client, prefix = "cctoken:") {
	if (typeof client?.eval !== "function" || typeof client.duplicate !== "function") {
		throw invalidOption("client", "must be a client of redis or ioredis");
	}
	const channel = `${prefix}changes`;
	const classic = typeof client.defineCommand === "function"; // ioredis
	const cluster = Boolean(client.isCluster) || Array.isArray(client.slots);
	/** Whether the server has seen the script that writes. */
	let seen = false;
	/** The last write. @type {Promise<void>} */
	let writing = Promise.resolve();
	/**
	 * @param {Script} script
	 * @param {string} name
	 * @param {...string} args
	 * @returns {Promise<any>}
	 */
	const run = async ({ text, sha }, name, ...args) => {
		const key = prefix + name;
		try {
			return await (classic ? client.evalsha(sha, 1, key, ...args) : client.evalSha(sha, { keys: [key], arguments: args }));
		} catch (error) {
			if (!String(/** @type {Error} */ (error)?.message).startsWith("NOSCRIPT")) {
				throw error;
			}
			seen = false; // it has been started anew, perhaps
			return classic ? client.eval(text, 1, key, ...args) : client.eval(text, { keys: [key], arguments: args });
		}
	};
	/** @param {string} version @param {string} value */
	const entryOf = (version, value) => (version === "" ? undefined : { version, value });

	return {
		async take(name, lock, ttlMs, first) {
			const { version = "", expected = "", value = "" } = first ?? {};
			const args = [lock, String(ttlMs), String(keptMs), version, expected, value];
			const [now, there, its, taken, left, written] = await run(scripts.take, name, ...args);
			return { now: Number(now), taken: taken === 1, leftMs: Number(left), written: written === 1, entry: entryOf(there, its) };
		},
		async read(name) {
			const [now, version, value] = await run(scripts.read, name);
			return { now: Number(now), entry: entryOf(version, value) };
		},
		async write(name, { value, version, expected, lock, free }) {
			const args = [lock, expected, version, value, free ? "1" : "", String(keptMs), channel, name];
			const answer = run(scripts.write, name, ...args);
			writing = answer.then(
				() => void (seen = true),
				() => {},
			);
			const [now, there, its, written, held] = await answer;
			return { now: Number(now), written: written === 1, held: held === 1, entry: entryOf(there, its) };
		},
		async free(name, lock) {
			await run(scripts.free, name, lock, channel, name);
		},
		// What a client was told to send it has given to the system by then, which sends it even for a process that is killed: it waits
		// for the end of a turn of the event loop, and a cluster's has to find its node before. A script that the server may not have
		// could have to be sent once more.
		sent: () => (!seen ? writing : cluster ? turn().then(turn) : turn()),
		async watch(changed, signal) {
			const own = client.duplicate();
			const end = () => {
				try {
					classic ? own.disconnect() : own.destroy();
				} catch {
					// It has ended already.
				}
			};
			signal?.addEventListener("abort", end, { once: true }); // also while it cannot connect
			own.on("error", () => {}); // the application's own client tells of the same
			/** @param {string} message */
			const told = (message) => {
				const [name = "", version] = message.split(" ");
				changed(name, version);
			};
			try {
				if (classic) {
					own.on("message", (/** @type {string} */ _, /** @type {string} */ message) => told(message));
					await own.subscribe(channel);
				} else {
					await own.connect();
					await own.subscribe(channel, told);
				}
			} catch (error) {
				end();
				throw error;
			}
			// It is there anew, or a cluster's other node in its place: something may have been told meanwhile.
			for (const event of ["ready", "node-ready", "+subscriber"]) {
				own.on(event, () => changed());
			}
			return async () => end();
		},
	};
}
