// Compresses a file as far as brotli goes: node js/build/brotli.js dist/sandbox.wasm dist/sandbox.wasm.br
//
// Every Node from 20 to 26 makes the same bytes, of which js/test/package/reproducible.test.js checks the oldest and the
// newest. Of gzip that is not so: see js/build/inline.
import { readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";

const [input, output] = process.argv.slice(2);
if (!input || !output) {
	throw new Error("usage: node js/build/brotli.js input output");
}
const bytes = await readFile(input);
await writeFile(
	output,
	brotliCompressSync(bytes, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
			[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
			[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
		},
	}),
);
