// The backends that need no server do what every backend has to.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { conformance } from "../../js/store/conformance.js";
import { fileBackend } from "../../js/store/file.js";
import { memoryBackend } from "../../js/store/memory.js";

const folder = await mkdtemp(join(tmpdir(), "cctoken-store-"));
after(() => rm(folder, { recursive: true }));

const memory = memoryBackend();
const backends = { "in memory": () => memory, "in a folder": () => fileBackend(folder) };

for (const [where, open] of Object.entries(backends)) {
	suite(where, () => {
		for (const { name, run } of conformance(open)) {
			test(name, run);
		}
	});
}
