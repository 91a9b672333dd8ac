import { readdir, readFile } from "node:fs/promises";

/**
 * The conformance cases, by file. The identities in them are whole.
 * @param {URL} [folder] whose files are read: all that there are
 * @returns {Promise<{ name: string, cases: { name: string, identity: object, options?: object, steps: object[] }[] }[]>}
 */
export async function readVectors(folder = new URL("../core/vectors/", import.meta.url)) {
	const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
	const files = await Promise.all(names.map(async (name) => ({ name, ...JSON.parse(await readFile(new URL(name, folder), "utf8")) })));
	const identities = new Map(files.flatMap((file) => Object.entries(file.identities ?? {})));
	const whole = (/** @type {any} */ owner) => ("identity" in owner ? { ...owner, identity: resolve(owner.identity, identities) } : owner);
	return files.map(({ name, cases }) => ({
		name,
		cases: cases.map((/** @type {any} */ one) => ({ ...whole(one), steps: one.steps.map(whole) })),
	}));
}

/** Makes an identity of a name, or of a name and what differs. */
function resolve(written, identities) {
	const { from, ...changes } = typeof written === "string" ? { from: written } : written;
	if (from !== undefined && !identities.has(from)) {
		throw new Error(`there is no identity ${from}`);
	}
	return Object.fromEntries(Object.entries({ ...identities.get(from), ...changes }).filter(([, value]) => value !== null));
}
