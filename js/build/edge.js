// Bundles cctoken/edge with jose into one file, so that a Worker needs nothing else, and the package's other entries
// still have no dependency. The keeper's WebAssembly stays a file beside it: Workers take no other.
//
//	node js/build/edge.js dist/edge.js
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [, , outfile = "dist/edge.js"] = process.argv;
const root = fileURLToPath(new URL("../..", import.meta.url));

await build({
	absWorkingDir: root,
	entryPoints: ["js/edge/index.js"],
	outfile,
	bundle: true,
	format: "esm",
	target: "es2022",
	conditions: ["workerd", "worker", "browser"],
	external: ["cloudflare:*"],
	legalComments: "none",
	logLevel: "warning",
	banner: { js: "// cctoken/edge in one file, with jose (https://github.com/panva/jose). LICENSES.txt has the licences." },
	plugins: [
		{
			name: "wasm beside the bundle",
			setup({ onResolve }) {
				onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
			},
		},
	],
});
