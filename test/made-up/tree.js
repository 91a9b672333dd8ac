// A copy of this repository with one system more: the three files below testdata, and a line in core/system.go. Nothing else
// is changed by hand, and make builds all that follows. The system is `frontdesk`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixture = fileURLToPath(new URL("testdata/", import.meta.url));
const execute = promisify(execFile);

/** What stands in the fixture: the paths are those in the repository. */
export const files = ["core/frontdesk.go", "core/vectors/frontdesk.json", "sandbox/frontdesk.go"];

/**
 * @param {string[]} targets what make builds in it
 * @returns {Promise<Tree>}
 *
 * @typedef {object} Tree
 * @property {string} folder
 * @property {(path: string) => string} path of a file in it
 * @property {(path: string) => URL} url
 * @property {(path: string) => Promise<any>} module one of its JavaScript modules
 * @property {(...args: string[]) => Promise<string>} go runs Go in it, and gives what that prints
 * @property {() => Promise<void>} remove
 */
export async function layTree(targets) {
	const there = await readdir(fixture, { recursive: true, withFileTypes: true });
	const found = there
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(fixture.length).replaceAll("\\", "/"));
	assert.deepEqual(found.sort(), files, "a system is three files");

	const folder = await mkdtemp(join(tmpdir(), "cctoken-made-up-"));
	const path = (/** @type {string} */ name) => join(folder, name);
	const remove = () => rm(folder, { recursive: true, force: true });
	const run = async (/** @type {string} */ program, /** @type {string[]} */ args) => {
		// As this is run by make itself, which would pass on how it was called.
		const env = { ...process.env, MAKEFLAGS: undefined, MAKELEVEL: undefined, MFLAGS: undefined };
		const { stdout } = await execute(program, args, { cwd: folder, env, maxBuffer: 64 << 20 });
		return stdout;
	};
	try {
		const { stdout: listed } = await execute("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
			cwd: root,
			maxBuffer: 64 << 20,
		});
		for (const name of listed.split("\0").filter((name) => name && existsSync(join(root, name)))) {
			await mkdir(dirname(path(name)), { recursive: true });
			await cp(join(root, name), path(name), { preserveTimestamps: true });
		}
		await symlink(join(root, "node_modules"), path("node_modules"), "dir");

		for (const name of files) {
			assert.ok(!existsSync(path(name)), `${name} is new`);
			await cp(join(fixture, name), path(name));
		}
		const list = await readFile(path("core/system.go"), "utf8");
		const longer = list.replace(/\n\n\tedge\{\},/, "\n\tfrontdesk{},$&");
		assert.notEqual(longer, list, "it is listed");
		await writeFile(path("core/system.go"), longer);

		// What npm installs is shared with this repository, and not to be installed anew.
		const make = (/** @type {string[]} */ ...what) => run("make", ["--no-print-directory", "-j2", "-o", "node_modules/.made", ...what]);
		await make("generate");
		if (targets.length > 0) {
			await make(...targets);
		}
	} catch (error) {
		await remove();
		throw error;
	}
	return {
		folder,
		path,
		url: (name) => pathToFileURL(path(name)),
		module: (name) => import(pathToFileURL(path(name)).href),
		go: (...args) => run("go", args),
		remove,
	};
}
