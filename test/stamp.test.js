// A copy of core.wasm that is not the one of this JavaScript is refused before it runs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { build } from "../dist/build.js";
import { stamp } from "../tools/build/stamp.js";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { identityOf, section } from "../js/module/stamp.js";

const read = (path) => readFile(new URL(`../${path}`, import.meta.url));
const core = await read("dist/core.wasm");
const { version } = JSON.parse(await read("package.json"));

/** The file as it was before: an id, two lengths of one byte each, a name and the identity were put after it. */
const bare = core.subarray(0, core.length - (1 + 1 + 1 + section.length + `${version} `.length + 64));

test("the file's identity is the package's version and the hash of what was built", async () => {
	const found = identityOf(await WebAssembly.compile(core));
	assert.deepEqual(found, { version, core: createHash("sha256").update(bare).digest("hex") });
	assert.deepEqual(build, found);
	assert.deepEqual(Buffer.from(stamp(bare, version)), core);
});

test("a length of more than one byte is written as the format asks", async () => {
	const long = `1.0.0-${"x".repeat(34)}`;
	assert.equal(identityOf(await WebAssembly.compile(stamp(bare, long)))?.version, long);
	assert.ok(WebAssembly.validate(stamp(bare, "1".repeat(300))));
});

describe("a file of another build is refused, with what to do", () => {
	const other = Buffer.concat([bare, Buffer.from([0, 2, 1, 0x78])]); // a custom section "x": other bytes, the same program
	/** @type {[string, Uint8Array, RegExp][]} */
	const cases = [
		["of another version", stamp(other, "0.0.9"), /is of cctoken 0\.0\.9, build [0-9a-f]{12}, and the JavaScript of /],
		["of the same version", stamp(other, version), new RegExp(`is of cctoken ${version.replaceAll(".", "\\.")}, build `)],
		["without an identity", bare, /is of no known build of cctoken/],
		["with an identity that is none", stamp(other, "<script>"), /is of no known build of cctoken/],
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

test("the same program under another version's name is not stale: it is the same program", async () => {
	await entry(load).initialize({ wasmBytes: stamp(bare, "9.9.9") });
});

test("what a cache gave is asked for once more, past the cache, and then it is the end", async () => {
	const other = await WebAssembly.compile(stamp(Buffer.concat([bare, Buffer.from([0, 2, 1, 0x78])]), "0.0.9"));
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
