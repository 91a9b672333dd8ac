// What is in the tarball: these files, with what the manifest says of them, and nothing else.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { press } from "../../tools/build/brotli.js";
import { identityOf } from "../../js/module/stamp.js";
import { brokenLinks, pagesOf } from "../docs/links.js";
import { pack, run } from "./packed.js";

/** @type {string} */
let folder;
/** @type {string} */
let tarball;
/** The unpacked tarball. @type {string} */
let unpacked;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-contents-"));
	({ tarball } = await pack(folder));
	await mkdir((unpacked = join(folder, "unpacked")));
	await run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
});
after(() => rm(folder, { recursive: true }));

/** @returns {Promise<string[]>} */
async function paths() {
	const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => !entry.isDirectory());
	return files.map(({ parentPath, path, name }) => relative(unpacked, join(parentPath ?? path, name)).replaceAll("\\", "/")).sort();
}

const read = (/** @type {string} */ path) => readFile(join(unpacked, path));
const json = async (/** @type {string} */ path) => JSON.parse(String(await read(path)));

test("the tarball holds the files of files.txt, and no other", async () => {
	const listed = String(await readFile(new URL("files.txt", import.meta.url)))
		.trim()
		.split("\n");
	assert.deepEqual(await paths(), listed);
});

test("its download is below 5.5 MB, and it takes as much of a disk as its README says", async () => {
	assert.ok((await stat(tarball)).size < 5_500_000, `the package has grown to ${(await stat(tarball)).size} bytes`);
	const sizes = await Promise.all((await paths()).map(async (path) => (await stat(join(unpacked, path))).size));
	const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
	const said = [...String(await read("README.md")).matchAll(/^\| \*\*cctoken\*\*.* ([\d.]+) MB, 1 package /gm)].map(([, figure]) =>
		Number(figure),
	);
	assert.ok(said.length > 0 && said.every((figure) => Math.abs(figure - megabytes) <= 0.1), `${said.join(", ")} and not ${megabytes}`);
});

test("the core takes as much of a page's download as its README says", async () => {
	const kilobytes = (await press(await read("dist/core.wasm"))).length / 1000;
	const [, said] = /\b(\d+) kB are the core\b/.exec(String(await read("README.md"))) ?? [];
	assert.ok(Math.abs(Number(said) - kilobytes) < kilobytes / 200, `${said} and not ${kilobytes}`);
});

test("nothing in it is a link, is empty, or can be executed that is no command", async () => {
	const { bin } = await json("package.json");
	const commands = (typeof bin === "string" ? [bin] : Object.values(bin)).map((path) => join(path));
	assert.deepEqual(commands, ["js/cli/main.js"]);
	for (const path of await paths()) {
		const info = await stat(join(unpacked, path));
		assert.ok(info.isFile() && info.size > 0, path);
		assert.equal((info.mode & 0o111) !== 0, commands.includes(path), path);
	}
});

test("the manifest lists each built file with its size and SHA-256, and no other", async () => {
	const { files } = await json("dist/manifest.json");
	const built = (await paths()).filter((path) => path.startsWith("dist/") && path !== "dist/manifest.json");
	assert.deepEqual(Object.keys(files), built);
	for (const path of built) {
		const content = await read(path);
		assert.deepEqual(files[path], { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") }, path);
	}
});

test("the manifest names the package and the tools, in the versions that the repository pins", async () => {
	const { name, version, builtWith } = await json("dist/manifest.json");
	const { version: packed, devDependencies } = await json("package.json");
	assert.deepEqual([name, version], ["cctoken", packed]);
	const { stdout } = await run("go", ["version"]);
	assert.deepEqual(builtWith, {
		go: stdout.split(" ")[2],
		esbuild: devDependencies.esbuild,
		typescript: devDependencies.typescript,
	});
});

test("all three forms of the core are one: the file, the one inside JavaScript, and the one that the JavaScript accepts", async () => {
	const core = await read("dist/core.wasm");
	const { core: packed } = await import(join(unpacked, "dist/inline.js"));
	const stream = new Blob([Buffer.from(packed, "base64")]).stream().pipeThrough(new DecompressionStream("gzip"));
	assert.ok(Buffer.from(await new Response(stream).arrayBuffer()).equals(core));
	const { build } = await import(join(unpacked, "dist/build.js"));
	assert.deepEqual(identityOf(await WebAssembly.compile(core)), build);
	const script = String(await read("dist/cctoken.js"));
	assert.ok(script.includes(build.core) && script.includes(`cctoken ${build.version}, MIT`));
});

test("each entry is one file, whose map leads to the sources that are shipped with it", async () => {
	const all = await paths();
	const words = "must be a JSON object, as the token is carried inside it";
	const maps = all.filter((path) => path.endsWith(".js.map"));
	assert.deepEqual(maps, ["dist/browser.js.map", "dist/edge-light.js.map", "dist/node.js.map", "dist/workerd.js.map"]);
	for (const path of maps) {
		const payload = await json(path);
		const sources = payload.sources.map((/** @type {string} */ source) => join(path, "..", source).replaceAll("\\", "/"));
		assert.deepEqual(
			sources.filter((/** @type {string} */ source) => !all.includes(source)),
			[],
		);
		const lines = String(await read(path.slice(0, -4))).split("\n");
		const line = lines.findIndex((text) => text.includes(words));
		const column = String(lines[line]).indexOf(words);
		const { originalSource, originalLine } = new SourceMap(payload).findEntry(line, column);
		assert.equal(originalSource, "../js/client/call.js");
		assert.ok(
			String(await read("js/client/call.js"))
				.split("\n")
				[originalLine]?.includes(words),
		);
	}
});

test("every module that a shipped one imports is shipped", async () => {
	const all = await paths();
	let seen = 0;
	for (const path of all.filter((path) => /\.js$|\.d\.ts$/.test(path))) {
		const types = path.endsWith(".d.ts");
		const text = String(await read(path));
		// Comments in a bundle may name the types of modules that are inside it.
		const code = types ? text : (await transform(text, { minifyWhitespace: true })).code;
		for (const [, target] of code.matchAll(/\b(?:from ?|import ?\(?)"(\.[^"?]+)/g)) {
			const file = join(path, "..", String(target)).replaceAll("\\", "/");
			assert.ok(all.includes(types ? file.replace(/\.js$/, ".d.ts") : file), `${path} imports ${target}`);
			seen++;
		}
	}
	assert.ok(seen > 150, `${seen} imports`);
});

test("every file that package.json names is there, and nothing at its installation is run", async () => {
	const all = await paths();
	const { exports, typesVersions, main, types, scripts = {}, dependencies = {} } = await json("package.json");
	const named = JSON.stringify([exports, typesVersions, main, types]).match(/"\.\/[^"]+\.\w+"/g) ?? [];
	assert.ok(named.length > 15);
	for (const path of named.map((name) => JSON.parse(name).slice(2))) {
		assert.ok(all.includes(path) || path in exports || `./${path}` in exports, path);
	}
	assert.deepEqual(
		Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
		[],
	);
	assert.deepEqual(dependencies, {});
});

test("every link in its documents leads to a file in it", async () => {
	const root = pathToFileURL(`${unpacked}/`);
	const pages = await pagesOf(root);
	assert.ok(pages.length >= 20 && pages.includes("README.md") && pages.includes("docs/edge.md"), pages.join());
	const broken = await Promise.all(pages.map(async (name) => (await brokenLinks(root, name)).map((target) => `${name}: ${target}`)));
	assert.deepEqual(broken.flat(), []);
});
