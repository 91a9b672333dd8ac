// What a page downloads: the module by brotli, as a server of static files would press it, against an empty Go program.
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { buildEmpty } from "./empty.js";
import { bytes, report } from "./report.js";

/** @param {Buffer} data */
async function pressed(data) {
	const { length } = await promisify(brotliCompress)(data, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: 11,
			[constants.BROTLI_PARAM_LGWIN]: 24,
			[constants.BROTLI_PARAM_SIZE_HINT]: data.length,
		},
	});
	return length;
}

const core = await readFile(new URL("../../dist/core.wasm", import.meta.url));
const empty = await buildEmpty();
const [ours, reference] = await Promise.all([pressed(core), pressed(empty)]);
const ratio = ours / reference;
report(
	{
		what: "core.wasm by brotli; an empty Go program",
		ours: bytes(ours), reference: bytes(reference), ratio, bar: "ratio at most 1.35", met: ratio <= 1.35,
	},
	{ what: "  the same, not compressed", ours: bytes(core.length), reference: bytes(empty.length), ratio: core.length / empty.length },
);
