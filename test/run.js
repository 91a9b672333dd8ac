// Runs the tests: all suites but the slow ones, or those that are named. With --all also the slow suites and files, and
// every browser. What a suite needs is built first.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { line, run, runSuites } from "./running.js";
import { partsOf, suites } from "./suites.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Has make build what these need, and say nothing of it if it goes well.
 * @param {typeof suites} chosen
 */
async function build(chosen) {
	const began = performance.now();
	const targets = [
		...new Set(["node_modules/.made", ...chosen.flatMap(({ needs = [], slowNeeds = [] }) => (all ? [...needs, ...slowNeeds] : needs))]),
	];
	// It has its own processes: how many, the make that called this does not know.
	const { ended, output } = await run("make", ["--no-print-directory", `-j${slots}`, ...targets], root, {
		MAKEFLAGS: undefined,
		MAKELEVEL: undefined,
		MFLAGS: undefined,
	});
	console.log(ended ? `${output}\nagain: make ${targets.join(" ")}\nmake: ${ended}\ntotal: 0 passed, 1 failed` : line("build", "", began));
	return !ended;
}

const {
	values: { all = false },
	positionals,
} = parseArgs({ options: { all: { type: "boolean" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
	throw new Error(`There is no suite ${unknown.join(", ")}, but ${suites.map(({ name }) => name).join(", ")}.`);
}
const chosen = suites.filter(({ name, slow, named }) => (positionals.length > 0 ? positionals.includes(name) : !named && (all || !slow)));
// One more than there are cores: browsers and servers are waited for.
const slots = availableParallelism() + 1;

if (await build(chosen)) {
	/** @type {string[]} */
	let absent = [];
	if (all && chosen.some(({ name }) => name === "browser" || name === "package")) {
		const { everywhere } = await import("./browser/everywhere.js");
		const found = await everywhere();
		absent = found.absent;
		process.env.BROWSERS = found.there.join(",");
	}
	const total = { passed: 0, failed: 0 };
	/** @type {string[]} */
	const again = [];
	const groups = [chosen.filter(({ slow }) => !slow), ...chosen.filter(({ slow }) => slow).map((suite) => [suite])];
	for (const group of groups) {
		const { passed, failed, failures } = await runSuites(
			group.map((suite) => partsOf(suite, all)),
			{ root, slots: group[0]?.slow ? 1 : slots, say: console.log },
		);
		total.passed += passed;
		total.failed += failed;
		again.push(...failures.flatMap(({ again = [] }) => again));
	}
	if (absent.length > 0 && process.env.REQUIRE_BROWSERS) {
		total.failed += absent.length;
	}
	for (const text of absent) {
		console.log(text);
	}
	if (again.length > 0) {
		console.log(`\nWhat failed, again:\n${again.map((text) => `  ${text}`).join("\n")}`);
	}
	console.log(`total: ${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed > 0 ? 1 : 0;
} else {
	process.exitCode = 1;
}
