// What an edge costs, as docs/edge.md says it, is what its prices and its assumptions come to.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const text = await readFile(new URL("../../docs/edge.md", import.meta.url), "utf8");

/** The rows of the table whose head begins with these words. @param {string} head */
function tableOf(head) {
	const lines = text.split("\n");
	const at = lines.findIndex((line) => line.startsWith(`| ${head} |`));
	assert.ok(at >= 0, `a table of "${head}"`);
	const rows = [];
	for (const line of lines.slice(at + 2)) {
		if (!line.startsWith("|")) {
			break;
		}
		rows.push(
			line
				.split("|")
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
	}
	return rows;
}

/** The number in a cell. */
const number = (/** @type {string | undefined} */ cell = "") => Number(/-?[\d.,]+/.exec(cell)?.[0].replaceAll(",", ""));

const prices = new Map(
	tableOf("Cloudflare, Workers Paid").map(([what = "", included, further]) => [what, [number(included), number(further)]]),
);
const plan = number(tableOf("Cloudflare, Workers Paid").find(([what]) => what === "the plan")?.[2]);
const assumed = new Map(tableOf("assumption").map(([what = "", value]) => [what, number(value)]));

/** @param {string} what */
const assume = (what) => {
	const value = assumed.get(what);
	assert.ok(value !== undefined && value > 0, what);
	return value;
};

/** Dollars for so much, of which a part is included. @param {string} what @param {number} used */
function price(what, used) {
	const [included, further] = prices.get(what) ?? [];
	assert.ok(included !== undefined && further !== undefined && further > 0, what);
	return Math.max(0, used - included) * further;
}

/** @param {number} agents @param {number} keepers */
function cost(agents, keepers) {
	const days = assume("days a month");
	const calls = agents * assume("calls an agent a minute") * 60 * assume("hours an agent works a day") * days;
	const millions = (/** @type {number} */ n) => n / 1e6;
	const requests = millions(calls) * assume("requests to the Worker a call");
	const active = (keepers + 1) * assume("hours a day in which the centre is open") * 3600 * days; // and the AccessToken's
	const rows = millions(agents * days);
	const parts = [
		price("requests to the Worker, millions", requests),
		price("its processor time, millions of ms", requests * assume("processor time of the front door a request, ms")),
		price("requests to Durable Objects, millions", millions(calls) * assume("requests to a keeper a call")),
		price("their duration, millions of GB-s", millions(active) * assume("memory that an object is billed for, GB")),
		price("rows written, millions", rows * assume("rows written an agent a day")) +
			price("rows read, millions", rows * assume("rows read an agent a day")) +
			price("stored, GB", (agents * assume("bytes stored an agent")) / 1e9),
	];
	return { requests, parts, total: plan + parts.reduce((sum, part) => sum + part, 0) };
}

test("what a company costs on Cloudflare is what the prices and the assumptions come to", () => {
	const rows = tableOf("agents");
	assert.deepEqual(
		rows.map(([agents]) => number(agents)),
		[100, 1_000, 10_000],
	);
	for (const [agents, keepers, ...told] of rows) {
		const { requests, parts, total } = cost(number(agents), number(keepers));
		const said = [requests.toFixed(1), ...[...parts, total].map((dollars) => `$${dollars.toFixed(2)}`)];
		assert.deepEqual(told, said, `${agents} agents`);
	}
	const [one, two] = [16, 17].map((keepers) => cost(10_000, keepers).total);
	assert.ok(text.includes(`costs what 12 h × 22 days × 0.128 GB do: $${(Number(two) - Number(one)).toFixed(2)} `), "of a further keeper");
});

/** @param {number} percent */
const share = (percent) => (percent < 1 ? "under 1 %" : `${Math.round(percent)} %`);

test("what a company needs on a machine is what was measured", () => {
	const measured = /memory with 1,000 and with 10,000 live sessions \| (\d+) MiB and (\d+) MiB/.exec(text);
	const [small, large] = [Number(measured?.[1]), Number(measured?.[2])];
	const call = Number(/processor time of a sealed call whose keeper is asked \| ([\d.]+) ms/.exec(text)?.[1]);
	const minute = assume("calls an agent a minute");
	const rows = tableOf("on a machine");
	assert.equal(rows.length, 3);
	for (const [agents = "", memory, calls, core] of rows) {
		const n = number(agents);
		assert.deepEqual(
			[memory, calls, core],
			[
				n === 10_000 ? `${large} MiB` : n === 1_000 ? `${small} MiB` : `under ${small} MiB`,
				String(Math.round((n * minute) / 60)),
				share(((n * minute) / 60) * (call / 10)),
			],
			agents,
		);
	}
});
