// The store of an edge in Node: whether it is there is told before the edge takes a caller, and later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TokenError } from "../../js/client/error.js";
import { serve } from "../../js/edge/node/server.js";
import { SharedStopList } from "../../js/edge/node/shared.js";
import { memoryStore, sealedStore } from "../../js/store/index.js";
import { memoryBackend } from "../../js/store/memory.js";
import { startVendor } from "../edge/vendor.js";
import { edgeTo } from "./mounted.js";

/** @type {Awaited<ReturnType<typeof startVendor>>} */
let vendor;
before(async () => (vendor = await startVendor()));
after(() => vendor?.close());

/** A store whose functions fail in this way. @param {() => Promise<never>} fail @param {string[]} [which] */
const failing = (fail, which = ["name", "take", "read", "write", "free", "watch"]) =>
	/** @type {import("../../js/client/store.js").Store} */ ({ ...memoryStore(), ...Object.fromEntries(which.map((name) => [name, fail])) });

const refused = () => Promise.reject(new Error("an address that nobody should see"));

for (const [what, store, lost] of /** @type {[string, import("../../js/client/store.js").Store | undefined, boolean][]} */ ([
	["no store", undefined, false],
	["a store that answers", memoryStore(), false],
	["a store that cannot be reached", failing(refused), true],
	["a store that can be read, but not written to", failing(refused, ["take"]), true],
	["a store that never answers", failing(() => new Promise(() => {}), ["take"]), true],
])) {
	test(`an edge with ${what} is ready${lost ? ", and says that it is lost" : ""}`, async () => {
		const edge = edgeTo(vendor.url, store && { store });
		const at = await serve(edge.handler, { host: "127.0.0.1", port: 0 });
		try {
			if (lost) {
				await assert.rejects(edge.ready(), (error) => {
					assert.ok(error instanceof TokenError);
					assert.deepEqual([error.code, error.field, error.retryable], ["unavailable", "store", true]);
					return !`${error.message} ${JSON.stringify(error)}`.includes("nobody should see");
				});
			} else {
				await edge.ready();
			}
			const response = await fetch(`${at.url}/readyz`);
			assert.deepEqual([response.status, await response.json()], [200, { status: "ready", ...(lost && { lost: ["store"] }) }]);
		} finally {
			await at.close(0);
			edge.close();
		}
	});
}

test("who is stopped stays so while the store's keys are changed, however long ago the stop was", async () => {
	const key = (/** @type {number} */ n) => `k${n}:${Buffer.alloc(32, n).toString("base64url")}`;
	const backend = memoryBackend();
	let hours = 0;
	/** What is read is as old as it would be then. @param {string} keys */
	const list = (keys) => {
		const store = sealedStore(backend, { keys, nameKey: "n".repeat(32) });
		return new SharedStopList({
			...store,
			async read(name) {
				const kept = await store.read(name);
				return kept && { ...kept, ageMs: kept.ageMs + hours * 3_600_000 };
			},
		});
	};
	const stops = async (/** @type {SharedStopList} */ one) => Object.keys((await (await one.answer({})).json()).stops);
	await list(key(1)).answer({ stop: "somebody" });
	const changing = list(`${key(2)},${key(1)}`);
	hours = 11;
	assert.deepEqual(await stops(changing), ["somebody"]);
	hours = 23;
	assert.deepEqual(await stops(changing), ["somebody"]);
	assert.deepEqual(await stops(list(key(2))), ["somebody"]);
});

test("a list that is sealed under a key of others is not taken for an empty one, nor written over", async () => {
	const backend = memoryBackend();
	const list = (/** @type {number} */ n) =>
		new SharedStopList(sealedStore(backend, { keys: `k${n}:${Buffer.alloc(32, n).toString("base64url")}`, nameKey: "n".repeat(32) }));
	await list(1).answer({ stop: "somebody" });
	for (const asked of [{}, { stop: "somebody else" }, { resume: "somebody" }]) {
		await assert.rejects(list(2).answer(asked), { message: "who is stopped is sealed under another key" });
	}
	const { stops } = await (await list(1).answer({})).json();
	assert.deepEqual(Object.keys(stops), ["somebody"]);
});

test("a list of who is stopped that can be read, but not be written anew, is told all the same", async () => {
	const store = memoryStore();
	await new SharedStopList(store).answer({ stop: "somebody" });
	const old = {
		...store,
		read: async (/** @type {string} */ name) => ({ ...(await store.read(name)), ageMs: 86_400_000 }),
		write: refused,
	};
	const { stops } = await (await new SharedStopList(/** @type {any} */ (old)).answer({})).json();
	assert.deepEqual(Object.keys(stops), ["somebody"]);
});
