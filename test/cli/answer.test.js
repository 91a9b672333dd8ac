// What the doctor reads in a body is told apart by the core's own words, and nothing of it is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { failingCode, subjectOf } from "../../js/cli/doctor/answer.js";
import { subjects } from "../../js/generated/refusals.js";

test("a refusal speaks of what the core understands by it, and of credentials in general", () => {
	for (const [text, wanted] of [
		["auth fail! illegal or expired token info. please apply or refresh the access token from the server!", "access_token_dead"],
		["client IP is not in the WhiteList", "address_not_admitted"],
		["x-app-key is not the one of the AccessToken's", "key_refused"],
		["Authentication failed", "key_refused"],
		["the password of this account", "key_refused"],
		["a token of appreciation", undefined],
		["", undefined],
	]) {
		assert.equal(subjectOf("ccmessaging", JSON.stringify({ exceptionInfo: text })), wanted, text);
		assert.equal(subjectOf("isales", JSON.stringify({ message: text })), wanted, `of a gateway: ${text}`);
		assert.equal(subjectOf("isales", JSON.stringify({ exceptionInfo: text })), undefined, `of another system: ${text}`);
	}
	for (const body of ["", "null", "[]", '"expired token"', "7", "<html>expired token", '{"exceptionInfo":["expired token"]}']) {
		assert.equal(subjectOf("ccmessaging", body), undefined, body);
	}
	assert.ok(
		subjects.flatMap(({ words }) => words.flat()).every((word) => word === word.toLowerCase()),
		"texts are compared in lower case",
	);
});

test("the first of a system's codes that is there says whether an answer is a failure, and its value is shown where it is a number", () => {
	for (const [system, body, wanted] of [
		["appcube", { errorCode: 0 }, ""],
		["appcube", { errorCode: "200" }, ""],
		["appcube", { errorCode: 1001 }, "errorCode 1001"],
		["appcube", { resultCode: 1 }, ""],
		["isales", { result: "0", errorCode: 200 }, ""],
		["isales", { result: 1 }, "result 1"],
		["isales", { result: "Zx9-secret" }, "result"],
		["isales", { errorCode: "7" }, "errorCode 7"],
		["cubedrive", { success: true }, ""],
		["cubedrive", { success: false }, "success false"],
		["cubedrive", { success: null }, ""],
		["cubedrive", {}, ""],
	]) {
		assert.equal(failingCode(system, JSON.stringify(body)), wanted, `${system} ${JSON.stringify(body)}`);
	}
	for (const body of ["", "null", "no JSON", "[0]"]) {
		assert.equal(failingCode("appcube", body), "", body);
	}
});
