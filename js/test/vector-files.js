import { readdir, readFile } from "node:fs/promises";

const folder = new URL("../../core/vectors/", import.meta.url);
const read = async (/** @type {string} */ name) => JSON.parse(await readFile(new URL(name, folder), "utf8"));

/** The conformance cases of core/vectors, by file, and the identities that they name. */
export async function readVectors() {
	const names = (await readdir(folder)).filter((name) => name.endsWith(".json") && name !== "identities.json");
	return {
		identities: await read("identities.json"),
		files: await Promise.all(names.map(async (name) => ({ name, cases: await read(name) }))),
	};
}
