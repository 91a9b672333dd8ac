// The suites of tests. A slow one, and a file that is called slow (*.slow.test.js), is run by make test-all and not by
// make test, which is to say within minutes whether a change is good: whole matrices, crowds, soaks, what npm installs.
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * @typedef {object} Described
 * @property {string} name
 * @property {string} [folder] of its test files, from here
 * @property {() => string[]} [shared] files of another suite, which are run here as well
 * @property {Record<string, string>} [env] for its files
 * @property {(all: boolean) => Partial<import("./running.js").Suite>} [go]
 * @property {string[]} [needs] what make builds for it
 * @property {string[]} [slowNeeds] and what only its slow files need
 * @property {true} [slow]
 * @property {true} [named] it is run where it is named alone: it needs what not everybody has, a server (make test-store) or
 *   TinyGo (make test-tiny)
 */

/**
 * Those with the longest single files come first: what is left at the end is short, and no core waits for it.
 * @type {Described[]}
 */
export const suites = [
	{ name: "edge", folder: "edge", needs: ["edge", "runtime", "dist/serve"] },
	{
		name: "edge-node",
		folder: "edge-node",
		needs: ["edge", "runtime", "dist/serve"],
		shared: onEveryPlatform,
		env: { CCTOKEN_TEST_EDGE: "node" },
	},
	{ name: "made-up", folder: "made-up" },
	{ name: "go", go: native },
	{ name: "cli", folder: "cli", needs: ["runtime", "dist/serve", "dist/sandbox.wasm.br"] },
	{ name: "browser", folder: "browser", needs: ["runtime", "dist/serve"] },
	{ name: "wasm", go: wasm },
	{ name: "js", folder: ".", needs: ["runtime", "dist/serve", "dist/keeper.wasm", "dist/sandbox.wasm"], slowNeeds: ["pressed"] },
	{ name: "store", folder: "store", needs: ["runtime", "dist/serve"] },
	{ name: "sandbox", folder: "sandbox", needs: ["runtime", "dist/serve", "dist/sandbox.wasm.br", "dist/node.js"] },
	{ name: "docs", folder: "docs", needs: ["types", "runtime", "dist/node.js", "dist/sandbox.wasm.br"] },
	// A whole day of 2,000 agents; a short form of it is among the Go tests.
	{ name: "soak", go: soak, slow: true },
	{
		name: "tiny",
		folder: "tiny",
		needs: ["tiny", "runtime", "dist/serve"],
		shared: onEveryCore,
		env: { CCTOKEN_TEST_CORE: "light", NODE_OPTIONS: `--import=${new URL("tiny/instead.js", import.meta.url).href}` },
		named: true,
	},
	{ name: "redis", folder: "redis", needs: ["runtime", "dist/serve"], named: true },
	// With tools that npm installs, which come in each other's way: one file after the other.
	{ name: "package", folder: "package", needs: ["build", "dist/serve"], slow: true },
	{ name: "bundlers", folder: "bundlers", needs: ["build", "dist/serve"], slow: true },
];

/** In these files of the edge's suite it is what they look at that is workerd's own, or a browser's. */
const notOfTheEdge = ["console.test.js", "demo.test.js", "package.test.js"];

/** The tests that start an edge by startEdge: what they prove must be so wherever it runs. */
export function onEveryPlatform() {
	return readdirSync(join(here, "edge"))
		.filter((file) => /(?<!\.slow)\.test\.js$/.test(file) && !notOfTheEdge.includes(file))
		.map((file) => join(here, "edge", file))
		.filter((file) => /\bstartEdge\(/.test(readFileSync(file, "utf8")));
}

/** The tests of the JavaScript that start the core in this process: what they prove must be so of a light one, too. */
export function onEveryCore() {
	return readdirSync(here)
		.filter((file) => /(?<!\.slow)\.test\.js$/.test(file))
		.map((file) => join(here, file))
		.filter((file) => /\bfrom "\.\.\/js\/(module\/load-node|node)\.js"/.test(readFileSync(file, "utf8")));
}

/**
 * Compiled as dist/serve is, so that nothing is compiled twice. What go vet has to say is said by make lint.
 * @param {boolean} all with the race detector, for which all is compiled anew; it needs a C compiler
 */
function native(all) {
	const flags = ["-vet=off", "-trimpath"];
	if (!all) {
		return { go: [...flags, "./..."] };
	}
	const { CGO_ENABLED: enabled, CC: compiler } = JSON.parse(
		execFileSync("go", ["env", "-json", "CGO_ENABLED", "CC"], { encoding: "utf8" }),
	);
	const able = enabled === "1" && !spawnSync(compiler.split(" ")[0], ["--version"]).error;
	return { go: [...flags, ...(able ? ["-race"] : []), "./..."] };
}

/** Without the race detector, under which the short form runs: it is about rules, and takes a minute as it is. */
function soak() {
	const args = ["-vet=off", "-trimpath", "-run=^TestADayOfAContactCentre$", "./keeper"];
	return { go: args, env: { SOAK_AGENTS: "2000" }, again: () => `SOAK_AGENTS=2000 go test ${args.slice(2).join(" ")} -v` };
}

/**
 * The core and the page under js/wasm, compiled as they ship, so that nothing is compiled twice. In an empty environment:
 * with the arguments it must fit in 8 KB, or the tests fail to start.
 */
function wasm() {
	const flags = ["-vet=off", "-trimpath"];
	const exec = join(execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim(), "lib/wasm/go_js_wasm_exec");
	return {
		go: [...flags, `-exec=env -i "PATH=${process.env.PATH}" ${exec}`, "./core", "./core/quote", "./web", "./web/console"],
		env: { GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
		again: (/** @type {string} */ name) => `GOOS=js GOARCH=wasm go test ${flags.join(" ")} -exec="env -i PATH=$PATH ${exec}" ${name}`,
	};
}

/**
 * What of a suite is run.
 * @param {Described} suite
 * @param {boolean} all with what is slow
 * @returns {import("./running.js").Suite}
 */
export function partsOf({ name, folder, go, slow, shared = () => [], env }, all) {
	if (!folder) {
		return { name, ...go?.(all) };
	}
	const files = readdirSync(join(here, folder)).filter((file) => file.endsWith(".test.js") && (all || !file.endsWith(".slow.test.js")));
	// The longest first: they take the longest, by and large.
	return {
		name,
		minutes: slow ? 30 : 10,
		...(env && { env }),
		files: [...files.map((file) => join(here, folder, file)), ...shared()].sort((a, b) => statSync(b).size - statSync(a).size),
	};
}
