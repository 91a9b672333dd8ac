// What is downloaded of each module, by brotli, as a server of static files would press it; of the core, which is what a
// page loads, against an empty Go program as the linker leaves it.
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { press } from "../build/brotli.js";
import { buildEmpty } from "./empty.js";
import { bytes, report } from "./report.js";
import { weights } from "./weights.js";

/** @param {string} file */
const sizeOf = async (file) => (await stat(new URL(`../../dist/${file}`, import.meta.url))).size;

const empty = await buildEmpty();
const [ours, whole, reference] = [await sizeOf("core.wasm.br"), await sizeOf("core.wasm"), (await press(empty)).length];
const ratio = ours / reference;
const rows = [];
for (const { file, what, most } of weights) {
	const size = await sizeOf(`${file}.br`);
	rows.push({ what: `  ${what}, by brotli`, ours: bytes(size), bar: `under ${most} kB`, met: size < most * 1000 });
}
// Only a machine with TinyGo has one.
const light = new URL("../../dist/core.tiny.wasm", import.meta.url);
if (existsSync(light)) {
	const { length } = await press(await readFile(light));
	rows.push({ what: "  a light core, by brotli", ours: bytes(length), bar: "under 95 kB", met: length < 95_000 });
}
report(
	{
		what: "core.wasm by brotli; an empty Go program",
		ours: bytes(ours),
		reference: bytes(reference),
		ratio,
		bar: "ratio at most 1.10",
		met: ratio <= 1.1,
	},
	{ what: "  the same, not compressed", ours: bytes(whole), reference: bytes(empty.length), ratio: whole / empty.length },
	...rows,
);
