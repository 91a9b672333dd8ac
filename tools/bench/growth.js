// Ten million calls that are answered from what is at hand must leave nothing behind.
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { bytes, report } from "./report.js";
import * as vendor from "./vendor.js";

const calls = 10_000_000;
const tolerance = 64 << 10; // what V8 itself comes and goes with

const module = createModule(load);
const client = createClient(module, { fetch: vendor.fakeFetch });
const identity = vendor.ccmessaging();
const token = await client.getToken(identity);

/** @param {number} n */
async function run(n) {
	for (let i = 0; i < n; i++) {
		if ((await client.getToken(identity)) !== token) {
			throw new Error("another token");
		}
		if (i % 10_000 === 0) {
			await new Promise(setImmediate); // timers run, as in a program
		}
	}
}

function memory() {
	globalThis.gc();
	const { heapUsed, external } = process.memoryUsage();
	return { heap: heapUsed + external, linear: module.running().memory().length };
}

await run(calls / 10); // code is compiled, caches are filled
const before = memory();
await run(calls);
const after = memory();
const heap = after.heap - before.heap;
const linear = after.linear - before.linear;
report({
	what: "memory left by 10,000,000 calls with a live token",
	ours: `${bytes(linear)} linear, ${bytes(heap)} heap`,
	bar: "none (64 KiB of heap is V8's own)",
	met: linear === 0 && heap <= tolerance,
});
