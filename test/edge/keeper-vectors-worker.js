// Plays the conformance cases inside a Durable Object of workerd: a keeper's promises and timers belong to one.
import { playWith } from "../vectors.js";
import { Keeper } from "../../js/edge/keeper/keeper.js";
import { clientOf } from "./keeper-client.js";

// The cases take their turns by message channels. workerd delivers those messages without a look at what else has come,
// the body of a response say; timers let that through.
globalThis.MessageChannel = class {
	port1 = { onmessage() {}, close() {} };
	port2 = { postMessage: () => setTimeout(() => this.port1.onmessage(), 0) };
};

const keeperClient = clientOf(({ clock, timeoutMs, maxSessions, fetch, ask, log }) => {
	const records = new Map();
	const storage = {
		get: async (key) => records.get(key),
		// Where a case bounds the sessions in memory, what leaves it is gone: from the storage it would come back.
		put: async (entries) => maxSessions === undefined && Object.entries(entries).forEach(([key, value]) => records.set(key, value)),
		sync: async () => {},
		getAlarm: async () => 0,
		kv: { get: () => undefined },
	};
	return new Keeper(
		{ id: "0".repeat(64), storage },
		{ STORAGE_KEYS: `k1:${"A".repeat(43)}`, KEEPER_CONNECTIONS: "1000" },
		{ clock, timeoutMs, maxSessions, fetch: (url, init) => fetch(url, formOf(init)), ask, log },
	);
});

/** The cases speak of a form's fields, not of its text. */
function formOf({ headers, body, ...init }) {
	const type = "application/x-www-form-urlencoded;charset=UTF-8";
	if (headers.get("content-type") !== type) {
		return { ...init, headers, body };
	}
	const rest = new Headers(headers);
	rest.delete("content-type");
	return { ...init, headers: rest, body: new URLSearchParams(body) };
}

export class Player {
	async fetch(request) {
		const { cases, users } = await request.json();
		return Response.json(await playWith(keeperClient, cases, undefined, users));
	}
}

export default {
	fetch: (request, env) => env.PLAYER.get(env.PLAYER.newUniqueId()).fetch(request),
};
