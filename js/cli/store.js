// The store that this process has in common with others: a folder, or Redis by the client that is installed where the command is run.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fileStore, redisStore } from "../store/index.js";
import { UsageError } from "./usage.js";

/** Under which names its secrets are in the environment. */
const names = { keys: "STORAGE_KEYS", nameKey: "NAME_KEY", url: "REDIS_URL" };

/**
 * @param {string} where a folder, or "redis"
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @param {{ stable?: boolean }} [options] stable: whether names are made with NAME_KEY, so that they outlive the keys
 * @returns {Promise<{ store: import("../client/store.js").Store, leave: () => Promise<unknown> }>} leave: when it is not used any more
 */
export async function storeIn(where, env, cwd, { stable = false } = {}) {
	const secrets = { keys: await secretIn(env, names.keys), ...(stable && { nameKey: await secretIn(env, names.nameKey) }) };
	if (where !== "redis") {
		return { store: made(() => fileStore(resolve(cwd, where), secrets)), leave: async () => {} };
	}
	const url = await secretIn(env, names.url);
	let createClient;
	try {
		({ createClient } = await import(pathToFileURL(createRequire(resolve(cwd, "package.json")).resolve("redis")).href));
	} catch {
		throw new UsageError("The store redis needs the package redis where the command is run: npm install redis.", "store");
	}
	let client;
	try {
		client = createClient({ url, disableOfflineQueue: true });
	} catch {
		throw new UsageError(`${names.url} must be the URL of a Redis or Valkey server.`, names.url); // its own text may quote the value
	}
	client.on("error", () => {}); // that the store is lost is told by who uses it
	const connecting = client.connect().catch(() => {}); // one that is not there yet may come
	return {
		store: made(() => redisStore(client, secrets)),
		async leave() {
			client.destroy();
			await connecting;
		},
	};
}

/**
 * What the store's options are called here.
 * @param {() => import("../client/store.js").Store} make
 */
function made(make) {
	try {
		return make();
	} catch (error) {
		const { field, message } = /** @type {import("../client/error.js").TokenError} */ (error);
		const name = field === "keys" || field === "nameKey" ? names[field] : "store";
		throw new UsageError(`${message.replace(/^\w+/, name)}.`, name);
	}
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
async function secretIn(env, name) {
	const file = env[`${name}_FILE`];
	const value = env[name] || (file && (await readFile(file, "utf8").catch(() => "")).replace(/\r?\n$/, ""));
	if (!value) {
		throw new UsageError(`A store needs ${name} in the environment, or the path of its file in ${name}_FILE.`, name);
	}
	return value;
}
