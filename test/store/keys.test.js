// The keys of a store.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { fileStore, memoryStore, redisStore, sealedStore } from "../../js/store/index.js";
import { Keys } from "../../js/store/keys.js";
import { memoryBackend } from "../../js/store/memory.js";
import { createClient } from "../../js/node.js";
import { tokenError } from "../expect.js";
import { identities, lenient } from "../vendor.js";

const key = (id) => `${id}:${randomBytes(32).toString("base64url")}`;
const [one, two] = [key("one"), key("two")];

test("a value opens under its own name, with a key that is listed, and as it was written", async () => {
	const keys = new Keys(one);
	const sealed = await keys.seal("name", "text");
	assert.equal(await keys.open("name", sealed), "text");
	assert.equal(await keys.open("other", sealed), undefined);
	assert.equal(await new Keys(two).open("name", sealed), undefined);
	assert.equal(await new Keys(`one:${two.slice(4)}`).open("name", sealed), undefined, "another key of the same id");
	for (let at = 0; at < sealed.length - 1; at++) {
		const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
		assert.equal(await keys.open("name", changed), undefined, `changed at ${at}`);
		assert.equal(await keys.open("name", sealed.slice(0, at)), undefined, `cut at ${at}`);
	}
	assert.notEqual(await keys.seal("name", "text"), sealed, "no two are alike");
});

test("no two texts are sealed with one nonce, however they follow each other", async () => {
	const keys = new Keys(one);
	const nonces = new Set();
	for (let i = 0; i < 300; i++) {
		const bytes = Buffer.from(keys.seal("name", "text"), "base64url");
		nonces.add(bytes.subarray(5, 17).toString("hex"));
		if (i % 3 === 0) {
			await new Promise((resolve) => setImmediate(resolve));
		}
	}
	assert.equal(nonces.size, 300);
});

test("keys rotate: a new one in front seals, and those behind it open", async () => {
	const [before, during, after] = [new Keys(one), new Keys(`${two},${one}`), new Keys(two)];
	const old = await before.seal("name", "text");
	assert.equal(await during.open("name", old), "text");
	assert.equal(await after.open("name", await during.seal("name", "next")), "next");
	assert.equal(await before.name("identity"), await during.name("identity"), "the same names meanwhile");
	assert.notEqual(await before.name("identity"), await after.name("identity"));
	const nameKey = randomBytes(32).toString("hex");
	assert.equal(await new Keys(one, nameKey).name("identity"), await new Keys(two, nameKey).name("identity"));
});

/**
 * Clients over one backend, each with keys of its own, that have all got a token and looked at what the others left.
 * @param {{ keys: string, nameKey?: string }[]} all
 * @returns {Promise<string[][]>} what each was told of the store
 */
async function toldOf(all) {
	const backend = memoryBackend();
	const vendor = lenient();
	const told = [];
	const clients = [];
	for (const secrets of all) {
		/** @type {string[]} */
		const mine = [];
		told.push(mine);
		/** @type {() => void} */
		let seen = () => {};
		const looked = new Promise((/** @type {(value?: undefined) => void} */ resolve) => (seen = resolve));
		const store = sealedStore({ ...backend, read: (name) => backend.read(name).finally(() => setImmediate(seen)) }, secrets);
		const client = createClient({ store, fetch: vendor.fetch, onStore: ({ type }) => void mine.push(type) });
		clients.push(client);
		await client.getToken(/** @type {any} */ (identities.appcube));
		await looked;
	}
	await new Promise((resolve) => setImmediate(resolve)); // for those who were here before: they have heard of it
	await Promise.all(clients.map((client) => client.close()));
	return told;
}

test("who shares a store with others that have other keys is told so once, and so are they", async () => {
	const differ = ["store_keys_differ"];
	assert.deepEqual(await toldOf([{ keys: one }, { keys: two }]), [differ, differ], "their names differ");
	const nameKey = randomBytes(32).toString("hex");
	const unreadable = [
		{ keys: one, nameKey },
		{ keys: two, nameKey },
	];
	assert.deepEqual(await toldOf(unreadable), [differ, differ], "neither can read what the other writes");
});

test("who has the same keys, in whatever order where they do not make the names, is told nothing", async () => {
	assert.deepEqual(await toldOf([{ keys: one }, { keys: one }]), [[], []]);
	const nameKey = randomBytes(32).toString("hex");
	const turned = [
		{ keys: `${one},${two}`, nameKey },
		{ keys: `${two},${one}`, nameKey },
	];
	assert.deepEqual(await toldOf(turned), [[], []]);
});

