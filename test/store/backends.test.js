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

test("a folder that somebody removes is made anew, empty, and goes on telling of changes", async () => {
	const removed = join(folder, "removed");
	const [one, other] = [fileBackend(removed), fileBackend(removed)];
	const name = "a-name";
	const write = { value: "kept", version: "v", expected: "", lock: "", free: false };
	await one.write(name, write);
	/** @type {(name?: string) => void} */
	let changed = () => {};
	/** @param {string | undefined} expected */
	const told = (expected) =>
		new Promise((/** @type {(value?: undefined) => void} */ resolve) => (changed = (name) => name === expected && resolve()));
	const unwatch = await other.watch((name) => changed(name));
	await rm(removed, { recursive: true });
	const gone = told(undefined);
	assert.equal((await other.read(name)).entry, undefined);
	await gone;
	const news = told(name);
	assert.equal((await one.write(name, write)).written, true);
	await news;
	assert.equal((await other.read(name)).entry?.value, "kept");
	// By another process, before this one has noticed.
	const again = told(undefined);
	await rm(removed, { recursive: true });
	await fileBackend(removed).write(name, write);
	await again;
	assert.equal((await other.read(name)).entry?.value, "kept");
	const last = told(name);
	assert.equal((await one.write(name, { ...write, version: "w", expected: "v" })).written, true);
	await last;
	await unwatch();
});

test("a folder that somebody removes is made anew also by who does not listen", async () => {
	const backend = fileBackend(join(folder, "unheard"));
	const write = { value: "kept", version: "v", expected: "", lock: "", free: false };
	await backend.write("a-name", write);
	await rm(join(folder, "unheard"), { recursive: true });
	assert.equal((await backend.read("a-name")).entry, undefined);
	assert.equal((await backend.write("a-name", write)).written, true);
});

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
