// What a terminal gets, and what nothing else gets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSpinner, hasColor, painter, redact, redactedJSON, shorten, span, table } from "../../js/cli/terminal.js";

const stream = (isTTY) => ({
	isTTY,
	text: "",
	write(text) {
		this.text += text;
	},
});

test("the spinner turns on a terminal, leaves nothing behind, and is silent elsewhere", async () => {
	const terminal = stream(true);
	const spinner = createSpinner(terminal, true);
	spinner.start("Waiting");
	spinner.start("Waiting on");
	await new Promise((resolve) => setTimeout(resolve, 200));
	spinner.stop();
	assert.match(terminal.text, /⠋ Waiting.*⠙ Waiting on.*⠹ Waiting on/s);
	assert.ok(terminal.text.endsWith("\r\x1b[2K"));
	const { length } = terminal.text;
	spinner.stop();
	await new Promise((resolve) => setTimeout(resolve, 150));
	assert.equal(terminal.text.length, length, "it has stopped");

	const file = stream(false);
	const none = createSpinner(file, false);
	none.start("Waiting");
	none.stop();
	assert.equal(file.text, "");
});

test("colour: flags, then FORCE_COLOR, then NO_COLOR and a dumb terminal, then the stream's kind", () => {
	for (const [isTTY, env, options, wanted] of [
		[true, {}, {}, true],
		[false, {}, {}, false],
		[true, { NO_COLOR: "1" }, {}, false],
		[true, { NO_COLOR: "" }, {}, true],
		[true, { TERM: "dumb" }, {}, false],
		[false, { FORCE_COLOR: "" }, {}, true],
		[false, { FORCE_COLOR: "1", NO_COLOR: "1" }, {}, true],
		[true, { FORCE_COLOR: "0" }, {}, false],
		[true, {}, { "no-color": true }, false],
		[false, { NO_COLOR: "1" }, { color: true }, true],
	]) {
		assert.equal(hasColor(stream(isTTY), env, options), wanted, JSON.stringify({ isTTY, env, options }));
	}
	assert.equal(painter(false)("red", "x"), "x");
	assert.equal(painter(true)("red", "x"), "\x1b[31mx\x1b[39m", "whatever standard output is");
});

test("a table aligns its values, those of several lines too", () => {
	assert.equal(
		table(
			[
				["a", "1\n2"],
				["long", "3"],
			],
			painter(false),
		),
		"a     1\n      2\nlong  3\n",
	);
});

test("a secret is shortened so that too little is left, and taken out of texts in each form", () => {
	assert.equal(shorten("0123456789abcdef01234567"), "0123…4567");
	assert.equal(shorten("0123456789"), "…");
	assert.equal(redact('S e"c a s%20e%22c b s e\\"c', ['s e"c']), "[hidden] a [hidden] b [hidden]");
	assert.equal(redact("abc", ["abc"]), "abc", "too short to tell from words");
});

test("JSON stays JSON, and keeps the command's own words, whatever the secret is", () => {
	const value = { verdict: "proxy_not_used", ok: true, steps: [{ step: "proxy", found: "the proxy is true" }] };
	assert.deepEqual(JSON.parse(redactedJSON(value, ["true", "proxy", "steps"])), {
		verdict: "proxy_not_used",
		ok: true,
		steps: [{ step: "proxy", found: "the [hidden] is [hidden]" }],
	});
});

test("spans are said in their two largest units", () => {
	assert.deepEqual([0, 999, 61_000, 3_600_000, 90_061_000, -5_000].map(span), ["0 s", "1 s", "1 min 1 s", "1 h", "1 d 1 h", "5 s"]);
});
