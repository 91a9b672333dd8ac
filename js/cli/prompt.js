import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Standard input, as far as it is read here. @typedef {AsyncIterable<Uint8Array | string> & { isTTY?: boolean }} Input */

/**
 * Asks a terminal for a secret: one line, which it does not show.
 * @param {Input} stdin a terminal
 * @param {import("./terminal.js").Output} stderr
 * @param {string} what
 * @returns {Promise<string>}
 */
export function askSecret(stdin, stderr, what) {
	stderr.write(`${what} (it is not shown): `);
	// readline edits the line, and shows it where it is told to: nowhere.
	const nowhere = new Writable({ write: (_, __, done) => done() });
	const lines = createInterface({
		input: /** @type {NodeJS.ReadStream} */ (/** @type {unknown} */ (stdin)),
		output: nowhere,
		terminal: true,
		historySize: 0,
	});
	return new Promise((resolve) => {
		let answer = "";
		lines.once("line", (line) => {
			answer = line;
			lines.close();
		});
		// A terminal in readline's hands makes no signal of Ctrl-C.
		lines.once("SIGINT", () => {
			lines.close();
			process.kill(process.pid, "SIGINT");
		});
		lines.once("close", () => {
			stderr.write("\n");
			resolve(answer);
		});
	});
}
