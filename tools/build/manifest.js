// Lists the built files that ship, with size and SHA-256, and what built them:
//
//	node tools/build/manifest.js dist/manifest.json
//
// Who builds the same version from the same sources with the same tools gets the same list.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const [output] = process.argv.slice(2);
if (!output) {
	throw new Error("usage: node tools/build/manifest.js dist/manifest.json");
}
const cwd = fileURLToPath(new URL("../..", import.meta.url));
const json = async (/** @type {string} */ path) => JSON.parse(await readFile(`${cwd}/${path}`, "utf8"));

// npm itself says what ships, so that this list and the package cannot differ.
const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd });
const [packed] = JSON.parse(stdout);
/** @type {string[]} */
const paths = packed.files.map((/** @type {{ path: string }} */ { path }) => path);

/** @type {Record<string, { bytes: number, sha256: string }>} */
const files = {};
for (const path of paths.filter((path) => path.startsWith("dist/") && path !== output).sort()) {
	const content = await readFile(`${cwd}/${path}`);
	files[path] = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}
const { name, version } = await json("package.json");
const manifest = {
	name,
	version,
	builtWith: {
		go: (await run("go", ["env", "GOVERSION"], { cwd })).stdout.trim(),
		esbuild: (await json("node_modules/esbuild/package.json")).version,
		typescript: (await json("node_modules/typescript/package.json")).version,
	},
	files,
};
await writeFile(`${cwd}/${output}`, `${JSON.stringify(manifest, undefined, "\t")}\n`);
