// The tools and runtimes that the tests of the package need. They are installed beside the repository's own packages and
// not among them: a lock file that is made on one system misses the binaries of the others.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const node = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Node from the oldest version that package.json admits, and the newest of each later line. */
export const nodes = ["20.0.0", "20.20.2", "22.23.3", "24.21.0", "26.10.0"];

/** The first of each line in which `require` has ES modules without a flag. */
export const requires = ["20.19.0", "22.12.0"];

const binaries = (/** @type {string[]} */ versions) => versions.map((version) => `node-${version}@npm:${node}@${version}`);

/** What is installed together. @type {Record<string, string[]>} */
export const groups = {
	nodes: binaries([...nodes, ...requires]),
	runtimes: ["deno@2.9.6", "bun@1.4.5"],
	workers: ["workerd@1.20261117.1"],
	next: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
	types: ["typescript@5.9.3", "publint@0.3.25", "@arethetypeswrong/cli@0.18.5"],
};

/**
 * The `node_modules` of a group, installed at its first use.
 * @param {keyof typeof groups} name
 * @returns {Promise<string>}
 */
export async function tools(name) {
	const packages = groups[name] ?? [];
	const digest = createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 12);
	const folder = join(cache, `${name}-${digest}`);
	if (!existsSync(folder)) {
		await mkdir(cache, { recursive: true });
		const partial = await mkdtemp(`${folder}-`);
		try {
			await writeFile(join(partial, "package.json"), JSON.stringify({ private: true }));
			await run("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", ...packages], { cwd: partial });
			await rename(partial, folder);
		} catch (error) {
			await rm(partial, { recursive: true, force: true });
			// Another process may have been faster.
			if (!existsSync(folder)) {
				throw error;
			}
		}
	}
	return join(folder, "node_modules");
}
