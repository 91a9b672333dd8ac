// What a test or a measurement needs is fetched and unpacked once, and by one process at a time or by several.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder that is complete, or is not there.
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill fills it under another name: a process that is broken off leaves nothing half made behind
 * @returns {Promise<string>} the folder; rejected with what `fill` is rejected with
 */
export async function wholeFolder(folder, fill) {
	if (existsSync(folder)) {
		return folder;
	}
	await mkdir(dirname(folder), { recursive: true });
	const partial = await mkdtemp(`${folder}-`);
	try {
		await fill(partial);
		await rename(partial, folder);
	} catch (error) {
		await rm(partial, { recursive: true, force: true });
		// Another process may have been faster.
		if (!existsSync(folder)) {
			throw error;
		}
	}
	return folder;
}
