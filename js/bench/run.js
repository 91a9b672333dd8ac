// Measures what this package promises to be: small, quick to start, and next to free where a token is at hand.
//
//	make bench
//
// A bar that is not met is said so, and is no failure; a measurement that cannot be made is one.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { table } from "./table.js";

const measurements = [
	["size.js"],
	["start.js"],
	["live.js", "appcube"],
	["live.js", "ccmessaging"],
	["busy.js"],
	["handle.js"],
	["sessions.js"],
	["growth.js"],
	["login.js"],
];

const rows = [];
for (const [program, ...args] of measurements) {
	const path = fileURLToPath(new URL(program, import.meta.url));
	// Node warns of what is experimental in it; that is no part of the table.
	const options = ["--expose-gc", "--no-warnings", path, ...args];
	try {
		const { stdout } = await promisify(execFile)(process.execPath, options);
		rows.push(...JSON.parse(stdout));
	} catch (error) {
		process.exitCode = 1;
		console.error(`${[program, ...args].join(" ")} failed: ${error.stderr || error.message}`);
	}
}
console.log(table(rows));
