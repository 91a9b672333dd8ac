// Every guide is followed to the letter, with the package as it is published, and each page that it serves is opened in
// Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { launchChromium } from "../browser/chromium.js";
import { Guide, readGuide } from "./guide.js";
import { stepsOf } from "./steps.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const names = [...(await readdir(join(root, "docs/guides"))).filter((name) => name.endsWith(".md")).map((name) => `guides/${name}`)];

let folder;
let browser;
let tarball;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-guides-"));
	const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root, encoding: "utf8" });
	tarball = join(folder, JSON.parse(packed)[0].filename);
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await rm(folder, { recursive: true });
});

describe("the guides", { concurrency: 2 }, () => {
	for (const name of names) {
		test(`${name} does what it says`, async (t) => {
			const guide = new Guide(name, { tarball, browser, tools: join(folder, "tools"), log: (line) => t.diagnostic(line) });
			try {
				await guide.open();
				await guide.follow();
			} finally {
				await guide.close();
			}
		});
	}
});
