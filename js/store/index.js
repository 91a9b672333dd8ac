// Stores, through which the clients of one application share their sessions, in whatever processes: `cctoken/store`.
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { invalidOption, known } from "../client/option.js";
import { fileBackend } from "./file.js";
import { codeOf, make } from "./folder.js";
import { memoryBackend } from "./memory.js";
import { redisBackend } from "./redis.js";
import { sealedStore } from "./sealed.js";

export { sealedStore };

/** @typedef {import("./sealed.js").Store} Store */
/** @typedef {import("./sealed.js").StoreKeys} StoreKeys */
/** @typedef {import("./backend.js").Backend} Backend */
/** @typedef {import("./backend.js").Entry} Entry */
/** @typedef {import("./backend.js").FirstWrite} FirstWrite */
/** @typedef {import("./backend.js").WriteRequest} WriteRequest */
/** @typedef {import("./backend.js").ReadAnswer} ReadAnswer */
/** @typedef {import("./backend.js").TakeAnswer} TakeAnswer */
/** @typedef {import("./backend.js").WriteAnswer} WriteAnswer */

/**
 * A store in Redis or Valkey, from version 6 on, for any number of machines.
 * @param {any} client the application's own client, of `redis` (from 5 on) or `ioredis` (from 5 on), a cluster's included. It is
 *   connected by the application; a second connection listens to what others do, until the client of this package is closed
 * @param {StoreKeys & { prefix?: string }} options its secrets; prefix: of all keys, and of the channel, by default `cctoken:`
 * @returns {Store} for `createClient`
 * @throws {import("../client/error.js").TokenError} `invalid_option`
 * @example
 * const redis = createRedis({ url: process.env.REDIS_URL }).on("error", (error) => console.error(error.message));
 * await redis.connect();
 * const client = createClient({ store: redisStore(redis, { keys: process.env.STORE_KEYS }) });
 */
export function redisStore(client, options) {
	const { prefix, ...keys } = known(options, ["keys", "nameKey", "prefix"]);
	if (prefix !== undefined && !(typeof prefix === "string" && /^[\w:.{}-]{1,64}$/.test(prefix))) {
		throw invalidOption("prefix", "must have 1 to 64 letters, digits, or any of _ : . { } -");
	}
	return sealedStore(redisBackend(client, prefix), /** @type {StoreKeys} */ (keys));
}

/**
 * A store in a folder, for the processes of one machine. Its file system must know hard links, and must not be a network's.
 * @param {string} folder where it is; made where it is not there. Only its owner may read it
 * @param {StoreKeys} options its secrets
 * @returns {Store} for `createClient`
 * @throws {import("../client/error.js").TokenError} `invalid_option`, also where the folder can neither be made nor be written to
 */
export function fileStore(folder, options) {
	if (typeof folder !== "string" || folder === "") {
		throw invalidOption("folder", "must be the path of a folder");
	}
	const path = resolve(folder); // whatever the program's own folder is later
	const store = sealedStore(fileBackend(path), options);
	try {
		make(path);
	} catch (error) {
		throw invalidOption("folder", `cannot be made, or not be written to (${codeOf(error)}): ${path}`);
	}
	return store;
}

/**
 * A store in memory, for several clients of one program, and for tests.
 * @returns {Store} for `createClient`
 */
export function memoryStore() {
	return sealedStore(memoryBackend(), { keys: `memory:${randomBytes(32).toString("base64url")}` });
}
