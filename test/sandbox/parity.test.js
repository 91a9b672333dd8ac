// The sandbox behind node:http answers as the native one does. Each test tells the same story to both, byte by byte over
// sockets, and compares all that came back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../../tools/demo/server.js";
import { createSandbox } from "../../js/sandbox/index.js";
import { faults } from "../faults.js";
import { overWire } from "./wire.js";

let native, wasm;
before(async () => {
	[native, wasm] = await Promise.all([
		startServer("127.0.0.1:0", ["-allow-origin", "http://page.test", "-logins", "cubedrive=5", "-lifetime", "isales=250s"]),
		createSandbox({ allowOrigin: "http://page.test", logins: { cubedrive: 5 }, lifetimes: { isales: 250 } }),
	]);
});
after(() => Promise.all([native?.stop(), wasm?.close()]));

const utf8JSON = { "Content-Type": "application/json; charset=UTF-8" };
const plainJSON = { "Content-Type": "application/json" };
const post = (path, body, headers = plainJSON) => ({
	method: "POST",
	path,
	headers,
	body: typeof body === "string" ? body : JSON.stringify(body),
});
const control = (name, body) => post(`/_sandbox/${name}`, body);

const logins = {
	appcube: () => post("/oifde/rest/appcube/api/getAppCubeToken", { appKey: "k", appSecret: "api-password-of-k" }, utf8JSON),
	accessToken: () =>
		post(
			"/apigovernance/api/oauth/tokenByAkSk",
			{ app_key: "k", app_secret: "app-secret-of-k" },
			{ ...plainJSON, "X-Token-Expire": "600" },
		),
	ccmessaging: (access) =>
		post(
			"/apiaccess/ccmessaging/applyToken",
			{ userId: "u", userName: "U", channelId: "c", locale: "en" },
			{ ...utf8JSON, "x-app-key": "k", Authorization: `Bearer ${access}` },
		),
	isales: () => post("/rest/isales/v1/openapi/obs/auth/login", { user: "u", passwd: "passwd-of-u" }),
	refresh: (token, refreshToken) =>
		post("/rest/isales/v1/openapi/obs/auth/refresh", { refreshToken }, { ...plainJSON, Authentication: `Bearer ${token}` }),
	cubedrive: () => ({ path: "/lite/getLogin?appId=a&appSecret=app-secret-of-a&user=u" }),
	cubedriveForm: () =>
		post("/lite/getLogin", "appId=a&appSecret=app-secret-of-a&user=v", { "Content-Type": "application/x-www-form-urlencoded" }),
};
const calls = {
	appcube: (token) => post("/oifde/rest/appcube/api/business", { authToken: token }, utf8JSON),
	poll: (access, token) => ({
		path: "/apiaccess/ccmessaging/poll?receiverId=r&channel=WEB",
		headers: { "x-app-key": "k", Authorization: `Bearer ${access}`, "ccmessaging-token": token },
	}),
	isales: (token) => ({ path: "/rest/isales/v1/openapi/obs/business", headers: { Authentication: `Bearer ${token}` } }),
	cubedrive: (token) => ({ path: "/lite/commonPage", headers: { "X-Auth-Token": token } }),
	verify: (token) => ({ path: `/lite/verifyAuthToken?authToken=${token}` }),
};

/** Names of the header fields that are the server's own affair, and not the vendor's. A length differs with the digits of
 * a time; whether it is right is what `missing` says. So it may with the state, which is near the size that goes in chunks. */
const ofTheServer = ["date", "connection", "keep-alive", "content-length"];

/**
 * Plays a story to one sandbox, and answers its transcript. Random values are numbered in the order of their appearance.
 * @param {string} url
 * @param {(ask: (request: any) => Promise<any>) => Promise<void>} story
 */
async function play(url, story) {
	const transcript = [];
	const values = new Map();
	const numbered = (text) =>
		text.length > 100_000
			? text
			: text.replace(
					/"[A-Z2-7]{4,25}$|[A-Z2-7]{26}|[A-Za-z0-9+/]{60,}=*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"CreateTime":"\d+"|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)/g,
					(value) => {
						if (/^\d{4}-\d\d-/.test(value) || value.startsWith('"CreateTime')) {
							return "TIME";
						}
						if (value.startsWith('"')) {
							return "HALF"; // of a value, where a fault cuts it off
						}
						values.set(value, values.get(value) ?? `VALUE${values.size + 1}`);
						return values.get(value);
					},
				);
	await story(async (request) => {
		if (request.contentLength !== undefined) {
			// it ends early: who answers what, and to whom, is no matter
			await overWire(url, request);
			return {};
		}
		const answer = await overWire(url, request);
		const headers = Object.entries(answer.headers)
			.filter(([name]) => !ofTheServer.includes(name) && !(name === "transfer-encoding" && request.path === "/_sandbox/state"))
			.map(([name, value]) => `${name}: ${name === "allow" ? value.split(", ").sort() : numbered(value)}`)
			.sort();
		transcript.push({
			of: `${request.method ?? "GET"} ${numbered(request.path)}`,
			...answer,
			headers,
			body: numbered(answer.body).replace(/("value":")[^"]+/g, "$1SHORT"),
		});
		let json;
		try {
			json = JSON.parse(answer.body);
		} catch {
			json = {};
		}
		return { ...answer, json };
	});
	return transcript;
}

