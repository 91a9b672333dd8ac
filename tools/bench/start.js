// From the module's bytes to a core that can be called, against an empty Go program; and the same of a light core, where
// `make tiny` has built one.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createGo } from "../../dist/go.js";
import { createModule } from "../../js/module/module.js";
import { load } from "../../js/module/load-node.js";
import { compare } from "./compare.js";
import { buildEmpty } from "./empty.js";
import { compared, mib, milli, report } from "./report.js";

const empty = await buildEmpty();

/**
 * The module with a custom section that makes it another one: V8 does not compile twice what it has in memory.
 * @param {Buffer} wasm
 */
function unseen(wasm) {
	const section = Buffer.from([0, 6, 1, 0x6e, 0, 0, 0, 0]); // custom, 6 bytes, a name of 1 letter, 4 bytes
	section.writeUInt32LE(++seen, 4);
	return Buffer.concat([wasm, section]);
}
let seen = 0;

/** @param {Buffer} wasm */
async function startOurs(wasm) {
	const module = createModule(load);
	await module.initialize({ wasmBytes: wasm });
	return module.running();
}

/** @param {Buffer} wasm */
async function startEmpty(wasm) {
	const go = createGo();
	const instance = await WebAssembly.instantiate(await WebAssembly.compile(wasm), go.importObject);
	void go.run(instance);
	await undefined;
	if (go.exited) {
		throw new Error("the empty program has ended");
	}
}

/**
 * @param {string} what
 * @param {URL} url of the core
 * @param {number} ratio the largest that is aimed at
 * @param {number} most bytes of memory
 * @returns {Promise<import("./report.js").Row[]>}
 */
async function measured(what, url, ratio, most) {
	const core = await readFile(url);
	// A batch is one start, so what is made ready for it must not be in its time.
	const ready = { core: unseen(core), empty: unseen(empty) };
	const comparison = await compare(
		async () => {
			await startOurs(ready.core);
			ready.core = unseen(core);
		},
		async () => {
			await startEmpty(ready.empty);
			ready.empty = unseen(empty);
		},
		{ batch: 1, rounds: 30, warmUp: 3 },
	);
	const memory = (await startOurs(unseen(core))).memory().length;
	return [
		compared(`start in Node${what}: compile, instantiate, ready; an empty Go program`, comparison, milli, ratio),
		{ what: `linear memory after the start${what}`, ours: mib(memory), bar: `under ${mib(most)}`, met: memory < most },
	];
}

const light = new URL("../../dist/core.tiny.wasm", import.meta.url);
report(
	...(await measured("", new URL("../../dist/core.wasm", import.meta.url), 0.75, 4 * 2 ** 20)),
	...(existsSync(light) ? await measured(" of a light core", light, 0.25, 2 ** 18) : []),
);
