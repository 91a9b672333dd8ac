// What each way brings to the disk, and what a page would download of it.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { press } from "../../build/brotli.js";
import { installed, weigh } from "./packages.js";
import { lightUrl, ways } from "./ways.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const inRepository = (path) => join(root, path);

/** What a page of each way imports; text before it is of no account, as all of it is bundled and minified. */
const pages = {
	"ours.js": `export { getToken, verifyToken } from "${inRepository("dist/browser.js")}";`,
	"light.js": `export { getToken, initialize, verifyToken } from "${inRepository("dist/browser.js")}";`,
	"handle.js": `export { createClient } from "${inRepository("dist/browser.js")}";`,
	"closure.js": `export * from "${inRepository("tools/bench/alternatives/ways/closure.js")}";`,
	"promise.js": `export * from "${inRepository("tools/bench/alternatives/ways/promise.js")}";`,
	"smithy.js": `export { memoize } from "@smithy/property-provider"; export * from "${inRepository("tools/bench/alternatives/ways/login.js")}";`,
	"openid.js": `export { Configuration, clientCredentialsGrant } from "openid-client";`,
};

const pressed = async (/** @type {Uint8Array} */ data) => (await press(data)).length;

const { build } = createRequire(join(await installed("esbuild"), "/"))("esbuild");

/** @param {import("./ways.js").Way} way */
async function download({ program, package: name }) {
	const { outputFiles } = await build({
		stdin: { contents: pages[program], resolveDir: name ? await installed(name) : root },
		bundle: true,
		minify: true,
		format: "esm",
		platform: "browser",
		target: "es2022",
		write: false,
		logLevel: "error",
		// In a bundle for pages the path of the module stays as it is written.
		external: ["*.wasm"],
	});
	return pressed(outputFiles[0].contents);
}

/** The package as npm unpacks it. It has no dependencies. */
async function ours() {
	const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
	const [{ unpackedSize }] = Object.values(JSON.parse(stdout));
	const { dependencies = {} } = JSON.parse(await readFile(inRepository("package.json"), "utf8"));
	if (Object.keys(dependencies).length > 0) {
		throw new Error("the package has got dependencies: they must be weighed too");
	}
	return { bytes: unpackedSize, packages: 1 };
}

const ourPackage = await ours();
/** Which core each of our ways loads. @type {Record<string, string | URL>} */
const cores = { "ours.js": inRepository("dist/core.wasm"), "handle.js": inRepository("dist/core.wasm"), "light.js": lightUrl };

/** @param {import("./ways.js").Way} way */
async function sizes(way) {
	const core = cores[way.program];
	return {
		disk: core ? ourPackage : way.package ? await weigh(way.package) : null,
		page: way.page ?? (await download(way)) + (core ? await pressed(await readFile(core)) : 0),
	};
}

const all = [];
for (const way of ways) {
	all.push(await sizes(way));
}
console.log(JSON.stringify(all));
