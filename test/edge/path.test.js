// The path of a sealed call has one meaning or is refused, and never leads out of what is allowed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { target } from "../../js/edge/sealed/path.js";
import { Problem } from "../../js/edge/request/problem.js";
import { tokens } from "../../js/generated/tokens.js";

const base = "https://vendor.test/tenant";
const allowed = ["/api/", "/poll"];

/** @param {string} path */
function outcome(path, open = allowed, below = base) {
	try {
		return target(below, path, "", open).href;
	} catch (error) {
		assert.ok(error instanceof Problem, String(error));
		return error.code;
	}
}

test("a plain path below a prefix, and a whole path, go where they say", () => {
	for (const path of [
		"/api/",
		"/api/a",
		"/api/a/b/",
		"/api/a.b-c_d~e",
		"/api/%E4%B8%AD",
		"/api/a%20b",
		"/api/a:b@c",
		"/api/x=1,2;".slice(0, -1),
		"/poll",
	]) {
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
		"/api/../admin",
		"/api/..",
		"/api/./a",
		"/api/.",
		"/api/%2e%2e/admin",
		"/api/%2E./admin",
		"/api/.%2e/admin",
		"/api/%2e",
		"/api/a%2fb",
		"/api/a%2Fb",
		"/api/..%2fadmin",
		"/api/%2e%2e%2fadmin",
		"/api/\\..\\admin",
		"/api\\..\\admin",
		"/api/%5c..%5cadmin",
		"/api/%252e%252e/admin",
		"/api/%25",
		"/api//a",
		"//evil.test/api/",
		"//api/",
		"/api/..;/admin",
		"/api/..;a=b/admin",
		"/api/;/../admin",
		"/api/%3b",
		"/api/a%00",
		"/api/a%0d%0aHost:x",
		"/api/a%7f",
		"/api/a b",
		"/api/a\tb",
		"/api/中",
		"/api/a#b",
		"/api/a?b",
		"/api/%",
		"/api/%2",
		"/api/%zz",
		'/api/a"b',
		"/api/<a>",
		"/api/{a}",
		"/api/a|b",
		"/api/a^b",
		"/api/`",
		"/api/..%20",
		"/api/..%20/admin",
		"/api/%20../admin",
		"/api/...",
		"/api/%20",
		"/api/%C2%A0..",
		"/api/%EF%BC%8E%EF%BC%8E/admin",
		"/api/a%EF%BC%8Fb",
		"/api/%EF%BC%BC",
		"/api/%c0%ae%c0%ae/",
		"/api/%ff",
		"/api/%C2%85",
		"/api/%ZZ",
		"api/a",
		"",
		"https://evil.test/api/",
		"/api/%u002e%u002e/",
		"/api/\r\nx",
		"/api/a%3Fb",
		"/api/a%23b",
		"/api/a;b=c",
		"/api/a%3bb=c/d",
		"/api/(S(abc))/a",
		"/api/(A(x)F(y))/a",
		"/api/%28s%28abc))/a",
		"/api/a(S(x))b",
		"/api/(%F0%9F%98%80S(x))a",
		"/api/(%D1%95(x))a",
		"/api/.+./a",
		"/api/.%20./a",
	]) {
		assert.equal(outcome(path), "invalid_request", JSON.stringify(path));
	}
});

test("an escape of a character that needs none is refused, as many servers undo it before they look", () => {
	for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") {
		const escape = `%${letter.charCodeAt(0).toString(16)}`;
		for (const written of [escape, escape.toUpperCase()]) {
			assert.equal(outcome(`/api/x${written}y`), "invalid_request", written);
		}
	}
});

test("of all escapes of one byte, those pass that stand for a character with one meaning", () => {
	let open = "";
	for (let byte = 0; byte < 256; byte++) {
		const escape = `%${byte.toString(16).padStart(2, "0")}`;
		open += outcome(`/api/x${escape}y`).startsWith("https:") ? String.fromCharCode(byte) : "";
	}
	assert.equal(open, " !\"$&'()*+,:<=>@[]^`{|}");
});

test("look-alikes of separators, dots and escapes are refused, and what has no width, escaped and as they are", () => {
	for (const letter of "\u2215\u2044\uff0f\u29f8\u27cb\u2571\u29f5\u2216\u29f9\u27cd\u2572\ufe68\uff3c\u00a5\u20a9\u2024\u2025\u2026\uff0e\ufe52\u3002\uff61\ufe12\u06d4\ua4f8" +
		"\u2488\u2100\u2105\uff05\ufe6a\u066a\uff1b\u037e\ufe54\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u115f\u3164\u202e\u2066\ufe0f\u{e0061}\u{e0100}\u0085\u2028\u2029\ufffd\uffff\u{1fffe}") {
		for (const path of [`/api/a${letter}b`, `/api/${letter}`, `/api/..${letter}admin`, `/api/.${letter}./a`]) {
			assert.equal(outcome(encodeURI(path)), "invalid_request", path);
			assert.equal(outcome(path), "invalid_request", path);
		}
	}
});

test("dots with letters between them that a server may drop are refused", () => {
	for (const segment of ["..中", ".中.", "中..", "é..", ".é.+", "..%C3%A9%20"]) {
		assert.equal(outcome(encodeURI(`/api/${segment}/admin`).replaceAll("%25", "%")), "invalid_request", segment);
	}
});

