// What every backend of a store has to do, as checks that any test runner can run: `cctoken/store/conformance`.

/** @typedef {import("./backend.js").Backend} Backend */

/**
 * One check.
 * @typedef {object} Check
 * @property {string} name what a backend has to do
 * @property {() => Promise<void>} run is rejected with an Error that says what is wrong
 */

/** How long a check waits for what must come, in milliseconds. */
const patienceMs = 10_000;
/** A lock that is to end by itself is taken for so long, in milliseconds. */
const shortMs = 200;
const longMs = 60_000;

/**
 * The checks of a backend. Each is a promise of nothing, rejected with an Error that says what is wrong.
 * @param {() => Backend | Promise<Backend>} open a backend over the same data each time, as another process would open it
 * @returns {Check[]} to be run in any order, also beside others that use the same data
 * @example
 * for (const { name, run } of conformance(() => myBackend(url))) {
 * 	test(name, run);
 * }
 */
export function conformance(open) {
	/** @type {Check[]} */
	const checks = [];
	/**
	 * @param {string} name
	 * @param {(backend: Backend, other: Backend, key: string) => Promise<void>} run
	 */
	const check = (name, run) => {
		checks.push({ name, run: async () => run(await open(), await open(), random(43)) });
	};

	check("where nothing was written, nothing is kept", async (backend, _, key) => {
		const { entry, now } = await backend.read(key);
		equal(entry, undefined, "the entry");
		that(Number.isFinite(now) && now > 0, "now is a time in milliseconds");
	});

	check("what one has written, the other reads as it was", async (backend, other, key) => {
		for (const value of ["A", "b".repeat(100_000), "-_09"]) {
			const { entry: former } = await other.read(key);
			const version = random(36);
			const answer = await backend.write(key, { ...plain, value, version, expected: former?.version ?? "" });
			equal(answer.written, true, "written");
			const { entry } = await other.read(key);
			equal(entry?.value, value, "the value");
			equal(entry?.version, version, "the version");
			equal((await other.take(key, random(36), 1)).entry?.version, version, "what take tells");
		}
	});

	check("a write that expects another version is refused, and told what is there", async (backend, other, key) => {
		await backend.write(key, { ...plain, value: "first", version: "v1" });
		for (const expected of ["", "v0"]) {
			const { written, held, entry } = await other.write(key, { ...plain, value: "second", version: "v2", expected });
			equal(written, false, "written");
			equal(held, true, "held, as no lock was named");
			equal(entry?.version, "v1", "the version that is told");
			equal(entry?.value, "first", "the value that is told");
		}
		const { written, entry } = await other.write(random(43), { ...plain, value: "x", version: "v2", expected: "v1" });
		equal(written, false, "written where there is none");
		equal(entry, undefined, "the entry where there is none");
		equal((await backend.read(key)).entry?.value, "first", "the value afterwards");
	});

	check("of many writers at once that expect the same version, one writes", async (backend, other, key) => {
		for (let expected = "", round = 0; round < 5; round++) {
			const answers = await Promise.all(
				Array.from({ length: 20 }, async (_, i) => {
					const version = `r${round}w${i}`;
					const { written } = await (i % 2 ? backend : other).write(key, { ...plain, value: version, version, expected });
					return written ? [version] : [];
				}),
			);
			const [winner = "", ...more] = answers.flat();
			equal(more.length, 0, "further winners");
			equal((await other.read(key)).entry?.version, winner, "what is there");
			expected = winner;
		}
	});

	check("one at a time has the lock, and tells the others how long it may last", async (backend, other, key) => {
		const first = await backend.take(key, "one", longMs);
		equal(first.taken, true, "taken");
		near(first.leftMs, longMs, "what is left of it");
		const second = await other.take(key, "two", longMs);
		equal(second.taken, false, "taken by the second");
		near(second.leftMs, longMs, "what the second is told");
		equal((await backend.take(random(43), "two", longMs)).taken, true, "the lock of another name");
	});

	check("of many who ask for the lock at once, one gets it", async (backend, other, key) => {
		const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? backend : other).take(key, `lock${i}`, longMs)));
		equal(answers.filter(({ taken }) => taken).length, 1, "who got it");
	});

	check("who has the lock can have it for longer", async (backend, _, key) => {
		await backend.take(key, "one", shortMs);
		const again = await backend.take(key, "one", longMs);
		equal(again.taken, true, "taken again");
		near(again.leftMs, longMs, "what is left of it");
	});

	check("a lock ends by itself", async (backend, other, key) => {
		await backend.take(key, "one", shortMs);
		await until(async () => (await other.take(key, "two", longMs)).taken, "the lock of who was killed");
		const { written, held } = await backend.write(key, { ...plain, value: "x", version: "v", lock: "one" });
		equal(written, false, "what its former holder writes");
		equal(held, false, "held by its former holder");
	});

	check("who has not the lock cannot write under it, nor release it", async (backend, other, key) => {
		equal((await other.write(key, { ...plain, value: "x", version: "v", lock: "none" })).written, false, "without any lock");
		await backend.take(key, "one", longMs);
		const { written, held } = await other.write(key, { ...plain, value: "x", version: "v", lock: "two", free: true });
		equal(written, false, "written");
		equal(held, false, "held");
		await other.free(key, "two");
		equal((await other.take(key, "two", longMs)).taken, false, "taken after another has released it");
		equal((await backend.write(key, { ...plain, value: "x", version: "v", lock: "one" })).written, true, "written by its holder");
		equal((await other.write(key, { ...plain, value: "y", version: "w", expected: "v" })).written, true, "written without naming a lock");
	});

	check("who takes the lock writes with it, where the expected version is there", async (backend, other, key) => {
		const first = await backend.take(key, "one", longMs, { value: "x", version: "v", expected: "" });
		equal(first.taken, true, "taken");
		equal(first.written, true, "written");
		near(first.leftMs, longMs, "what is left of it");
		const { entry } = await other.read(key);
		equal(entry?.version, "v", "the version");
		equal(entry?.value, "x", "the value");
		equal((await other.take(key, "two", longMs)).taken, false, "taken by the second");
		equal((await backend.take(key, "one", longMs, { value: "y", version: "w", expected: "v" })).written, true, "written once more");
		equal((await other.read(key)).entry?.value, "y", "the value afterwards");
		equal((await backend.take(key, "one", longMs)).written, false, "written where there was nothing to write");
	});

	check("who takes the lock writes nothing where another version is there, and is told of it", async (backend, other, key) => {
		await other.write(key, { ...plain, value: "theirs", version: "v" });
		for (const expected of ["", "w"]) {
			const answer = await backend.take(key, "one", longMs, { value: "mine", version: "x", expected });
			equal(answer.taken, true, "taken");
			equal(answer.written, false, "written");
			equal(answer.entry?.version, "v", "the version that is told");
			equal(answer.entry?.value, "theirs", "the value that is told");
		}
		equal((await other.read(key)).entry?.value, "theirs", "the value afterwards");
		equal(
			(await backend.take(random(43), "one", longMs, { value: "x", version: "w", expected: "v" })).written,
			false,
			"written where there is none",
		);
	});

	check("who does not get the lock writes nothing with it", async (backend, other, key) => {
		await other.write(key, { ...plain, value: "theirs", version: "v" });
		await other.take(key, "one", longMs);
		const answer = await backend.take(key, "two", longMs, { value: "mine", version: "w", expected: "v" });
		equal(answer.taken, false, "taken");
		equal(answer.written, false, "written");
		equal(answer.entry?.version, "v", "the version that is told");
		equal((await other.read(key)).entry?.value, "theirs", "the value afterwards");
	});

	check("of many who take the lock and write with it at once, one does both", async (backend, other, key) => {
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, i) =>
				(i % 2 ? backend : other).take(key, `lock${i}`, longMs, { value: `v${i}`, version: `v${i}`, expected: "" }),
			),
		);
		const winner = answers.findIndex(({ taken }) => taken);
		equal(answers.filter(({ taken, written }) => taken || written).length, 1, "who took it, or wrote");
		equal(answers[winner]?.written, true, "written by who took it");
		equal((await other.read(key)).entry?.version, `v${winner}`, "what is there");
	});

	check("a lock is released by its holder, or with what it writes", async (backend, other, key) => {
		await backend.take(key, "one", longMs);
		await backend.free(key, "one");
		equal((await other.take(key, "two", longMs)).taken, true, "taken after it was released");
		await other.write(key, { ...plain, value: "x", version: "v", lock: "two", free: true });
		equal((await backend.take(key, "three", longMs)).taken, true, "taken after a write that released it");
		await backend.write(key, { ...plain, value: "y", version: "w", expected: "other", lock: "three", free: true });
		equal((await other.take(key, "four", longMs)).taken, false, "taken after a write that was refused");
	});

	check("a lock changes nothing of what is kept", async (backend, other, key) => {
		await backend.write(key, { ...plain, value: "x", version: "v" });
		await backend.take(key, "one", longMs);
		await backend.free(key, "one");
		equal((await other.read(key)).entry?.version, "v", "the version");
		equal((await other.write(key, { ...plain, value: "y", version: "w", expected: "v" })).written, true, "written");
	});

	check("all who watch are told of writes and releases, until they do not want it any more", async (backend, other, key) => {
		/** @type {(string | undefined)[]} */
		const told = [];
		const stop = await other.watch((name) => told.push(name));
		await backend.write(key, { ...plain, value: "x", version: "v" });
		await until(async () => told.includes(key), "word of a write");
		const second = random(43);
		await backend.take(second, "one", longMs);
		await backend.free(second, "one");
		await until(async () => told.includes(second), "word of a release");
		await stop();
		const third = random(43);
		/** @type {(string | undefined)[]} */
		const more = [];
		const end = await backend.watch((name) => more.push(name));
		await backend.write(third, { ...plain, value: "x", version: "v" });
		await until(async () => more.includes(third), "word of another write");
		await end();
		equal(told.includes(third), false, "word of it to who had enough");
	});

	check("its clock goes on as time does", async (backend, other, key) => {
		const { now } = await backend.read(key);
		await until(async () => (await other.read(key)).now >= now + 50, "a later time");
	});

	return checks;
}

const plain = { expected: "", lock: "", free: false };

/** @param {number} length */
function random(length) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % 64]).join("");
}

/**
 * @param {boolean} holds
 * @param {string} what
 */
function that(holds, what) {
	if (!holds) {
		throw new Error(`${what}: it is not so`);
	}
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} what
 */
function equal(actual, expected, what) {
	if (actual !== expected) {
		throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
	}
}

/**
 * @param {number} left
 * @param {number} whole
 * @param {string} what
 */
function near(left, whole, what) {
	that(left > whole / 2 && left <= whole, `${what}, ${left} of ${whole} milliseconds`);
}

/**
 * @param {() => Promise<boolean>} comes
 * @param {string} what
 */
async function until(comes, what) {
	const end = performance.now() + patienceMs;
	while (!(await comes())) {
		if (performance.now() > end) {
			throw new Error(`${what}: it did not come`);
		}
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
