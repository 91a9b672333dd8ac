// The path of a sealed call has one meaning or is refused, and never leads out of what is allowed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { admitted, target } from "../../edge/path.js";
import { Problem } from "../../edge/problem.js";

const base = "https://vendor.test/tenant";
const allowed = ["/api/", "/poll"];

/** @param {string} path */
function outcome(path) {
	try {
		return target(base, admitted(path, allowed), "").href;
	} catch (error) {
		assert.ok(error instanceof Problem, String(error));
		return error.code;
	}
}

test("a plain path below a prefix, and a whole path, go where they say", () => {
	for (const path of ["/api/", "/api/a", "/api/a/b/", "/api/a.b-c_d~e", "/api/%E4%B8%AD", "/api/a%20b", "/api/a:b@c", "/api/x=1,2;".slice(0, -1), "/poll"]) {
		assert.equal(outcome(path), base + path);
	}
});

test("a path beside the prefixes is forbidden", () => {
	for (const path of ["/", "/ap", "/apis", "/API/a", "/poll/", "/poll/a", "/pollx", "/other/api/"]) {
		assert.equal(outcome(path), "forbidden", path);
	}
});

test("whatever has two readings is refused", () => {
	for (const path of [
		"/api/../admin", "/api/..", "/api/./a", "/api/.", "/api/%2e%2e/admin", "/api/%2E./admin", "/api/.%2e/admin", "/api/%2e", "/api/a%2fb", "/api/a%2Fb",
		"/api/..%2fadmin", "/api/%2e%2e%2fadmin", "/api/\\..\\admin", "/api\\..\\admin", "/api/%5c..%5cadmin", "/api/%252e%252e/admin", "/api/%25", "/api//a",
		"//evil.test/api/", "//api/", "/api/..;/admin", "/api/..;a=b/admin", "/api/;/../admin", "/api/%3b", "/api/a%00", "/api/a%0d%0aHost:x", "/api/a%7f", "/api/a b",
		"/api/a\tb", "/api/中", "/api/a#b", "/api/a?b", "/api/%", "/api/%2", "/api/%zz", "/api/a\"b", "/api/<a>", "/api/{a}", "/api/a|b", "/api/a^b", "/api/`",
		"/api/..%20", "/api/..%20/admin", "/api/%20../admin", "/api/...", "/api/%20", "/api/%C2%A0..", "/api/%EF%BC%8E%EF%BC%8E/admin", "/api/a%EF%BC%8Fb", "/api/%EF%BC%BC",
		"/api/%c0%ae%c0%ae/", "/api/%ff", "/api/%C2%85", "/api/%ZZ", "api/a", "", "https://evil.test/api/", "/api/%u002e%u002e/", "/api/\r\nx",
	]) {
		assert.equal(outcome(path), "invalid_request", JSON.stringify(path));
	}
});

test("the interfaces that hand out tokens are closed, whatever the prefixes allow", () => {
	for (const path of [
		"/apiaccess/ccmessaging/applyToken", "/apiaccess/ccmessaging/APPLYTOKEN", "/apiaccess/ccmessaging/applyToken/", "/apigovernance/api/oauth/tokenByAkSk",
		"/oifde/rest/appcube/api/getAppCubeToken", "/oifde/rest/api/gettoken", "/rest/isales/v1/openapi/obs/auth/login", "/rest/isales/v1/openapi/obs/auth/refresh",
		"/getLogin", "/lite/getLogin", "/verifyAuthToken", "/lite/verifyauthtoken",
	]) {
		assert.throws(() => admitted(path, ["/"]), { code: "forbidden" }, path);
	}
});

test("of a hundred thousand random paths, those that pass stay below base and prefix under every number of decodings", () => {
	const pieces = ["/", "//", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", ";", "%3b", "%25", "api", "a", "%20", "%c3%a9", "@", ":", "?", "#", "%00", "admin", "poll"];
	let seed = 20_260_426;
	const random = (/** @type {number} */ n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
	let passed = 0;
	for (let i = 0; i < 100_000; i++) {
		let path = random(4) ? "/api/" : "";
		for (let n = 1 + random(6); n > 0; n--) {
			path += pieces[random(pieces.length)];
		}
		const url = outcome(path);
		if (!url.startsWith("https:")) {
			continue;
		}
		passed++;
		let reading = path;
		for (let decoded = 0; decoded < 4; decoded++) {
			assert.equal(new URL(base + reading).origin, "https://vendor.test", path);
			assert.ok(/^\/tenant\/(api\/|poll$)/.test(new URL(base + reading).pathname), path);
			assert.ok(!/(^|[/\\])\.\.?([/\\;]|$)/.test(reading) && !reading.includes("\\"), path);
			reading = decodeURIComponent(reading);
		}
	}
	assert.ok(passed > 1000, `${passed} paths passed`);
});
