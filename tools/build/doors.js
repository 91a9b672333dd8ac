// Bundles the package's entries, each with all that it imports, into one file: a page loads one script and one module, and
// Node opens one file where it had to find, read and link some fifty.
//
//	node tools/build/doors.js dist/node.js
//
// The sources ship too, and the maps lead to them. Names stay as they are, so that a stack trace can be read without a map.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [output] = process.argv.slice(2);
if (!output) {
	throw new Error("usage: node tools/build/doors.js dist/NAME.js");
}
const root = new URL("../..", import.meta.url);
/** Only a page downloads it. Elsewhere lines stay lines: Node shows the one that threw, whole. */
const download = basename(output) === "browser.js";
const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8"));

await build({
	absWorkingDir: fileURLToPath(root),
	entryPoints: [`js/${basename(output)}`],
	outfile: output,
	bundle: true,
	format: "esm",
	target: "es2022",
	minifyWhitespace: download,
	minifySyntax: download,
	sourcemap: true,
	sourcesContent: false,
	external: ["node:*", "cloudflare:*"],
	banner: { js: `/* cctoken ${version}, MIT. Parts are by the Go Authors: see LICENSES.txt in the package. */` },
	logLevel: "warning",
	plugins: [
		{
			// For bundlers, which carry it along, as well as for platforms that load the entry as it is.
			name: "the core lies beside the entry",
			setup({ onResolve, onLoad }) {
				onResolve({ filter: /\/dist\/core\.wasm(\?module)?$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
				onLoad({ filter: /\/js\/module\/load-(node|browser)\.js$/ }, async ({ path }) => {
					const text = await readFile(path, "utf8");
					const there = 'new URL("../../dist/core.wasm", import.meta.url)';
					if (text.split(there).length !== 2) {
						throw new Error(`tools/build/doors.js does not find ${there} in ${path}`);
					}
					return { contents: text.replace(there, 'new URL("./core.wasm", import.meta.url)'), loader: "js" };
				});
			},
		},
	],
});
