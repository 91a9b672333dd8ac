// Runs suites of tests beside each other, says how each ended, and shows in full what failed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { relative } from "node:path";
import { createInterface } from "node:readline";

/**
 * Files of JavaScript, each a process of its own; or one call of `go test`.
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} [files]
 * @property {string[]} [go] the arguments of go test
 * @property {Record<string, string | undefined>} [env] on top of this process's own
 * @property {number} [minutes] that a file may take
 * @property {(name: string) => string} [again] the command that runs one package of `go` again, where it is no plain one
 */

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {{ report: string, again?: string }[]} failures what was said in full, and the command that runs just that
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
	process.once(signal, () => {
		running.forEach((child) => child.kill(signal));
		process.kill(process.pid, signal);
	});
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string | undefined>} [env]
 * @param {number} [minutes] whoever takes longer has gone astray
 */
function start(program, args, cwd, env, minutes = 10) {
	// NODE_TEST_CONTEXT would make the files part of the test that runs this.
	const child = spawn(program, args, {
		cwd,
		env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: minutes * 60_000,
	});
	running.add(child);
	child.once("close", () => running.delete(child));
	return child;
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string | undefined>} [env]
 * @param {number} [minutes]
 * @returns {Promise<{ ended: string, output: string }>} ended: empty if it ended well
 */
export async function run(program, args, cwd, env, minutes) {
	const child = start(program, args, cwd, env, minutes);
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => (output += text));
	}
	const [code, signal] = await once(child, "close");
	return { ended: code === 0 ? "" : (signal ?? `exit code ${code}`), output };
}

/**
 * @param {string} file
 * @param {string} root
 * @param {Suite} suite
 * @returns {Promise<Outcome>}
 */
async function testFile(file, root, { minutes, env = {} }) {
	const path = relative(root, file);
	const { ended, output } = await run(process.execPath, ["--test-reporter=spec", path], root, env, minutes);
	const count = (/** @type {string} */ what) => Number([...output.matchAll(new RegExp(`^ℹ ${what} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
	const passed = count("pass");
	const failed = count("fail") + count("cancelled") + count("skipped") + count("todo");
	const fault = ended || (failed > 0 && "a skipped test proves nothing") || (passed === 0 && "no test");
	if (!fault) {
		return { passed, failed: 0, failures: [] };
	}
	return {
		passed,
		failed: Math.max(failed, 1),
		failures: [
			{
				report: `${output.trim()}\n${path}: ${fault}`,
				again: [...Object.entries(env).map(([name, value]) => `${name}=${value}`), `node --test ${path}`].join(" "),
			},
		],
	};
}

/**
 * @param {string[]} args
 * @param {string} root
 * @param {Suite} suite
 * @returns {Promise<Outcome>}
 */
async function testGo(args, root, { env, again = (name) => ["go test", ...args.filter((arg) => arg.startsWith("-")), name].join(" ") }) {
	const child = start("go", ["test", "-json", ...args], root, env);
	const closed = once(child, "close");
	const counts = { passed: 0, failed: 0 };
	/** What the compiler said of each package, and what each test in it did, unless it has passed. @type {Map<string, string>} */
	const said = new Map();
	/** @type {Outcome["failures"]} */
	const failures = [];
	let stray = "";
	child.stderr.setEncoding("utf8").on("data", (text) => (stray += text));
	for await (const line of createInterface({ input: child.stdout })) {
		if (!line.startsWith("{")) {
			stray += `${line}\n`;
			continue;
		}
		const { Action: action, Package: name, ImportPath: compiled, Test: test, Output: output, FailedBuild: broken } = JSON.parse(line);
		const key = JSON.stringify([name ?? compiled, test]);
		if (output !== undefined) {
			said.set(key, (said.get(key) ?? "") + output);
		} else if (test !== undefined) {
			counts.passed += action === "pass" ? 1 : 0;
			counts.failed += action === "fail" ? 1 : 0;
		} else if (action === "fail") {
			const report = [...said]
				.filter(([key]) => [name, broken].includes(JSON.parse(key)[0]))
				.map(([, text]) => text)
				.join("");
			failures.push({ report, again: again(name) });
		}
		if (action === "pass" || (action === "skip" && test === undefined)) {
			said.delete(key);
		} else if (action === "skip") {
			failures.push({ report: `${said.get(key)}a skipped test proves nothing`, again: again(name) });
		}
	}
	const [code] = await closed;
	if (failures.length === 0 && (code !== 0 || counts.passed === 0)) {
		failures.push({ report: `${stray}go test ${args.join(" ")}: ${code === 0 ? "no test" : `exit code ${code}`}`, again: again("./...") });
	}
	return { passed: counts.passed, failed: Math.max(counts.failed, failures.length), failures };
}

/**
 * @param {Suite[]} suites
 * @param {{ root: string, slots: number, say: (text: string) => void }} how slots: how many files run at once
 * @returns {Promise<Outcome>} of all
 */
export async function runSuites(suites, { root, slots, say }) {
	/** @type {Outcome} */
	const all = { passed: 0, failed: 0, failures: [] };
	/** @type {(() => Promise<void>)[]} */
	const queue = [];
	for (const { files = [], go, ...suite } of suites) {
		const parts = go ? [() => testGo(go, root, suite)] : files.map((file) => () => testFile(file, root, suite));
		if (parts.length === 0) {
			parts.push(async () => ({ passed: 0, failed: 1, failures: [{ report: `${suite.name}: no test` }] }));
		}
		const sum = { passed: 0, failed: 0 };
		let began = 0;
		let left = parts.length;
		for (const part of parts) {
			queue.push(async () => {
				began ||= performance.now();
				const { passed, failed, failures } = await part();
				sum.passed += passed;
				sum.failed += failed;
				for (const { report, again } of failures) {
					say(`\n${report}\n${again ? `again: ${again}\n` : ""}`);
				}
				all.failures.push(...failures);
				left--;
				if (left === 0) {
					all.passed += sum.passed;
					all.failed += sum.failed;
					say(line(suite.name, `${sum.passed} passed, ${sum.failed} failed`, began));
				}
			});
		}
	}
	const next = async () => {
		for (let part = queue.shift(); part; part = queue.shift()) {
			await part();
		}
	};
	await Promise.all(Array.from({ length: slots }, next));
	return all;
}

/**
 * @param {string} name
 * @param {string} what
 * @param {number} began
 */
export const line = (name, what, began) =>
	`${name.padEnd(10)} ${what.padEnd(26)} ${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
