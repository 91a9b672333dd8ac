// A Worker that plays the conformance cases with the light core, and asks it and the package's own the same. workerd compiles
// nothing at run time: an import brings each of them compiled.
import core from "../../dist/core.wasm";
import light from "../../dist/core.tiny.wasm";
import { getToken, initialize } from "../../js/workerd.js";
import { play } from "../vectors.js";
import { differ, toldIn } from "./differential.js";

// The cases take their turns by message channels. workerd delivers those messages without a look at what else has come,
// the body of a response say; timers let that through.
globalThis.MessageChannel = class {
	port1 = { onmessage() {}, close() {} };
	port2 = { postMessage: () => setTimeout(() => this.port1.onmessage(), 0) };
};

const errands = {
	play: ({ cases }) => play(async () => light, cases),
	differ: ({ cases, seed, calls }) => differ([async () => core, async () => light], toldIn(cases), seed, calls),
	async door(identity) {
		await initialize({ wasmModule: light });
		return (await getToken(identity)).value;
	},
};

export default {
	async fetch(request) {
		const { errand, ...given } = await request.json();
		return Response.json(await errands[errand](given));
	},
};
