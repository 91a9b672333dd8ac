// What an interface that hands out tokens answers is known by what is in it, not by what it calls itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isTokenAnswer } from "../../js/edge/sealed/token-answer.js";

const token = "dG9rZW4tb2Ytc29tZWJvZHktZWxzZQ==";
const bytes = (/** @type {string} */ text, /** @type {BufferEncoding} */ encoding = "utf8") => new Uint8Array(Buffer.from(text, encoding));
const swapped = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "utf16le").swap16());

/** What the vendors' documents show. */
const documented = [
	{ resultCode: "0", resultDesc: "ok", token },
	{ token: `"${token}"` },
	{ AccessToken: token, ApplyType: "Bearer", Expires: "600" },
	{ accessToken: token, expiresIn: 600 },
	{ access_token: token, expires_in: 600 },
	{ errorCode: 0, errorMsg: "", authToken: token, expireTime: 3600 },
	{ result: "0", resultData: { token, tokenExpirationTime: 300, refreshToken: token, refreshExpirationTime: 3600 } },
	{ result: 0, resultData: { refreshToken: token } },
	{ success: true, "x-auth-token": "5a9ce37e-50e0-4e58-9d3f-2d9b4dbb7f2b", userObj: { id: "1" } },
];

test("every documented answer that hands out a token is found, under any content type", () => {
	for (const answer of documented) {
		for (const type of [
			"application/json",
			"text/plain",
			"text/html",
			"application/octet-stream",
			"image/png",
			"text/event-stream",
			"",
			"application/json; charset=ISO-8859-1",
			"nonsense",
		]) {
			assert.equal(isTokenAnswer(bytes(JSON.stringify(answer)), type), true, `${type} ${JSON.stringify(answer)}`);
		}
	}
});

test("it is found in what can be put around it: white space, a mark of byte order, JavaScript, a string, a further level", () => {
	const json = JSON.stringify(documented[0]);
	for (const text of [
		`\ufeff${json}`,
		`  \r\n\t${json}\n`,
		JSON.stringify(documented[0], null, 2),
		`callback(${json})`,
		`/**/callback(${json});`,
		`)]}',\n${json}`,
		`for(;;);${json}`,
		`while(1);${json}`,
		JSON.stringify(json),
		`{"a":[1,{"b":2}],"data":{"deep":{"deeper":${json}}}}`,
		`{"\\u0074oken":"${token}"}`,
		`{"token" : "${token}"}`,
		`{"TOKEN":"${token}"}`,
		`{"token":{"value":"${token}"}}`,
		`{"token":["${token}"]}`,
		`{"access":{"token":{"a":1,"b":["x",{"c":"${token}"}]}}}`,
		`{"token":"Bearer ${token}"}`,
		`{"a":"\\"}{","token":"${token}"}`,
		`{"a":1}\n${json}`,
		`{"a":[],"token":"${token}"`,
		`{"a":{},"token":"${token}","cut`,
	]) {
		assert.equal(isTokenAnswer(bytes(text), "text/plain"), true, text);
	}
});

test("it is found as XML, which whoever asks may have asked for", () => {
	for (const text of [
		`<ApplyTokenResponse><resultCode>0</resultCode><token>${token}</token></ApplyTokenResponse>`,
		`<?xml version="1.0"?>\n<a:r xmlns:a="x"><a:AccessToken type="y"> ${token} </a:AccessToken></a:r>`,
		`<r><token><![CDATA[${token}]]></token></r>`,
	]) {
		assert.equal(isTokenAnswer(bytes(text), "application/xml"), true, text);
	}
});

test("it is found in any alphabet, and one that nobody here can read is taken for it", () => {
	const json = JSON.stringify(documented[0]);
	for (const [encoded, type] of /** @type {[Uint8Array, string][]} */ ([
		[bytes(json, "utf16le"), "application/json;charset=UTF-16LE"],
		[swapped(json), "application/json; charset=UTF-16BE"],
		[swapped(`\ufeff${json}`), "application/json; charset=UTF-16"],
		[bytes(json, "utf16le"), "text/plain"],
		[swapped(json), "text/plain"],
		[bytes(json.replace(/./g, "$&\0\0\0"), "latin1"), "text/plain;charset=UTF-32LE"],
		[bytes(json), "text/plain; charset=GBK"],
		[bytes(json), 'text/plain; charset="gb18030"'],
		[bytes(json), "text/plain; charset=x-unheard-of"],
		[Uint8Array.of(0xc0, 0x7f, 0xa3, 0x96, 0x92, 0x85, 0x95, 0x7f, 0x7a), "text/plain; charset=IBM037"],
	])) {
		assert.equal(isTokenAnswer(encoded, type), true, type);
	}
});

test("what a business call answers passes", () => {
	for (const text of [
		"",
		"{}",
		"null",
		"[]",
		"text",
		"begin",
		'{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}',
		'{"errorCode":"0","exceptionInfo":"auth fail! illegal or expired token info."}',
		'{"token":"expired"}',
		'{"token":null,"authToken":""}',
		'{"token":12345678901234567890}',
		'{"errors":{"token":"is missing in the request"}}',
		'{"tokens":3,"pageToken":"aaaaaaaaaaaaaaaaaaaaaaaa","nextToken":"aaaaaaaaaaaaaaaaaaaaaaaa"}',
		`{"message":"{\\"token\\":\\"${token}\\"}"}`,
		`{"devices":[{"token":"${token}"}]}`,
		`{"token":{"value":"expired"},"id":"${token}"}`,
		`{"token":[],"id":"${token}"}`,
		`[{"token":"${token}"}]`,
		`{"text":"token","value":"${token}"}`,
		`{"a":"token:","${token}":1}`,
		"<!DOCTYPE html><html><body>token</body></html>",
		"<p>your token is</p>",
		'data: {"a":1}\n\n',
		"body { color: red }",
		"function f() { return {}; }",
		"%PDF-1.7 {",
		"{",
		'{"a',
		'{"a":"b',
		"{{{{{{",
		'"',
		'"text"',
	]) {
		assert.equal(isTokenAnswer(bytes(text), "text/plain"), false, text);
	}
	assert.equal(isTokenAnswer(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0), "image/png"), false);
	assert.equal(isTokenAnswer(Uint8Array.of(0xd6, 0xd0), "text/plain; charset=gbk"), false);
});

test("looking takes no longer than the answer is long, whatever is in it", () => {
	const size = 64 << 10;
	for (const unit of ["{", "[", '{"', '"\\', '{"a":', "<a ", "<a", "<", '{"a":"', '\\"', "/**/", "a(", " ", '{"a":"\\', "<token>"]) {
		const hostile = bytes(unit.repeat(size / unit.length));
		const since = performance.now();
		isTokenAnswer(hostile, "text/plain");
		const took = performance.now() - since;
		assert.ok(took < 500, `${JSON.stringify(unit)}: ${took} ms`);
	}
});
