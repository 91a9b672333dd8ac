// `await getToken(identity)` where a live token is at hand, but the core has done something for another session since
// the last call: then it is asked again.
import { createClient } from "../../js/client/client.js";
import { platformClock } from "../../js/client/clock.js";
import { load } from "../../js/module/load-node.js";
import { createModule } from "../../js/module/module.js";
import { compare } from "./compare.js";
import { compared, ns, report } from "./report.js";
import * as vendor from "./vendor.js";

// What ends all leases after a second ends them here before each call; it is the same for the driver as work elsewhere.
let endLeases = () => {};
const clock = {
	...platformClock,
	timer(wake, ms, idle) {
		if (!idle) {
			return platformClock.timer(wake, ms);
		}
		endLeases = wake;
		return () => {};
	},
};
const client = createClient(createModule(load), { fetch: vendor.fakeFetch }, clock);
const identity = vendor.ccmessaging();
const token = await client.getToken(identity);

const handWritten = (() => {
	const tok = token;
	const exp = token.expiresAt.getTime();
	return async () => {
		if (tok && Date.now() < exp) {
			return tok;
		}
	};
})();

/** @param {number} n */
async function ours(n) {
	for (let i = 0; i < n; i++) {
		endLeases();
		if ((await client.getToken(identity)) !== token) {
			throw new Error("another token");
		}
	}
}

/** @param {number} n */
async function reference(n) {
	for (let i = 0; i < n; i++) {
		if ((await handWritten()) !== token) {
			throw new Error("another token");
		}
	}
}

const comparison = await compare(ours, reference, { batch: 5000, rounds: 60, warmUp: 10 });
report(compared("  while other sessions keep the core busy: it is asked at each call", comparison, ns));
process.exit(); // a client that is not closed has timers
