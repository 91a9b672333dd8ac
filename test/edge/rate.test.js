// How often one caller may ask of an edge whose platform does not count.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CallerRate } from "../../js/edge/caller/rate.js";
import { startEdge } from "./edge.js";
import { startVendor } from "./vendor.js";

test("a caller has as many at once as in a minute, regains them evenly, and takes nothing from others", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	const rate = new CallerRate(60);
	const ask = async (/** @type {string} */ key) => (await rate.limit({ key })).success;
	for (let i = 0; i < 60; i++) {
		assert.equal(await ask("a"), true);
	}
	assert.deepEqual(await rate.limit({ key: "a" }), { success: false, retryAfter: 1 });
	assert.equal(await ask("b"), true);
	t.mock.timers.setTime(Date.now() + 500);
	assert.deepEqual(await rate.limit({ key: "a" }), { success: false, retryAfter: 0.5 });
	t.mock.timers.setTime(Date.now() + 500);
	assert.deepEqual([await ask("a"), await ask("a")], [true, false]);
	t.mock.timers.setTime(Date.now() - 3_600_000);
	assert.equal(await ask("a"), false, "a clock that was set back");
	t.mock.timers.setTime(Date.now() + 7_200_000);
	let more = 0;
	while (await ask("a")) {
		more++;
	}
	assert.equal(more, 60, "no more than a minute's are saved up");
});

test("who asked too often and goes on asking does not put off the end of the wait", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	const rate = new CallerRate(1);
	await rate.limit({ key: "a" });
	let letIn = 0;
	for (let second = 1; second <= 60; second++) {
		t.mock.timers.setTime(1_790_000_000_000 + second * 1_000);
		letIn += (await rate.limit({ key: "a" })).success ? 1 : 0;
	}
	assert.equal(letIn, 1);
});

test("callers are remembered up to a bound, those who came least lately go first", async () => {
	const rate = new CallerRate(1);
	for (let i = 0; i < 20_000; i++) {
		await rate.limit({ key: `caller-${i}` });
	}
	await rate.limit({ key: "caller-0" });
	await rate.limit({ key: "one-more" });
	assert.equal(rate.size, 20_000);
	assert.equal((await rate.limit({ key: "caller-0" })).success, false, "came a moment ago");
	assert.equal((await rate.limit({ key: "caller-1" })).success, true, "begins anew");
});

test("in workerd, one caller is held up with the seconds to wait, and others are not", async () => {
	const vendor = await startVendor();
	const edge = await startEdge({ sandbox: vendor.url, bindings: { RATE_LIMIT_PER_MINUTE: 5 } });
	try {
		const ask = async (/** @type {string} */ subject) =>
			edge.post("/v1/token", await edge.tokenFor(subject), { connection: "open-isales" });
		const statuses = [];
		for (let i = 0; i < 8; i++) {
			const response = await ask("agent-busy");
			statuses.push(response.status);
			if (response.status === 429) {
				const wait = Number(response.headers.get("retry-after"));
				assert.ok(wait >= 1 && wait <= 12, String(wait));
				assert.equal((await response.json()).code, "rate_limited");
			}
		}
		assert.deepEqual(statuses.slice(0, 5), Array(5).fill(200));
		assert.ok(statuses.includes(429), String(statuses));
		assert.equal((await ask("agent-calm")).status, 200);
	} finally {
		await edge.close();
		await vendor.close();
	}
});
