// cctoken edge: what an operator sees and does in a shell. That a real edge answers so, test/edge/operator.test.js shows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { command } from "./command.js";

const key = "key-of-a-pager-for-tests-0123456789ab";
const machine = { CCTOKEN_EDGE_KEY_ID: "pager", CCTOKEN_EDGE_KEY: key };
const session = "s".repeat(43);
const whole = {
	connection: "chat",
	system: "asystem",
	keepers: [
		{
			keeper: 0,
			running: true,
			age: 7_260,
			sessions: { live: 12, renewing: 1, cooling: 2, rejected: 0, idle: 0 },
			known: 15,
			unstored: 0,
			logins: 14,
			requests: { open: 6, waiting: 3 },
			cooling: [{ session, code: "credentials_refused", step: "login", vendorStatus: 401, endsIn: 240.4 }],
			budgets: [
				{ session, used: 5, most: 5, freeIn: 90 },
				{ session, used: 1, most: 5 },
			],
			more: 7,
		},
		{ keeper: 1, running: false },
	],
};

/** @type {import("node:http").Server} */
let server;
let url = "";
/** @type {{ status: number, body: unknown }} */
let answer;
/** @type {{ method: string, url: string, authorization: string, body: string }[]} */
let seen;
before(async () => {
	server = createServer(async (request, response) => {
		const { method = "", url = "", headers } = request;
		seen.push({ method, url, authorization: headers.authorization ?? "", body: (await request.toArray()).join("") });
		response.writeHead(answer.status, { "content-type": "application/json" });
		response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	url = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
});
beforeEach(() => {
	seen = [];
	answer = { status: 200, body: whole };
});
after(() => {
	server?.closeAllConnections();
	server?.close();
});

const status = (/** @type {string[]} */ more = [], /** @type {Record<string, string>} */ env = machine) =>
	command(["edge", "status", "--edge", url, "--connection", "chat", ...more], { env });

const edge = (/** @type {string[]} */ args, /** @type {object} */ how = {}) =>
	command(["edge", ...args, "--edge", url], { env: machine, ...how });
const user = "u".repeat(22);
const since = "2026-11-28T10:00:00.000Z";

test("status shows sessions, waiting times with cause and end, budgets and logins, for people and as JSON", async () => {
	const people = await status();
	assert.deepEqual([people.code, people.stderr], [0, ""]);
	assert.equal(
		people.stdout,
		`\
chat (asystem)
keeper 0  12 live, 1 renewing, 2 cooling; 14 logins in the last hour; 6 requests under way, 3 waiting; up 2 h 1 min
          cooling ${session}: credentials_refused (login, HTTP 401), for another 4 min
          logins ${session}: 5 of 5, the next in 1 min 30 s
          logins ${session}: 1 of 5
          and 7 more
keeper 1  not in memory: nobody has asked for its sessions lately
`,
	);
	const data = await status(["--json"]);
	assert.deepEqual([data.code, data.json], [0, { connections: [whole] }]);
	assert.deepEqual(
		seen.map((one) => one.url),
		Array(2).fill("/v1/operator/status?connection=chat"),
	);
	assert.match(seen[0]?.authorization ?? "", /^CCTOKEN-HMAC-SHA256 key="pager", /);
	await status([], { CCTOKEN_EDGE_BEARER: "a.b.c" });
	assert.equal(seen.at(-1)?.authorization, "Bearer a.b.c");
	assert.equal(
		(await command(["edge", "status", "--connection", "a", "--connection", "b"], { env: { ...machine, CCTOKEN_EDGE_URL: url } })).code,
		0,
	);
	assert.deepEqual(
		seen
			.slice(-2)
			.map((one) => one.url.split("=")[1])
			.sort(),
		["a", "b"],
	);
});

test("a keeper that does not answer ends it with 4", async () => {
	answer.body = { ...whole, keepers: [...whole.keepers, { keeper: 2, error: "timeout" }] };
	const { code, stdout } = await status();
	assert.equal(code, 4);
	assert.match(stdout, /^keeper 2 {2}does not answer: timeout$/m);
});

for (const [what, given, code, error] of /** @type {[string, { status: number, body: unknown }, number, string][]} */ ([
	["nothing for these credentials", { status: 404, body: { code: "not_found" } }, 3, "forbidden"],
	["no such connection", { status: 400, body: { code: "invalid_request", field: "connection" } }, 2, "usage"],
	["no configuration", { status: 503, body: { code: "not_configured" } }, 4, "not_configured"],
	["not now", { status: 503, body: { code: "unavailable" } }, 4, "unavailable"],
	["too often", { status: 429, body: { code: "rate_limited" } }, 4, "unavailable"],
	["a redirect", { status: 302, body: "" }, 5, "unexpected_status"],
	["a page", { status: 200, body: "<html>" }, 5, "unexpected_status"],
])) {
	test(`an edge that answers "${what}" ends it with ${code}`, async () => {
		answer = given;
		const { code: ended, json } = await status(["--json"]);
		assert.deepEqual([ended, json.error.code], [code, error]);
		const people = await status();
		assert.ok(people.stderr.startsWith("error: ") && people.stdout === "");
	});
}

test("stop says who is stopped by a hash, where, since when, and where tokens are still to be forgotten", async () => {
	answer.body = { user, since, pending: ["chat", "mail"] };
	const people = await edge(["stop", "--by", "staff", "--subject", "agent-secretive"]);
	assert.deepEqual([people.code, people.stderr], [0, ""]);
	assert.equal(
		people.stdout,
		`\
stopped  ${user}
where    all connections
since    ${since}
tokens   forgotten when the user next comes: chat, mail
`,
	);
	answer.body = { user, connection: "chat", since, pending: [] };
	const data = await edge(["stop", "--hash", user, "--connection", "chat", "--json"]);
	assert.deepEqual([data.code, data.json], [0, answer.body]);
	const alone = await edge(["stop", "--hash", user, "--connection", "chat"]);
	assert.equal(alone.stdout, `stopped  ${user}\nwhere    chat\nsince    ${since}\n`);
	assert.deepEqual(
		seen.map(({ method, url: path, body }) => [method, path, JSON.parse(body)]),
		[
			["POST", "/v1/operator/stop", { by: "staff", subject: "agent-secretive" }],
			["POST", "/v1/operator/stop", { user, connection: "chat" }],
			["POST", "/v1/operator/stop", { user, connection: "chat" }],
		],
	);
	assert.match(seen[0]?.authorization ?? "", /^CCTOKEN-HMAC-SHA256 key="pager", /);
});

test("resume ends stops, and stopped lists them", async () => {
	answer.body = { user };
	assert.equal((await edge(["resume", "--by", "staff", "--subject", "agent-7"])).stdout, `resumed  ${user}\nwhere    all connections\n`);
	answer.body = {
		stopped: [
			{ user, since },
			{ user: "v".repeat(22), connection: "chat", since },
		],
	};
	const list = await edge(["stopped"]);
	assert.equal(list.stdout, `${user}  all connections, since ${since}\n${"v".repeat(22)}  chat, since ${since}\n`);
	assert.deepEqual((await edge(["stopped", "--json"])).json, answer.body);
	answer.body = { stopped: [] };
	assert.equal((await edge(["stopped"])).stdout, "Nobody is stopped.\n");
	assert.deepEqual(
		seen.map(({ method, url: path }) => `${method} ${path}`),
		["POST /v1/operator/resume", ...Array(3).fill("GET /v1/operator/stopped")],
	);
});

test("reset ends a waiting time, and ends with 1 where there is none", async () => {
	answer.body = { reset: true };
	const args = ["reset", "--connection", "chat", "--session", session];
	const done = await edge(args);
	assert.deepEqual([done.code, done.stdout], [0, "Its waiting time has ended.\n"]);
	assert.deepEqual(JSON.parse(seen[0]?.body ?? ""), { connection: "chat", session });
	answer.body = { reset: false };
	const none = await edge(args);
	assert.deepEqual([none.code, none.stdout], [1, "The edge has no such session in memory.\n"]);
	assert.deepEqual((await edge([...args, "--json"])).json, { reset: false });
});

test("a subject is sent and never shown, whatever the edge answers, and standard input can hold it", async () => {
	const subject = "Agent Secretive+7";
	const input = { input: `${subject}\n` };
	for (const given of [
		{ status: 200, body: { user, since, pending: [subject], subject } },
		{ status: 200, body: { user: subject, since } },
		{ status: 200, body: { user, since: subject } },
		{ status: 200, body: { user, connection: subject, since } },
		{ status: 400, body: { code: "invalid_request", title: subject, field: "subject" } },
		{ status: 500, body: { title: subject } },
	]) {
		answer = given;
		for (const order of ["stop", "resume"]) {
			for (const more of [[], ["--json"]]) {
				seen = [];
				for (const { stdout, stderr } of [
					await edge([order, "--by", "staff", "--subject", subject, ...more]),
					await edge([order, "--by", "staff", "--subject", "-", ...more], input),
				]) {
					assert.ok(stdout + stderr !== "" && !/secretive/i.test(stdout + stderr), stdout + stderr);
				}
				assert.deepEqual(
					seen.map(({ body }) => JSON.parse(body)),
					Array(2).fill({ by: "staff", subject }),
				);
			}
		}
	}
});

for (const [
	what,
	order,
	body,
	status,
	code,
	error,
	field,
] of /** @type {[string, string, object, number, number, string, string | undefined][]} */ ([
	["no such way in", "stop", { field: "by" }, 400, 2, "usage", "by"],
	["not oneself", "stop", { field: "subject" }, 400, 2, "usage", "subject"],
	["no such connection", "stop", { field: "connection" }, 400, 2, "usage", "connection"],
	["no room", "stop", { code: "too_large" }, 413, 4, "unavailable", undefined],
	["nothing for these credentials", "resume", {}, 404, 3, "forbidden", undefined],
	["something else", "resume", {}, 200, 5, "unexpected_status", undefined],
	["something else", "stopped", {}, 200, 5, "unexpected_status", undefined],
])) {
	test(`${order}: an edge that answers "${what}" ends it with ${code}`, async () => {
		answer = { status, body };
		const whom = order === "stopped" ? [] : ["--by", "staff", "--subject", "agent-7"];
		const { code: ended, json } = await edge([order, ...whom, "--json"]);
		assert.deepEqual([ended, json.error.code, json.error.field ?? undefined], [code, error, field]);
	});
}

test("an edge that cannot be reached ends it with 4", async () => {
	const { code, json } = await command(["edge", "status", "--edge", "http://127.0.0.1:1", "--connection", "c", "--json"], { env: machine });
	assert.deepEqual([code, json.error.code], [4, "network"]);
});

test("what is missing or written wrong is told before anything is sent, and no secret is repeated", async () => {
	for (const [args, env] of /** @type {[string[], Record<string, string>][]} */ ([
		[["edge"], machine],
		[["edge", "halt"], machine],
		[["edge", "status", "stop", "--connection", "c", "--edge", url], machine],
		[["edge", "status", "--connection", "c", "--edge", url, "--subject", "agent-x"], machine],
		[["edge", "stopped", "--edge", url, "--connection", "c"], machine],
		...["stop", "resume"].flatMap((order) =>
			[
				[],
				["--by", "staff"],
				["--subject", "agent-x"],
				["--by", "a b", "--subject", "agent-x"],
				["--by", "staff", "--subject="],
				["--hash", "agent-x"],
				["--hash", user, "--by", "staff", "--subject", "agent-x"],
				["--hash", user, "--connection", "a", "--connection", "b"],
				["--hash", user, "--session", session],
			].map((args) => /** @type {[string[], Record<string, string>]} */ ([["edge", order, ...args, "--edge", url], machine])),
		),
		[["edge", "reset", "--connection", "c", "--edge", url], machine],
		[["edge", "reset", "--session", session, "--edge", url], machine],
		[["edge", "reset", "--connection", "c", "--session", "short-one", "--edge", url], machine],
		[["edge", "status"], machine],
		[["edge", "status", "--connection", "a b", "--edge", url], machine],
		[["edge", "status", "--connection", "c"], machine],
		[["edge", "status", "--connection", "c", "--edge", "http://edge.example.com"], machine],
		[["edge", "status", "--connection", "c", "--edge", `${url}/path`], machine],
		[["edge", "status", "--connection", "c", "--edge", url], {}],
		[["edge", "status", "--connection", "c", "--edge", url], { CCTOKEN_EDGE_KEY_ID: "pager" }],
		[["edge", "status", "--connection", "c", "--edge", url], { ...machine, CCTOKEN_EDGE_KEY: "short-one" }],
		[["edge", "status", "--connection", "c", "--edge", url], { ...machine, CCTOKEN_EDGE_BEARER: "a.b.c" }],
		[["edge", "status", "--connection", "c", "--edge", url], { CCTOKEN_EDGE_BEARER: "a b" }],
		[["edge", "status", "--connection", "c", "--edge", url, `--key=${key}`], machine],
	])) {
		const { code, stdout, stderr } = await command(args, { env });
		assert.deepEqual([code, stdout], [2, ""], args.join(" "));
		for (const hidden of [key, "short-one", "a.b.c", "a b", "agent-x"]) {
			assert.ok(!stderr.includes(hidden), stderr);
		}
	}
	assert.deepEqual(seen, []);
});

test("what an edge says reaches a terminal as words and numbers only", async () => {
	const evil = "\u001b]0;title\u0007";
	answer.body = {
		connection: evil,
		system: evil,
		keepers: [
			{
				keeper: evil,
				running: true,
				age: evil,
				sessions: { [evil]: 3 },
				logins: "x",
				cooling: [{ session: evil, code: evil, step: evil, endsIn: evil }],
			},
			{ keeper: 1, error: evil },
		],
	};
	const { stdout } = await status();
	assert.ok(!/[\u0000-\u0009\u000b-\u001f]/.test(stdout), JSON.stringify(stdout));
});
