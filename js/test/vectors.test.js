import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../load-node.js";
import { readVectors } from "./vector-files.js";
import { play } from "./vectors.js";

const { identities, files } = await readVectors();

for (const { name: file, cases } of files) {
	test(`the conformance cases of ${file}, through the module`, async (t) => {
		const results = await play(load, identities, cases);
		for (const { name, error } of results) {
			await t.test(name, () => assert.equal(error, undefined));
		}
		assert.equal(results.length, cases.length);
	});
}
