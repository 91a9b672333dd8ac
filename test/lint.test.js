// The lint rules of the project's own.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Linter } from "eslint";
import { floatingPromise } from "../tools/build/lint/floating-promise.js";
import { importCycle } from "../tools/build/lint/import-cycle.js";

const config = { files: ["**/*.js"], plugins: { own: { rules: { "floating-promise": floatingPromise, "import-cycle": importCycle } } } };

/** What the rule says of a text. @param {string} rule @param {string} text @param {string} cwd @param {string} filename */
function said(rule, text, cwd = process.cwd(), filename = join(cwd, "a.js")) {
	const messages = new Linter({ cwd }).verify(text, [{ ...config, rules: { [`own/${rule}`]: "error" } }], filename);
	assert.ok(
		messages.every(({ ruleId }) => ruleId === `own/${rule}`),
		messages[0]?.message,
	);
	return messages.map(({ message }) => message);
}

for (const text of [
	"async function work() {}\nwork();",
	"const work = async () => {};\nwork();",
	"{ const work = async function () {}; (() => { work(); })(); }",
	"(async () => {})();",
	'import { rm } from "node:fs/promises";\nrm("x");',
	'import { setTimeout as wait } from "node:timers/promises";\nwait(5);',
	'import { once } from "node:events";\nonce(process, "x");',
	'import assert from "node:assert/strict";\nassert.rejects(work());',
	'import assert from "node:assert/strict";\nassert.doesNotReject(work());',
]) {
	test(`a promise floats: ${text.replaceAll("\n", " ")}`, () => {
		assert.match(said("floating-promise", text).join(), /^Nobody waits/);
	});
}

for (const text of [
	"async function work() {}\nawait work();",
	"async function work() {}\nvoid work();",
	"async function work() {}\nconst promise = work();\nwork().catch(() => {});",
	"async function work() {}\nfunction other(work) { work(); }",
	"let work = async () => {};\nwork = () => {};\nwork();",
	'import { rm } from "node:fs/promises";\nawait rm("x");',
	'import { rm } from "node:fs";\nrm("x", () => {});',
	'import { on } from "node:events";\non(process, "x");',
	'import assert from "node:assert/strict";\nassert.equal(1, 1);\nawait assert.rejects(work());',
]) {
	test(`no promise floats: ${text.replaceAll("\n", " ")}`, () => {
		assert.deepEqual(said("floating-promise", text), []);
	});
}

test("a file that is imported by what it imports is told with the way, and another is not", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-lint-"));
	t.after(() => rm(folder, { recursive: true }));
	const files = {
		"a.js": 'import { b } from "./b.js";\n',
		"b.js": 'import {\n\tc,\n} from "./c.js";\nimport fs from "node:fs";\n',
		"c.js": 'export * from "./a.js";\n',
		"d.js": 'import "./a.js";\nimport "./not-built.js";\n',
	};
	await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
	const of = (/** @type {keyof typeof files} */ name) => said("import-cycle", files[name], folder, join(folder, name));
	assert.deepEqual(of("a.js"), ["This file is imported by what it imports: b.js → c.js → a.js."]);
	assert.deepEqual(of("c.js"), ["This file is imported by what it imports: a.js → b.js → c.js."]);
	assert.deepEqual(of("d.js"), []);
});