test("two who cannot read what the other writes do not answer each other for ever", async () => {
	const backend = memoryBackend();
	const vendor = lenient();
	const nameKey = randomBytes(32).toString("hex");
	let writes = 0;
	const clients = [one, two].map((keys) => {
		const write = (...args) => {
			assert.ok(++writes < 50, "they go on and on");
			return backend.write(...args);
		};
		return createClient({ store: sealedStore({ ...backend, write }, { keys, nameKey }), fetch: vendor.fetch });
	});
	for (const client of clients) {
		await client.getToken(/** @type {any} */ (identities.appcube));
	}
	for (let i = 0; i < 100; i++) {
		await new Promise((resolve) => setImmediate(resolve));
	}
	assert.ok(writes < 10, `${writes} writes for two logins`);
	await Promise.all(clients.map((client) => client.close()));
});

test("names are of one length, and another one for another identity", async () => {
	const keys = new Keys(one);
	assert.match(await keys.name(""), /^[\w-]{43}$/);
	assert.notEqual(await keys.name("a"), await keys.name("b"));
});

test("what is wrong with keys is said by the place of the one at fault, and how to make one", () => {
	const told = (/** @type {string} */ keys) => {
		try {
			new Keys(keys);
		} catch (error) {
			return error.message;
		}
	};
	assert.match(told(""), /^keys must list .*openssl rand 32/);
	assert.match(told(`${one},two:short`), /number 2 of 2 is not id:key.*openssl rand 32/);
	assert.match(told(`${one},${two},${one}`), /under one id: number 3 of 3/);
});

test("a folder is made with those above it, and its owner's alone", async () => {
	const parent = await mkdtemp(join(tmpdir(), "cctoken-folder-"));
	try {
		const folder = join(parent, "a", "b");
		fileStore(folder, { keys: one });
		assert.equal((await stat(folder)).mode & 0o777, 0o700);
		fileStore(folder, { keys: one });
		await symlink(join(parent, "nowhere"), join(parent, "link"));
		assert.throws(() => fileStore(join(parent, "link", "x"), { keys: one }), tokenError("invalid_option", { field: "folder" }));
	} finally {
		await rm(parent, { recursive: true });
	}
});

test("what cannot be a key, a folder, a client, a backend or a store is refused, and no key is repeated", () => {
	const wrong = [undefined, "", "one", "one:short", `${one},${one}`, `${one},`, `!${one}`, `one:${"é".repeat(43)}`];
	for (const keys of wrong) {
		const isRight = tokenError("invalid_option", { field: "keys" });
		assert.throws(
			() => fileStore("folder", /** @type {any} */ ({ keys })),
			(error) => isRight(error) && !(keys && keys.length > 20 && error.message.includes(keys.slice(5, 40))),
		);
	}
	assert.throws(() => fileStore("", { keys: one }), tokenError("invalid_option", { field: "folder" }));
	for (const folder of ["/proc/x", "/proc/x/y", fileURLToPath(import.meta.url), join(fileURLToPath(import.meta.url), "x")]) {
		assert.throws(() => fileStore(folder, { keys: one }), tokenError("invalid_option", { field: "folder" }), folder);
	}
	assert.throws(() => fileStore("folder", { keys: one, nameKey: "short" }), tokenError("invalid_option", { field: "nameKey" }));
	assert.throws(() => redisStore({}, { keys: one }), tokenError("invalid_option", { field: "client" }));
	assert.throws(() => redisStore({}, { keys: one, prefix: "a b" }), tokenError("invalid_option", { field: "prefix" }));
	assert.throws(() => redisStore({}, { keys: one, prefix: /** @type {any} */ (3) }), tokenError("invalid_option", { field: "prefix" }));
	assert.throws(() => sealedStore(/** @type {any} */ ({}), { keys: one }), tokenError("invalid_option", { field: "backend" }));
	assert.throws(() => createClient({ store: /** @type {any} */ ({}) }), tokenError("invalid_option", { field: "store" }));
	assert.throws(
		() => createClient({ store: memoryStore(), onStore: /** @type {any} */ (1) }),
		tokenError("invalid_option", { field: "onStore" }),
	);
});

test("what is kept under a key that is not known any more counts as nothing, and is replaced", async () => {
	const backend = memoryBackend();
	const nameKey = randomBytes(32).toString("hex");
	const [before, after] = [one, two].map((keys) => sealedStore(backend, { keys, nameKey }));
	const name = await before.name("identity");
	await before.write(name, { state: "{}", version: "v1", expected: "" });
	const kept = await after.read(name);
	assert.deepEqual([kept?.version, kept?.state], ["v1", ""]);
	assert.equal((await after.write(name, { state: "{}", version: "v2", expected: "v1" })).written, true);
});
