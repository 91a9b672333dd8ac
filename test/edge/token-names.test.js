// A token in a query is found under whatever name a server would find it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayPass } from "../../js/edge/sealed/header-names.js";
import { carriesToken, holdsToken, queryCarriesToken } from "../../js/edge/sealed/token-names.js";
import { handsOutTokens } from "../../js/edge/sealed/vendor-paths.js";
import { tokens } from "../../js/generated/tokens.js";

test("a token hidden in a query is found", () => {
	for (const search of [
		"?x-auth-token=t",
		"?X-Auth-Token=t",
		"?x-auth-token",
		"?a=1&x-auth-token=t",
		"?b=1;x-auth-token=t",
		"?b=1;c=2;X-AUTH-TOKEN=t",
		"?x-auth-token[]=t",
		"?x-auth-token[0]=t",
		"?x-auth-token%5B%5D=t",
		"?x-auth-token%5b0%5d=t",
		"?a[x-auth-token]=t",
		"?a.x-auth-token=t",
		"?x-auth-token.a=t",
		"?%78-auth-token=t",
		"?x%2Dauth%2Dtoken=t",
		"?%2578-auth-token=t",
		"?x%252Dauth-token=t",
		"?+x-auth-token=t",
		"?x-auth-token+=t",
		"?%20x-auth-token%20=t",
		"?x-auth-token%00=t",
		"?x-auth-token%09=t",
		"?x_auth_token=t",
		"?x.auth.token=t",
		"?xAuthToken=t",
		"?x%u002dauth-token=t",
		"?ｘ-ａｕｔｈ-ｔｏｋｅｎ=t",
		"?%EF%BD%98-auth-token=t",
		"?x%E2%80%90auth%E2%80%90token=t",
		"?x-auth-to%E2%84%AAen=t",
		"?x-auth-t%CE%BFken=t",
		"?x-%C3%A1uth-token=t",
		"?x-auth-%E2%80%8Btoken=t",
		"?x-auth-tok%C1%A5n=t",
		"?x-auth-tok%ffen=t",
		"?a=1%26x-auth-token=t",
		"?a=1%26x-auth-token%3Dt",
		"?a=1%3Bx-auth-token=t",
		"?a=1%2526x-auth-token%253Dt",
		"?a=1＆x-auth-token=t",
		"?a=1%EF%BC%86x-auth-token=t",
		"?a=1；x-auth-token=t",
		"?a?x-auth-token=t",
		"?a=1%23x-auth-token=t",
		"?x-auth-token＝t",
		"?&&x-auth-token=t",
		"?;x-auth-token=t",
		"?authToken=t",
		"?AUTHTOKEN=t",
		"?authorization=Bearer%20t",
		"?Authentication=t",
		"?ccmessaging-token=t",
		"?x-app-key=k",
		"?access_token=t",
		"?AccessToken=t",
	]) {
		assert.equal(queryCarriesToken(search), true, search);
	}
});

test("an ordinary query is let through, whatever its values say", () => {
	for (const search of [
		"",
		"?",
		"?a=1&b=%2F%20+c&a=2",
		"?receiverId=r1&channel=WEB",
		"?page=formData",
		"?q=x-auth-token",
		"?q=authorization",
		"?content=your%20token%3B%20authorization",
		"?a=x;y=z",
		"?name=%E5%B7%A5%E4%BD%9C.pdf",
		"?name=%D6%D0%CE%C4.pdf",
		"?name=100%25",
		"?name=%",
		"?name=%zz",
		"?next=https%3A%2F%2Fa.test%2Fb%3Fc%3D1%26d%3D2",
		"?pageToken=abc",
		"?nextToken=x",
		"?tokenType=1",
		"?token=abc",
		"?authorizationId=7",
		"?x[a][b]=1",
		"?x-auth=1",
		"?auth-token-age=1",
		"?ids[]=1&ids[]=2",
	]) {
		assert.equal(queryCarriesToken(search), false, search);
	}
});

test("every name in the table is known, in any case and with any separator", () => {
	for (const { carriers, answers } of Object.values(tokens)) {
		for (const name of carriers) {
			assert.ok([name, name.toUpperCase(), name.replaceAll("-", "_"), name.replaceAll("-", "")].every(carriesToken), name);
		}
		for (const name of answers) {
			assert.ok([name, name.toUpperCase(), name.replaceAll("-", "_"), name.replaceAll("-", "")].every(holdsToken), name);
		}
	}
});

test("what was closed once stays closed, whatever becomes of the descriptions", () => {
	for (const path of [
		"/oifde/rest/appcube/api/getAppCubeToken",
		"/oifde/rest/api/gettoken",
		"/apiaccess/ccmessaging/applyToken",
		"/apigovernance/api/oauth/tokenByAkSk",
		"/rest/isales/v1/openapi/obs/auth/login",
		"/rest/isales/v1/openapi/obs/auth/refresh",
		"/getLogin",
		"/verifyAuthToken",
		...["getAppCubeToken", "gettoken", "applyToken", "tokenByAkSk", "getLogin", "verifyAuthToken"].map((name) => `/gateway/v2/${name}`),
	]) {
		assert.equal(handsOutTokens(path), true, path);
	}
	for (const name of ["authToken", "x-app-key", "Authorization", "ccmessaging-token", "access_token", "Authentication", "x-auth-token"]) {
		assert.equal(carriesToken(name), true, name);
	}
	for (const name of ["authToken", "token", "ccmessaging-token", "AccessToken", "refreshToken", "x-auth-token"]) {
		assert.equal(holdsToken(name), true, name);
	}
	for (const name of ["x-token-expire", "appkey", "guid", "set-guid"]) {
		assert.equal(mayPass(name), false, name);
	}
});
