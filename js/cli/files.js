// Reading what the user names: small text files, and standard input.
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "./usage.js";

/** Far over any configuration, secret or token; in bytes. */
const maxText = 256 << 10;

/**
 * A text file. Where it can hold a secret, its permissions are looked at.
 * @param {string} path
 * @param {object} how
 * @param {string} how.what what it is, for errors
 * @param {boolean} [how.optional] whether it may be missing
 * @returns {Promise<{ text: string, lax: boolean } | undefined>} lax: others on the machine can read it
 */
export async function readText(path, { what, optional = false }) {
	let file;
	try {
		file = await open(path, "r");
		const stat = await file.stat();
		if (stat.isDirectory()) {
			throw Object.assign(new Error(), { code: "EISDIR" });
		}
		if (stat.size > maxText) {
			throw new UsageError(`${what} ${basename(path)} is larger than 256 KB.`);
		}
		// Windows has no such bits: its answer says nothing about who may read.
		return { text: await file.readFile("utf8"), lax: process.platform !== "win32" && (stat.mode & 0o077) !== 0 };
	} catch (error) {
		if (error instanceof UsageError) {
			throw error;
		}
		const { code } = /** @type {{ code?: string }} */ (error);
		if (optional && (code === "ENOENT" || code === "ENOTDIR")) {
			return undefined;
		}
		throw new UsageError(`${what} ${why(code)}.`);
	} finally {
		await file?.close();
	}
}

/** @param {string | undefined} code */
function why(code) {
	switch (code) {
		case "ENOENT":
		case "ENOTDIR":
			return "is not there: check its path";
		case "EACCES":
		case "EPERM":
			return "must not be read by this user: check its permissions";
		case "EISDIR":
			return "is a folder, not a file";
	}
	return `cannot be read (${code ?? "unknown reason"})`;
}

/**
 * All of standard input.
 * @param {AsyncIterable<Uint8Array | string>} stdin
 * @param {string} what it is, for the error
 */
export async function readInput(stdin, what) {
	const parts = [];
	let size = 0;
	for await (const part of stdin) {
		const bytes = Buffer.from(part);
		size += bytes.length;
		if (size > maxText) {
			throw new UsageError(`${what} on standard input is larger than 256 KB.`);
		}
		parts.push(bytes);
	}
	return Buffer.concat(parts).toString("utf8");
}
