// A configuration in a file: what comes into force while the edge runs, what does not, and what goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createEdge } from "../../js/edge/edge.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { connectionsTo } from "./connections.js";
import { secrets } from "./edge.js";

const start = 1_790_000_000_000;

/** @param {import("node:test").TestContext} t */
async function edgeOf(t) {
	t.mock.timers.enable({ apis: ["Date"], now: start });
	/** @type {any[]} */
	const lines = [];
	t.mock.method(console, "log", (/** @type {string} */ line) => lines.push(JSON.parse(line)));
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const token = await issuer.tokenFor("agent-7", { issued: start / 1000, expires: start / 1000 + 86_400 });
	const config = {
		authentication: {
			staff: { type: "jwt", issuer: issuer.url, audience: "edge", algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` },
		},
		connections: connectionsTo("https://vendor.test", ["staff"]),
	};
	/** @type {{ file: string | undefined, reads: number, hold?: Promise<void> }} */
	const world = { file: JSON.stringify(config), reads: 0 };
	const bindings = {
		...secrets,
		RATE_LIMIT_PER_MINUTE: "100",
		CONFIGURATION: {
			async fetch(/** @type {string} */ url) {
				assert.equal(url, "http://configuration/edge.json");
				world.reads++;
				const { file } = world;
				await world.hold;
				return file === undefined ? new Response("Not Found", { status: 404 }) : new Response(file);
			},
		},
		KEEPER: {
			idFromName: (/** @type {string} */ name) => name,
			get: () => ({ fetch: async () => Response.json({ system: "isales", value: "T", serial: 1, headers: {} }) }),
		},
	};
	const edge = createEdge();
	const ask = async (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) => {
		const response = await edge.fetch(new Request(`https://edge.test${path}`, init), /** @type {any} */ (bindings));
		return { status: response.status, body: await response.json() };
	};
	return {
		world,
		issuer,
		config,
		lines: () => lines.filter(({ event }) => event === "configuration"),
		health: () => ask("/healthz"),
		token: (connection = "open-isales", bearer = token) =>
			ask("/v1/token", {
				method: "POST",
				headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
				body: JSON.stringify({ connection }),
			}),
		/** @param {any} changed a text, or what is written as JSON */
		write: (changed) => (world.file = typeof changed === "string" ? changed : JSON.stringify(changed)),
		later: (ms = 1_000) => t.mock.timers.setTime(Date.now() + ms),
	};
}

/** @param {any} config */
function withoutSales(config) {
	const { "open-isales": _, ...connections } = config.connections;
	return { ...config, connections };
}

test("a file that was changed is in force within a second, and so is what it was before", async (t) => {
	const edge = await edgeOf(t);
	assert.equal((await edge.token()).status, 200);
	edge.write(withoutSales(edge.config));
	assert.equal((await edge.token()).status, 200, "not looked at again yet");
	edge.later();
	assert.deepEqual([(await edge.token()).status, (await edge.token()).body.code], [403, "forbidden"]);
	edge.write(edge.config);
	edge.later();
	assert.equal((await edge.token()).status, 200);
	assert.deepEqual(
		edge.lines().map(({ accepted }) => accepted),
		[true, true, true],
	);
});

for (const [what, file, problem] of /** @type {[string, (config: any) => any, RegExp][]} */ ([
	["is not JSON", () => '{"authentication": secret-text', /^edge\.json is not JSON$/],
	["is empty", () => "", /^edge\.json is not JSON$/],
	["has a field that is wrong", (c) => ({ ...c, origins: ["secret-text"] }), /^origins/],
	[
		"names a secret that is not bound",
		(c) => ({
			...c,
			connections: { ...c.connections, x: { ...c.connections["open-isales"], identity: { user: "u", passwd: { secret: "NEW" } } } },
		}),
		/^NEW: a secret, for connections\.x\.identity\.passwd$/,
	],
])) {
	test(`one that ${what} leaves the one before in force, and it is told why, once`, async (t) => {
		const edge = await edgeOf(t);
		await edge.token();
		edge.write(file(edge.config));
		for (let i = 0; i < 3; i++) {
			edge.later();
			assert.equal((await edge.token()).status, 200);
		}
		const { status, body } = await edge.health();
		assert.deepEqual([status, body.status, body.refused.length], [200, "ok", 1]);
		assert.match(body.refused[0], problem);
		assert.deepEqual(edge.lines().slice(1), [{ event: "configuration", accepted: false, problems: body.refused }]);
		assert.ok(!JSON.stringify([body, edge.lines()]).includes("secret-text"));
		edge.write(edge.config);
		edge.later();
		assert.deepEqual((await edge.health()).body, { status: "ok" });
	});
}

test("a file that is gone leaves the one before in force", async (t) => {
	const edge = await edgeOf(t);
	await edge.token();
	edge.world.file = undefined;
	edge.later();
	assert.equal((await edge.token()).status, 200);
	assert.deepEqual((await edge.health()).body.refused, ["edge.json cannot be read"]);
});

test("an edge that has found no good one yet begins to serve when there is one", async (t) => {
	const edge = await edgeOf(t);
	edge.write("{}");
	assert.equal((await edge.token()).status, 503);
	assert.equal((await edge.health()).body.status, "not_configured");
	edge.later();
	edge.world.file = undefined;
	assert.equal((await edge.token()).status, 503);
	edge.later();
	edge.write(edge.config);
	assert.equal((await edge.token()).status, 200);
	assert.deepEqual((await edge.health()).body, { status: "ok" });
});

test("an issuer that stays the same goes on with the keys that it has, and is asked nothing", async (t) => {
	const edge = await edgeOf(t);
	await edge.token();
	edge.issuer.keys.length = 0; // it is down, as far as keys go
	edge.write({ ...edge.config, origins: ["https://other.test"] });
	edge.later();
	const other = await edge.issuer.tokenFor("agent-8", { issued: start / 1000, expires: start / 1000 + 86_400 });
	assert.equal((await edge.token("open-isales", other)).status, 200);
	assert.equal(edge.issuer.counts.fetched, 1);
});

test("an issuer whose settings changed trusts nobody whom it knew under the former ones", async (t) => {
	const edge = await edgeOf(t);
	assert.equal((await edge.token()).status, 200);
	edge.write({ ...edge.config, authentication: { staff: { ...edge.config.authentication.staff, audience: "another" } } });
	edge.later();
	assert.equal((await edge.token()).status, 401);
});

test("how often a caller has asked is not forgotten with a change", async (t) => {
	const edge = await edgeOf(t);
	for (let i = 0; i < 100; i++) {
		await edge.token();
	}
	edge.write({ ...edge.config, origins: ["https://other.test"] });
	edge.later();
	const statuses = [];
	for (let i = 0; i < 5; i++) {
		statuses.push((await edge.token()).status);
	}
	assert.ok(statuses.includes(429), String(statuses));
});

test("while one request looks at the file the others go on, and however many come, it is read once in a second", async (t) => {
	const edge = await edgeOf(t);
	await edge.token();
	/** @type {() => void} */
	let release = () => {};
	edge.world.hold = new Promise((resolve) => (release = resolve));
	edge.later();
	const first = edge.token();
	const others = await Promise.all(Array.from({ length: 50 }, () => edge.token()));
	assert.ok(others.every(({ status }) => status === 200));
	release();
	assert.equal((await first).status, 200);
	assert.equal(edge.world.reads, 2);
});

test("where one who looks was abandoned, another one looks", async (t) => {
	const edge = await edgeOf(t);
	await edge.token();
	edge.world.hold = new Promise(() => {});
	edge.later();
	void edge.token();
	edge.world.hold = undefined;
	edge.write(withoutSales(edge.config));
	assert.equal((await edge.token()).status, 200, "somebody looks");
	edge.later(5_000);
	assert.equal((await edge.token()).status, 403);
});
