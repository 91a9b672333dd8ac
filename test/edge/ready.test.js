// Whether the edge is ready to serve: a keeper, the storage and the issuers' keys are asked, and names alone are told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createEdge } from "../../js/edge/edge.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { connectionsTo } from "./connections.js";
import { secrets, startEdge } from "./edge.js";
import { startVendor } from "./vendor.js";

const problem = (/** @type {string} */ code) =>
	Response.json({ code }, { status: 503, headers: { "content-type": "application/problem+json" } });

/**
 * An edge whose keepers are the test's.
 * @param {import("node:test").TestContext} t
 */
async function edgeOf(t) {
	t.mock.method(console, "log", () => {});
	const issuer = await startIssuer("edge");
	t.after(() => issuer.close());
	const world = {
		issuer,
		asked: 0,
		/** @type {(path: string) => Response | Promise<Response>} */
		keeper: (path) => (path === "/stops" ? Response.json({ version: 1, stops: {} }) : Response.json({})),
		async ready() {
			const response = await edge.fetch(new Request("https://edge.test/readyz"), /** @type {any} */ (bindings));
			return { status: response.status, body: await response.json() };
		},
	};
	const edge = createEdge({
		authentication: {
			staff: { type: "jwt", issuer: issuer.url, audience: "edge", algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` },
			given: { type: "jwt", issuer: "https://given.test", audience: "edge", algorithms: ["ES256"], jwks: { keys: [issuer.publicKey] } },
		},
		connections: /** @type {any} */ (connectionsTo("https://vendor.test", ["staff"])),
		operators: { allow: [{ by: "staff", subjects: ["boss"] }] },
	});
	const bindings = {
		...secrets,
		KEEPER: {
			idFromName: (/** @type {string} */ name) => name,
			get: () => ({
				fetch: async (/** @type {string} */ url) => {
					const { pathname } = new URL(url);
					world.asked += pathname === "/ready" ? 1 : 0;
					return world.keeper(pathname);
				},
			}),
		},
	};
	return world;
}

test("it is ready where all that it needs answers", async (t) => {
	const edge = await edgeOf(t);
	assert.deepEqual(await edge.ready(), { status: 200, body: { status: "ready" } });
});

for (const [what, change, failing] of /** @type {[string, (edge: any) => void, string[]][]} */ ([
	[
		"the storage fails",
		(edge) =>
			(edge.keeper = (/** @type {string} */ p) => (p === "/ready" ? problem("storage_failed") : Response.json({ version: 1, stops: {} }))),
		["storage"],
	],
	[
		"the keeper's program fails",
		(edge) =>
			(edge.keeper = (/** @type {string} */ p) => (p === "/ready" ? problem("module_failed") : Response.json({ version: 1, stops: {} }))),
		["keeper"],
	],
	["no object can be reached", (edge) => (edge.keeper = () => Promise.reject(new Error("no"))), ["keeper", "stops"]],
])) {
	test(`where ${what} it says ${failing.join(", ")}`, async (t) => {
		const edge = await edgeOf(t);
		change(edge);
		assert.deepEqual(await edge.ready(), { status: 503, body: { status: "not_ready", failing } });
	});
}

test("where an issuer cannot be reached it says which, by its name in the configuration", async (t) => {
	const edge = await edgeOf(t);
	t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("no connection to a secret place")));
	assert.deepEqual(await edge.ready(), { status: 503, body: { status: "not_ready", failing: ["authentication.staff"] } });
});

test("however many ask, it is looked at once in five seconds", async (t) => {
	const edge = await edgeOf(t);
	t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
	await Promise.all(Array.from({ length: 50 }, () => edge.ready()));
	assert.equal(edge.asked, 1);
	t.mock.timers.setTime(Date.now() + 4_999);
	await edge.ready();
	assert.equal(edge.asked, 1);
	t.mock.timers.setTime(Date.now() + 1);
	edge.keeper = () => problem("storage_failed");
	assert.equal((await edge.ready()).status, 503);
	assert.equal(edge.asked, 2);
});

test("without its configuration it is not ready, and asks nothing", async (t) => {
	t.mock.method(console, "log", () => {});
	const response = await createEdge().fetch(new Request("https://edge.test/readyz"), /** @type {any} */ ({}));
	assert.deepEqual([response.status, await response.json()], [503, { status: "not_ready", failing: ["configuration"] }]);
	const post = await createEdge().fetch(new Request("https://edge.test/readyz", { method: "POST" }), /** @type {any} */ ({}));
	assert.equal(post.status, 405);
});

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({ sandbox: vendor.url });
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

test("in workerd it is ready, also for whoever asks from no page and with no authorization", async () => {
	const response = await edge.fetch("/readyz");
	assert.deepEqual([response.status, await response.json()], [200, { status: "ready" }]);
	assert.equal((await edge.fetch("/readyz", { method: "HEAD" })).status, 200);
	assert.deepEqual(vendor.calls.length + vendor.tokens.length, 0);
});
