// The package as people get it: packed, and installed into an empty folder outside the repository.
import { execFile } from "node:child_process";
import { copyFile, cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** On Windows npm and npx are scripts, which only a shell can start; the arguments here hold nothing that it would change. */
const shell = process.platform === "win32";
const npm = (/** @type {string[]} */ args, /** @type {object} */ how) => run("npm", args, { ...how, shell });
export const npx = (/** @type {string[]} */ args, /** @type {object} */ how) => run("npx", args, { ...how, shell });

/**
 * Packs what `make build` has built.
 * @param {string} folder where the tarball goes
 * @returns {Promise<{ tarball: string, integrity: string, files: { path: string, size: number, mode: number }[] }>}
 */
export async function pack(folder, from = root) {
	const { stdout } = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: from });
	const [{ filename, integrity, files }] = JSON.parse(stdout);
	return { tarball: join(folder, filename), integrity, files };
}

/**
 * A folder with a program of ours and the package installed.
 * @returns {Promise<{ folder: string, installed: string, tarball: string, remove: () => Promise<void> }>}
 */
export async function install() {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-package-"));
	const remove = () => rm(folder, { recursive: true });
	try {
		const { tarball } = await pack(folder);
		await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
		// The package needs nothing else, so nothing is asked of a registry.
		await npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball], { cwd: folder });
		for (const path of ["tools/demo/identities.js", "js/sandbox/systems.js"]) {
			await cp(join(root, path), join(folder, path));
		}
		const program = fileURLToPath(new URL("program", import.meta.url));
		for (const name of await readdir(program)) {
			await copyFile(join(program, name), join(folder, name));
		}
		return { folder, installed: join(folder, "node_modules/cctoken"), tarball, remove };
	} catch (error) {
		await remove();
		throw error;
	}
}
