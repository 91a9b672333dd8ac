// What `make tiny` says and leaves behind, with stand-ins for TinyGo.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { trim } from "../tools/build/tiny.js";
import { handmade } from "./handmade.js";
import { moduleOf, section } from "./segments.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A custom section "name", as a linker leaves it behind. */
const names = Buffer.from(section.of(0, [4, ...Buffer.from("name"), 1, 2, 3]));

/** @type {string} */
let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "cctoken-tiny-"))));
after(() => rm(folder, { recursive: true }));

/** @param {string} [tinygo] a program, as the text of a module */
async function make(tinygo) {
	const bin = await mkdtemp(join(folder, "bin-"));
	if (tinygo !== undefined) {
		await writeFile(join(bin, "tinygo"), `#!${process.execPath}\n${tinygo}`, { mode: 0o755 });
	}
	const out = await mkdtemp(join(folder, "out-"));
	const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/build/tiny.js", join(out, "light.wasm")], {
		cwd: root,
		env: { PATH: bin },
		encoding: "utf8",
	});
	return { status, stdout, stderr, left: await readdir(out), light: () => readFile(join(out, "light.wasm")) };
}

/** A tinygo that builds this. @param {Uint8Array} wasm */
const building = (wasm) => `
	const args = process.argv.slice(2);
	require("node:fs").writeFileSync(args[args.indexOf("-o") + 1], Buffer.from("${Buffer.from(wasm).toString("base64")}", "base64"));
	console.log(args.join(" "));`;

test("where there is no tinygo on the PATH, one line says so, and what follows", async () => {
	const { status, stdout, stderr, left } = await make();
	assert.equal(status, 1);
	assert.match(stderr, /^make tiny needs TinyGo, and there is no tinygo on the PATH\. .+\n$/);
	assert.deepEqual([stdout, left], ["", []]);
});

test("what tinygo has to say of a failure is passed on, and nothing is left behind", async () => {
	const { status, stderr, left } = await make(`
		require("node:fs").writeFileSync(process.argv.find((arg) => arg.endsWith(".wasm")), "half");
		console.error("no wasm-opt");
		process.exit(3);`);
	assert.equal(status, 1);
	assert.equal(stderr, "no wasm-opt\n");
	assert.deepEqual(left, []);
});

test("tinygo is asked for the module's program by the target that is described here; its names are not kept", async () => {
	const { status, stdout, left, light } = await make(building(Buffer.concat([handmade(), names])));
	assert.equal(status, 0);
	assert.match(stdout, /^build -target \S+tools\/build\/tiny\.json .* \.\/wasm\/module\n$/);
	assert.deepEqual(left, ["light.wasm"]);
	assert.deepEqual(await light(), handmade());
	assert.ok(!moduleOf(await light()).some(({ id }) => id === 0));
});

test("a module that needs more of its host than the glue brings is refused when it is built", async () => {
	assert.throws(() => trim(handmade({ imports: ["arc4random", "memcpy"] })), /imports env\.arc4random, env\.memcpy, and/);
	assert.throws(() => trim(handmade({ imports: [], begin: [] })), /imports nothing, and/);
	const { status, stderr, left } = await make(building(handmade({ imports: ["memcpy"] })));
	assert.equal(status, 1);
	assert.match(stderr, /imports env\.memcpy, and js\/module\/light\.js brings env\.arc4random/);
	assert.deepEqual(left, []);
});
