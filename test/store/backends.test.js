// The backends that need no server do what every backend has to.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
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

test("in a folder, who was held up longer than the lock lasts writes nothing under it", async () => {
	const [slow, other] = [fileBackend(folder), fileBackend(folder)];
	const name = "held-up";
	await slow.take(name, "one", 1);
	while (!(await other.take(name, "two", 60_000)).taken) {
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
	const write = { value: "late", version: "v", expected: "", lock: "one", free: true };
	const { written, held } = await slow.write(name, write);
	assert.deepEqual([written, held], [false, false]);
	assert.equal((await other.read(name)).entry, undefined);
	assert.equal((await other.write(name, { ...write, lock: "two" })).written, true);
});
