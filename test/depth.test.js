// Answers that are nested as deep as 1 MiB allows: who writes an answer must not be able to end the core that reads it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";

const identity = { system: "appcube", baseUrl: "https://vendor.example", appKey: "k", appSecret: "s" };
const answer = (deep) => `{"errorCode":0,"deep":${deep},"authToken":"T1","expireTime":3600}`;
const lists = (depth, end = "]") => "[".repeat(depth) + end.repeat(depth);
const objects = (depth) => '{"a":'.repeat(depth) + "0" + "}".repeat(depth);
const most = (1 << 20) - answer("").length;

/** @type {[string, string, boolean][]} */
const cases = [
	["lists, 100,000 deep", lists(100_000), true],
	["objects, 100,000 deep", objects(100_000), true],
	["lists to the end of what is read", lists(most >> 1), true],
	["objects to the end of what is read", objects(Math.floor((most - 1) / 6)), true],
	["lists that are closed as objects", lists(100_000, "}"), false],
	["lists that are not closed", "[".repeat(most), false],
];

for (const [what, deep, whole] of cases) {
	test(`${what}: ${whole ? "a token" : "malformed"}, by a core that lives on`, async () => {
		const module = createModule(load);
		const core = await module.start();
		const client = createClient(module, { fetch: async () => new Response(answer(deep)), timeoutMs: 60_000 });
		const got = client.getToken(identity);
		if (whole) {
			assert.equal((await got).value, "T1");
		} else {
			await assert.rejects(got, { code: "malformed_response" });
		}
		assert.equal(module.running(), core);
		client.close();
	});
}
