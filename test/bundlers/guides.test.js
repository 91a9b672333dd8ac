// Every guide is followed to the letter, with the package as it is published, and each page that it serves is opened in
// Chromium.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { controls } from "../../tools/demo/server.js";
import { launchChromium } from "../browser/chromium.js";
import { pack } from "../package/packed.js";
import { groups, nodes, tools } from "../package/tools.js";
import { Guide, readGuide } from "./guide.js";
import { serveRegistry } from "./registry.js";
import { stepsOf } from "./steps.js";
import { wrong } from "./wrong.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guides = (await readdir(join(root, "docs/guides"))).map((name) => `guides/${name}`);
const names = [...guides, "migration.md"];

let folder;
let browser;
let tarball;
let registry;
let runtimes;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-guides-"));
	({ tarball } = await pack(folder));
	registry = await serveRegistry(tarball, JSON.parse(await readFile(join(root, "package.json"), "utf8")));
	// What guides take for granted: Deno and Bun.
	runtimes = join(await tools("runtimes"), ".bin");
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await registry?.close();
	await rm(folder, { recursive: true });
});

test("each line of a guide's table of what may go wrong has its case, and each case its line", async () => {
	assert.deepEqual(Object.keys(wrong).sort(), [...guides].sort());
	for (const name of guides) {
		const [, table = ""] = (await readGuide(name)).split("\n## What may go wrong\n");
		const cells = [...table.matchAll(/^\| (.+?) \|/gm)].map(([, cell]) => cell).slice(2); // after the head and its rule
		// What is no code is said in words, up to a comma.
		const lines = cells.flatMap((cell) => cell.match(/(?<=`)\w+(?=`)/g) ?? [cell.split(",")[0]]);
		const cases = wrong[name].filter(({ tool }) => !tool).map(({ code }) => code);
		assert.deepEqual([...new Set(cases)].sort(), lines.sort(), `docs/${name}`);
		for (const { code } of wrong[name].filter(({ tool }) => tool)) {
			assert.ok(table.includes(`\`${code}\` is `), `docs/${name} does not have the tool's words: ${code}`);
		}
	}
});

