// What operators of an edge may do, and that nobody else sees that there is such a thing.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { command } from "../cli/command.js";
import { signedFetch } from "../../js/edge/sign.js";
import { consoleOrigin, secrets, startEdge } from "./edge.js";
import { raw } from "./raw.js";
import { json, startVendor } from "./vendor.js";

const operatorsOrigin = "https://operators.test";
const pagerKey = "pager-key-for-tests-0123456789abcdefgh";

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		bindings: { PAGER_KEY: pagerKey },
		configure: ({ authentication, connections, ...config }) => ({
			...config,
			authentication: {
				...authentication,
				access: { ...authentication.staff, header: "Test-Jwt-Assertion" }, // a JWT that comes with a cookie
				machines: {
					...authentication.machines,
					keys: { ...authentication.machines.keys, pager: { secret: "PAGER_KEY", subject: "pager" } },
				},
			},
			connections: {
				...connections,
				"other-app": { ...connections["open-messaging"], identity: { ...connections["open-messaging"].identity, appKey: "app002" } },
				"by-claim": {
					...connections["open-drive"],
					identity: { params: { appId: "demo-app", appSecret: { secret: "DRIVE_SECRET" }, user: { claim: "team" } } },
				},
			},
			operators: {
				allow: [
					{ by: "machines", subjects: ["pager"] },
					{ by: "staff", claim: "groups", values: ["operators"] },
					{ by: "access", claim: "groups", values: ["operators"] },
				],
				origins: [operatorsOrigin],
			},
		}),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

/** What a signed request is sent by. @param {Awaited<ReturnType<typeof startEdge>>} to */
const sendTo =
	(to) =>
	(/** @type {any} */ url, /** @type {any} */ { headers, ...init }) =>
		to.fetch(String(url), { ...init, headers: Object.fromEntries(headers) });

