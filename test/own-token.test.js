// The token itself from a program of the caller's own, as a text or by a function: kept, renewed and replayed like any other.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { systems } from "../js/generated/systems.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { createSandbox } from "../js/sandbox/index.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { identities, json, vendor } from "./vendor.js";

const module = createModule(load);
const sandbox = await createSandbox();
await sandbox.close();

/** An identity without what a token would be got by. */
function bare(system) {
	const secrets = system.fields.filter(({ kind, secret }) => secret && kind !== "parameters").map(({ name }) => name);
	return Object.fromEntries(Object.entries(sandbox.identities[system.name]).filter(([name]) => !secrets.includes(name)));
}

const takers = systems.filter(({ takesToken }) => takesToken);

test("every system takes it but those whose token comes by a sign-in, and the one that has a field for it", () => {
	const others = systems.filter(({ takesToken }) => !takesToken);
	assert.ok(takers.length >= 7);
	assert.ok(others.every(({ signsIn, fields }) => signsIn || fields.some(({ kind }) => kind === "supplied")));
});

for (const system of takers) {
	describe(system.name, () => {
		const given = bare(system);
		/** A vendor that takes all tokens but the dead ones, and is asked for none. */
		function start(clock) {
			const dead = new Set();
			const { fetch, requests } = vendor(async ({ url, headers, body }) => {
				assert.ok(url.pathname.endsWith("/business"), `the vendor is asked for a token: ${url.pathname}`);
				const carried = [...headers.values(), await new Response(body).text()].join();
				return json({}, { status: [...dead].some((token) => carried.includes(token)) ? 401 : 200 });
			});
			return { client: createClient(module, { fetch }, clock), requests, dead };
		}

		test("a function is asked once for all callers, and again where a call finds its token dead", async () => {
			const { client, requests, dead } = start();
			let asked = 0;
			const identity = { ...given, token: async () => ({ token: `OWN${++asked}`, expiresIn: 60 }) };
			const tokens = new Set(await Promise.all(Array.from({ length: 100 }, () => client.getToken(identity))));
			const [token] = tokens;
			assert.deepEqual([tokens.size, asked, token.value, token.system, requests.length], [1, 1, "OWN1", system.name, 0]);
			assert.equal(token.expiresAt - token.issuedAt, 60_000);
			dead.add("OWN1");
			const response = await client.fetch(identity, "/business", { method: "POST", body: "{}" });
			assert.deepEqual([response.status, requests.length, asked], [200, 2, 2]);
			const { reason, valid } = await client.verifyToken(token, identity).catch((error) => error);
			assert.ok(system.verifies || (valid === false && reason === "rejected"));
		});

		test("it is not handed out to its end: another one comes before", async () => {
			const clock = manualClock();
			const { client } = start(clock);
			let asked = 0;
			const identity = { ...given, token: async () => ({ token: `OWN${++asked}`, expiresIn: 100 }) };
			await client.getToken(identity);
			await clock.pass(85_000);
			assert.equal((await client.getToken(identity)).value, "OWN1");
			await settled();
			await clock.pass(10_000);
			assert.equal((await client.getToken(identity)).value, "OWN2");
		});

		test("a text is used as it is, and where it is refused the error names it", async () => {
			const { client, requests, dead } = start();
			const identity = { ...given, token: "OWN" };
			const { value, issuedAt } = await client.getToken(identity);
			assert.equal(value, "OWN");
			assert.ok(Math.abs(Date.now() - issuedAt) < 60_000, "when it was asked for");
			assert.equal(requests.length, 0);
			dead.add("OWN");
			const refused = client.fetch(identity, "/business", { method: "POST", body: "{}" });
			await assert.rejects(refused, (error) => {
				tokenError("credentials_refused", { field: "token", step: "supply", system: system.name })(error);
				return error.message === `${system.name}: token is not accepted; supply another one`;
			});
		});
	});
}

const { passwd: _, ...user } = identities.isales;

test("functions of two users are not mixed up, and equal identities are one, in whatever order they say so", async () => {
	const client = createClient(module, { fetch: async () => assert.fail("nothing is sent") });
	const of = (name) => ({ ...user, user: name, token: async () => `OF-${name}` });
	const [a, b] = await Promise.all([client.getToken(of("a")), client.getToken(of("b"))]);
	assert.deepEqual([a.value, b.value], ["OF-a", "OF-b"]);
	const { system, ...rest } = of("a");
	assert.equal(await client.getToken({ ...rest, system, token: async () => assert.fail("there is a token") }), a);
	const drive = (params) => ({ ...identities.cubedrive, params, token: async () => `OF-${params.user}` });
	const first = await client.getToken(drive({ app: "x", user: "c" }));
	assert.equal(await client.getToken(drive({ user: "c", app: "x" })), first);
	assert.equal((await client.getToken(drive({ user: "d", app: "x" }))).value, "OF-d");
});

test("an AccessToken and the token itself come by a function each", async () => {
	const { appSecret: _, ...agent } = identities.ccmessaging;
	const client = createClient(module, { fetch: async () => assert.fail("nothing is sent") });
	const token = await client.getToken({ ...agent, accessToken: async () => "ACCESS", token: async () => "OWN" });
	assert.deepEqual(token.headers, { "ccmessaging-token": "OWN", "x-app-key": "key", Authorization: "Bearer ACCESS" });
	const alone = await client.getToken({ ...agent, token: async () => "ALONE" });
	assert.deepEqual(alone.headers, { "ccmessaging-token": "ALONE", "x-app-key": "key" });
});

test("whoever is forgotten leaves neither token nor function, and the next one is asked", async () => {
	const client = createClient(module);
	const session = client.session({ ...user, token: async () => "FIRST" });
	await session.getToken();
	session.forget();
	assert.equal((await client.getToken({ ...user, token: async () => "SECOND" })).value, "SECOND");
});

test("a function of one process is nothing to the others that have a store in common", async () => {
	const told = [];
	const untouched = () => assert.fail("the store is told");
	const store = { name: untouched, take: untouched, read: untouched, write: untouched, free: untouched, watch: untouched };
	const client = createClient(module, { store, onStore: ({ type }) => told.push(type) });
	assert.equal((await client.getToken({ ...user, token: async () => "OWN" })).value, "OWN");
	await client.close();
	assert.deepEqual(told, []);
});

for (const [what, token, fields] of [
	["throws", async () => assert.fail("mine"), { retryable: true }],
	["gives nothing", async () => undefined, { retryable: false }],
	["gives what no header can hold", async () => "SEC RET\n", {}],
]) {
	test(`a function that ${what} is supplier_failed, and no secret is told`, async () => {
		const client = createClient(module);
		await assert.rejects(client.getToken({ ...user, token }), (error) => {
			tokenError("supplier_failed", { step: "supply", system: "isales", ...fields })(error);
			assert.doesNotMatch(error.message + JSON.stringify(error), /SEC/);
			return true;
		});
	});
}