test("every guide shows that it has got a token", async () => {
	for (const name of names) {
		const steps = stepsOf(await readGuide(name));
		assert.ok(
			steps.some(({ kind }) => ["prints", "tells", "shows"].includes(kind)),
			`docs/${name} ends with nothing that a test could see`,
		);
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

/** React Router is react-router, and SvelteKit is @sveltejs/kit. @param {string} name */
const plain = (name) => name.toLowerCase().replace(/js\b|[^a-z]/g, "");

test("the version that a guide says it was tried with is the one that is tried", async () => {
	for (const name of guides) {
		const guide = await readGuide(name);
		const said = /Tried with ([\w. ]+?) (\d[\d.]*\d|\d)/.exec(guide);
		const packages = [...guide.matchAll(/^npm install (.*)$/gm)].flatMap(([, words]) => words.split(" ")).concat(groups.runtimes);
		if (/\b(node|browser|functions|extension)\.md$/.test(name)) {
			continue; // which versions of these are tried is in test/package/tools.js and test/browser
		}
		assert.ok(said, `docs/${name} does not say what it was tried with`);
		const [, tool, version] = said;
		assert.ok(
			packages.some((name) => plain(name).startsWith(plain(tool)) && name.includes(`@${version}.`, 1)),
			`docs/${name} has no ${tool} ${version}`,
		);
	}
});

test("the README links to every guide, and to none that is not there", async () => {
	const readme = await readFile(join(root, "README.md"), "utf8");
	const linked = [...readme.matchAll(/\]\(docs\/(guides\/[^)#]+|migration\.md)\)/g)].map(([, path]) => path);
	assert.deepEqual(linked.sort(), [...names].sort());
});

/**
 * The Node of the line that a guide says it needs, where it says so.
 * @param {string} name of the guide
 * @returns {Promise<string[]>} folders for the PATH
 */
async function nodeFor(name) {
	const line = /It\s+needs\s+Node\s+(\d+)/.exec(await readGuide(name))?.[1];
	if (!line) {
		return [];
	}
	const version = nodes.find((version) => version.startsWith(`${line}.`));
	assert.ok(version, `docs/${name} needs Node ${line}, of which test/package/tools.js has none`);
	return [join(await tools("nodes"), `node-${version}/bin`)];
}

/**
 * Asks until the AccessToken has been renewed twice. A slow answer of the vendor comes when the request that has asked for
 * it is over. Where that is lost, the next one to need the token waits in vain.
 * @param {Guide} guide
 * @param {string} url of the Worker
 */
async function renewsBetweenRequests(guide, url) {
	const vendor = controls(guide.sandbox.url);
	const logins = async () => (await vendor.state()).counts.apifabric.logins;
	await vendor.fault({ system: "ccmessaging", endpoint: "apifabric", fault: "delay", delayMs: 400, count: 10 });
	const deadline = Date.now() + 120_000;
	for (const enough = (await logins()) + 3; (await logins()) < enough; await setTimeout(50)) {
		assert.ok(Date.now() < deadline, "the AccessToken is not renewed any more");
		const answer = await (await fetch(url)).text();
		assert.equal(answer.slice(0, 200), "the vendor answered 200"); // wrangler's page about an error is long
	}
}

/**
 * Every server of the guide is a program of its own and logs in once, and so do all processes of the last one together.
 * @param {Guide} guide
 */
async function sharesOneLogin(guide) {
	const workers = new Set();
	for (const deadline = Date.now() + 60_000; workers.size < 3;) {
		assert.ok(Date.now() < deadline, `${workers.size} of the processes answer`);
		const response = await fetch(`${guide.served.at(-1)}/messages`, { headers: { connection: "close" } });
		assert.deepEqual(await response.json(), { messages: [] });
		workers.add(response.headers.get("x-process"));
	}
	const { counts } = await controls(guide.sandbox.url).state();
	assert.equal(counts.ccmessaging.logins, guide.served.length);
}

describe("the guides", { concurrency: 2 }, () => {
	for (const name of names) {
		test(`${name} does what it says`, async (t) => {
			const guide = new Guide(name, {
				tarball,
				registry: registry.url,
				browser,
				// In a Worker, tokens that are renewed between requests are the difficulty: see below. And CubeDrive intercepts.
				flags: name === "guides/workers.md" ? ["-lifetime", "apifabric=4s", "-logins", "cubedrive=20"] : [],
				tools: [runtimes, ...(await nodeFor(name))],
				log: (line) => t.diagnostic(line),
			});
			try {
				await guide.open();
				await guide.follow();
				if (name === "guides/workers.md") {
					for (const [index, what] of ["a Worker", "a Durable Object"].entries()) {
						await t.test(`in ${what}, what one request has begun is there for the next`, () =>
							renewsBetweenRequests(guide, guide.served[index]),
						);
					}
				}
				if (name === "guides/servers.md") {
					await t.test("in a cluster, and in what is started after it, one login serves all", () => sharesOneLogin(guide));
				}
				for (const { why, again, files = {}, change, serve, popup, run, tool, code, shown = code, remedy } of wrong[name] ?? []) {
					await t.test(`${name}: where ${why}, there is ${code}`, async () => {
						if (again) {
							await guide.again(again);
						}
						for (const [path, text] of Object.entries(files)) {
							await guide.write(path, text);
						}
						if (change) {
							await guide.run(change);
						}
						if (serve) {
							await guide.serve(serve);
							assert.equal(await guide.shown(shown, popup), shown);
						}
						if (run) {
							assert.equal(await guide.failureOf(...run), code);
						}
						if (tool) {
							await assert.rejects(guide.run(tool), ({ message }) => message.includes(code));
						}
						if (remedy) {
							await guide.run(remedy.change);
							await guide.serve(remedy.serve);
							assert.equal(await guide.shown(remedy.shows), remedy.shows);
						}
					});
				}
			} finally {
				await guide.close();
			}
		});
	}
});
