// The installed package in each runtime with a command line.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { startServer } from "../../tools/demo/server.js";
import { install } from "./packed.js";
import { seen } from "./seen.js";
import { nodes, requires, tools } from "./tools.js";

const run = promisify(execFile);
const entries = ["cctoken", "cctoken/inline"];

let nodeModules, bin, program, server;
before(async () => {
	nodeModules = await tools("nodes");
	bin = join(await tools("runtimes"), ".bin");
	program = await install();
	server = await startServer("127.0.0.1:0");
});
after(async () => {
	await server?.stop();
	await program?.remove();
});

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string>} what it printed, all on stdout
 */
async function output(command, args) {
	const { stdout, stderr } = await run(command, args, { cwd: program.folder, timeout: 60_000 });
	assert.equal(stderr, "");
	return stdout;
}

for (const version of nodes) {
	describe(`Node ${version}`, () => {
		const node = () => join(nodeModules, `node-${version}`, "bin/node");
		for (const entry of entries) {
			test(`import of ${entry}`, async () => {
				assert.equal(await output(node(), ["--version"]), `v${version}\n`);
				assert.deepEqual(JSON.parse(await output(node(), ["main.js", entry, server.url])), seen);
			});
		}
	});
}

test("CommonJS has the package by require, from the first Node that can on", async () => {
	const script = `const { getToken, TokenError } = require("cctoken"); process.stdout.write(typeof getToken + new TokenError("closed", "").code);`;
	// Some of them warn that this is new.
	const args = ["--no-warnings", "--input-type=commonjs", "--eval", script];
	for (const version of [...requires, ...nodes.filter((version) => version !== "20.0.0")]) {
		assert.equal(await output(join(nodeModules, `node-${version}`, "bin/node"), args), "functionclosed", version);
	}
});

describe("Deno", () => {
	/** Nothing is fetched, and all that is not allowed here is refused. */
	const deno = (entry, ...allowed) =>
		run(
			join(bin, "deno"),
			[
				"run",
				"--no-remote",
				"--cached-only",
				"--no-prompt",
				"--node-modules-dir=manual",
				`--allow-net=${new URL(server.url).host}`,
				...allowed,
				"main.js",
				entry,
				server.url,
			],
			{ cwd: program.folder, env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" }, timeout: 60_000 },
		);

	test("import of cctoken, with leave to read the package", async () => {
		assert.deepEqual(JSON.parse((await deno("cctoken", "--allow-read=node_modules/cctoken")).stdout), seen);
	});

	test("without that leave it says where the file is, and that cctoken/inline needs none", async () => {
		await assert.rejects(deno("cctoken"), ({ stderr }) => {
			assert.match(stderr, /TokenError: The token core is not at file:\S+\/core\.wasm\..* import cctoken\/inline/);
			assert.match(stderr, /Requires read access/);
			return true;
		});
	});

	test("import of cctoken/inline, with no leave but for the network", async () => {
		assert.deepEqual(JSON.parse((await deno("cctoken/inline")).stdout), seen);
	});
});

describe("Bun", () => {
	const bun = () => join(bin, "bun");
	for (const entry of entries) {
		test(`import of ${entry}`, async () => {
			assert.deepEqual(JSON.parse(await output(bun(), ["main.js", entry, server.url])), seen);
		});
	}

	test("a program compiled into one file has cctoken/inline in it", async () => {
		await writeFile(
			join(program.folder, "single.js"),
			`import * as cctoken from "cctoken/inline";
			import { run } from "./program.js";
			console.log(JSON.stringify(await run(cctoken, process.argv[2])));`,
		);
		await run(bun(), ["build", "--compile", "single.js", "--outfile", "single"], { cwd: program.folder, timeout: 60_000 });
		await rm(join(program.folder, "single.js"));
		assert.deepEqual(JSON.parse(await output("./single", [server.url])), seen);
	});
});
