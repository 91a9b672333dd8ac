// Reads a guide as a list of things to do. A guide is a Markdown page whose code blocks say, after the language, what
// they are:
//
//	```js title=src/main.js    a file of the reader's project
//	```sh run                  commands that end, and well
//	```sh serve                a command that serves pages until it is stopped
//	```sh serve with=node.md   … from a file of that other guide: the one that the command names
//	```text prints             all that the commands before it printed
//	```text tells              lines among what they said, on whichever stream, whatever the spaces in them
//	```text shows              all that the served page shows
//	```text shows popup=dist   all that the popup of the extension in that folder shows
//
// They are done in the order of the page, so a file may be given anew further down.

/**
 * @typedef {{ kind: "file", path: string, text: string, line: number }
 *   | { kind: "run" | "prints" | "tells", text: string, line: number }
 *   | { kind: "shows", text: string, line: number, popup?: string }
 *   | { kind: "serve", text: string, line: number, with?: string }} Step
 */

/**
 * @param {string} markdown
 * @returns {Step[]}
 * @throws {Error} for a block that says nothing of itself, or what is not understood: it could not be run
 */
export function stepsOf(markdown) {
	/** @type {Step[]} */
	const steps = [];
	/** @type {{ fence: string, info: string, line: number, lines: string[] } | undefined} */
	let block;
	markdown.split("\n").forEach((text, index) => {
		const fence = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(text);
		if (!block) {
			if (fence) {
				block = { fence: fence[1], info: fence[2].trim(), line: index + 1, lines: [] };
			}
		} else if (fence?.[1] === block.fence && fence[2] === "") {
			steps.push(stepOf(block, steps.at(-1)));
			block = undefined;
		} else {
			block.lines.push(text);
		}
	});
	if (block) {
		throw new Error(`line ${block.line}: the code block has no end`);
	}
	return steps;
}

/**
 * @param {{ info: string, line: number, lines: string[] }} block
 * @param {Step | undefined} before
 * @returns {Step}
 */
function stepOf({ info, line, lines }, before) {
	const [language, ...words] = info.split(/\s+/);
	const text = `${lines.join("\n")}\n`;
	const role = words.join(" ");
	const title = /^title=(\S+)$/.exec(role)?.[1];
	if (title) {
		if (title.startsWith("/") || title.split("/").includes("..")) {
			throw new Error(`line ${line}: ${title} is outside the project`);
		}
		return { kind: "file", path: title, text, line };
	}
	const serve = /^serve(?: with=([\w-]+\.md))?$/.exec(role);
	if (language === "sh" && serve) {
		return { kind: "serve", text, line, with: serve[1] };
	}
	if (language === "sh" && role === "run") {
		return { kind: "run", text, line };
	}
	if (language === "text" && (role === "prints" || role === "tells")) {
		if (before?.kind !== "run") {
			throw new Error(`line ${line}: nothing was run just before that could print this`);
		}
		return { kind: role, text, line };
	}
	const shows = /^shows(?: popup=([\w-]+))?$/.exec(role);
	if (language === "text" && shows) {
		if (before?.kind !== "serve" && before?.kind !== "shows") {
			throw new Error(`line ${line}: nothing was served just before that could show this`);
		}
		return { kind: "shows", text, line, popup: shows[1] };
	}
	throw new Error(`line ${line}: a code block must say what it is, as in test/bundlers/steps.js; "${info}" does not`);
}