/** @param {(ask: (request: any) => Promise<any>) => Promise<void>} story */
async function same(story) {
	const fresh = async (ask) => {
		await ask(control("reset", {}));
		await story(ask);
	};
	const [one, other] = await Promise.all([play(native.url, fresh), play(wasm.url, fresh)]);
	assert.ok(one.length > 1, "the story asked nothing");
	for (const [i, answer] of one.entries()) {
		assert.deepEqual(other[i], answer, `answer ${i}, to ${answer.of}`);
	}
	assert.equal(other.length, one.length);
	return one;
}

const statuses = (transcript) => transcript.slice(1).map(({ status }) => status);

test("logins, business calls, a refresh, a roll and the state are the same", async () => {
	const transcript = await same(async (ask) => {
		const appcube = (await ask(logins.appcube())).json.authToken;
		await ask(calls.appcube(appcube));
		const access = (await ask(logins.accessToken())).json.AccessToken;
		const cc = (await ask(logins.ccmessaging(access))).json.token;
		await ask(calls.poll(access, cc));
		await ask(control("roll", { system: "ccmessaging" }));
		const rolled = await ask(calls.poll(access, cc));
		assert.notEqual(rolled.headers["ccmessaging-token"], cc);
		await ask(calls.poll(access, cc));
		await ask(calls.poll(access, rolled.headers["ccmessaging-token"]));
		const { token, refreshToken } = (await ask(logins.isales())).json.resultData;
		await ask(calls.isales(token));
		await ask(logins.refresh(token, refreshToken));
		await ask(logins.refresh(token, refreshToken));
		const drive = (await ask(logins.cubedrive())).json["x-auth-token"];
		await ask(logins.cubedriveForm());
		await ask(calls.verify(drive));
		await ask(calls.cubedrive(drive));
		await ask(control("revoke", { system: "cubedrive", all: true }));
		await ask(calls.verify(drive));
		await ask(calls.cubedrive(drive));
		await ask({ path: "/_sandbox/state" });
	});
	assert.deepEqual(
		statuses(transcript),
		[200, 200, 200, 200, 200, 200, 200, 401, 200, 200, 200, 200, 403, 200, 200, 200, 200, 200, 200, 401, 200],
	);
});

test("what is not allowed is refused in the same words", async () => {
	const transcript = await same(async (ask) => {
		for (const [name, login] of Object.entries(logins)) {
			const right = login("x", "y");
			for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]) {
				await ask({ ...right, method });
			}
			await ask({ ...right, headers: {} });
			await ask({ ...right, headers: { ...right.headers, "Content-Type": "text/plain" } });
			for (const body of ["", "{", "[]", "null", '{"appKey":1}', "\u0000", "é"]) {
				await ask({ ...right, body, ...(name === "cubedrive" ? { path: "/lite/getLogin" } : {}) });
			}
			await ask({ ...right, body: right.body?.replace(/-of-/, "-not-of-"), path: right.path.replace("-of-", "-not-of-") });
		}
		for (const call of Object.values(calls)) {
			await ask(call("dead", "dead"));
			await ask({ ...call("dead", "dead"), headers: {} });
		}
		for (const path of [
			"/lite/",
			"/lite/nothing",
			"/rest/x",
			"/oifde/x",
			"/apiaccess/x",
			"/apigovernance/x",
			"/lite/getLogin/",
			"/lite//getLogin",
			"/lite/%67etLogin",
			"/%zz",
			"/lite/getLogin?a=%zz",
			"/lite/getLogin?a;b",
		]) {
			await ask({ path });
			await ask({ path, method: "POST", headers: plainJSON, body: "{}" });
		}
	});
	const seen = new Set(statuses(transcript));
	for (const status of [200, 400, 401, 403, 404, 405]) {
		assert.ok(seen.has(status), `no answer had the status ${status}`);
	}
});

test("headers reach the vendors as they were sent: twice, empty, spaced, and beyond ASCII", async () => {
	await same(async (ask) => {
		const right = logins.isales();
		for (const value of ["", " application/json ", "application/json, application/json", "APPLICATION/JSON", "application/json;x=é"]) {
			await ask({ ...right, headers: { "Content-Type": value } });
		}
		await ask({ ...right, headers: { "Content-Type": "application/json", "content-type": "application/json" } });
		await ask({ path: "/rest/isales/v1/openapi/obs/business", headers: { Authentication: "Bearer  two-spaces" } });
		await ask({ path: "/rest/isales/v1/openapi/obs/business", headers: { AUTHENTICATION: "Bearer é" } });
	});
});

