// Which object keeps a session: spread evenly, the same for ever, and few move where their number is changed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { objectIn, reach, shardOf } from "../../js/edge/keeper/objects.js";
import { Sessions } from "../../js/edge/keeper/sessions.js";

const names = Array.from({ length: 20_000 }, (_, i) => createHash("sha256").update(`session ${i}`).digest("base64url"));

test("sessions are spread evenly", () => {
	for (const count of [2, 8, 50]) {
		const sizes = Array(count).fill(0);
		names.forEach((name) => sizes[shardOf(name, count)]++);
		const even = names.length / count;
		assert.ok(Math.max(...sizes) < even * 1.25 && Math.min(...sizes) > even * 0.75, `${count}: ${sizes}`);
	}
});

test("with one object more, only those sessions move that go to it", () => {
	for (const count of [1, 2, 8, 31]) {
		const moved = names.filter((name) => shardOf(name, count) !== shardOf(name, count + 1));
		assert.ok(moved.every((name) => shardOf(name, count + 1) === count));
		const share = moved.length / names.length;
		assert.ok(Math.abs(share - 1 / (count + 1)) < 0.02, `${count}: ${share}`);
	}
});

test("where a session is does not change with a release", () => {
	assert.deepEqual(
		names.slice(0, 12).map((name) => [1, 8, 64].map((count) => shardOf(name, count))),
		[
			[0, 5, 32],
			[0, 0, 55],
			[0, 0, 0],
			[0, 0, 58],
			[0, 0, 10],
			[0, 1, 42],
			[0, 6, 10],
			[0, 0, 10],
			[0, 6, 34],
			[0, 0, 52],
			[0, 2, 43],
			[0, 6, 57],
		],
	);
});

test("an object is reached in its jurisdiction, and near where it is to be made", async () => {
	const asked = [];
	const namespace = (within) => ({
		jurisdiction: (/** @type {string} */ name) => namespace(name),
		idFromName: (/** @type {string} */ name) => `${within}/${name}`,
		get: (/** @type {string} */ id, /** @type {object | undefined} */ options) =>
			asked.push([id, options]) && { fetch: async () => new Response() },
	});
	reach(namespace(""), objectIn("n"));
	reach(namespace(""), objectIn("n", "eu"), "weur");
	assert.deepEqual(asked, [
		["/n", undefined],
		["eu/n", { locationHint: "weur" }],
	]);
});

const identity = { baseUrl: "https://vendor.test", passwd: "p", system: "isales", user: "u" };
const sessionsOf = (/** @type {(name: string, path: string, body: any) => object} */ answer) =>
	new Sessions(
		/** @type {any} */ ({
			idFromName: (/** @type {string} */ name) => name,
			get: (/** @type {string} */ name) => ({
				fetch: async (/** @type {string} */ url, /** @type {any} */ { body }) => {
					const said = answer(name, new URL(url).pathname, JSON.parse(body));
					return said instanceof Response ? said : Response.json(said);
				},
			}),
		}),
		"name-key-for-tests-0123456789abcdef",
	);

test("sessions of a system at one base URL share its objects, and nothing else does", async () => {
	const sessions = sessionsOf(() => ({}));
	const objects = async (/** @type {object} */ more) => {
		const found = new Set();
		for (let i = 0; i < 200; i++) {
			found.add((await sessions.session({ ...identity, ...more, user: `u${i}` })).object);
		}
		return found;
	};
	const here = await objects({});
	assert.equal(here.size, 4, "the default");
	const elsewhere = await objects({ baseUrl: "https://other.test" });
	assert.equal(new Set([...here, ...elsewhere, ...(await objects({ system: "appcube" }))]).size, 12);
});

test("a keeper is told where the session may have been before, and its own name", async () => {
	const at = async (/** @type {import("../../js/edge/config/config.js").Keepers} */ keepers) =>
		(await sessionsOf(() => ({})).session(identity, keepers)).told;
	const told = await at({ count: 5, former: [1, 2, 5, 1] });
	const own = await at({ count: 5, former: [] });
	const before = await Promise.all([1, 2].map(async (count) => (await at({ count, former: [] })).object));
	assert.equal(told.object, own.object);
	assert.deepEqual(
		told.former ?? [],
		[...new Set(before)].filter((object) => object !== own.object),
	);
	assert.equal(own.former, undefined);
});

test("a session that was moved is followed, remembered, and not for ever", async () => {
	/** @type {string[]} */
	const asked = [];
	const moved = (/** @type {string} */ to) =>
		Response.json({ code: "moved", movedTo: to }, { status: 421, headers: { "content-type": "application/problem+json" } });
	const sessions = sessionsOf((name) => {
		asked.push(name);
		return name === "there" ? { value: "T", serial: 1, headers: {} } : moved("there");
	});
	const session = await sessions.session(identity);
	assert.equal((await sessions.token(session)).value, "T");
	assert.equal((await sessions.token(session)).value, "T");
	assert.deepEqual(asked.slice(1), ["there", "there"]);
	const lost = sessionsOf((name) => moved(`${name}x`));
	await assert.rejects(lost.token(await lost.session(identity)), (/** @type {any} */ error) => error.code === "moved");
});
