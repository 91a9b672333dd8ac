// Builds the empty Go program of this folder, which size and start are measured against. It is built as anybody would:
// stripped, but with the compiler's own defaults.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** @returns {Promise<Buffer>} the module */
export async function buildEmpty() {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-empty-"));
	const path = join(folder, "empty.wasm");
	try {
		await promisify(execFile)("go", ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", path, "."], {
			cwd: fileURLToPath(new URL("./empty", import.meta.url)),
			env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
		});
		return await readFile(path);
	} finally {
		await rm(folder, { recursive: true });
	}
}
