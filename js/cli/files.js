// Reading what the user names: files, and standard input.
import { access, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { UsageError } from "./usage.js";

/** Far over any configuration, secret or token; in bytes. */
const maxText = 256 << 10;

/**
 * @typedef {object} How
 * @property {string} what what it is, for errors
 * @property {boolean} [optional] whether it may be missing
 * @property {string} [relativeTo] what its path is relative to, where that is not the current folder
 * @property {number} [most] how large it may be, in bytes
 * @property {string} [field] the setting that errors name
 */

/**
 * A text file. Where it can hold a secret, its permissions are looked at.
 * @param {string} path
 * @param {How} how
 * @returns {Promise<{ text: string, lax: boolean } | undefined>} lax: others on the machine can read it
 */
export async function readText(path, how) {
	const read = await readBytes(path, how);
	return read && { text: read.bytes.toString("utf8"), lax: read.lax };
}

/**
 * @param {string} path
 * @param {How} how
 * @returns {Promise<{ bytes: Buffer<ArrayBuffer>, lax: boolean } | undefined>}
 */
export async function readBytes(path, { what, optional = false, relativeTo, most = maxText, field }) {
	let file;
	try {
		file = await open(path, "r");
		const stat = await file.stat();
		if (stat.isDirectory()) {
			throw Object.assign(new Error(), { code: "EISDIR" });
		}
		if (stat.size > most) {
			throw tooLarge(`${what} ${basename(path)}`, most, field);
		}
		// Windows has no such bits: its answer says nothing about who may read.
		return { bytes: await file.readFile(), lax: process.platform !== "win32" && (stat.mode & 0o077) !== 0 };
	} catch (error) {
		if (error instanceof UsageError) {
			throw error;
		}
		const { code } = /** @type {{ code?: string }} */ (error);
		if (optional && (code === "ENOENT" || code === "ENOTDIR")) {
			return undefined;
		}
		const missing = code === "ENOENT" || code === "ENOTDIR";
		const relative = missing && relativeTo ? ` It is relative to ${relativeTo}.` : "";
		throw new UsageError(`${what} ${missing ? `is not there: ${await whereabouts(path)}` : `${why(code)}: ${path}`}.${relative}`, field);
	} finally {
		await file?.close();
	}
}

/** @param {string | undefined} code */
function why(code) {
	switch (code) {
		case "EACCES":
		case "EPERM":
			return "must not be read by this user; check its permissions";
		case "EISDIR":
			return "is a folder, not a file";
	}
	return `cannot be read (${code ?? "unknown reason"})`;
}

/** What a file's name ends with. Most secrets that somebody writes in the place of one do not. */
const fileName = /^[\w.~ -]{1,64}\.(json|txt|secrets?|token|key|pem|env|conf|cfg|ini|ya?ml|xml|headers?)$/i;

/**
 * Where a file was looked for that is not there. What is not plainly a file's name may be a secret in a wrong place.
 * @param {string} path
 */
async function whereabouts(path) {
	if (fileName.test(basename(path))) {
		return `check the path ${path}`;
	}
	let folder = dirname(path);
	const isThere = () =>
		access(folder).then(
			() => true,
			() => false,
		);
	const direct = await isThere();
	while (!(await isThere()) && folder !== dirname(folder)) {
		folder = dirname(folder);
	}
	return `check its path; ${direct ? "there is no such name in" : "there is no such folder below"} ${folder}`;
}

/**
 * All of standard input, as text.
 * @param {AsyncIterable<Uint8Array | string>} stdin
 * @param {string} what it is, for the error
 */
export async function readInput(stdin, what) {
	return (await readInputBytes(stdin, { what })).toString("utf8");
}

/**
 * @param {AsyncIterable<Uint8Array | string>} stdin
 * @param {How} how
 */
export async function readInputBytes(stdin, { what, most = maxText, field }) {
	const parts = [];
	let size = 0;
	for await (const part of stdin) {
		const bytes = Buffer.from(part);
		size += bytes.length;
		if (size > most) {
			throw tooLarge(`${what} on standard input`, most, field);
		}
		parts.push(bytes);
	}
	return Buffer.concat(parts);
}

/**
 * @param {string} what
 * @param {number} most
 * @param {string | undefined} field
 */
const tooLarge = (what, most, field) =>
	new UsageError(`${what} is larger than ${most < 1 << 20 ? `${most >> 10} KB` : `${most >> 20} MB`}.`, field);
