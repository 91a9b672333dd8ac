// What 100,000 live sessions weigh, beyond the text that they are about.
import { createClient } from "../../js/client/client.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { mib, report } from "./report.js";
import * as vendor from "./vendor.js";

const count = 100_000;
const kib = 1024;

const module = createModule(load);
const client = createClient(module, { fetch: vendor.fakeFetch, maxSessions: count });

function memory() {
	globalThis.gc();
	return { linear: module.running().memory().length, heap: process.memoryUsage().heapUsed };
}

// Programs that know their users by name make the identity anew at each call; nothing here holds it.
/** @param {number} from @param {number} to */
async function acquire(from, to) {
	for (let i = from; i < to; i += 100) {
		await Promise.all(Array.from({ length: Math.min(100, to - i) }, (_, j) => client.getToken(vendor.isales(i + j))));
		await new Promise(setImmediate);
	}
}

// The first thousand warm up.
await acquire(0, 1000);
await new Promise((resolve) => setTimeout(resolve, 100));
const before = memory();
await acquire(1000, count);
await new Promise((resolve) => setTimeout(resolve, 100));
const after = memory();
const sessions = count - 1000;

const { baseUrl, user, passwd } = vendor.isales(0);
const { value } = await client.getToken(vendor.isales(0));
if (vendor.served() !== count) {
	throw new Error(`${vendor.served()} logins for ${count} sessions: some were evicted`);
}
// Its own strings: the values that each side of the module's wall must have, once on each side. Not the base URL in the
// core, which all sessions share, nor what the wrapper keeps in addition: the names in the identity's JSON, and the
// header that holds the token again.
const inCore = user.length + passwd.length + 2 * value.length; // the refresh token is as long
const inWrapper = baseUrl.length + user.length + passwd.length + value.length;
const strings = inCore + inWrapper;
const linear = (after.linear - before.linear) / sessions;
const heap = (after.heap - before.heap) / sessions;
const own = linear + heap - strings;
report(
	{ what: "memory of a live session beyond its own strings, of 100,000", ours: `${own.toFixed(0)} B`, bar: "under 1 KiB", met: own < kib },
	{
		what: `  ${linear.toFixed(0)} B linear memory + ${heap.toFixed(0)} B JavaScript heap - ${strings} B of strings`,
		ours: `${mib(after.linear)} linear`,
	},
);
