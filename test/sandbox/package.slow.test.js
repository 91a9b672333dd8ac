// The package's own tests, which know the native sandbox, pass unchanged against the WASM one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const name of ["call", "callers", "client", "failures", "verify"]) {
	test(`test/${name}.test.js passes`, async () => {
		const child = spawn(
			process.execPath,
			["--import", new URL("in-place-of-native.js", import.meta.url).href, here(`../${name}.test.js`)],
			{ env: { ...process.env, NODE_TEST_CONTEXT: undefined }, stdio: ["ignore", "pipe", "pipe"] },
		);
		let output = "";
		let said = "";
		child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
		child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
		const [code] = await once(child, "close");
		const failed = output.match(/^\s*not ok .*$/gm) ?? [];
		assert.deepEqual([code, failed], [0, []], said.slice(-2000));
		assert.match(said, /the sandbox is of WebAssembly/, "it had another server");
		assert.match(output, /^# pass [1-9]/m);
	});
}
