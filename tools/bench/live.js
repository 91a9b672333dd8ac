// `await getToken(identity)` where a live token is at hand: what an application pays at every call. It is measured
// against the closure that one would write by hand.
//
//	node tools/bench/live.js appcube|ccmessaging
import { compare } from "./compare.js";
import { compared, ns, report } from "./report.js";
import * as vendor from "./vendor.js";

globalThis.fetch = vendor.fakeFetch;
const { getToken } = await import("../../js/node.js");

const system = /** @type {"appcube" | "ccmessaging"} */ (process.argv[2]);
const identity = vendor[system]();
const token = await getToken(identity);

const handWritten = (() => {
	let tok, exp;
	return async () => {
		if (tok && Date.now() < exp) {
			return tok;
		}
		tok = token;
		exp = token.expiresAt.getTime();
		return tok;
	};
})();

// Every result is looked at, so that none can be left out. Each loop is written out: one loop for both would know
// two functions where an application's own place of call knows one.
/** @param {number} n */
async function ours(n) {
	for (let i = 0; i < n; i++) {
		if ((await getToken(identity)) !== token) {
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

const equal = await compare(ours, reference, { batch: 10_000, rounds: 200, warmUp: 20 });

/** @param {number} n */
async function oursByAnother(n) {
	for (let i = 0; i < n; i++) {
		if ((await getToken(vendor[system]())) !== token) {
			throw new Error("another token");
		}
	}
}

const another = await compare(oursByAnother, reference, { batch: 500, rounds: 20, warmUp: 5 });
report(
	compared(`a live ${system} token, by the same identity object; a closure by hand`, equal, ns, 1),
	compared("  by an equal object, another one each time", another, ns),
);
