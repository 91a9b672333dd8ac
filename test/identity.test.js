// Who a token is for: equal identities are one, and no other identity ever gets its token.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { tokenError } from "./expect.js";
import { identities, lenient } from "./vendor.js";

const module = createModule(load);
const systems = Object.keys(identities);

function start() {
	const { fetch, requests } = lenient();
	return { client: createClient(module, { fetch }), requests };
}

const reversed = (object) => Object.fromEntries(Object.entries(object).reverse());

/** Every way in which one field of an identity can become another one. */
function changes(identity) {
	const other = {
		baseUrl: "https://other.test",
		authUrl: "https://other.test",
		appKey: "other",
		appSecret: "other",
		userId: "u2",
		userName: "Other",
		channelId: "other",
		locale: "zh",
		user: "u2",
		passwd: "other",
		method: "GET",
	};
	const fields = Object.keys(identity).filter((field) => field in other);
	return [
		...fields.map((field) => [field, (object) => (object[field] = other[field])]),
		...(identity.authUrl ? [["authUrl, removed", (object) => delete object.authUrl]] : []),
		...(identity.appSecret && identity.userId
			? [["appSecret, for an accessToken", (object) => (delete object.appSecret, (object.accessToken = "given"))]]
			: []),
		...(identity.params
			? [
					["a value in params", (object) => (object.params.user = "u2")],
					["a name in params", (object) => (delete object.params.app, (object.params.application = "a"))],
					["params, one more", (object) => (object.params.more = "")],
					["params, one less", (object) => delete object.params.app],
					["params, exchanged", (object) => (object.params = { app: "u1", user: "a" })],
				]
			: []),
	];
}

for (const system of systems) {
	const identity = identities[system];

	test(`${system}: equal identities share a session, whatever the objects and the order of their fields`, async () => {
		const { client, requests } = start();
		const first = await client.getToken(identity);
		const sent = requests.length;
		for (const equal of [
			{ ...identity },
			reversed({ ...identity, ...(identity.params && { params: reversed(identity.params) }) }),
			structuredClone(identity),
			Object.freeze({ ...identity }),
			Object.assign(Object.create(null), identity),
			{ ...identity, baseUrl: `${identity.baseUrl.replace("https://vendor", "HTTPS://Vendor")}/` },
			{ ...identity, baseUrl: identity.baseUrl.replace(".test", ".test:443") },
			{ ...identity, accessToken: undefined },
		]) {
			assert.equal(await client.getToken(equal), first);
			assert.equal(await client.session(equal).getToken(), first);
		}
		assert.equal(requests.length, sent);
	});

	for (const [what, change] of changes(identity)) {
		test(`${system}: ${what}: an object that was changed is never answered with the token of who it was`, async () => {
			const { client } = start();
			const object = structuredClone(identity);
			const former = await client.getToken(object);
			assert.equal(await client.getToken(object), former); // by now it comes by the fast way
			const handle = client.session(object);

			change(object);
			const changed = await client.getToken(object);
			assert.notEqual(changed.value, former.value);
			assert.equal(await client.getToken(object), changed);
			assert.equal(await client.getToken(structuredClone(object)), changed, "the same as another object with those fields");

			assert.equal(await handle.getToken(), former, "a handle stays with who it was made for");
			assert.equal(await client.getToken(identity), former);
			for (const field of Object.keys(object)) {
				delete object[field];
			}
			assert.equal(await client.getToken(Object.assign(object, structuredClone(identity))), former, "changed back");
		});
	}
}

test("what an object inherits of an identity counts, as an instance's getters do, and its other members do not", async () => {
	const { client, requests } = start();
	const first = await client.getToken(identities.appcube);
	class Configured {
		get system() {
			return "appcube";
		}
		get baseUrl() {
			return "https://vendor.test";
		}
		get appKey() {
			return this.key;
		}
		get appSecret() {
			return "secret";
		}
		describe() {}
	}
	Object.defineProperty(Configured.prototype, "key", { value: "key", writable: true });
	const configured = new Configured();
	assert.equal(await client.getToken(configured), first);
	assert.equal(await client.getToken(Object.create(identities.appcube)), first);
	assert.equal(requests.length, 1);
	Configured.prototype.key = "other";
	assert.notEqual(await client.getToken(configured), first, "and what they say now is what counts");
});

