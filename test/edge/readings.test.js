// Paths go through both: the front door, and a sandbox that reads them as servers and gateways do. Whatever the one lets
// through under the configuration of the guide, none of the others may find a token interface in it, nor leave the prefix.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, describe, test } from "node:test";
import { startServer } from "../../tools/demo/server.js";
import { target } from "../../js/edge/sealed/path.js";
import { Problem } from "../../js/edge/request/problem.js";
import { tokens } from "../../js/generated/tokens.js";
import { connectionsTo } from "./connections.js";
import { startEdge } from "./edge.js";
import { raw } from "./raw.js";

const readings = ["written", "nginx", "envoy", "tomcat", "iis", "chain"];

/** The connections of the guide, and one that opens all of a vendor's paths. */
const connections = [
	...Object.values(connectionsTo("http://vendor.test", ["staff"])).flatMap((one) =>
		"call" in one ? [{ base: new URL(one.baseUrl).pathname.replace(/\/$/, ""), allowed: one.call.paths }] : [],
	),
	{ base: "", allowed: ["/"] },
];

// Another seed and more paths: FUZZ_SEED=7 FUZZ_PATHS=20000 node --test test/edge/readings.test.js
const { FUZZ_SEED = "20261017", FUZZ_PATHS = "4000" } = process.env;
const wanted = Number(FUZZ_PATHS);
let seed = Number(FUZZ_SEED);
const random = (/** @type {number} */ n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
const one = (/** @type {readonly string[]} */ list) => /** @type {string} */ (list[random(list.length)]);
const escaped = (/** @type {string} */ text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const strange = [
	..."\u2215\u2044\uff0f\u29f8\u2024\uff0e\u3002\u200b\u00ad\u0131\u212a\u017f\u00e9\u0142\u03ba\u0430\uff41\uff3c\u00a5\uff1b\uff05\u0661\u4e2d\u6587\uff1f\u0301\u{1f600}",
];
const pieces = [
	"/",
	"//",
	"/./",
	"/../",
	"..",
	".",
	";",
	";a=b",
	"..;",
	"%2e",
	"%2f",
	"%5c",
	"\\",
	"%3b",
	"%3f",
	"%23",
	"?",
	"%00",
	"%25",
	"%2561",
	"%252e",
	"%252f",
	"%c0%ae",
	"%c1%a1",
	"%u0061",
	"%u002f",
	"%zz",
	"%",
	"%20",
	"+",
	" ",
	".json",
	".",
	":",
	"::$DATA",
	"(S(x))",
	"(A(b))/",
	"~1",
	",",
	"=",
	"@",
	"!",
	"*",
	"'",
	"%22",
	"%7c",
	"%5b",
	"%40",
	"x/%2e%2e/",
	"x/..%2f",
	"x/.%20./",
	"中/",
	"poll",
	"send",
	"apply",
	"Token",
	"%D6%D0",
	"%E5%B7%A5%E4%BD%9C",
	"é",
];
const documented = Object.values(tokens).flatMap(({ paths }) => paths);
const beginnings = [
	...documented,
	...documented,
	"/apiaccess/ccmessaging/",
	"/apiaccess/ccmessaging/downloadFileStream/",
	"/oifde/rest/appcube/api/",
	"/rest/isales/v1/openapi/obs/",
	"/commonPage",
	"/",
];

/** A path that is nearly a token interface's, or nearly an open one. */
function candidate() {
	let path = one(beginnings);
	for (let n = random(4); n >= 0; n--) {
		const at = 1 + random(path.length);
		const letter = path[at] ?? "";
		const [before, after] = [path.slice(0, at), path.slice(at + 1)];
		switch (random(7)) {
			case 0:
				path = before + escaped(letter) + after;
				break;
			case 1:
				path = before + escaped(letter).replaceAll("%", one(["%25", "%2525", "%"])) + after;
				break;
			case 2:
				path = before + (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()) + after;
				break;
			case 3:
				path = before + encodeURIComponent(one(strange)) + after;
				break;
			case 4:
				path = before + encodeURIComponent(one(strange)) + letter + after;
				break;
			case 5:
				path = before + one(pieces) + letter + after;
				break;
			default:
				path += one([one(pieces), encodeURIComponent(one(strange)), `/${one(pieces)}`]);
		}
	}
	return path;
}

/** @param {string} path @param {{ base: string, allowed: string[] }} connection */
function passes(path, { base, allowed }) {
	try {
		return target(`http://vendor.test${base}`, path, "", allowed) !== undefined;
	} catch (error) {
		assert.ok(error instanceof Problem, String(error));
		return false;
	}
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/**
 * What a server has read a path as.
 * @param {string} url
 * @param {string} path
 * @returns {Promise<{ status: number, read: string }>}
 */
function readBy(url, path) {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		request({ agent, hostname, port, path, method: "POST" }, (response) => {
			const read = response.headers["x-sandbox-path"];
			response
				.on("end", () => resolve({ status: response.statusCode ?? 0, read: read === undefined ? path : decodeURIComponent(String(read)) }))
				.resume();
		})
			.on("error", reject)
			.end();
	});
}

describe("paths through the front door and through servers that decode", () => {
	/** @type {Map<string, Awaited<ReturnType<typeof startServer>>>} */
	const servers = new Map();
	before(async () => {
		for (const reading of readings) {
			servers.set(reading, await startServer("127.0.0.1:0", ["-paths", reading]));
		}
	});
	after(async () => {
		agent.destroy();
		await Promise.all([...servers.values()].map((server) => server.stop()));
	});
	const state = async (/** @type {string} */ url) => /** @type {any} */ (await (await fetch(`${url}/_sandbox/state`)).json());

	test("the servers do find token interfaces in paths that are not admitted", async () => {
		const { url } = servers.get("nginx") ?? assert.fail();
		const before = (await state(url)).counts.ccmessaging.logins;
		await readBy(url, "/apiaccess/ccmessaging/%61pplyToken");
		assert.equal((await state(url)).counts.ccmessaging.logins, before + 1);
		await fetch(`${url}/_sandbox/reset`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
	});

	test("whatever is admitted, no server reads as a token interface, or as a path outside the prefix", async () => {
		const admitted = new Map();
		let tried = 0;
		for (; tried < 100 * wanted && admitted.size < wanted; tried++) {
			const path = candidate();
			for (const connection of connections) {
				if (passes(path, connection)) {
					admitted.set(connection.base + path, connection);
				}
			}
		}
		assert.ok(admitted.size >= wanted, `only ${admitted.size} of ${tried} paths were admitted`);
		assert.ok([...admitted.keys()].filter((path) => path.includes("%")).length > wanted / 4, "escapes are among them");
		for (const [reading, { url }] of servers) {
			await Promise.all(
				[...admitted].map(async ([path, { base, allowed }]) => {
					const { status, read } = await readBy(url, path);
					if (status === 400) {
						return; // this server makes nothing of it
					}
					const inside = allowed.some((entry) => `${read}/`.toLowerCase().startsWith(`${base}${entry}`.toLowerCase()));
					assert.ok(inside, `${reading} reads ${path} as ${read}, which is outside ${allowed}`);
					assert.ok(
						!documented.some((one) => read.toLowerCase().includes(one.toLowerCase())),
						`${reading} reads ${path} as ${read}, a token interface`,
					);
				}),
			);
			const { counts } = await state(url);
			for (const [system, { logins, refreshes, verifications }] of Object.entries(counts)) {
				assert.deepEqual(
					{ logins, refreshes, verifications },
					{ logins: 0, refreshes: 0, verifications: 0 },
					`${reading} was led to a token interface of ${system}`,
				);
			}
		}
	});
});

describe("an edge before a server that decodes", () => {
	/** @type {Awaited<ReturnType<typeof startServer>>} */
	let server;
	/** @type {Awaited<ReturnType<typeof startEdge>>} */
	let edge;
	let token = "";
	before(async () => {
		server = await startServer("127.0.0.1:0", ["-paths", "chain"]);
		edge = await startEdge({ sandbox: server.url });
		token = await edge.tokenFor("agent-7");
	});
	after(async () => {
		await edge?.close();
		await server?.stop();
	});
	const logins = async () => /** @type {any} */ (await (await fetch(`${server.url}/_sandbox/state`)).json()).counts.ccmessaging.logins;

	test("a call of each kind that would mint another user's token mints none, and the page gets none", async () => {
		const body = JSON.stringify({ userId: "somebody-else", userName: "S", channelId: "channel001", locale: "en" });
		const send = (/** @type {string} */ name, /** @type {string} */ accept) =>
			raw(
				edge.url,
				`
POST /v1/call/messaging/apiaccess/ccmessaging/${name} HTTP/1.1
Host: edge.test
Authorization: Bearer ${token}
Content-Type: application/json; charset=UTF-8
Accept: ${accept}
Content-Length: ${body.length}
Connection: close`,
				body,
			);
		assert.equal((await send("send", "*/*")).status, 200);
		const before = await logins();
		for (const name of [
			"applyToken",
			"%61pplyToken",
			"applyToke%6e",
			"%2561pplyToken",
			"APPLYTOKEN",
			"%41PPLYTOKEN",
			"applyToken;a=b",
			"applyToken%3ba=b",
			"x/../applyToken",
			"x/%2e%2e/applyToken",
			"x/..;/applyToken",
			"x%2f..%2fapplyToken",
			"x%5c..%5capplyToken",
			"/applyToken",
			"./applyToken",
			"%c1%a1pplyToken",
			"%u0061pplyToken",
			"(S(x))/applyToken",
			"(S(x))applyToken",
			"%EF%BD%81pplyToken",
			"x%E2%88%95..%E2%88%95applyToken",
			"x/%EF%BC%8E%EF%BC%8E/applyToken",
			"apply%E2%80%8BToken",
			"apply%C2%ADToken",
			"applyTo%E2%84%AAen",
			"applyTo%CE%BAen",
			"applyToken%20",
			"+applyToken",
			"applyToken%3Fx",
			"applyToken%23x",
			"%E4%B8%ADapplyToken",
			"%E4%B8%AD/applyToken",
		]) {
			for (const accept of ["application/json", "text/plain"]) {
				const answer = await send(name, accept);
				assert.ok([400, 403, 404].includes(answer.status), `${name}: ${answer.status}`);
				assert.match(answer.headers["content-type"] ?? "", /^application\/problem\+json/, name);
				assert.doesNotMatch(answer.body, /"token"/, name);
			}
		}
		assert.equal(await logins(), before);
	});

	test("a file's name in Chinese arrives as it was sent", async () => {
		const path = `/apiaccess/ccmessaging/downloadFileStream/${encodeURIComponent("工作报告（终稿）.pdf")}`;
		const answer = await raw(
			edge.url,
			`
GET /v1/call/messaging${path}?fileName=${encodeURIComponent("工作报告.pdf")} HTTP/1.1
Host: edge.test
Authorization: Bearer ${token}
Connection: close`,
		);
		assert.equal(answer.status, 404, "the sandbox has no such file, and the front door let the call through");
		assert.notEqual(answer.headers["content-type"], "application/problem+json");
	});
});
