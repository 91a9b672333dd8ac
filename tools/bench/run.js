// Measures what this package promises to be: small, quick to start, and next to free where a token is at hand.
//
//	make bench
//
// A bar that is not met is said so, and is no failure; a measurement that cannot be made is one.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { table } from "./table.js";

// In the order of the table. Those that read no clock run first, and together.
const measurements = [
	{ program: "size.js", timed: false },
	{ program: "start.js", timed: true },
	{ program: "live.js", argument: "appcube", timed: true },
	{ program: "live.js", argument: "ccmessaging", timed: true },
	{ program: "busy.js", timed: true },
	{ program: "handle.js", timed: true },
	{ program: "login.js", timed: true },
	{ program: "store.js", timed: true },
	{ program: "bridge.js", timed: true },
	{ program: "sessions.js", timed: false },
	{ program: "growth.js", timed: false },
	{ program: "console.js", timed: true },
];

/** @returns {Promise<import("./report.js").Row[]>} */
async function measure({ program, argument = "" }) {
	const path = fileURLToPath(new URL(program, import.meta.url));
	try {
		// Node warns of what is experimental in it; that is no part of the table.
		const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--no-warnings", path, argument]);
		return JSON.parse(stdout);
	} catch (error) {
		process.exitCode = 1;
		console.error(`${program} ${argument} failed: ${error.stderr || error.message}`);
		return [{ what: `${program} ${argument}`, ours: "failed" }];
	}
}

const results = new Map();
await Promise.all(measurements.filter(({ timed }) => !timed).map(async (one) => results.set(one, await measure(one))));
for (const one of measurements.filter(({ timed }) => timed)) {
	results.set(one, await measure(one));
}
console.log(table(measurements.flatMap((one) => results.get(one))));
