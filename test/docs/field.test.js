// What people met in the field is replayed, each by a test of its own.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { absentOf, claimsOf } from "./claims.js";

const page = await readFile(new URL("../../core/vectors/README.md", import.meta.url), "utf8");
const [, section = ""] = page.split("\n## What people met in the field\n");

test("each report from the field names a test that is there", async () => {
	const claims = claimsOf(section.split("\n## ")[0]);
	assert.ok(claims.length > 20, String(claims.length));
	assert.deepEqual(await absentOf(claims), []);
});
