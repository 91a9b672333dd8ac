// Counters and histograms: what Prometheus reads, and that it stays bounded.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { families, Measures } from "../../js/edge/metrics/measures.js";
import { buckets, mostSeries, Registry } from "../../js/edge/metrics/registry.js";

const some = /** @type {const} */ ({
	things_total: { type: "counter", help: "Things.", labels: ["kind"] },
	times_seconds: { type: "histogram", help: "Times.", labels: [] },
});

test("a counter and a histogram are written as Prometheus reads them", () => {
	const registry = new Registry(some);
	registry.count("things_total", ["a"]);
	registry.count("things_total", ["a"]);
	registry.count("things_total", [undefined]);
	for (const seconds of [0.005, 0.2, 0.2, 31]) {
		registry.observe("times_seconds", [], seconds);
	}
	const text = registry.text();
	assert.ok(
		text.startsWith('# HELP things_total Things.\n# TYPE things_total counter\nthings_total{kind="a"} 2\nthings_total{kind=""} 1\n'),
	);
	const lines = text.split("\n").filter((line) => line.startsWith("times_seconds"));
	assert.deepEqual(lines, [
		...buckets.map((end) => `times_seconds_bucket{le="${end}"} ${end < 0.2 ? 1 : 3}`),
		'times_seconds_bucket{le="+Inf"} 4',
		"times_seconds_sum{} 31.405",
		"times_seconds_count{} 4",
	]);
	assert.ok(text.endsWith("\n"));
});

test("labels are words and series are bounded, whatever they are made of", () => {
	const registry = new Registry(some);
	registry.count("things_total", ['a"} 1\nthings_total{kind="b']);
	for (let i = 0; i < 10_000; i++) {
		registry.count("things_total", [`kind-${i}`]);
	}
	const lines = registry
		.text()
		.split("\n")
		.filter((line) => line.startsWith("things_total{"));
	assert.ok(lines.length <= mostSeries + 1, String(lines.length));
	assert.ok(lines.includes(`things_total{kind="other"} ${10_000 - (mostSeries - 1) + 1}`), lines[0]);
});

test("an analytics binding that fails fails nobody's request", () => {
	const points = /** @type {any[]} */ ([]);
	new Measures({ writeDataPoint: (point) => void points.push(point) }).request(
		{ route: "call", connection: "chat", vendorStatus: 401 },
		401,
		12,
	);
	assert.deepEqual(points, [{ indexes: ["chat"], blobs: ["request", "call", "chat", "ok"], doubles: [12, 401, 401] }]);
	new Measures({
		writeDataPoint() {
			throw new Error("too many");
		},
	}).request({}, 500, 1);
});

test("the dashboard shows every metric, and none that there is not", async () => {
	const dashboard = JSON.parse(await readFile(new URL("../../docs/grafana.json", import.meta.url), "utf8"));
	const expressions = dashboard.panels.flatMap((/** @type {any} */ panel) => panel.targets.map((/** @type {any} */ target) => target.expr));
	const used = new Set(expressions.flatMap((/** @type {string} */ expression) => expression.match(/\bcctoken_\w+/g) ?? []));
	const written = Object.entries(families).map(([name, { type }]) => (type === "histogram" ? `${name}_bucket` : name));
	assert.deepEqual([...used].sort(), written.sort());
	for (const expression of expressions) {
		for (const [, list] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
			const [, name = ""] = /\b(cctoken_\w+?)(?:_bucket)?[[{]/.exec(expression) ?? [];
			const known = ["le", ...families[/** @type {keyof typeof families} */ (name)].labels];
			assert.ok(
				list.split(", ").every((/** @type {string} */ label) => known.includes(label)),
				expression,
			);
		}
	}
	const ids = dashboard.panels.map((/** @type {any} */ panel) => panel.id);
	assert.equal(new Set(ids).size, ids.length);
});
