// No secret and no token is seen anywhere: each one in a whole run is unique, and all that the run has shown is searched.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { controls, startServer } from "../tools/demo/server.js";

let server;
before(async () => {
	server = await startServer("127.0.0.1:0");
});
after(() => server?.stop());

/** @param {string} [plant] what the run leaks on purpose */
async function run(plant = "") {
	await controls(server.url).reset();
	const child = fork(new URL("canary.js", import.meta.url), [server.url, plant], { silent: true });
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"]) {
		child[name].setEncoding("utf8").on("data", (data) => (output[name] += data));
	}
	let report;
	child.on("message", (message) => (report = message));
	const [code] = await once(child, "close");
	assert.equal(code, 0, output.stderr.slice(-2000));
	for (const [where, text] of Object.entries(output)) {
		report.seen.push({ where, text });
	}
	return report;
}

/** What is seen of the canaries, and where: whole, escaped, encoded, or by its end. */
function found({ canaries, seen }) {
	const traces = new Map();
	for (const [value, origin] of canaries) {
		for (const form of [
			value,
			encodeURIComponent(value),
			JSON.stringify(value).slice(1, -1),
			new URLSearchParams([["", value]]).toString().slice(1),
			Buffer.from(value)
				.toString("base64")
				.replace(/.?.?=*$/, ""),
			Buffer.from(value).toString("hex"),
			...(value.length >= 24 ? [value.slice(-16)] : []), // of a shortened one too much is left
		]) {
			traces.set(form, origin);
		}
	}
	// Millions of characters and thousands of traces: each place is looked up by the end of what could stand there.
	const length = 8;
	const endings = new Map();
	for (const trace of traces.keys()) {
		const ending = trace.slice(-length);
		endings.set(ending, [...(endings.get(ending) ?? []), trace]);
	}
	const hits = new Set();
	const searched = new Set();
	for (const { where, text } of seen) {
		if (searched.has(text)) {
			continue;
		}
		searched.add(text);
		for (let end = length; end <= text.length; end++) {
			for (const trace of endings.get(text.slice(end - length, end)) ?? []) {
				if (text.endsWith(trace, end)) {
					hits.add(`${traces.get(trace)} in ${where}`);
				}
			}
		}
	}
	return [...hits];
}

test("no secret, no token and no vendor's text is in what a whole run prints, throws, tells, hands out or requests", async () => {
	const report = await run();
	// The run was a whole one.
	const origins = new Set(report.canaries.map(([, origin]) => origin));
	assert.ok(report.canaries.length > 500, `${report.canaries.length} canaries`);
	assert.deepEqual(
		["a secret", "a token", "a token on the wire", "a vendor's text", "a wrong secret", "a supplied AccessToken"].filter(
			(o) => !origins.has(o),
		),
		[],
	);
	for (const where of [
		"stdout",
		"stderr",
		"url",
		"error: deep inspect",
		"event: json",
		"token: clone",
		"session: deep inspect",
		"client: deep inspect",
		"package: inspect",
	]) {
		assert.ok(
			report.seen.some((item) => item.where === where && item.text.length > 0),
			`nothing was seen of ${where}`,
		);
	}
	const codes = [
		"aborted",
		"bad_request",
		"blocked",
		"closed",
		"cooling_down",
		"credentials_refused",
		"fetch_failed",
		"forgotten",
		"invalid_identity",
		"invalid_option",
		"invalid_request",
		"login_budget",
		"malformed_response",
		"module_failed",
		"network",
		"not_found",
		"rate_limited",
		"redirected",
		"response_too_large",
		"supplier_failed",
		"timeout",
		"too_many_sessions",
		"unavailable",
		"unexpected_status",
		"vendor_failure",
	];
	// Texts, and no lists: a report that shortens what it prints would hide which.
	assert.equal(codes.filter((code) => !report.codes.includes(code)).join(), "", "errors that did not occur");
	const types = ["acquired", "renewed", "rolled", "rejected", "replayed", "retrying", "failed", "cooling", "evicted"];
	assert.equal(types.filter((type) => !report.eventTypes.includes(type)).join(), "", "events that did not occur");
	assert.equal(found(report).join("; "), "");
});

for (const [plant, where] of [
	["stdout", /^planted in stdout$/],
	["stderr", /^planted in stderr$/],
	["error", /^planted in error: string$/],
	["cause", /^planted in error: message and stack$/],
	["field", /^planted in error: plain inspect$/],
	["event", /^planted in event: json$/],
	["url", /^planted in url$/],
	["base64", /^planted in stdout$/],
	["a token's JSON", /^a token.* in token: json$/],
	["a token's inspection", /^a token.* in stdout$/],
	["an error's JSON", /^planted in error: json$/],
]) {
	test(`the search finds a leak that is made on purpose: ${plant}`, async () => {
		const hits = found(await run(plant));
		assert.ok(
			hits.some((hit) => where.test(hit)),
			`found only: ${hits.join("; ")}`,
		);
	});
}
