// The conformance cases, through the keeper's own program in real workerd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readVectors } from "../vector-files.js";
import { startWorker } from "./workerd.js";

let worker;
before(async () => {
	worker = await startWorker({ entry: new URL("keeper-vectors-worker.js", import.meta.url), durableObjects: { PLAYER: "Player" } });
});
after(() => worker?.close());

let played = 0;
for (const { name: file, cases: all } of await readVectors()) {
	// Some cases are about a page's session with an edge, where it is the page that asks a keeper, or about what no keeper's
	// platform says: that the network is there, or that a request never left; or have callers with a function for the token itself.
	const cases = all.filter(
		({ identity, steps }) =>
			!("edge" in identity) &&
			typeof identity.token !== "object" &&
			!steps.some((s) => s.online || s.lose === "connecting" || s.lose === "agreeing"),
	);
	played += cases.length;
	if (cases.length > 0) {
		for (const [how, users] of /** @type {[string, number][]} */ ([
			["", 1],
			[", by five users in one keeper at once", 5],
		])) {
			test(`the conformance cases of ${file}, through the keeper in workerd${how}`, async (t) => {
				const response = await worker.fetch("/", { method: "POST", body: JSON.stringify({ cases, users }) });
				const results = await response.json();
				for (const { name, error } of results) {
					await t.test(name, () => assert.equal(error, undefined));
				}
				assert.equal(results.length, cases.length);
			});
		}
	}
}

test("all cases were played but those of a page's session with an edge", () => assert.ok(played >= 290, String(played)));
