// Tables of a document in which each row names what shows it: a file, and a test in it.
import { readFile } from "node:fs/promises";

const root = new URL("../../", import.meta.url);

/**
 * The rows of a text's tables, without their heads: what is claimed, and what shows it.
 * @param {string} text
 */
export const claimsOf = (text) =>
	text
		.split("\n")
		.filter((line, at, lines) => line.startsWith("| ") && !line.startsWith("| ---") && !lines[at + 1]?.startsWith("| ---"))
		.map((line) =>
			line
				.slice(1, -1)
				.split(" | ")
				.map((cell) => cell.trim()),
		);

const escape = (/** @type {string} */ text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/**
 * Whether a file has a test, a suite or a case of this name: the whole name, as its run would print it.
 * @param {string} path
 * @param {string} text of the file
 * @param {string} name
 */
export function hasTest(path, text, name) {
	if (path.endsWith(".json")) {
		return new RegExp(`^\\s*"name": ${escape(JSON.stringify(name))},?$`, "m").test(text);
	}
	if (path.endsWith("_test.go")) {
		// A function; or a row of a table that a function runs, by its own name.
		return /^(Test|Fuzz)\w+$/.test(name)
			? text.includes(`\nfunc ${name}(`)
			: /\bt\.Run\(\w/.test(text) && new RegExp(`^\\s*(?:\\{|name:\\s*|t\\.Run\\()?${escape(JSON.stringify(name))}[,:]`, "m").test(text);
	}
	for (const [, plain, template] of text.matchAll(/\b(?:test|it|describe|onConsole)\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g)) {
		if (plain !== undefined) {
			if (JSON.parse(`"${plain}"`) === name) {
				return true;
			}
		} else if (
			new RegExp(
				`^${template
					.split(/\$\{[^}]*\}/)
					.map(escape)
					.join(".+")}$`,
			).test(name)
		) {
			return true;
		}
	}
	// Where a table holds the names, they come first in its rows, or are called so.
	return (
		/\btest\((?:name|what|title)\b/.test(text) &&
		new RegExp(`(?:\\[|name: |what: |^\\s*)${escape(JSON.stringify(name))}[,:]`, "m").test(text)
	);
}

/**
 * The tests that claims name, and that are not there.
 * @param {string[][]} claims
 */
export async function absentOf(claims) {
	/** @type {string[]} */
	const absent = [];
	for (const [claim, shown, ...more] of claims) {
		for (const one of more.length > 0 ? [""] : shown.split(/; (?=`)/)) {
			const [, path = "", name = ""] = /^`([^`]+)` "(.+)"$/.exec(one) ?? [];
			const tested = /_test\.go$|\.test\.js$|^core\/vectors\/\w+\.json$/.test(path);
			if (!tested || !hasTest(path, await readFile(new URL(path, root), "utf8"), name)) {
				absent.push(`${claim}: ${one}`);
			}
		}
	}
	return absent;
}
