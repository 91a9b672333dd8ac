// What people would use instead, each package in a folder of its own with nothing else in it, so that it can be weighed
// as it is installed. They are no dependencies of the project: what a measurement needs is fetched when it is first run.
import { execFile } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { wholeFolder } from "../../../test/whole-folder.js";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../../node_modules/.cache/alternatives", import.meta.url));

/** The versions measured: each the newest that says it runs on Node 20. */
const versions = {
	"@smithy/property-provider": "4.5.2",
	"google-auth-library": "10.9.1", // 11 asks for Node 22
	"@azure/msal-node": "7.2.3",
	"@larksuiteoapi/node-sdk": "1.74.0",
	"simple-oauth2": "5.1.0",
	"openid-client": "6.9.0",
	esbuild: "0.28.2", // makes what a page would download
};

/** @param {string} name */
const folder = (name) => join(cache, `${name.replace("/", "+")}@${versions[name]}`);

/**
 * The folder that holds a package and what it depends on; it is installed where that was not done before.
 * @param {string} name
 */
export function installed(name) {
	return wholeFolder(folder(name), async (making) => {
		await writeFile(join(making, "package.json"), '{ "private": true }\n');
		await writeFile(join(making, "library.mjs"), `export * as library from "${name}";\n`);
		await run("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", `${name}@${versions[name]}`], {
			cwd: making,
		});
	}).catch((error) => {
		throw new Error(`${name}@${versions[name]} cannot be installed: ${error.stderr?.trim().split("\n").at(-1) ?? error.message}`);
	});
}

/**
 * A package's module, as an import in a program next to it gives it. It must have been installed.
 * @param {string} name
 */
export async function library(name) {
	const { library: module } = await import(join(folder(name), "library.mjs"));
	return module;
}

/**
 * What a package weighs with all that it brings along, in bytes, and how many packages there are.
 * @param {string} name
 */
export async function weigh(name) {
	const modules = join(await installed(name), "node_modules");
	const entries = await readdir(modules, { recursive: true, withFileTypes: true });
	// Two entries are npm's own: its list of what it put there, and links to programs.
	const files = entries.filter((entry) => entry.isFile() && entry.name !== ".package-lock.json");
	const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
	const list = files.filter(
		({ name, parentPath }) => name === "package.json" && /(^|[\\/])node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/.test(parentPath),
	);
	return { bytes: sizes.reduce((sum, size) => sum + size, 0), packages: list.length };
}
