// The conformance cases, through the keepers of an edge in Node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDriver } from "../../js/client/client.js";
import { Keepers } from "../../js/edge/node/keeper.js";
import { memory } from "../../js/edge/node/memory.js";
import { StopList } from "../../js/edge/operator/stop-list.js";
import { Work } from "../../js/edge/node/work.js";
import { Measures } from "../../js/edge/metrics/measures.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { clientOf } from "../edge/keeper-client.js";
import { readVectors } from "../vector-files.js";
import { playWith } from "../vectors.js";

const module = createModule(load);
await module.start(); // so that no case waits for more than its own doing

const keeperClient = clientOf(({ clock, timeoutMs, maxSessions = 1000, fetch, log }) => {
	const work = new Work({ connections: Infinity, clock, measures: new Measures(), log });
	const driver = createDriver(module, { fetch, onEvent: work.onEvent, timeoutMs, maxSessions }, clock);
	const keepers = new Keepers(driver, work, { ready: () => module.start(), stops: new StopList(memory()), maxSessions });
	return {
		fetch: async ({ url, text }) => keepers.get("object").fetch(url, { body: await text() }),
		close: () => driver.close(),
	};
});

let played = 0;
for (const { name: file, cases: all } of await readVectors()) {
	// Some cases are about a page's session with an edge; or about what an edge has no part in: a caller's own function, and a network
	// that comes back.
	const cases = all.filter(
		({ identity, steps }) => !("edge" in identity) && !steps.some((s) => s.online || s.asked || s.identity?.accessToken?.supplier),
	);
	played += cases.length;
	if (cases.length > 0) {
		test(`the conformance cases of ${file}, through the keepers in Node`, async (t) => {
			const results = await playWith(keeperClient, cases);
			for (const { name, error } of results) {
				await t.test(name, () => assert.equal(error, undefined));
			}
			assert.equal(results.length, cases.length);
		});
	}
}

test("all cases were played but those of a page's session with an edge and of a caller's function", () =>
	assert.ok(played >= 270, String(played)));
