// Compares this package with what people would use instead, on the same work in one run, and prints the table that is in
// README.md: medians, and in brackets the median ratio to the first line. Bars follow it, of what a start and a login may take.
//
//	make bench-compare
//
// The others' packages are installed when they are first needed, under node_modules/.cache.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { table } from "../table.js";
import { installed } from "./packages.js";
import { ways } from "./ways.js";

const here = (program) => fileURLToPath(new URL(program, import.meta.url));

/** @param {string} program @param {...string} args */
async function measure(program, ...args) {
	const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", here(program), ...args], { maxBuffer: 2 ** 24 });
	return JSON.parse(stdout);
}

for (const { package: name } of ways) {
	if (name) {
		await installed(name);
	}
}
const server = spawn(process.execPath, [here("server.js")], { stdio: ["pipe", "pipe", "inherit"] });
const [line] = await once(createInterface(server.stdout), "line");
const { url, sandbox } = JSON.parse(line);
let live, cold, login, crowd, sizes;
try {
	live = await measure("live.js", url);
	login = await measure("login.js", url);
	crowd = await measure("crowd.js", url, sandbox);
	cold = await measure("cold.js", url);
	sizes = await measure("sizes.js");
} finally {
	server.stdin.end();
	await once(server, "close");
}

const ns = (ms) => (ms < 0.001 ? `${(ms * 1e6).toFixed(0)} ns` : `${(ms * 1e3).toFixed(1)} µs`);
const milli = (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
const kb = (bytes) =>
	bytes < 10_000 ? `${(bytes / 1000).toFixed(1)} kB` : bytes < 1e6 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
/** @param {import("./rounds.js").Timing} timing @param {(ms: number) => string} unit */
const both = ({ time, ratio }, unit) => `${unit(time)} (${ratio.toFixed(ratio < 10 ? 2 : 0)})`;

const rows = ways.map(({ name }, i) => [
	name,
	both(live[i], ns),
	both(crowd[i], milli),
	String(crowd[i].logins),
	both(login[i], milli),
	both(cold[i], milli),
	sizes[i].disk ? `${kb(sizes[i].disk.bytes)}, ${sizes[i].disk.packages === 1 ? "1 package" : `${sizes[i].disk.packages} packages`}` : "-",
	typeof sizes[i].page === "string" ? sizes[i].page : kb(sizes[i].page),
]);
const head = ["", "live token", "1,000 callers at once", "their logins", "a login", "cold start", "installed", "in a page, brotli"];
console.log([head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"));

// What this package aims at, beside a closure by somebody who has thought of many callers.
const at = (/** @type {string} */ program) => ways.findIndex((way) => way.program === program);
const closure = at("promise.js");

/**
 * @param {string} what
 * @param {import("./rounds.js").Timing[]} timings
 * @param {number} bar the largest ratio
 * @param {number} [way] of ours
 */
function aim(what, timings, bar, way = 0) {
	const ratio = timings[way].ratio / timings[closure].ratio;
	const [ours, reference] = [timings[way].time, timings[closure].time].map(milli);
	return { what: `${what}; ${ways[closure].name}`, ours, reference, ratio, bar: `ratio at most ${bar.toFixed(2)}`, met: ratio <= bar };
}
const start = "a cold start in Node, from the import to the first token";
const aims = [aim(start, cold, 2), aim("a login", login, 1.25)];
if (at("light.js") >= 0) {
	aims.push(aim(`${start}, by a light core`, cold, 1.5, at("light.js")));
}
console.log(`\n${table(aims)}`);
