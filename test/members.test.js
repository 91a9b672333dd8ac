// A token that travels in the body: JavaScript makes of a body what the core makes of it for hosts in Go, to the byte.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { carryBody, membersOf, objectOf } from "../js/client/members.js";
import { createModule } from "../js/module/module.js";

const encoder = new TextEncoder();
/** core/carry_test.go reads the same file. @type {{ carried: Record<string, string>, bodies: { body: string, sent: string | null }[] }} */
const { carried, bodies } = JSON.parse(await readFile(new URL("../core/testdata/carried.json", import.meta.url), "utf8"));

test("each body carries its token as the core does it, whether it is text or bytes", () => {
	assert.ok(bodies.length > 50);
	for (const { body, sent } of bodies) {
		assert.equal(carryBody(carried, body), sent ?? undefined, body);
		const bytes = carryBody(carried, encoder.encode(body));
		assert.deepEqual(bytes && [...bytes], sent === null ? undefined : [...encoder.encode(sent)], body);
	}
});

test("names and values that are not ASCII carry as well, and replace what is written in another way", () => {
	const carried = { "令牌": "价值" };
	const body = '{"\\u4ee4牌":1,"令\\u724c":2,"é":3}';
	assert.equal(carryBody(carried, body), '{"令牌":"价值","é":3}');
	assert.equal(new TextDecoder().decode(carryBody(carried, encoder.encode(body))), '{"令牌":"价值","é":3}');
});

test("a body that is nested deeply, or long, is carried", () => {
	for (const value of ["[".repeat(100_000) + "]".repeat(100_000), JSON.stringify("x".repeat(4_000_000))]) {
		assert.equal(carryBody({ t: "T" }, `{"a":${value}}`), `{"t":"T","a":${value}}`);
		assert.equal(Buffer.from(carryBody({ t: "T" }, encoder.encode(`{"a":${value}}`)) ?? "").toString(), `{"t":"T","a":${value}}`);
	}
});

test("no body of a business call passes through the core's memory, which never shrinks", async () => {
	const module = createModule(load);
	const answers = [{ errorCode: 0, authToken: "T1", expireTime: 3600 }, {}, {}];
	const sent = [];
	const client = createClient(module, {
		fetch: async (_url, { body }) => {
			sent.push(body.length);
			return Response.json(answers.shift());
		},
	});
	const session = client.session({ system: "appcube", baseUrl: "https://vendor.example", appKey: "k", appSecret: "s" });
	await session.getToken();
	const memory = () => /** @type {import("../js/module/instance.js").Instance} */ (module.running()).memory().length;
	const before = memory();
	const body = `{"a":"${"x".repeat(100_000_000)}"}`;
	await session.fetch("/business", { body });
	await session.fetch("/business", { body: encoder.encode(body) });
	assert.ok(sent.slice(1).every((length) => length > body.length));
	assert.equal(memory(), before);
	client.close();
});

test("bytes that are not UTF-8 pass unharmed inside a string", () => {
	const bytes = Uint8Array.from([...encoder.encode('{"a":"'), 0x80, 0xff, 0x9f, ...encoder.encode('"}')]);
	const out = /** @type {Uint8Array} */ (carryBody({}, bytes));
	assert.deepEqual([...out], [...bytes]);
});

test("an object's members, put together again, say the same, at any size", () => {
	const object = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`name ${i} "`, { i, text: `}{][,":\\${i}`, list: [i, [i]] }]));
	const bytes = encoder.encode(JSON.stringify(object, null, 3));
	const members = membersOf(bytes);
	assert.equal(members?.length, 5000);
	assert.deepEqual(JSON.parse(new TextDecoder().decode(objectOf(members ?? []))), object);
});
