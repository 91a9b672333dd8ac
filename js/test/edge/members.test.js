// A token that travels in the body: the edge makes of a body what the core makes of it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { carryBody, membersOf, objectOf } from "../../edge/members.js";
import { Driver } from "../../driver.js";
import { platformClock } from "../../clock.js";
import { load } from "../../load-node.js";
import { createModule } from "../../module.js";

/** @type {Driver} */
let driver;
before(() => {
	driver = new Driver(createModule(load), { fetch, timeoutMs: 1000, maxSessions: 10, onEvent: undefined, clock: platformClock });
});

const encoder = new TextEncoder();
const carried = { authToken: 'to"k\\en' };

const bodies = [
	"", "{}", " { } ", "\n{\"a\":1}\n", '{"a":1,"b":[1,{"c":"}"}],"d":"x,\\"y"}', '{"authToken":"mine"}', '{"a":1,"authToken":{"x":[1]},"b":2}',
	'{"auth\\u0054oken":"mine","a":1}', '{"a":12345678901234567890.10,"b":-0.0,"c":1e400}', '{"a":"中文 \u2028","中":"文"}', '{"a":"\\u4e2d\\ud83d\\ude00"}',
	'{"a":{"authToken":"deeper"}}', '{"a":true,"b":false,"c":null,"d":0}', '{"a" : [ ] , "b" : { } }', '{"":""}', '{"a":1,"a":2}', '{"AuthToken":1}', '\ufeff{"a":1}',
	'{"a":"\\\\","b":"\\""}', '{"a":[[[["]"]]]],"b":"["}',
	// no JSON object
	"null", "[]", "1", '"a"', "{", "}", '{"a"}', '{"a":}', "{a:1}", '{"a":1}x', '{"a":1}{"b":2}', '{"a":01}', '{"a":+1}', "{'a':1}", '{"a":1,}', '{,"a":1}', '{"a":"\n"}',
	'{"a":undefined}', '{"a":NaN}', "a=b", "<html>", '{"a":"\\x"}', '{"a":1 "b":2}', " ", "\u00a0{}", '{"a":.5}', '{"a":5.}', '{"__proto__":{"authToken":1},"constructor":2}',
];

for (const body of bodies) {
	test(`the same as the core: ${JSON.stringify(body)}`, async () => {
		const bytes = encoder.encode(body);
		const mine = carryBody(carried, bytes);
		let theirs;
		try {
			theirs = encoder.encode(String(await driver.carry(carried, bytes)));
		} catch (error) {
			assert.equal(/** @type {any} */ (error).code, "invalid_request");
		}
		if (!theirs) {
			assert.equal(mine, undefined);
			return;
		}
		assert.ok(mine, "the edge refuses what the core takes");
		// Names may be written in another way; what they say, and every value to the byte, must be the same.
		assert.deepEqual(said(mine), said(theirs));
	});
}

/** @param {Uint8Array} bytes */
function said(bytes) {
	return membersOf(bytes)?.map(({ name, text }) => [Buffer.from(name, "latin1").toString(), text]);
}

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
