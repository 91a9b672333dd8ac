// A copy of core.wasm that is not the one of this JavaScript is refused before it runs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "../dist/build.js";
import { hashOf, stamp } from "../tools/build/stamp.js";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { identityOf, section } from "../js/module/stamp.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path) => readFile(join(root, path));
const core = await read("dist/core.wasm");
const { version } = JSON.parse(await read("package.json"));

/** The file as it was before: an id, two lengths of one byte each, a name and the identity were put after it. */
const bare = core.subarray(0, core.length - (1 + 1 + 1 + section.length + `${version} `.length + 64));

/** Other bytes, the same program: a custom section "x" is put after it. @param {Uint8Array} wasm */
const otherwise = (wasm) => Buffer.concat([wasm, Buffer.from([0, 2, 1, 0x78])]);

const others = "0".repeat(64); // the hash of no sources

test("the file's identity is the package's version and the hash of the Go sources that it is made of", async () => {
	const { stdout } = await promisify(execFile)(
		"go",
		["list", "-deps", "-f", '{{if not .Standard}}{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\\n"}}{{end}}{{end}}', "./wasm/module"],
		{ cwd: root, env: { ...process.env, GOOS: "js", GOARCH: "wasm" } },
	);
	const sources = stdout
		.split("\n")
		.filter(Boolean)
		.map((path) => relative(root, path));
	assert.ok(sources.includes(join("wasm", "module", "main.go")), "else this test proves nothing");
	const found = identityOf(await WebAssembly.compile(core));
	assert.deepEqual(found, { version, core: await hashOf(sources) });
	assert.deepEqual(build, found);
	assert.deepEqual(Buffer.from(stamp(bare, build)), core);
});

test("the hash of the sources says each one's name, length and content, in whatever order they come", async () => {
	const names = ["core/quote/quote.go", "core/wire.go"];
	const hash = createHash("sha256");
	for (const name of names) {
		const content = await read(name);
		hash.update(`${name} ${content.length}\n`).update(content);
	}
	const whole = hash.digest("hex");
	assert.equal(await hashOf(names), whole);
	assert.equal(await hashOf(names.toReversed()), whole);
	assert.notEqual(await hashOf(names.slice(1)), whole);
});

test("a length of more than one byte is written as the format asks", async () => {
	const long = `1.0.0-${"x".repeat(34)}`;
	assert.equal(identityOf(await WebAssembly.compile(stamp(bare, { version: long, core: others })))?.version, long);
	assert.ok(WebAssembly.validate(stamp(bare, { version: "1".repeat(300), core: others })));
});

describe("a file of another build is refused, with what to do", () => {
	/** @type {[string, Uint8Array, RegExp][]} */
	const cases = [
		[
			"of another version",
			stamp(bare, { version: "0.0.9", core: others }),
			/is of cctoken 0\.0\.9, build [0-9a-f]{12}, and the JavaScript of /,
		],
		["of the same version", stamp(bare, { version, core: others }), new RegExp(`is of cctoken ${version.replaceAll(".", "\\.")}, build `)],
		["without an identity", bare, /is of no known build of cctoken/],
		["with an identity that is none", stamp(bare, { version: "<script>", core: build.core }), /is of no known build of cctoken/],
	];
	for (const [what, bytes, pattern] of cases) {
		test(what, async () => {
			const { initialize, getToken } = entry(load);
			const stale = (error) => {
				assert.equal(error.code, "module_stale");
				assert.match(error.message, pattern);
				assert.match(error.message, /Copy the package's dist\/core\.wasm anew/);
				return true;
			};
			await assert.rejects(initialize({ wasmBytes: bytes }), stale);
			await assert.rejects(getToken({ system: "isales", baseUrl: "http://127.0.0.1:9", user: "u", passwd: "p" }), stale);
			await initialize({ wasmBytes: core });
		});
	}
});

test("what another compiler has made of the same sources is not stale, nor is the same program under another version's name", async () => {
	await entry(load).initialize({ wasmBytes: stamp(otherwise(bare), build) });
	await entry(load).initialize({ wasmBytes: stamp(bare, { version: "9.9.9", core: build.core }) });
});

test("what a cache gave is asked for once more, past the cache, and then it is the end", async () => {
	const other = await WebAssembly.compile(stamp(bare, { version: "0.0.9", core: others }));
	const own = await WebAssembly.compile(core);
	for (const [second, code] of [
		[own, undefined],
		[other, "module_stale"],
	]) {
		const asked = [];
		const { initialize } = entry(async (location) => (asked.push(location), location.fresh ? second : other));
		assert.equal(
			await initialize({ wasmUrl: "core.wasm" }).then(
				() => undefined,
				(error) => error.code,
			),
			code,
		);
		assert.deepEqual(asked, [{ wasmUrl: "core.wasm" }, { wasmUrl: "core.wasm", fresh: true }]);
	}
});
