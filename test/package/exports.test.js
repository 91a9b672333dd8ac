// Which file of the installed package a tool takes, by the conditions that it sets, and what it may leave out.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { install, run } from "./packed.js";

/** @type {Awaited<ReturnType<typeof install>>} */
let program;
before(async () => (program = await install()));
after(() => program?.remove());

/**
 * A bundle of a program, with no condition but the given ones and those of every ES module.
 * @param {string} contents
 * @param {string[]} [conditions]
 */
async function bundle(contents, conditions = []) {
	const { outputFiles, metafile } = await build({
		stdin: { contents, resolveDir: program.folder },
		bundle: true,
		format: "esm",
		platform: "neutral",
		mainFields: [],
		conditions,
		external: ["*.wasm", "*.wasm?module", "node:*", "cloudflare:*"],
		metafile: true,
		write: false,
		logLevel: "silent",
		absWorkingDir: program.folder,
	});
	return {
		text: String(outputFiles[0]?.text),
		files: Object.keys(metafile.inputs).map((path) => path.replace("node_modules/cctoken/", "")),
		metafile,
	};
}

/** Tools set these together. The one that says most of the platform must win. */
for (const [who, conditions, file] of /** @type {[string, string[], string][]} */ ([
	["wrangler", ["workerd", "worker", "browser"], "dist/workerd.js"],
	["a Worker's bundler that knows Node's modules too", ["browser", "node", "worker", "workerd"], "dist/workerd.js"],
	["Next in its edge runtime", ["edge-light", "worker", "browser"], "dist/edge-light.js"],
	["a bundler for Vercel's edge that knows Node's modules too", ["node", "browser", "edge-light"], "dist/edge-light.js"],
	["a bundler for Node", ["node"], "dist/node.js"],
	["a test runner that pretends to be a browser in Node", ["browser", "node"], "dist/node.js"],
	["a bundler for pages", ["browser"], "dist/browser.js"],
	["whoever sets none", [], "dist/browser.js"],
])) {
	test(`${who} gets ${file}, and no other file`, async () => {
		const { files } = await bundle('export { getToken } from "cctoken";', conditions);
		assert.deepEqual(
			files.filter((path) => path !== "<stdin>"),
			[file],
		);
	});
}

test("Node with a condition of its user's gets the entry of that", async () => {
	const resolved = async (/** @type {string[]} */ ...conditions) => {
		const args = [
			...conditions.map((name) => `--conditions=${name}`),
			"--input-type=module",
			"--eval",
			'console.log(import.meta.resolve("cctoken"))',
		];
		const { stdout } = await run(process.execPath, args, { cwd: program.folder });
		return relative(program.installed, new URL(stdout.trim()).pathname).replaceAll("\\", "/");
	};
	assert.deepEqual(
		[await resolved(), await resolved("browser"), await resolved("edge-light"), await resolved("browser", "worker", "workerd")],
		["dist/node.js", "dist/node.js", "dist/edge-light.js", "dist/workerd.js"],
	);
});

test("the Worker's edge is a Worker's alone: Node is told what to use instead, whatever it imports of it", async () => {
	const entry = async (/** @type {string[]} */ conditions) => {
		const { files } = await bundle('export { default, Keeper } from "cctoken/edge";', conditions);
		return files.filter((path) => path !== "<stdin>").sort();
	};
	for (const conditions of [["workerd", "worker", "browser"], ["browser", "node", "worker", "workerd"], []]) {
		assert.deepEqual(await entry(conditions), ["dist/edge.js"]);
	}
	const { outputs } = (await bundle('export * from "cctoken/edge"; export { default } from "cctoken/edge";', ["workerd"])).metafile;
	const names = Object.values(outputs).flatMap(({ exports }) => exports);
	assert.ok(names.includes("createEdge") && names.includes("default"));
	for (const contents of ['import "cctoken/edge"', ...names.map((name) => `import { ${name} as it } from "cctoken/edge"; export { it }`)]) {
		const failed = await run(process.execPath, ["--input-type=module", "--eval", contents], { cwd: program.folder }).catch(
			(error) => error,
		);
		assert.match(failed.stderr, /Error: cctoken\/edge is for Workers.* use cctoken\/edge\/node/);
	}
});

test("every entry names its types first and its default last, as whoever reads them takes the first that fits", async () => {
	const { exports } = JSON.parse(await readFile(join(program.installed, "package.json"), "utf8"));
	for (const [entry, conditions] of Object.entries(exports)) {
		if (entry !== "./package.json") {
			const names = Object.keys(conditions);
			assert.deepEqual([names[0], names.at(-1)], ["types", "default"], entry);
		}
	}
});

test("tools that read no exports, as Parcel, get the same entries by the older fields", async () => {
	const { exports, main, browser, types } = JSON.parse(await readFile(join(program.installed, "package.json"), "utf8"));
	assert.deepEqual([types, main, browser], [exports["."].types, exports["."].node, exports["."].browser]);
});

test("a bundle of an import that takes nothing is empty", async () => {
	for (const entry of ["cctoken", "cctoken/inline", "cctoken/edge/sign", "cctoken/sandbox"]) {
		for (const contents of [`import "${entry}";`, `import * as unused from "${entry}";`]) {
			assert.equal((await bundle(contents, ["browser"])).text.trim(), "", contents);
		}
	}
});

test("an import of cctoken/script is kept, as it sets window.cctoken", async () => {
	const { text } = await bundle('import "cctoken/script";', ["browser"]);
	const window = Object.create(globalThis); // it asks for what a page has
	new Function("globalThis", text)(window);
	assert.deepEqual(Object.keys(window), ["cctoken"]);
});

test("an error that nobody catches shows the line that threw it, and not the whole package", async () => {
	for (const thrown of [
		'await (await import("cctoken")).getToken({ system: "appcube" });',
		'(await import("cctoken/edge/node")).createEdge({ connections: 1 });',
		'(await import("cctoken/sandbox")).createSandbox({ logins: 1 });',
	]) {
		const args = ["--input-type=module", "--eval", thrown];
		const { stderr } = await run(process.execPath, args, { cwd: program.folder }).then(
			() => assert.fail(thrown),
			(error) => error,
		);
		assert.match(stderr, /Error: /);
		assert.ok(stderr.length < 4000, `${thrown} prints ${stderr.length} characters`);
	}
});