test("names of files in any language pass, escaped as browsers escape them", () => {
	for (const name of [
		"工作报告 2024（终稿）（2）.pdf",
		"如何使用？.docx",
		"阿凡达·水之道.mp4",
		"中国移动，账单：六月！.xlsx",
		"￥100.pdf",
		"レポート・ノート.pdf",
		"보고서.hwp",
		"Отчёт за июнь.docx",
		"Übersicht – Größe.pdf",
		"résumé (2).pdf",
		"תפריט.pdf",
		"تقرير.pdf",
		"รายงาน.pdf",
		'a+b=c&d@e,f:g[1]{2}|3^4`5<6>7"8.txt',
		"😀.png",
		"丿.txt",
		"1.0.2.tar.gz",
		"文件.文档",
		"...a",
	]) {
		for (const path of [
			`/api/downloadFileStream/${encodeURIComponent(name)}`,
			`/api/downloadFileStream/${encodeURIComponent(name.normalize("NFD"))}`,
		]) {
			assert.equal(outcome(path), base + path, name);
		}
	}
});

test("the interfaces that hand out tokens are closed, whatever the prefixes allow", () => {
	for (const path of [
		"/apiaccess/ccmessaging/applyToken",
		"/apiaccess/ccmessaging/APPLYTOKEN",
		"/apiaccess/ccmessaging/applyToken/",
		"/apigovernance/api/oauth/tokenByAkSk",
		"/oifde/rest/appcube/api/getAppCubeToken",
		"/oifde/rest/api/gettoken",
		"/rest/isales/v1/openapi/obs/auth/login",
		"/rest/isales/v1/openapi/obs/auth/refresh",
		"/apiaccess/ccmessaging/v1/applyToken",
		"/gateway/applyToken/",
		"/a/b/tokenByAkSk",
		"/api/getAppCubeToken",
		"/tenant/gettoken",
		"/a/$%7Bb%7D/applyToken",
		"/getLogin",
		"/lite/getLogin",
		"/verifyAuthToken",
		"/lite/verifyauthtoken",
	]) {
		assert.equal(outcome(path, ["/"]), "forbidden", path);
	}
});

test("an interface that hands out tokens is found however servers could come to it", () => {
	const apply = "/apiaccess/ccmessaging/applyToken";
	for (const written of [
		"applyToken.json",
		"applyToken.",
		"applyToken%20",
		"%20applyToken",
		"applyToken+",
		"apply%20Token",
		"applyToken:x",
		"applyToken::$DATA",
		"applyToken,x=y",
		"applyToken=x",
		"apply-Token",
		"ａｐｐｌｙＴｏｋｅｎ",
		"𝐚𝐩𝐩𝐥𝐲𝐓𝐨𝐤𝐞𝐧",
		"applyTo\u212aen",
		"ápplyToken",
		"a\u0301pplyToken",
		"αpplyToken",
		"аpplyToken",
		"applyTоken",
		"applyTo\u03baen",
		"app\u0142yToken",
		"中applyToken",
		"apply中Token",
		"ⓐpplyToken",
		"applyTok\u212aen",
		"appl\u212ayToκen",
		"аapplyToken",
		"aаpplyToken",
		"q\u0301applyToken",
		"中\u212aapplyToken",
	]) {
		const path = encodeURI(apply.replace("applyToken", written)).replaceAll("%25", "%");
		assert.ok(["forbidden", "invalid_request"].includes(outcome(path, ["/"])), `${written}: ${outcome(path, ["/"])}`);
		assert.equal(outcome(path, ["/apiaccess/ccmessaging/"]), "forbidden", written);
	}
	for (const path of [
		"/apiacceß/ccmessaging/applyToken",
		"/apiaccess/中/ccmessaging/applyToken",
		"/apiaccess/ccmessaging/中/applyToken",
		"/apiaccess./ccmessaging%20/applyToken",
		"/ap\u0131access/ccmessaging/applyToken",
		"/apıaccess/ccmeſſaging/applyToken",
	]) {
		assert.equal(outcome(encodeURI(path).replaceAll("%25", "%"), ["/"]), "forbidden", path);
	}
});

test("a base URL that holds the beginning of such an interface's path does not hide it", () => {
	assert.equal(outcome("/applyToken", ["/"], "https://vendor.test/apiaccess/ccmessaging"), "forbidden");
	assert.equal(outcome("/ccmessaging/applyToken", ["/"], "https://vendor.test/apiaccess/"), "forbidden");
	assert.equal(outcome("/poll", ["/"], "https://vendor.test/apiaccess/ccmessaging"), "https://vendor.test/apiaccess/ccmessaging/poll");
});

test("every interface in the table is closed by its documented path, and so is every escape of one letter in it", () => {
	for (const path of Object.values(tokens).flatMap(({ paths }) => paths)) {
		assert.equal(outcome(path, ["/"]), "forbidden", path);
		for (let at = 1; at < path.length; at++) {
			const escaped = `${path.slice(0, at)}%${path.charCodeAt(at).toString(16)}${path.slice(at + 1)}`;
			assert.equal(outcome(escaped, ["/"]), "invalid_request", escaped);
		}
	}
});

test("of a hundred thousand random paths, those that pass stay below base and prefix under every number of decodings", () => {
	const pieces = [
		"/",
		"//",
		"..",
		".",
		"%2e",
		"%2E",
		"%2f",
		"%5c",
		"\\",
		";",
		"%3b",
		"%25",
		"api",
		"a",
		"%20",
		"%c3%a9",
		"@",
		":",
		"?",
		"#",
		"%00",
		"admin",
		"poll",
	];
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
