// The runner of the tests, over tests that pass, fail, or are none.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runSuites } from "./running.js";

/** @type {string} */
let root;
before(async () => {
	root = await mkdtemp(join(tmpdir(), "cctoken-running-"));
	await writeFile(join(root, "package.json"), '{"type":"module"}');
	await writeFile(join(root, "go.mod"), "module m\n\ngo 1.24\n");
});
after(() => rm(root, { recursive: true }));

/**
 * A suite of files, each given by its text after the import of `test`.
 * @param {string} name
 * @param {string[]} texts
 */
async function suiteOf(name, ...texts) {
	const files = texts.map((_, i) => join(root, `${name}-${i}.test.js`));
	await Promise.all(files.map((file, i) => writeFile(file, `import { test } from "node:test";\n${texts[i]}`)));
	return { name, files };
}

/** @param {Parameters<typeof runSuites>[0]} suites */
async function outcomeOf(suites, slots = 2) {
	/** @type {string[]} */
	const said = [];
	const outcome = await runSuites(suites, { root, slots, say: (text) => said.push(text) });
	return { ...outcome, said };
}

const passes = 'test("a", () => console.log("noise"));';

test("of suites that pass, each says one line: its name, how many passed, and the seconds", async () => {
	const { passed, failed, failures, said } = await outcomeOf([
		await suiteOf("first", passes, 'test("b", async (t) => { await t.test("c", () => {}); await t.test("d", () => {}); });'),
		await suiteOf("second", passes),
	]);
	assert.deepEqual([passed, failed, failures], [5, 0, []]);
	assert.deepEqual(said.map((text) => text.replace(/ +\d+ s$/, " N s").replace(/ +/g, " ")).sort(), [
		"first 4 passed, 0 failed N s",
		"second 1 passed, 0 failed N s",
	]);
});

test("a file that fails is shown whole, with the command that fails again, and the others go on", async () => {
	const { passed, failed, failures, said } = await outcomeOf([
		await suiteOf(
			"bad",
			'console.error("said before"); test("a", () => { throw new Error("this is why"); });\ntest("b", () => {});',
			passes,
		),
	]);
	assert.deepEqual([passed, failed, failures.length], [2, 1, 1]);
	const shown = said.join("\n");
	for (const words of ["said before", "this is why", "again: node --test bad-0.test.js", "2 passed, 1 failed"]) {
		assert.ok(shown.includes(words), words);
	}
	assert.ok(!shown.includes("noise"), "what passes is not shown");
	const [program, ...args] = (failures[0]?.again ?? "").split(" ");
	await assert.rejects(
		promisify(execFile)(program, args, { cwd: root, env: { ...process.env, NODE_TEST_CONTEXT: undefined } }),
		({ stdout }) => stdout.includes("this is why"),
	);
});

for (const [what, text, wanted] of [
	["has no test", "", /no test/],
	["skips its only test", 'test("a", { skip: true }, () => {});', /skipped/],
	["skips one of its tests", `${passes} test("b", { skip: true }, () => {});`, /skipped/],
	["has a test to be done", `${passes} test("b", { todo: true }, () => { throw new Error("x"); });`, /skipped/],
	["does not load", 'import "./nowhere.js";', /nowhere\.js/],
	["leaves before its tests are done", `${passes} test("b", () => new Promise(() => {}));`, /exit code/],
	["ends badly though its tests pass", `${passes} process.on("exit", () => { process.exitCode = 3; });`, /exit code 3/],
	["is killed", `${passes} test("b", () => { process.kill(process.pid, "SIGKILL"); });`, /SIGKILL/],
	["counts nothing, and prints as if it did", 'console.log("ℹ pass 7\\nℹ fail 0"); process.exitCode = 1;', /exit code 1/],
]) {
	test(`a file fails that ${what}`, async () => {
		const { failed, said } = await outcomeOf([await suiteOf("strange", String(text))]);
		assert.ok(failed > 0);
		assert.match(said.join("\n"), /** @type {RegExp} */ (wanted));
	});
}

test("a suite without a file is a failure", async () => {
	const { failed, said } = await outcomeOf([{ name: "empty", files: [] }]);
	assert.equal(failed, 1);
	assert.match(said.join("\n"), /empty: no test/);
});

test("as many files run at once as there are slots, and no more", async () => {
	const log = join(root, "slots.log");
	const text = `import { appendFileSync } from "node:fs";
		const note = (sign) => appendFileSync(${JSON.stringify(log)}, sign);
		note("+");
		process.on("exit", () => note("-"));
		test("a", () => new Promise((resolve) => setTimeout(resolve, 300)));`;
	await outcomeOf([await suiteOf("slots", ...Array.from({ length: 5 }, () => text))], 2);
	let now = 0;
	let most = 0;
	for (const sign of await readFile(log, "utf8")) {
		now += sign === "+" ? 1 : -1;
		most = Math.max(most, now);
	}
	assert.deepEqual([now, most], [0, 2]);
});

/** A Go package of the module m, with this test file. @param {string} name @param {string} text */
async function goPackage(name, text) {
	await mkdir(join(root, name));
	await writeFile(join(root, name, "a_test.go"), `package ${name}\n\nimport "testing"\n\n${text}`);
}

test("of Go, what fails is shown without what passes beside it, with the command that runs just that package", async () => {
	await goPackage("good", 'func TestGood(t *testing.T) { t.Log("noise") }\n');
	await goPackage(
		"bad",
		'func TestBad(t *testing.T) { t.Run("part", func(t *testing.T) { t.Error("this is why") }) }\nfunc TestBeside(t *testing.T) { t.Log("noise") }\n',
	);
	await goPackage("broken", "func TestBroken(t *testing.T) { undeclared() }\n");
	const { passed, failures, said } = await outcomeOf([{ name: "go", go: ["-trimpath", "-vet=off", "./good", "./bad", "./broken"] }]);
	const shown = said.join("\n");
	assert.equal(passed, 2);
	assert.deepEqual(failures.map(({ again }) => again).sort(), ["go test -trimpath -vet=off m/bad", "go test -trimpath -vet=off m/broken"]);
	assert.ok(shown.includes("this is why") && shown.includes("undefined: undeclared"), shown);
	assert.ok(!shown.includes("noise"), shown);
});

test("of Go, a skipped test, no test at all, and what go test itself refuses are failures", async () => {
	await goPackage("skipping", 'func TestSkipped(t *testing.T) { t.Skip("later") }\nfunc TestBeside(t *testing.T) {}\n');
	await goPackage("none", "func helper(t *testing.T) {}\n");
	for (const [go, wanted] of /** @type {const} */ ([
		[["./skipping"], /later[^]*skipped/],
		[["./none"], /no test/],
		[["-nonsense", "./good"], /nonsense/],
	])) {
		const { failed, said } = await outcomeOf([{ name: "go", go: ["-trimpath", "-vet=off", ...go] }]);
		assert.ok(failed > 0, go[0]);
		assert.match(said.join("\n"), wanted);
	}
});

test("a suite that is none is refused by its name, and nothing is run", async () => {
	const runner = fileURLToPath(new URL("run.js", import.meta.url));
	await assert.rejects(promisify(execFile)(process.execPath, [runner, "js", "nonsense"]), /no suite nonsense/);
});
