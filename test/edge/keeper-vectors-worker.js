// Plays the conformance cases inside a Durable Object of workerd: a keeper's promises and timers belong to one.
import { playWith } from "../vectors.js";
import { keeperClient } from "./keeper-client.js";

// The cases take their turns by message channels. workerd delivers those messages without a look at what else has come,
// the body of a response say; timers let that through.
globalThis.MessageChannel = class {
	port1 = { onmessage() {}, close() {} };
	port2 = { postMessage: () => setTimeout(() => this.port1.onmessage(), 0) };
};

export class Player {
	async fetch(request) {
		const { cases, users } = await request.json();
		return Response.json(await playWith(keeperClient, cases, undefined, users));
	}
}

export default {
	fetch: (request, env) => env.PLAYER.get(env.PLAYER.newUniqueId()).fetch(request),
};
