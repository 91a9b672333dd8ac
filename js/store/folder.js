// Makes a folder, one step at a time: Node's own recursive mkdir comes to no end where a folder is there in which none can be made
// (/proc, a link that leads nowhere), and keeps one of its threads busy for ever.
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder where it is not there, and those above it.
 * @param {string} path
 * @throws {NodeJS.ErrnoException} where it cannot be made, is none, or cannot be written to
 */
export function make(path) {
	try {
		step(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT" || dirname(path) === path) {
			throw error;
		}
		make(dirname(path));
		step(path); // once more, and not again
	}
	accessSync(path, constants.W_OK | constants.X_OK);
}

/** @param {string} path */
function step(path) {
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		if (codeOf(error) !== "EEXIST" || !statSync(path).isDirectory()) {
			throw error;
		}
	}
}

/**
 * What the system calls an error.
 * @param {unknown} error
 */
export const codeOf = (error) => /** @type {{ code?: string }} */ (error).code;
