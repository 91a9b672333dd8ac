// Compresses a file as far as brotli goes: node tools/build/brotli.js dist/sandbox.wasm dist/sandbox.wasm.br
//
// Every Node from 20 to 26 makes the same bytes, of which test/package/reproducible.test.js checks the oldest and the
// newest. Of gzip that is not so: see tools/build/inline.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

/**
 * What a server of static files presses a file into once and for all.
 * @param {Uint8Array} bytes
 * @returns {Promise<Buffer>}
 */
export function press(bytes) {
	return promisify(brotliCompress)(bytes, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
			[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
			[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
		},
	});
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [input, output] = process.argv.slice(2);
	if (!input || !output) {
		throw new Error("usage: node tools/build/brotli.js input output");
	}
	await writeFile(output, await press(await readFile(input)));
}
