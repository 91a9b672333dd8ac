// The program for Workers. Each path is one thing to see.
import * as cctoken from "cctoken";
import * as inline from "cctoken/inline";
import { sandboxIdentities } from "./identities.js";
import { run } from "./program.js";

const client = cctoken.createClient();

const own = {
	/** Begins a login, and answers without waiting for it. */
	async begin(url) {
		client.getToken(sandboxIdentities(url)[0].identity);
		return {};
	},
	async wait(url) {
		const { system } = await client.getToken(sandboxIdentities(url)[0].identity);
		return { system };
	},
	program: (url) => run(cctoken, url),
	inline: (url) => inline.getToken(sandboxIdentities(url)[0].identity),
	inlineBytes: () => inline.initialize({ wasmBytes: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) }),
	url: (url) => cctoken.initialize({ wasmUrl: `${url}/dist/core.wasm` }),
};

export default {
	async fetch(request, { SANDBOX }) {
		try {
			return Response.json((await own[new URL(request.url).pathname.slice(1)](SANDBOX)) ?? {});
		} catch (error) {
			return Response.json({ code: error.code, message: error.message });
		}
	},
};
