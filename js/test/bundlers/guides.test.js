// Every guide is followed to the letter, with the package as it is published, and each page that it serves is opened in
// Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { launchChromium } from "../browser/chromium.js";
import { Guide, readGuide } from "./guide.js";
import { serveRegistry } from "./registry.js";
import { stepsOf } from "./steps.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const guides = (await readdir(join(root, "docs/guides"))).map((name) => `guides/${name}`);
const names = [...guides, "migration.md"];

let folder;
let browser;
let tarball;
let registry;
let tools;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-guides-"));
	const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root, encoding: "utf8" });
	tarball = join(folder, JSON.parse(packed)[0].filename);
	registry = await serveRegistry(tarball, JSON.parse(await readFile(join(root, "package.json"), "utf8")));
	tools = join(folder, "tools");
	await mkdir(tools);
	execFileSync("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefer-offline", "deno@2.9.6", "bun@1.4.5"], {
		cwd: tools,
		stdio: ["ignore", "ignore", "inherit"],
	});
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await registry?.close();
	await rm(folder, { recursive: true });
});

describe("the guides", { concurrency: 2 }, () => {
	for (const name of names) {
		test(`${name} does what it says`, async (t) => {
			const guide = new Guide(name, {
				tarball,
				registry: registry.url,
				browser,
				tools: join(tools, "node_modules/.bin"),
				log: (line) => t.diagnostic(line),
			});
			try {
				await guide.open();
				await guide.follow();
			} finally {
				await guide.close();
			}
		});
	}
});
