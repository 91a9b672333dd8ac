// Has TinyGo, where there is one, make a light core of the sources that the Go compiler makes the package's core of:
//
//	node tools/build/tiny.js dist/.unstamped.tiny.wasm
//
// tiny.json describes what it is made for. It is TinyGo's own "wasm" without a libc: nothing of one is needed but random
// numbers, for which the program then asks its host. A panic traps, as printing it would take more code, and tell secrets.
import { spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { section, sections } from "./wasm.js";

/** How TinyGo is called, up to where the module goes, and what it is made of. */
export const tinygo = [
	...["build", "-target", fileURLToPath(new URL("tiny.json", import.meta.url)), "-buildmode", "c-shared"],
	...["-panic", "trap", "-no-debug", "-opt", "z", "-o"],
];

const absent =
	"make tiny needs TinyGo, and there is no tinygo on the PATH. How to get it: https://tinygo.org/getting-started/install/. " +
	"Nothing else needs it: the package's own core is built by Go.";

/** What js/module/light.js brings. */
const imported = "env.arc4random";

/**
 * @param {Uint8Array} wasm as TinyGo leaves it
 * @returns {Buffer} the same without names and notes, which only people read
 * @throws {Error} where it needs more of its host than it would get
 */
export function trim(wasm) {
	const found = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ module, name }) => `${module}.${name}`);
	if (found.join() !== imported) {
		throw new Error(`what tinygo has built imports ${found.join(", ") || "nothing"}, and js/module/light.js brings ${imported}`);
	}
	const kept = [...sections(wasm)].filter(({ id }) => id !== section.custom);
	return Buffer.concat([wasm.subarray(0, 8), ...kept.map(({ whole }) => whole)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [output] = process.argv.slice(2);
	if (!output) {
		throw new Error("usage: node tools/build/tiny.js light.wasm");
	}
	const raw = `${output}.raw.wasm`;
	const { error, status } = spawnSync("tinygo", [...tinygo, raw, "./wasm/module"], {
		cwd: fileURLToPath(new URL("../..", import.meta.url)),
		stdio: "inherit",
	});
	try {
		if (error) {
			console.error(/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT" ? absent : `tinygo does not start: ${error.message}`);
			process.exitCode = 1;
		} else if (status !== 0) {
			process.exitCode = 1; // it has said why
		} else {
			await writeFile(output, trim(await readFile(raw)));
		}
	} finally {
		await rm(raw, { force: true });
	}
}
