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
import { wrong } from "./wrong.js";

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

test("what is said to go wrong belongs to a guide", () => {
	assert.deepEqual(Object.keys(wrong).filter((name) => !names.includes(name)), []);
});

test("every guide shows that it has got a token", async () => {
	for (const name of names) {
		const steps = stepsOf(await readGuide(name));
		assert.ok(steps.some(({ kind }) => kind === "prints" || kind === "shows"), `docs/${name} ends with nothing that a test could see`);
		steps.forEach((step, index) => {
			if (step.kind === "serve") {
				assert.equal(steps[index + 1]?.kind, "shows", `docs/${name}, line ${step.line}: nobody looks at what is served`);
			}
		});
	}
});

test("every code that a guide names is one of the package's", async () => {
	const errors = await readGuide("errors.md");
	for (const name of names) {
		for (const [, codes] of (await readGuide(name)).matchAll(/^\| ((?:`\w+`(?:, )?)+)/gm)) {
			for (const [code] of codes.matchAll(/`\w+`/g)) {
				assert.ok(errors.includes(`\n| ${code} |`), `docs/${name}: ${code} is not in docs/errors.md`);
			}
		}
	}
});

test("the README links to every guide, and to none that is not there", async () => {
	const readme = await readFile(join(root, "README.md"), "utf8");
	const linked = [...readme.matchAll(/\]\(docs\/(guides\/[^)#]+|migration\.md)\)/g)].map(([, path]) => path);
	assert.deepEqual(linked.sort(), [...names].sort());
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
				for (const { why, change, serve, run, code } of wrong[name] ?? []) {
					await t.test(`${name}: where ${why}, there is ${code}`, async () => {
						assert.ok((await readGuide(name)).includes(`\`${code}\``), "the guide names it");
						if (change) {
							await guide.run(change);
						}
						if (serve) {
							await guide.serve(serve);
							assert.equal(await guide.shown(code), code);
						}
						if (run) {
							await assert.rejects(guide.run(run), ({ message }) => message.includes(code));
						}
					});
				}
			} finally {
				await guide.close();
			}
		});
	}
});
