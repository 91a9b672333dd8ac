// The same sources make the same package: built once more from a copy elsewhere, with nothing that was compiled before,
// in another time zone and language.
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { pack, run } from "./packed.js";
import { nodes, tools } from "./tools.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("two builds give the same bytes", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-again-"));
	t.after(() => rm(folder, { recursive: true }));
	const copy = join(folder, "some where/else");
	const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, maxBuffer: 1 << 24 });
	for (const path of new Set(stdout.split("\0").filter(Boolean))) {
		await mkdir(dirname(join(copy, path)), { recursive: true });
		await copyFile(join(root, path), join(copy, path)).catch((error) => {
			if (error.code !== "ENOENT") {
				// deleted, and not yet committed so
				throw error;
			}
		});
	}
	await symlink(join(root, "node_modules"), join(copy, "node_modules"));
	// What npm has installed is taken for granted: it is the very same.
	await run("make", ["-o", "node_modules/.made", "build"], {
		cwd: copy,
		env: { ...process.env, GOCACHE: join(folder, "cache"), TZ: "Pacific/Chatham", LC_ALL: "C", MAKEFLAGS: "", MAKELEVEL: "" },
		maxBuffer: 1 << 24,
		timeout: 600_000,
	});
	const [first, second] = await Promise.all(
		[root, copy].map(async (from) => JSON.parse(await readFile(join(from, "dist/manifest.json"), "utf8"))),
	);
	assert.deepEqual(second, first);
	await mkdir(join(folder, "first"));
	await mkdir(join(folder, "second"));
	const tarballs = [await pack(join(folder, "first")), await pack(join(folder, "second"), copy)];
	assert.equal(tarballs[1]?.integrity, tarballs[0]?.integrity);
});

test("the oldest and the newest Node that are tested compress the sandbox into the same bytes", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-brotli-"));
	t.after(() => rm(folder, { recursive: true }));
	const [binaries, shipped] = [await tools("nodes"), await readFile(join(root, "dist/sandbox.wasm.br"))];
	for (const version of [nodes[0], nodes.at(-1)]) {
		const made = join(folder, version);
		await run(join(binaries, `node-${version}`, "bin/node"), [join(root, "tools/build/brotli.js"), join(root, "dist/sandbox.wasm"), made]);
		assert.ok(shipped.equals(await readFile(made)), version);
	}
});
