// Gives the declarations that tsc wrote the doc comments that it leaves out, so that editors show them:
//
//	node tools/build/declarations.js dist/types
//
// tsc has no place for comments where an entry takes its functions out of one object, and drops those of overloads. Here
// each of these functions becomes a declaration of its own below its comment, which is in entry.d.ts, or in client.js. Where
// tsc writes something else than is known here, that is an error.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The entries, by the names of their declarations. */
export const entries = ["browser", "node", "workerd", "edge-light", "inline"];
/** What they take out of one object, in its order. */
export const functions = ["initialize", "configure", "createClient", "validateIdentity", "getToken", "verifyToken"];

/**
 * The comments on the overloads of `verifyToken` in client.js, without what is for the compiler alone. Those of the first
 * are said of the others too.
 * @param {string} source
 * @returns {{ words: string, tags: string }[]}
 */
function overloads(source) {
	const [, before] = /((?:\t\/\*\*\n(?:\t \*.*\n)+?\t \*\/\n)+)\tasync verifyToken\(/.exec(source) ?? fail("client.js", "verifyToken");
	const comments = before
		.split("\t/**\n")
		.map((text) =>
			text
				.split("\n")
				.filter((line) => line.startsWith("\t * "))
				.map((line) => line.slice(4)),
		)
		.filter((lines) => lines.includes("@overload"));
	const [words] = comments.map((lines) => lines.slice(0, lines.indexOf("@overload")).join("\n"));
	return comments.map((lines) => ({ words, tags: lines.slice(lines.indexOf("@overload") + 1).join("\n") }));
}

/**
 * The functions of entry.d.ts, each with its comment, as declarations.
 * @param {string} entry
 * @returns {Map<string, { comment: string, signature: string }>}
 */
function documented(entry) {
	const found = new Map();
	for (const [, comment, name, signature] of entry.matchAll(/^ {4}(\/\*\*\n(?: {5}\*.*\n)+?) {4}(\w+)(.*);$/gm)) {
		found.set(name, {
			comment: comment.replace(/^ {5}/gm, " "),
			signature: signature.replace(/^: (\(.*\)) => /, "$1: "),
		});
	}
	return found;
}

/**
 * @param {string} text
 * @param {string} indent
 */
const commented = (text, indent) =>
	`${indent}/**\n${text
		.split("\n")
		.map((line) => `${indent} * ${line}\n`)
		.join("")}${indent} */\n`;

/** @param {string} file @param {string} what @returns {never} */
function fail(file, what) {
	throw new Error(`tools/build/declarations.js does not find ${what} in ${file}: does tsc write its declarations otherwise by now?`);
}

/**
 * Rewrites the declarations in a folder.
 * @param {string} folder
 */
async function document(folder) {
	const given = overloads(await readFile(join(root, "js/client/client.js"), "utf8"));
	const found = documented(await readFile(join(folder, "entry.d.ts"), "utf8"));
	const missing = functions.find((name) => !found.has(name));
	if (missing || found.size !== functions.length || given.length !== 2) {
		fail("entry.d.ts", missing ?? functions.join(", "));
	}

	const client = await readFile(join(folder, "client/client.d.ts"), "utf8");
	let at = 0;
	const written = client.replace(/^ {4}verifyToken\(/gm, (line) => {
		const { words, tags } = given[at++] ?? fail("client.d.ts", "two overloads of verifyToken");
		return `${commented(`${words}\n${tags}`, "    ")}${line}`;
	});
	if (at !== given.length) {
		fail("client.d.ts", "two overloads of verifyToken");
	}
	await writeFile(join(folder, "client/client.d.ts"), written);

	for (const name of entries) {
		const file = `${name}.d.ts`;
		const text = await readFile(join(folder, file), "utf8");
		const [statement, types] =
			/^export declare const initialize: [^]*?, verifyToken: \{\n([^]*?)^\};\n/m.exec(text) ?? fail(file, "the functions");
		// Each begins with its bracket; what they take and give is in full there.
		const signatures = types
			.split(/^ {4}(?=\()/m)
			.slice(1)
			.map((signature) => signature.trimEnd().replace(/^ {4}/gm, ""));
		if (signatures.length !== given.length) {
			fail(file, "two overloads of verifyToken");
		}
		const [words] = /** @type {{ comment: string }} */ (found.get("verifyToken")).comment.split(/^ \* @/m);
		const declared = functions.flatMap((one) => {
			const { comment, signature } = /** @type {{ comment: string, signature: string }} */ (found.get(one));
			return one === "verifyToken"
				? signatures.map((own, i) => `${words}${given[i]?.tags.replace(/^/gm, " * ")}\n */\nexport declare function verifyToken${own}\n`)
				: [`${comment}export declare function ${one}${signature};\n`];
		});
		await writeFile(
			join(folder, file),
			text.replace(statement, () => declared.join("")),
		);
	}
}

/**
 * Says of every member that may be left out that it may be undefined as well, as it may: programs that are compiled with
 * exactOptionalPropertyTypes tell the two apart. tsc does not write it, and in JSDoc it would stand at each of hundreds of members.
 * @param {string} folder
 */
async function admitUndefined(folder) {
	for (const name of await readdir(folder, { recursive: true })) {
		if (name.endsWith(".d.ts")) {
			const file = join(folder, name);
			const text = await readFile(file, "utf8");
			// A type's own members, on one line or with an object that ends as the line began. A parameter takes undefined anyway.
			const member = /^( {4}(?:readonly )?\w+\?: )(?!undefined;)([^*\n]+|[^*\n]*\{\n(?: {5}.*\n)+ {4}\});$/gm;
			await writeFile(file, text.replace(member, "$1($2) | undefined;"));
		}
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , folder] = process.argv;
	if (!folder) {
		throw new Error("usage: node tools/build/declarations.js dist/types");
	}
	await document(folder);
	await admitUndefined(folder);
}
