// A lint rule: no file imports, by whatever way, one that imports it. Arrows between files point one way.
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** What each file imports at its start, of the project's own files. @type {Map<string, string[]>} */
const known = new Map();

/** @param {string} path */
function importsOf(path) {
	let imports = known.get(path);
	if (!imports) {
		let text = "";
		try {
			text = readFileSync(path, "utf8");
		} catch {
			// What is built may not be there yet, and imports none of the sources.
		}
		const found = text.matchAll(/^(?:import|export)\s(?:[\w\s{},*]*?\sfrom\s)?"(\.[^"]+)"/gm);
		imports = [...found].map(([, to]) => resolve(dirname(path), String(to))).filter((to) => to.endsWith(".js"));
		known.set(path, imports);
	}
	return imports;
}

/**
 * The shortest way from one file to another, along imports.
 * @param {string} from
 * @param {string} to
 * @returns {string[]} the files on it with both ends; empty if there is none
 */
function way(from, to) {
	const ways = [[from]];
	const seen = new Set([from]);
	for (const path of ways) {
		const last = String(path.at(-1));
		if (last === to) {
			return path;
		}
		for (const next of importsOf(last).filter((next) => !seen.has(next))) {
			seen.add(next);
			ways.push([...path, next]);
		}
	}
	return [];
}

/** @type {import("eslint").Rule.RuleModule} */
export const importCycle = {
	meta: { type: "problem", schema: [], messages: { cycle: "This file is imported by what it imports: {{way}}." } },
	create(context) {
		/** @param {any} node */
		function look(node) {
			const target = node.source?.value;
			if (typeof target !== "string" || !target.startsWith(".")) {
				return;
			}
			const files = way(resolve(dirname(context.filename), target), context.filename);
			if (files.length > 0) {
				context.report({ node, messageId: "cycle", data: { way: files.map((file) => relative(context.cwd, file)).join(" → ") } });
			}
		}
		return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look };
	},
};