const endpoints = [
	["appcube", "login", logins.appcube],
	["appcube", "business", () => calls.appcube("x")],
	["ccmessaging", "apifabric", logins.accessToken],
	["ccmessaging", "login", () => logins.ccmessaging("x")],
	["ccmessaging", "business", () => calls.poll("x", "y")],
	["isales", "login", logins.isales],
	["isales", "refresh", () => logins.refresh("x", "y")],
	["isales", "business", () => calls.isales("x")],
	["cubedrive", "login", logins.cubedrive],
	["cubedrive", "verify", () => calls.verify("x")],
	["cubedrive", "business", () => calls.cubedrive("x")],
];

for (const fault of faults) {
	test(`the fault ${fault} is the same at every endpoint`, async () => {
		const transcript = await same(async (ask) => {
			for (const [system, endpoint, request] of endpoints) {
				const details = { ...(fault === "delay" ? { delayMs: 20 } : {}), ...(fault === "429" || fault === "503" ? { retryAfter: 7 } : {}) };
				await ask(control("faults", { system, endpoint, fault, ...details }));
				await ask(request());
				await ask(request());
			}
			await ask({ path: "/_sandbox/state" });
		});
		const hit = transcript.filter((_, i) => i > 0 && transcript[i - 1].of === "POST /_sandbox/faults");
		assert.equal(hit.length, endpoints.length);
		const expected =
			{
				reset: ({ status, body }) => status === 0 && body === "",
				truncate: ({ status, missing }) => status > 0 && missing > 0,
				huge: ({ status, body, missing }) => status === 200 && body.length > 2e6 && missing === 0,
				empty: ({ status, body }) => status === 200 && body === "",
				redirect: ({ status }) => status === 307,
			}[fault] ?? (/^\d+$/.test(fault) ? ({ status }) => status === Number(fault) : ({ status, missing }) => status > 0 && missing === 0);
		assert.deepEqual(
			hit.filter((answer) => !expected(answer)),
			[],
		);
	});
}

test("the control endpoints take and refuse the same", async () => {
	const transcript = await same(async (ask) => {
		for (const [name, body] of [
			["revoke", {}],
			["revoke", { all: true }],
			["revoke", { system: "other" }],
			["revoke", { system: "isales", subject: "a", id: "b" }],
			["revoke", "[]"],
			["revoke", "{} {}"],
			["roll", { system: "isales" }],
			["roll", { system: "ccmessaging" }],
			["refuse", { system: "isales", credential: "u", refuse: true }],
			["refuse", { system: "isales", credential: "u" }],
			["lifetimes", { isales: 0 }],
			["lifetimes", { other: 1 }],
			["lifetimes", { isales: 7 }],
			["faults", { system: "isales", endpoint: "login", fault: "none" }],
			["faults", { system: "isales", endpoint: "login", fault: "500", count: 3 }],
			["faults", { system: "isales", endpoint: "verify", fault: "500" }],
			["reset", "x"],
			["nothing", {}],
		]) {
			await ask(control(name, body));
			await ask({ ...control(name, body), headers: { "Content-Type": "text/plain" } });
			await ask({ ...control(name, body), method: "PUT" });
		}
		await ask(logins.isales());
		await ask({ path: "/_sandbox/faults", method: "DELETE" });
		await ask({ path: "/_sandbox/systems", headers: { Host: "vendors.test:8787" } });
		await ask({ path: "/_sandbox/state" });
	});
	assert.deepEqual([...new Set(statuses(transcript))].sort(), [200, 400, 404, 405, 415, 500]);
});

test("the allowed origin, another and none get the same CORS", async () => {
	await same(async (ask) => {
		for (const Origin of ["http://page.test", "http://other.test"]) {
			const { path } = logins.isales();
			await ask({ ...logins.isales(), headers: { ...plainJSON, Origin } });
			await ask({
				path,
				method: "OPTIONS",
				headers: { Origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" },
			});
			await ask({ path, method: "OPTIONS", headers: { Origin } });
		}
	});
});

test("CubeDrive intercepts the login that is one too many", async () => {
	const transcript = await same(async (ask) => {
		for (let i = 0; i < 7; i++) {
			await ask(logins.cubedrive());
		}
	});
	assert.equal(transcript.filter(({ body }) => body.includes("intercepted")).length, 2);
});

test("a body that is too large, or breaks off, is refused and counted the same", async () => {
	const big = JSON.stringify({ user: "u".repeat(1 << 20) });
	const transcript = await same(async (ask) => {
		await ask(post("/rest/isales/v1/openapi/obs/auth/login", big));
		await ask(post("/rest/isales/v1/openapi/obs/auth/login", `{"user":"u","passwd":"passwd-of-u","x":"${"x".repeat((1 << 20) - 44)}"}`));
		await ask({ ...post("/rest/isales/v1/openapi/obs/auth/login", '{"user":"u","passwd":"passwd-of-u"}'), contentLength: 100 });
		await ask({ path: "/_sandbox/state" });
	});
	assert.deepEqual(statuses(transcript), [400, 200, 200]);
	const { logins: arrived, failed } = JSON.parse(transcript.at(-1).body).counts.isales;
	assert.deepEqual([arrived, failed], [3, 2]);
});
