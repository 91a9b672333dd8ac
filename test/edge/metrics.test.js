// What is measured of an edge, who may read it, and that nothing in it tells who called.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createEdge } from "../../js/edge/edge.js";
import { consoleOrigin, secrets, startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

const metricsToken = "metrics-token-for-tests-0123456789abcd";
const analytics = /** @type {any[]} */ ([]);

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		bindings: { METRICS_TOKEN: metricsToken },
		configure: (config) => ({ ...config, operators: { allow: [{ by: "staff", claim: "groups", values: ["operators"] }] } }),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

/** @param {string} [authorization] @param {RequestInit} [init] */
const read = (authorization = `Bearer ${metricsToken}`, init = {}) =>
	edge.fetch("/metrics", { ...init, headers: { ...(authorization && { authorization }), .../** @type {any} */ (init.headers) } });

/** The values of all series, by their names with labels. */
async function values() {
	const response = await read();
	assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/plain; version=0.0.4; charset=utf-8"]);
	const text = await response.text();
	/** @type {Record<string, number>} */
	const found = {};
	for (const line of text.trim().split("\n")) {
		if (!line.startsWith("# ")) {
			const [, name = "", value = ""] = /^(\w+\{(?:\w+="[\w:.+-]*",?)*\}) (\d+(?:\.\d+)?)$/.exec(line) ?? assert.fail(line);
			found[name] = Number(value);
		}
	}
	return found;
}

test("requests, logins, events, vendors' answers and keepers' times are counted", async () => {
	const before = await values();
	const grown = (/** @type {Record<string, number>} */ now, /** @type {string} */ name) => (now[name] ?? 0) - (before[name] ?? 0);
	const jwt = await edge.tokenFor("agent-measured");
	vendor.business = (_request, response) => json(response, {}, { status: 404 });
	assert.equal((await edge.post("/v1/token", jwt, { connection: "open-drive" })).status, 200);
	assert.equal((await edge.post("/v1/token", jwt, { connection: "nothing" })).status, 403);
	assert.equal((await edge.fetch("/v1/call/drive/commonPage", { headers: { authorization: `Bearer ${jwt}` } })).status, 404);
	vendor.login = (response) => json(response, {}, { status: 401 });
	const other = await edge.tokenFor("agent-refused");
	assert.equal((await edge.post("/v1/token", other, { connection: "open-drive" })).status, 502);
	vendor.login = undefined;
	const now = await values();
	for (const [name, by] of /** @type {[string, number][]} */ ([
		['cctoken_requests_total{route="token",connection="open-drive",code="ok"}', 1],
		['cctoken_requests_total{route="token",connection="",code="forbidden"}', 1],
		['cctoken_requests_total{route="token",connection="open-drive",code="credentials_refused"}', 1],
		['cctoken_requests_total{route="call",connection="drive",code="ok"}', 1],
		['cctoken_vendor_answers_total{connection="drive",status="4xx"}', 1],
		['cctoken_request_seconds_count{route="token"}', 3],
		['cctoken_request_seconds_bucket{route="token",le="+Inf"}', 3],
		['cctoken_keeper_failures_total{what="token",code="credentials_refused"}', 1],
		['cctoken_logins_total{system="cubedrive",step="login"}', 2],
		['cctoken_events_total{event="acquired",system="cubedrive",code=""}', 1],
		['cctoken_events_total{event="failed",system="cubedrive",code="credentials_refused"}', 1],
		['cctoken_events_total{event="cooling",system="cubedrive",code=""}', 1],
	])) {
		assert.equal(grown(now, name), by, name);
	}
	assert.ok(grown(now, 'cctoken_keeper_seconds_count{what="token"}') >= 2);
});

test("whoever has the token reads them, and operators; to everybody else there is nothing", async () => {
	assert.equal((await read()).status, 200);
	const boss = await edge.tokenFor("boss", { claims: { groups: ["operators"] } });
	assert.equal((await read(`Bearer ${boss}`)).status, 200);
	const agent = await edge.tokenFor("agent-7");
	const nowhere = await edge.fetch("/nothing");
	const expected = [404, await nowhere.text()];
	for (const response of [
		await read(""),
		await read(`Bearer ${agent}`),
		await read("Bearer "),
		await read(`Bearer ${metricsToken}x`),
		await read(`Bearer ${metricsToken.slice(1)}`),
		await read(`Basic ${metricsToken}`),
		await read(undefined, { headers: { origin: consoleOrigin } }),
		await edge.fetch(`/metrics?token=${metricsToken}`),
	]) {
		assert.deepEqual([response.status, await response.text()], expected);
	}
	assert.equal((await read(undefined, { method: "POST" })).status, 405);
});

test("nothing in them tells who called: no subject, no hash of one, no secret and no token", async () => {
	const response = await edge.post("/v1/token", await edge.tokenFor("agent-private"), { connection: "open-drive" });
	const { user } = await edge.lineOf(response.headers.get("cctoken-request"));
	const { token } = await response.json();
	const text = await (await read()).text();
	for (const hidden of ["agent-private", user, token, metricsToken, vendor.url, ...Object.values(secrets)]) {
		assert.ok(!text.includes(hidden), hidden);
	}
});

test("where the platform has a binding for it, each request is written there, without who it was", async () => {
	const { log } = console;
	console.log = () => {};
	try {
		await createEdge().fetch(
			new Request("https://edge.test/v1/token?who=agent-7", { method: "POST" }),
			/** @type {any} */ ({
				ANALYTICS: { writeDataPoint: (/** @type {object} */ point) => void analytics.push(point) },
			}),
		);
	} finally {
		console.log = log;
	}
	assert.equal(analytics.length, 1);
	const [{ indexes, blobs, doubles }] = analytics;
	assert.deepEqual([indexes, blobs, doubles.slice(1)], [["token"], ["request", "token", "", "not_configured"], [503, 0]]);
});

test("a token for the metrics that is short is told as missing, and there are none then", async () => {
	const weak = await startEdge({ sandbox: vendor.url, bindings: { METRICS_TOKEN: "short" } });
	try {
		const health = await (await weak.fetch("/healthz")).json();
		assert.match(health.missing.join(), /^METRICS_TOKEN: a secret of at least 32/);
		assert.equal((await weak.fetch("/metrics", { headers: { authorization: "Bearer short" } })).status, 503);
	} finally {
		await weak.close();
	}
});
