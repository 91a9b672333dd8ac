// The program for Workers. Each path is one thing to see.
import * as cctoken from "cctoken";
import * as inline from "cctoken/inline";
import { sandboxIdentities } from "./tools/demo/identities.js";
import { run } from "./program.js";

const client = cctoken.createClient();

const identityOf = async (url, system) => (await sandboxIdentities(url)).find(({ identity }) => identity.system === system).identity;

const own = {
	/** Begins a login, and answers without waiting for it. */
	async begin(url, system) {
		client.getToken(await identityOf(url, system));
		return {};
	},
	async wait(url, system) {
		const token = await client.getToken(await identityOf(url, system));
		return { system: token.system };
	},
	program: (url) => run(cctoken, url),
	inline: async (url) => inline.getToken(await identityOf(url, "appcube")),
	inlineBytes: () => inline.initialize({ wasmBytes: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) }),
	url: (url) => cctoken.initialize({ wasmUrl: `${url}/dist/core.wasm` }),
};

export default {
	async fetch(request, { SANDBOX }) {
		try {
			const { pathname, searchParams } = new URL(request.url);
			return Response.json((await own[pathname.slice(1)](SANDBOX, searchParams.get("system"))) ?? {});
		} catch (error) {
			return Response.json({ code: error.code, message: error.message });
		}
	},
};
