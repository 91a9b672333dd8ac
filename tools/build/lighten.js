// Makes what ships of what the Go linker has written, without what costs a download much and the program nothing:
//
//	node tools/build/lighten.js dist/linked/console.wasm dist/console.wasm
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "./join.js";
import { withoutTraces } from "./traces.js";

/**
 * @param {Uint8Array} wasm
 * @returns {Buffer} the same program
 * @throws {Error} where it is not such as the Go linker writes
 */
export const lighten = (wasm) => withoutTraces(join(wasm));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [input, output] = process.argv.slice(2);
	if (!input || !output) {
		throw new Error("usage: node tools/build/lighten.js linked.wasm light.wasm");
	}
	await writeFile(output, lighten(await readFile(input)));
}
