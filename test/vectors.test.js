import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { load } from "../js/module/load-node.js";
import { readVectors } from "./vector-files.js";
import { play } from "./vectors.js";

for (const { name: file, cases } of await readVectors()) {
	test(`the conformance cases of ${file}, through the module`, async (t) => {
		const results = await play(load, cases);
		for (const { name, error } of results) {
			await t.test(name, () => assert.equal(error, undefined));
		}
		assert.equal(results.length, cases.length);
	});
}

test("a further system brings one file, with its identities and its cases", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-vectors-"));
	t.after(() => rm(folder, { recursive: true }));
	await cp(new URL("../core/vectors/", import.meta.url), folder, { recursive: true });
	const madeUp = {
		identities: { "made-up": { system: "made-up", user: "u", word: "w" } },
		cases: [
			{
				name: "made-up: one",
				identity: "made-up",
				steps: [
					{ get: "a", identity: { from: "made-up", user: "v", word: null } },
					{ get: "b", identity: "isales" },
				],
			},
			{ name: "made-up: two", identity: { from: "isales", user: "w" }, options: { timeout: 1 }, steps: [{ forget: true }] },
		],
	};
	await writeFile(join(folder, "made-up.json"), JSON.stringify(madeUp));
	const isales = { system: "isales", baseUrl: "https://service.besclouds.com", user: "abcd", passwd: "123456" };
	const files = await readVectors(pathToFileURL(`${folder}/`));
	assert.deepEqual(
		files.find(({ name }) => name === "made-up.json"),
		{
			name: "made-up.json",
			cases: [
				{
					name: "made-up: one",
					identity: { system: "made-up", user: "u", word: "w" },
					steps: [
						{ get: "a", identity: { system: "made-up", user: "v" } },
						{ get: "b", identity: isales },
					],
				},
				{ name: "made-up: two", identity: { ...isales, user: "w" }, options: { timeout: 1 }, steps: [{ forget: true }] },
			],
		},
	);
	assert.equal(files.length, (await readVectors()).length + 1);

	await writeFile(join(folder, "made-up.json"), JSON.stringify({ cases: [{ name: "x", identity: "nobody", steps: [] }] }));
	await assert.rejects(readVectors(pathToFileURL(`${folder}/`)), /there is no identity nobody/);
});

test("a case that says something else than what comes fails, at its step", async () => {
	const [{ cases }] = (await readVectors()).filter(({ name }) => name === "life.json");
	const { identity, steps } = cases.find(({ name }) => name === "one renewal runs, whoever asks meanwhile");
	const wrong = [
		[2, { sent: { method: "GET" } }],
		[4, { token: "a", value: "T2" }],
		[4, { error: "a", code: "timeout" }],
		[4, { token: "b", value: "T1" }],
		[4, { pending: "a" }],
		[7, { quiet: true }],
		[13, { paused: { min: 0, max: 0 } }],
		[17, { events: ["acquired"] }],
	].map(([at, step]) => ({ name: JSON.stringify(step), identity, steps: [...steps.slice(0, at - 1), step] }));
	const results = await play(load, wrong);
	assert.equal(results.length, wrong.length);
	for (const [index, { error }] of results.entries()) {
		assert.ok(error?.startsWith(`step ${wrong[index].steps.length} `), `${wrong[index].name}: ${error}`);
	}
});