test("an object whose getters throw is refused by a rejection, with what was thrown as cause, also after it was used", async () => {
	const { client } = start();
	let fault;
	const identity = {
		...identities.appcube,
		get appSecret() {
			if (fault) {
				throw fault;
			}
			return "secret";
		},
	};
	await client.getToken(identity);
	fault = new Error("the vault is locked");
	await assert.rejects(client.getToken(identity), tokenError("invalid_identity", { field: "identity", cause: fault }));
	await assert.rejects(client.fetch(identity, "/call"), tokenError("invalid_identity", { field: "identity", cause: fault }));
	assert.throws(() => client.session(identity), tokenError("invalid_identity", { cause: fault }));
	fault = undefined;
	await client.getToken(identity);
});

test("a null is no field, as undefined is none", async () => {
	const { client, requests } = start();
	const { authUrl, ...ccmessaging } = identities.ccmessaging;
	const first = await client.getToken(ccmessaging);
	const sent = requests.length;
	for (const none of [null, undefined]) {
		assert.equal(await client.getToken({ ...ccmessaging, authUrl: none, accessToken: none, tenantSpaceId: none }), first);
	}
	assert.equal(requests.length, sent);
});

test("identities of different systems, users or secrets share nothing", async () => {
	const { client } = start();
	const all = systems.flatMap((system) => [
		identities[system],
		...changes(identities[system]).map(([, change]) => {
			const object = structuredClone(identities[system]);
			change(object);
			return object;
		}),
	]);
	const tokens = await Promise.all(all.map((identity) => client.getToken(identity)));
	assert.equal(new Set(tokens.map(({ value }) => value)).size, all.length);
});

test("two clients share nothing", async () => {
	const [one, two] = [start(), start()];
	const token = await one.client.getToken(identities.appcube);
	assert.notEqual(await two.client.getToken(identities.appcube), token);
	assert.equal(two.requests.length, 1);
});

for (const [what, identity, field] of [
	["nothing", undefined, "identity"],
	["null", null, "identity"],
	["a string", "appcube", "identity"],
	["an object of an unknown system", { system: "other" }, "system"],
	["an array", [], "system"],
	["a missing field", { ...identities.appcube, appSecret: undefined }, "appSecret"],
	["an empty field", { ...identities.appcube, appSecret: "" }, "appSecret"],
	["a field of a wrong type", { ...identities.appcube, appSecret: 5 }, "appSecret"],
	["a misspelt field", { ...identities.appcube, appSecrets: "x" }, "appSecrets"],
	["a value that JSON cannot hold", { ...identities.appcube, appSecret: 5n }, "identity"],
	[
		"a cycle",
		(() => {
			const a = { ...identities.cubedrive };
			a.params = { a };
			return a;
		})(),
		"params",
	],
	["the core's own name of a function", { ...identities.ccmessaging, appSecret: undefined, accessTokenSupplier: 1 }, "appSecret"],
	["two kinds of AccessToken", { ...identities.ccmessaging, accessToken: async () => "A" }, "accessToken"],
	["half a character in an edge's connection", { edge: "https://edge.test", connection: "\ud800", authorization: "J" }, "connection"],
	["a base URL with a query", { ...identities.appcube, baseUrl: "https://vendor.test/?a" }, "baseUrl"],
	["a base URL with a password", { ...identities.appcube, baseUrl: "https://a:b@vendor.test" }, "baseUrl"],
	["a base URL that is none", { ...identities.appcube, baseUrl: "vendor" }, "baseUrl"],
]) {
	test(`${what} for an identity is refused with the name of the field, by a rejection, and nothing is sent`, async () => {
		const { client, requests } = start();
		for (const use of [
			() => client.getToken(identity),
			() => client.getToken(identity, { forceRefresh: true }),
			() => client.fetch(identity, "/call"),
			() => client.verifyToken("token", identity ?? null),
		]) {
			await assert.rejects(use(), tokenError("invalid_identity", { field, step: "input" }));
		}
		assert.equal(requests.length, 0);
	});
}
