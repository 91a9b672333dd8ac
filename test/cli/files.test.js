// What is wrong with a file is told with its place, and nothing is repeated that may be a secret in a wrong place.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readText } from "../../js/cli/files.js";
import { parseJSON } from "../../js/cli/json.js";
import { nearest } from "../../js/client/nearest.js";
import { UsageError } from "../../js/cli/usage.js";
import { command } from "./command.js";

let folder;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-files-"));
});
after(() => rm(folder, { recursive: true }));

test("JSON that is wrong is told by line and column where JSON.parse knows them, and never quoted", () => {
	for (const [json, where] of [
		['{"a": "b"', [1, 10]],
		['{"a": "b",}', [1, 11]],
		['{\n\t"a": 1\n\t"b": 2\n}', [3, 2]],
		["{a: 1}", [1, 2]],
		["", [1, 1]],
		['{"a":"x', [1, 8]],
		["{} x", [1, 4]],
		['{"a":1}}', [1, 8]],
		["{'a':1}", [1, 2]],
		['\n{"a":\r\n {"b": [1, 2, {}], "c" 1}}', [3, 24]],
		['\uFEFF{"a" "b"}', [1, 6]],
		['{"a": Zx9-canary}', undefined],
		['["a JSON at position 7", Zx9-canary]', undefined],
	]) {
		const wanted = `It is not valid JSON${where ? `: look at line ${where[0]}, column ${where[1]}` : ""}.`;
		assert.throws(
			() => parseJSON(json, "It"),
			(error) => error instanceof UsageError && error.message === wanted,
			JSON.stringify(json),
		);
	}
	assert.deepEqual(parseJSON('\uFEFF {"a": [1, -2.5e3, "\\u00e9", null, {}]}', "It"), { a: [1, -2500, "é", null, {}] });
});

test("a file that is not there is told by its path, or where that may be a secret, by the folder", async () => {
	await mkdir(join(folder, "there"));
	for (const [path, wanted] of [
		["cctoken-live.json", `It is not there: check the path ${join(folder, "cctoken-live.json")}.`],
		["there/isales.secret", `It is not there: check the path ${join(folder, "there", "isales.secret")}.`],
		["Zx9-canary", `It is not there: check its path; there is no such name in ${folder}.`],
		["there/Zx9-canary", `It is not there: check its path; there is no such name in ${join(folder, "there")}.`],
		["Zx9-canary/Zx9-canary", `It is not there: check its path; there is no such folder below ${folder}.`],
		["there", `It is a folder, not a file: ${join(folder, "there")}.`],
	]) {
		await assert.rejects(readText(join(folder, path), { what: "It" }), { message: wanted });
	}
	await assert.rejects(readText(join(folder, "a.key"), { what: "It", relativeTo: "the moon" }), {
		message: `It is not there: check the path ${join(folder, "a.key")}. It is relative to the moon.`,
	});
	await writeFile(
		join(folder, "cctoken.json"),
		JSON.stringify({ system: "isales", baseUrl: "http://h.test", user: "u", secretsFile: "live.secret" }),
		{ mode: 0o600 },
	);
	const { code, stderr } = await command(["get"], { cwd: folder });
	assert.equal(code, 2);
	assert.ok(
		stderr.includes(
			`The secretsFile of the configuration is not there: check the path ${join(folder, "live.secret")}. It is relative to the configuration's folder.`,
		),
		stderr,
	);
});

test("a name that is nearly one of the known is likely that, one that is far from all is none of them", () => {
	const names = ["baseUrl", "user", "userId", "secretsFile", "timeout", "get", "verify", "doctor"];
	for (const [written, meant] of [
		["baseurl", "baseUrl"],
		["base_url", "baseUrl"],
		["base-url", "baseUrl"],
		["usr", "user"],
		["secretFile", "secretsFile"],
		["tiemout", "timeout"],
		["gte", "get"],
		["verfy", "verify"],
		["dcotor", "doctor"],
		["xyz", undefined],
		["g", undefined],
		["", undefined],
	]) {
		assert.equal(nearest(written, names), meant, written);
	}
});