/** An operator's request, signed by a machine. @param {string} path @param {object} [body] @param {{ keyId: string, secret: string }} [key] */
async function operate(path, body, key = { keyId: "pager", secret: pagerKey }) {
	const signed = signedFetch(key, sendTo(edge));
	const response = await signed(`${edge.url}/v1/operator/${path}`, {
		...(body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
	});
	return { status: response.status, body: await response.json(), request: response.headers.get("cctoken-request") };
}

/** The same in a shell. @param {string[]} args */
const shell = (...args) =>
	command(["edge", ...args], { env: { CCTOKEN_EDGE_URL: edge.url, CCTOKEN_EDGE_KEY_ID: "pager", CCTOKEN_EDGE_KEY: pagerKey } });

/** @param {string} subject @param {string} [connection] */
async function token(subject, connection = "open-messaging", claims = {}) {
	const response = await edge.post("/v1/token", await edge.tokenFor(subject, { claims: { name: "An Agent", ...claims } }), { connection });
	return { status: response.status, body: await response.json(), request: response.headers.get("cctoken-request") };
}

/** @param {string | null} request @returns {Promise<string>} the user's hash, as the log has it */
const userIn = async (request) => (await edge.lineOf(request)).user;

describe("the way in", () => {
	/** What a path answers that does not exist. */
	const nowhere = async (/** @type {string} */ path, /** @type {RequestInit} */ init) => {
		const response = await edge.fetch(path, init);
		const headers = Object.fromEntries(response.headers);
		for (const name of ["cctoken-request", "date", "connection", "content-length"]) {
			delete headers[name];
		}
		return { status: response.status, headers, body: await response.text() };
	};

	test("an operator is let in by a machine's signature, and by a claim", async () => {
		assert.deepEqual((await operate("stopped")).body, { stopped: [] });
		const claimed = await edge.tokenFor("boss", { claims: { groups: ["agents", "operators"] } });
		const response = await edge.fetch("/v1/operator/stopped", { headers: { authorization: `Bearer ${claimed}` } });
		assert.equal(response.status, 200);
		const line = await edge.lineOf(response.headers.get("cctoken-request"));
		assert.deepEqual([line.route, line.by, line.operator], ["operator", "staff", "stopped"]);
		assert.match(line.user, /^[\w-]{22}$/);
	});

	test("to anybody else there is nothing, to the letter what any unknown path is", async () => {
		const agent = await edge.tokenFor("agent-7", { claims: { groups: ["agents"] } });
		const boss = await edge.tokenFor("boss", { claims: { groups: ["operators"] } });
		/** @type {[string, RequestInit][]} */
		const attempts = [
			["no authorization", {}],
			["nonsense", { headers: { authorization: "Basic YTpi" } }],
			["an agent's JWT", { headers: { authorization: `Bearer ${agent}` } }],
			["a JWT that is not good", { headers: { authorization: `Bearer ${boss.slice(0, -4)}AAAA` } }],
			["an operator's JWT from a page", { headers: { authorization: `Bearer ${boss}`, origin: consoleOrigin } }],
			[
				"an operator's JWT from a browser that does not say of which page",
				{ headers: { authorization: `Bearer ${boss}`, "sec-fetch-site": "same-origin" } },
			],
			["a preflight", { method: "OPTIONS", headers: { origin: consoleOrigin, "access-control-request-method": "POST" } }],
			["a signature by a key that nobody knows", { headers: { authorization: 'CCTOKEN-HMAC-SHA256 key="x"' } }],
		];
		for (const [name, init] of attempts) {
			for (const method of ["GET", "POST"]) {
				const one = { method, ...init };
				const expected = await nowhere("/v1/nothing", one);
				assert.equal(expected.status, 404);
				for (const path of ["stop", "resume", "stopped", "status", "reset", "configuration", "nothing", ""]) {
					assert.deepEqual(await nowhere(`/v1/operator/${path}`, one), expected, `${name}: ${method} ${path}`);
				}
			}
		}
		const { status } = await operate("stopped", undefined, { keyId: "robot", secret: secrets.MACHINE_KEY });
		assert.equal(status, 404, "a machine that is no operator");
		assert.equal((await operate("stop", { by: "staff", subject: "x" }, { keyId: "pager", secret: "x".repeat(40) })).status, 404);
		assert.deepEqual((await operate("stopped")).body, { stopped: [] }, "nothing has come of it");
	});

	test("a page of an origin that is listed for operators is let in by its bearer, after a preflight that asks for no cookie", async () => {
		const preflight = await edge.fetch("/v1/operator/stop", {
			method: "OPTIONS",
			headers: {
				origin: operatorsOrigin,
				"access-control-request-method": "POST",
				"access-control-request-headers": "authorization,content-type",
			},
		});
		const told = (/** @type {Response} */ { headers }) =>
			Object.fromEntries([...headers].filter(([name]) => /^access-control|^vary/.test(name)));
		assert.deepEqual(
			[preflight.status, told(preflight)],
			[
				204,
				{
					"access-control-allow-origin": operatorsOrigin,
					"access-control-allow-methods": "GET, POST",
					"access-control-allow-headers": "authorization, content-type",
					"access-control-expose-headers": "retry-after, cctoken-request",
					"access-control-max-age": "600",
					vary: "Origin",
				},
			],
		);
		const boss = `Bearer ${await edge.tokenFor("boss", { claims: { groups: ["operators"] } })}`;
		const page = (/** @type {string} */ path, /** @type {object} */ headers, /** @type {object} */ body) =>
			edge.fetch(`/v1/operator/${path}`, {
				...(body && { method: "POST", body: JSON.stringify(body) }),
				headers: {
					origin: operatorsOrigin,
					"sec-fetch-site": "cross-site",
					"sec-fetch-mode": "cors",
					"content-type": "application/json",
					...headers,
				},
			});
		const list = await page("stopped", { authorization: boss });
		assert.deepEqual([list.status, await list.json()], [200, { stopped: [] }]);
		assert.deepEqual(told(list), {
			"access-control-allow-origin": operatorsOrigin,
			"access-control-expose-headers": "retry-after, cctoken-request",
			vary: "Origin",
		});
		const made = await page("stop", { authorization: boss }, { by: "staff", subject: "agent-page", connection: "open-drive" });
		assert.equal(made.status, 200);
		assert.equal((await page("resume", { authorization: boss }, { by: "staff", subject: "agent-page" })).status, 200);
		// Whoever is none can at least be told so.
		const agent = `Bearer ${await edge.tokenFor("agent-7")}`;
		const refused = await page("stopped", { authorization: agent });
		assert.deepEqual([refused.status, told(refused)["access-control-allow-origin"]], [404, operatorsOrigin]);
	});

	/** What a page on the edge's own host name gets: a browser names no origin there. @param {string} host @param {Record<string, string>} headers @param {string} [path] */
	const fromOwnPage = (host, headers, path = "/v1/operator/stopped") => {
		const all = { host, connection: "close", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", ...headers };
		const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
		return raw(edge.url, [`GET ${path} HTTP/1.1`, ...lines].join("\n"));
	};

	test("a page on the edge's own host name has to be listed likewise", async () => {
		const authorization = `Bearer ${await edge.tokenFor("boss", { claims: { groups: ["operators"] } })}`;
		assert.equal((await fromOwnPage("edge.test", { authorization })).status, 404);
		assert.equal((await fromOwnPage(new URL(operatorsOrigin).host, { authorization })).status, 200);
	});

	test("nothing that a browser adds by itself lets a page in, and no page signs", async () => {
		const boss = await edge.tokenFor("boss", { claims: { groups: ["operators"] } });
		const origin = { origin: operatorsOrigin, "sec-fetch-site": "cross-site" };
		assert.equal((await edge.fetch("/v1/operator/stopped", { headers: { "test-jwt-assertion": boss } })).status, 200, "a program");
		for (const headers of /** @type {Record<string, string>[]} */ ([
			{ "test-jwt-assertion": boss },
			{ cookie: `CF_Authorization=${boss}` },
			{},
		])) {
			assert.equal((await edge.fetch("/v1/operator/stopped", { headers: { ...origin, ...headers } })).status, 404);
			assert.equal((await fromOwnPage(new URL(operatorsOrigin).host, headers)).status, 404);
		}
		const signed = signedFetch({ keyId: "pager", secret: pagerKey }, sendTo(edge));
		assert.equal((await signed(`${edge.url}/v1/operator/stopped`, { headers: origin })).status, 404);
		assert.equal((await signed(`${edge.url}/v1/operator/stopped`)).status, 200);
	});

	test("a page for operators is none for connections or metrics", async () => {
		const boss = await edge.tokenFor("boss", { claims: { groups: ["operators"], name: "Boss" } });
		const asked = await edge.post("/v1/token", boss, { connection: "open-messaging" }, { origin: operatorsOrigin });
		assert.deepEqual([asked.status, asked.headers.get("access-control-allow-origin")], [403, null]);
		for (const origin of [operatorsOrigin, consoleOrigin]) {
			const measured = await edge.fetch("/metrics", { headers: { authorization: `Bearer ${boss}`, origin } });
			assert.notEqual(measured.status, 200, origin);
		}
		const own = await fromOwnPage(new URL(operatorsOrigin).host, { authorization: `Bearer ${boss}` }, "/metrics");
		assert.equal(own.status, 404);
	});

	test("an operator sees what can be named: ways to sign in, and connections", async () => {
		const { status, body } = await operate("configuration");
		assert.equal(status, 200);
		assert.deepEqual(body.authentication, [
			{ by: "staff", type: "jwt" },
			{ by: "machines", type: "signed" },
			{ by: "access", type: "jwt" },
		]);
		assert.deepEqual(
			body.connections.filter((/** @type {any} */ { connection }) => connection === "by-claim"),
			[{ connection: "by-claim", system: "cubedrive" }],
		);
		assert.ok(body.connections.every((/** @type {object} */ one) => Object.keys(one).join() === "connection,system"));
	});

	test("an operator who asks wrongly is told so", async () => {
		for (const [path, body, status, field] of /** @type {[string, object | undefined, number, string | undefined][]} */ ([
			["nothing", undefined, 404, undefined],
			["stop", undefined, 405, undefined],
			["stopped", {}, 405, undefined],
			["stop", { by: "nobody", subject: "x" }, 400, "by"],
			["stop", { by: "staff" }, 400, "subject"],
			["stop", { by: "staff", subject: "" }, 400, "subject"],
			["stop", { by: "staff", subject: "x", user: "y" }, 400, "subject"],
			["stop", { user: "not a hash" }, 400, "user"],
			["stop", { by: "staff", subject: "x", connection: "none" }, 400, "connection"],
			["stop", { by: "staff", subject: "x", until: "tomorrow" }, 400, "body"],
			["stop", { by: "machines", subject: "pager" }, 400, "subject"],
			["resume", { by: "staff", subject: "x", connection: 7 }, 400, "connection"],
		])) {
			const answer = await operate(path, body);
			assert.deepEqual([answer.status, answer.body.field], [status, field], `${path} ${JSON.stringify(body)}`);
		}
		assert.deepEqual((await operate("stopped")).body, { stopped: [] });
	});
});

describe("a user who is stopped", () => {
	test("is refused on every interface from then on, by a code of its own, until resumed", async () => {
		const subject = "agent-stopped";
		assert.equal((await token(subject)).status, 200);
		const made = await operate("stop", { by: "staff", subject });
		assert.equal(made.status, 200, JSON.stringify(made.body));
		const jwt = await edge.tokenFor(subject);
		const calls = vendor.calls.length;
		for (const response of [
			await edge.post("/v1/token", jwt, { connection: "open-messaging" }),
			await edge.post("/v1/token", jwt, { connection: "open-isales" }),
			await edge.post("/v1/verify", jwt, { connection: "open-messaging", token: "abc" }),
			await edge.fetch("/v1/call/messaging/apiaccess/ccmessaging/poll", { headers: { authorization: `Bearer ${jwt}` } }),
		]) {
			const { code, type, retryable } = await response.json();
			assert.deepEqual([response.status, code, type, retryable], [403, "stopped", "urn:cctoken:error:stopped", false]);
		}
		assert.equal(vendor.calls.length, calls);
		assert.equal((await token("agent-other")).status, 200, "nobody else");
		assert.equal((await operate("resume", { by: "staff", subject })).status, 200);
		assert.equal((await token(subject)).status, 200);
	});

	test("is stopped for one connection alone, where one is named", async () => {
		const subject = "agent-partly";
		await operate("stop", { by: "staff", subject, connection: "open-drive" });
		assert.equal((await token(subject, "open-drive")).body.code, "stopped");
		assert.equal((await token(subject)).status, 200);
		await operate("resume", { by: "staff", subject });
		assert.equal((await token(subject, "open-drive")).status, 200, "whoever is resumed is resumed for all");
	});

	test("stays stopped when the process has died", async () => {
		const subject = "agent-for-long";
		await operate("stop", { by: "staff", subject });
		await edge.restart();
		assert.equal((await token(subject)).body.code, "stopped");
		await operate("resume", { by: "staff", subject });
	});

	test("loses the token that a keeper has, and those of others and of shared accounts stay", async () => {
		const subject = "agent-forgotten";
		const own = (await token(subject)).body.token;
		const others = (await token("agent-beside")).body.token;
		const shared = (await token(subject, "open-isales")).body.token;
		const made = await operate("stop", { by: "staff", subject });
		assert.deepEqual(
			made.body.pending.filter((/** @type {string} */ name) => name === "open-isales" || name === "open-drive"),
			[],
			"of those there is nothing left to forget",
		);
		assert.ok(made.body.pending.includes("open-messaging"), "where it is found by a claim, only the user's JWT tells where");
		assert.equal((await token(subject)).body.code, "stopped"); // and with this one comes
		await operate("resume", { by: "staff", subject });
		assert.notEqual((await token(subject)).body.token, own);
		assert.equal((await token("agent-beside")).body.token, others);
		assert.equal((await token("agent-beside", "open-isales")).body.token, shared);
	});

	test("loses the token at once where the subject alone tells which it is", async () => {
		const subject = "agent-drive";
		const own = (await token(subject, "open-drive")).body.token;
		await operate("stop", { by: "staff", subject });
		await operate("resume", { by: "staff", subject });
		assert.notEqual((await token(subject, "open-drive")).body.token, own);
	});

	test("costs those who share an account by a claim one login, however often the stopped one comes", async () => {
		const team = { team: "blue" };
		await token("agent-one", "by-claim", team);
		await operate("stop", { by: "staff", subject: "agent-one" });
		assert.equal((await token("agent-one", "by-claim", team)).body.code, "stopped");
		await new Promise((resolve) => setTimeout(resolve, 2_100)); // a store knows a token's age to within what it took to ask it: two seconds at most
		const second = (await token("agent-two", "by-claim", team)).body.token;
		await edge.restart(); // to an isolate that has forgotten what it has done
		for (let i = 0; i < 5; i++) {
			assert.equal((await token("agent-one", "by-claim", team)).body.code, "stopped");
		}
		assert.equal((await token("agent-two", "by-claim", team)).body.token, second);
		await operate("resume", { by: "staff", subject: "agent-one" });
	});

	test("is found in the log and stopped by a hash, and no subject is in the list, the answers or the log", async () => {
		const subject = "agent-unnamed";
		const before = await token(subject);
		const user = await userIn(before.request);
		const made = await operate("stop", { user, connection: "open-messaging" });
		assert.equal((await token(subject)).body.code, "stopped");
		const listed = await operate("stopped");
		assert.deepEqual(listed.body.stopped, [{ user, connection: "open-messaging", since: made.body.since }]);
		assert.ok(Math.abs(Date.parse(made.body.since) - Date.now()) < 60_000);
		const named = await operate("stop", { by: "staff", subject });
		assert.equal(named.body.user, user);
		const line = await edge.lineOf(named.request);
		assert.deepEqual([line.operator, line.stopped, line.by], ["stop", user, "machines"]);
		const resumed = await operate("resume", { user });
		assert.equal((await edge.lineOf(resumed.request)).resumed, user);
		assert.deepEqual((await operate("stopped")).body.stopped, []);
		for (const text of [JSON.stringify([made, listed, named, resumed]), edge.output()]) {
			assert.ok(!text.includes(subject));
		}
	});

	test("is stopped and let in again by cctoken edge, which shows the hash of the log and never the subject", async () => {
		const subject = "agent-in-a-shell";
		const user = await userIn((await token(subject)).request);
		const stopped = await shell("stop", "--by", "staff", "--subject", subject);
		assert.deepEqual([stopped.code, stopped.stderr, stopped.stdout.split("\n")[0]], [0, "", `stopped  ${user}`]);
		assert.equal((await token(subject)).body.code, "stopped");
		const list = await shell("stopped", "--json");
		assert.deepEqual(
			list.json.stopped.map((/** @type {any} */ one) => one.user),
			[user],
		);
		const self = await shell("stop", "--by", "machines", "--subject", "pager", "--json");
		assert.deepEqual([self.code, self.json.error.field], [2, "subject"]);
		const resumed = await shell("resume", "--by", "staff", "--subject", subject, "--json");
		assert.deepEqual([resumed.code, resumed.json], [0, { user }]);
		assert.equal((await token(subject)).status, 200);
		assert.equal((await shell("stopped")).stdout, "Nobody is stopped.\n");
		for (const text of [...[stopped, list, self, resumed].flatMap(({ stdout, stderr }) => [stdout, stderr]), edge.output()]) {
			assert.ok(!text.includes(subject));
		}
	});

	test("an operator who is stopped is none any more", async () => {
		const boss = await edge.tokenFor("boss-2", { claims: { groups: ["operators"] } });
		const list = () => edge.fetch("/v1/operator/stopped", { headers: { authorization: `Bearer ${boss}` } });
		assert.equal((await list()).status, 200);
		await operate("stop", { by: "staff", subject: "boss-2" });
		assert.equal((await list()).status, 404);
		await operate("resume", { by: "staff", subject: "boss-2" });
		assert.equal((await list()).status, 200);
	});
});

test("where the configuration names no operators there is no such interface for anybody", async () => {
	const plain = await startEdge({ sandbox: vendor.url });
	try {
		vendor.business = (_request, response) => json(response, {});
		const send = signedFetch({ keyId: "robot", secret: secrets.MACHINE_KEY }, sendTo(plain));
		assert.equal((await send(`${plain.url}/v1/operator/stopped`)).status, 404);
	} finally {
		await plain.close();
	}
});

describe("the status of a connection's keepers", () => {
	const refusing = (/** @type {number} */ status) => {
		vendor.login = (response) => json(response, {}, { status });
	};
	const statusOf = async (/** @type {string} */ connection) => (await operate(`status?connection=${connection}`)).body;
	/** @param {any} status @param {(keeper: any) => number} count */
	const sum = (status, count) =>
		status.keepers.reduce((/** @type {number} */ total, /** @type {any} */ one) => total + (one.running ? count(one) : 0), 0);

	test("counts sessions and logins, and to look at it starts no keeper", async () => {
		await edge.restart();
		const before = await statusOf("open-drive");
		assert.deepEqual(
			[before.connection, before.keepers.length, before.keepers.map((/** @type {any} */ one) => one.keeper)],
			["open-drive", 4, [0, 1, 2, 3]],
		);
		assert.ok(before.keepers.every((/** @type {any} */ one) => one.running === false));
		for (let i = 0; i < 3; i++) {
			assert.equal((await token(`agent-status-${i}`, "open-drive")).status, 200);
		}
		const after = await statusOf("open-drive");
		assert.deepEqual([sum(after, ({ sessions }) => sessions.live), sum(after, ({ logins }) => logins)], [3, 3]);
		assert.equal(
			sum(after, ({ budgets }) => budgets.filter((/** @type {any} */ one) => one.used === 1 && one.most === 5).length),
			3,
		);
		assert.ok(sum(after, ({ age }) => (age >= 0 && age < 60 ? 0 : 1)) === 0);
	});

	test("says for which session the vendor is left alone, why, and until when; an operator ends that", async () => {
		refusing(401);
		try {
			assert.equal((await token("agent-cool", "open-drive")).body.code, "credentials_refused");
		} finally {
			vendor.login = undefined;
		}
		assert.equal((await token("agent-cool", "open-drive")).body.code, "cooling_down");
		const [cooling] = (await statusOf("open-drive")).keepers.flatMap((/** @type {any} */ one) => one.cooling ?? []);
		assert.deepEqual([cooling.code, cooling.step, cooling.vendorStatus], ["credentials_refused", "login", 401]);
		assert.ok(cooling.endsIn > 200 && cooling.endsIn <= 300);
		const wrong = await operate("reset", { connection: "open-drive", session: "x".repeat(43) });
		assert.deepEqual([wrong.status, wrong.body], [200, { reset: false }]);
		const done = await operate("reset", { connection: "open-drive", session: cooling.session });
		assert.deepEqual(done.body, { reset: true });
		assert.equal((await edge.lineOf(done.request)).reset, cooling.session);
		assert.equal((await token("agent-cool", "open-drive")).status, 200);
	});

	test("shows the keeper of what all users share as well, and that one's waiting time ends likewise", async () => {
		vendor.login = (response, { url }) => (url.endsWith("tokenByAkSk") ? json(response, {}, { status: 401 }) : json(response, {}));
		try {
			assert.equal((await token("agent-shared", "other-app")).body.step, "access_token");
			const { keepers } = await statusOf("other-app");
			const shared = keepers.find((/** @type {any} */ one) => one.keeper === "shared");
			assert.equal(keepers.length, 5);
			assert.deepEqual([shared.cooling.length, shared.cooling[0].step], [1, "access_token"]);
			assert.deepEqual((await operate("reset", { connection: "other-app", session: shared.cooling[0].session })).body, { reset: true });
		} finally {
			vendor.login = undefined;
		}
	});

	test("is what cctoken edge status shows", async () => {
		await token("agent-shell", "open-drive");
		const env = { CCTOKEN_EDGE_URL: edge.url, CCTOKEN_EDGE_KEY_ID: "pager", CCTOKEN_EDGE_KEY: pagerKey };
		const { code, stdout, stderr } = await command(["edge", "status", "--connection", "open-drive"], { env });
		assert.deepEqual([code, stderr], [0, ""]);
		assert.match(stdout, /^open-drive \(cubedrive\)\nkeeper 0 /);
		assert.match(stdout, / live; [1-9]\d* logins in the last hour; 0 requests under way; up \d+ /);
		const other = await command(["edge", "status", "--connection", "open-drive", "--json"], {
			env: { ...env, CCTOKEN_EDGE_KEY: "x".repeat(40) },
		});
		assert.deepEqual([other.code, other.json.error.code], [3, "forbidden"]);
	});

	test("is where cctoken edge reset finds its session", async () => {
		refusing(401);
		try {
			assert.equal((await token("agent-cool-shell", "open-drive")).body.code, "credentials_refused");
		} finally {
			vendor.login = undefined;
		}
		const { json: status } = await shell("status", "--connection", "open-drive", "--json");
		const [cooling] = status.connections[0].keepers.flatMap((/** @type {any} */ one) => one.cooling ?? []);
		const reset = () => shell("reset", "--connection", "open-drive", `--session=${cooling.session}`); // it may begin with a dash
		assert.deepEqual(await reset().then(({ code, stderr }) => [code, stderr]), [0, ""]);
		assert.equal((await token("agent-cool-shell", "open-drive")).status, 200);
		const other = await shell("reset", "--connection", "open-drive", "--session", "x".repeat(43));
		assert.equal(other.code, 1);
	});

	test("has no secret, no token and no subject in it", async () => {
		const subject = "agent-secretive";
		const { body } = await token(subject, "open-drive");
		const text = JSON.stringify(await statusOf("open-drive"));
		for (const hidden of [subject, body.token, ...Object.values(secrets), vendor.url]) {
			assert.ok(!text.includes(hidden), hidden);
		}
	});

	test("is of a connection that there is", async () => {
		for (const [path, body, field] of /** @type {[string, object | undefined, string][]} */ ([
			["status", undefined, "connection"],
			["status?connection=none", undefined, "connection"],
			["status?connection=open-drive&session=x", undefined, "body"],
			["reset", { session: "x".repeat(43) }, "connection"],
			["reset", { connection: "open-drive", session: "short" }, "session"],
			["reset", { connection: "open-drive" }, "session"],
		])) {
			const answer = await operate(path, body);
			assert.deepEqual([answer.status, answer.body.field], [400, field], path);
		}
	});
});
