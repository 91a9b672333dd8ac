// Whoever a function or an object stands for: what is got for one person never reaches another, whatever the program does
// with its functions, objects and handles, and whenever somebody signs out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import * as cctoken from "../js/node.js";
import { tokenError } from "./expect.js";
import { held, identities, json, lenient, vendor } from "./vendor.js";

const module = createModule(load);
await module.start();
const url = "https://edge.test";
const { appSecret: _, authUrl: __, ...user } = identities.ccmessaging;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** The bearer token of a request. @param {{ headers: Headers }} request */
const bearer = ({ headers }) => String(headers.get("authorization")).replace("Bearer ", "");

/** An edge whose answers say as whom it took the caller: authorizations are "JWT-" and a name, and a number perhaps. */
function edge() {
	const over = new Set();
	let issued = 0;
	const refusal = () => json({ type: "urn:cctoken:error:unauthorized", code: "unauthorized", status: 401 }, { status: 401 });
	const made = vendor((request) => {
		const [, name] = bearer(request).split("-");
		if (over.has(bearer(request))) {
			return refusal();
		}
		if (request.url.pathname.startsWith("/v1/call/")) {
			return json({ as: name });
		}
		if (request.url.pathname === "/v1/verify") {
			return json({ valid: true, source: "vendor", reason: "confirmed", expiresIn: 600 });
		}
		const token = `T-${name}-${++issued}`;
		return json({ system: "isales", token, expiresIn: 3600, headers: { Authentication: `Bearer ${token}` } });
	});
	return { ...made, over, client: (options = {}) => createClient(module, { fetch: made.fetch, ...options }) };
}

/** A sign-in as programs have it: one function, which gives the token of whoever is signed in. */
function signIn() {
	let asked = 0;
	return {
		user: "A",
		async accessToken() {
			asked++;
			if (this.user === undefined) {
				throw new Error("nobody is signed in");
			}
			return `JWT-${this.user}-${asked}`;
		},
		get asked() {
			return asked;
		},
	};
}

/** @param {ReturnType<typeof signIn>} mine @param {object} [more] */
const connection = (mine, more = {}) => ({
	edge: url,
	connection: "chat",
	subject: mine.user,
	authorization: () => mine.accessToken(),
	...more,
});
const whose = async (client, identity) => (await client.getToken(identity)).value.split("-")[1];
const calledAs = async (client, identity) => (await (await client.fetch(identity, "/x")).json()).as;

const nameless = /subject is missing where authorization is a function: it tells users apart/;

for (const [what, subject, says] of [
	["without a subject", undefined, nameless],
	["whose subject is null", null, nameless],
	["whose subject is empty", "", /subject must not be empty/],
	["whose subject is a number", 7, /subject must be a string/],
	["whose subject is an object", { toJSON: () => "A" }, /subject must be a string/],
]) {
	test(`an edge's identity with a function ${what} is refused, and the reason is told; nobody is asked`, async () => {
		const { client, requests } = edge();
		const mine = signIn();
		const identity = connection(mine, { subject });
		const one = client();
		for (const use of [
			() => one.getToken(identity),
			() => one.fetch(identity, "/x"),
			() => one.verifyToken("T", identity),
			() => one.session(identity).getToken(),
			() => one.session(identity).fetch("/x"),
			() => cctoken.validateIdentity(identity),
			() => cctoken.getToken(identity),
		]) {
			await assert.rejects(use(), (error) => {
				tokenError("invalid_identity", { field: "subject", system: "edge", step: "input" })(error);
				assert.match(error.message, says);
				return true;
			});
		}
		assert.deepEqual([mine.asked, requests.length], [0, 0]);
	});
}

test("two users' texts are two sessions without a subject, and a user's next text is one more", async () => {
	const { client } = edge();
	const one = client();
	const text = (authorization) => ({ edge: url, connection: "chat", authorization });
	for (const name of ["A", "B", "A"]) {
		assert.equal(await whose(one, text(`JWT-${name}-1`)), name);
		assert.equal(await calledAs(one, text(`JWT-${name}-1`)), name);
	}
	const next = await one.getToken(text("JWT-A-2"));
	assert.notEqual(next.value, (await one.getToken(text("JWT-A-1"))).value);
	await cctoken.validateIdentity(text("JWT-A-1"));
});

for (const [how, leave] of [
	["and is forgotten", (one, mine) => one.session(connection(mine)).forget()],
	["and nothing is forgotten", () => {}],
]) {
	test(`A signs out ${how}, B signs in: B's token and B's calls are B's, by the same function`, async () => {
		const { client, requests } = edge();
		const one = client();
		const mine = signIn();
		assert.equal(await whose(one, connection(mine)), "A");
		assert.equal(await calledAs(one, connection(mine)), "A");
		leave(one, mine);
		mine.user = "B";
		const before = requests.length;
		assert.equal(await whose(one, connection(mine)), "B");
		assert.equal(await calledAs(one, connection(mine)), "B");
		assert.equal(await calledAs(one, connection(mine, { connection: "sales" })), "B");
		assert.ok(requests.slice(before).every((request) => bearer(request).startsWith("JWT-B-")));
	});
}

test("three users of one server at once, through the package's own functions: each gets their own", async (t) => {
	const { fetch } = edge();
	t.mock.method(globalThis, "fetch", fetch);
	const asked = [];
	const of = (subject) => ({
		edge: url,
		connection: "chat",
		subject,
		authorization: async () => (asked.push(subject), await settled(), `JWT-${subject}-1`),
	});
	const names = ["X", "Y", "Z"];
	const all = Array.from({ length: 60 }, (_, i) => names[i % 3]);
	const tokens = await Promise.all(all.map((name) => cctoken.getToken(of(name))));
	assert.deepEqual(
		tokens.map(({ value }) => value.split("-")[1]),
		all,
	);
	assert.deepEqual(asked.sort(), names);
	for (const [i, token] of tokens.entries()) {
		const asked = Date.now();
		const { valid, expiresAt } = await cctoken.verifyToken(token);
		assert.equal(valid, true);
		assert.ok(Math.abs(Number(expiresAt) - asked - 600_000) < 60_000, `the edge states when it ends: ${expiresAt}`);
		assert.equal(await cctoken.getToken(of(all[i])), token);
	}
});

test("more users than a client keeps, each with a function: nobody is ever served by another one's", async () => {
	const { client } = edge();
	const one = client({ maxSessions: 4 });
	const handles = Array.from({ length: 40 }, (_, i) =>
		one.session({ edge: url, connection: "chat", subject: `u${i}`, authorization: async () => `JWT-${i}-1` }),
	);
	for (let round = 0; round < 3; round++) {
		for (const [i, handle] of handles.entries()) {
			assert.equal((await handle.getToken()).value.split("-")[1], String(i));
			assert.equal((await (await handle.fetch("/x")).json()).as, String(i));
		}
	}
});

test("after forget() the function is asked again, for tokens and for calls, and what it gave before is not sent", async () => {
	for (const first of ["getToken", "fetch"]) {
		for (const then of ["getToken", "fetch"]) {
			const { client, requests } = edge();
			const mine = signIn();
			const session = client().session(connection(mine));
			const use = { getToken: () => session.getToken(), fetch: () => session.fetch("/x") };
			await use[first]();
			session.forget();
			await use[then]();
			assert.deepEqual([mine.asked, requests.map(bearer)], [2, ["JWT-A-1", "JWT-A-2"]]);
		}
	}
});

test("forgetting one connection ends no call of another: it keeps its token, and asks the function when it needs one", async () => {
	const { client, requests } = edge();
	const one = client();
	const mine = signIn();
	const sales = connection(mine, { connection: "sales" });
	const [, kept] = [await one.getToken(connection(mine)), await one.getToken(sales)];
	one.session(connection(mine)).forget();
	assert.equal(await one.getToken(sales), kept);
	assert.equal(mine.asked, 1);
	assert.equal(await calledAs(one, sales), "A");
	assert.equal(bearer(requests.at(-1)), "JWT-A-2");
});

test("what a function gives after its user was forgotten is used by nobody, and whoever waited for it is told", async () => {
	const { client, requests } = edge();
	const one = client();
	const late = held();
	let asked = 0;
	const identity = { edge: url, connection: "chat", subject: "A", authorization: () => (++asked === 1 ? late.promise : "JWT-A-2") };
	const waiting = [
		one.getToken(identity),
		one.fetch(identity, "/x"),
		one.verifyToken("T", identity),
		one.getToken({ ...identity, connection: "sales" }),
	];
	await settled();
	one.session(identity).forget();
	const after = one.getToken(identity);
	late.resolve("JWT-A-1");
	for (const caller of waiting) {
		await assert.rejects(caller, tokenError("forgotten", { retryable: true }));
	}
	await after;
	await settled();
	assert.deepEqual([asked, requests.map(bearer)], [2, ["JWT-A-2"]]);
});

test("a call that A made is not sent again as B, though A's authorization is refused after B has signed in", async () => {
	const { client, fetch, requests, over } = edge();
	const arrived = held();
	const one = client({
		fetch: async (...request) => {
			const response = fetch(...request);
			await (String(request[0]).includes("/v1/call/") && arrived.promise);
			return response;
		},
	});
	const mine = signIn();
	const session = one.session(connection(mine));
	await one.getToken(connection(mine, { connection: "sales" })); // so that the authorization is still needed
	over.add("JWT-A-1");
	const call = session.fetch("/send");
	await settled();
	session.forget();
	mine.user = "B";
	arrived.resolve();
	assert.equal((await call).status, 401);
	assert.deepEqual([mine.asked, requests.filter(({ url }) => url.pathname.includes("/call/")).length], [1, 1]);
});

test("a token that was asked for as A is not asked for again as B", async () => {
	const { fetch, client, requests, over } = edge();
	const arrived = held();
	const one = client({
		fetch: async (...request) => {
			const response = fetch(...request);
			await (JSON.parse(request[1].body).connection === "sales" && arrived.promise);
			return response;
		},
	});
	const mine = signIn();
	const [chat, sales] = [connection(mine), connection(mine, { connection: "sales" })];
	await one.getToken(chat);
	over.add("JWT-A-1");
	const asked = one.getToken(sales);
	await settled();
	one.session(chat).forget();
	mine.user = "B";
	arrived.resolve();
	await assert.rejects(asked, tokenError("forgotten"));
	assert.deepEqual([mine.asked, requests.length], [1, 2]);
});

for (const [when, start] of [
	["before the core has started", () => createModule(load)],
	["in the same turn", () => module],
]) {
	test(`whoever asks and is forgotten ${when} gets no token, and who asks after that does`, async () => {
		const { fetch, requests } = edge();
		const one = createClient(start(), { fetch });
		const mine = signIn();
		const waiting = [one.getToken(connection(mine)), one.fetch(connection(mine), "/x"), one.verifyToken("T", connection(mine))];
		const session = one.session(connection(mine));
		waiting.push(session.getToken());
		session.forget();
		const after = [session.getToken(), one.getToken(connection(mine))];
		for (const caller of waiting) {
			await assert.rejects(caller, tokenError("forgotten", { retryable: true }));
		}
		assert.equal(new Set(await Promise.all(after)).size, 1);
		assert.deepEqual([mine.asked, requests.map(bearer)], [1, ["JWT-A-1"]]);
	});
}

test("a function that failed keeps nobody waiting who signs in after its user was forgotten", async () => {
	const { client } = edge();
	const one = client();
	const mine = signIn();
	const identity = connection(mine);
	mine.user = undefined;
	await assert.rejects(one.getToken(identity), tokenError("supplier_failed"));
	mine.user = "A";
	await assert.rejects(one.getToken(identity), tokenError("cooling_down"));
	one.session(identity).forget();
	assert.equal(await whose(one, identity), "A");
});

test("one user's function that fails costs no other user anything", async () => {
	const { client } = edge();
	const one = client();
	const failing = { edge: url, connection: "chat", subject: "A", authorization: async () => Promise.reject(new Error("no")) };
	await assert.rejects(one.getToken(failing), tokenError("supplier_failed"));
	const mine = signIn();
	mine.user = "B";
	assert.equal(await whose(one, connection(mine)), "B");
	await assert.rejects(one.getToken(failing), tokenError("cooling_down"));
});

test("a user who signs in anew with another function is served by that one, while an older handle has its own", async () => {
	const { client, over } = edge();
	const one = client();
	const of = (name) => ({ edge: url, connection: "chat", subject: "A", authorization: async () => `JWT-A-${name}` });
	const [old, now] = [one.session(of("old")), one.session(of("new"))];
	await now.fetch("/x"); // the handle that was made last
	over.add("JWT-A-new");
	const { as } = await (await old.fetch("/x")).json();
	assert.equal(as, "A");
	over.add("JWT-A-old");
	over.delete("JWT-A-new");
	assert.equal(
		(await now.fetch("/x")).status,
		200,
		"the function of an object that was made earlier or later is not the one that is asked",
	);
});

/** What is not held by anything any more, once all is settled. @param {WeakRef<object>[]} refs */
async function stillHeld(refs) {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc");
	await settled();
	collect();
	return refs.filter((ref) => ref.deref() !== undefined).length;
}

for (const [how, keep] of [
	["where nothing keeps the session", false],
	["where a cooldown keeps the session", true],
]) {
	test(`after forget() nothing of the package holds A's token or what A's function is made of, ${how}`, async () => {
		const { client, fetch, over } = edge();
		let failing = false;
		const arrived = held();
		const one = client({
			fetch: async (...request) => {
				const response = failing && request[0].includes("/token") ? json({}, { status: 500 }) : fetch(...request);
				await (request[0].includes("/late") && arrived.promise);
				return response;
			},
		});
		const refs = await (async () => {
			const signedIn = { user: "A" };
			const session = one.session({ edge: url, connection: "chat", subject: "A", authorization: async () => `JWT-${signedIn.user}-1` });
			const token = await session.getToken();
			await session.fetch("/x");
			failing = keep;
			await (keep && assert.rejects(session.getToken({ forceRefresh: true }), tokenError("vendor_failure")));
			over.add("JWT-A-1");
			const late = session.fetch("/late");
			await settled();
			session.forget();
			arrived.resolve(undefined);
			await late;
			return [new WeakRef(signedIn), new WeakRef(token)];
		})();
		failing = false;
		const mine = signIn();
		mine.user = "B";
		await one.getToken(connection(mine));
		assert.equal(await stillHeld(refs), 0);
		assert.equal(await calledAs(one, connection(mine)), "B");
	});
}

test("the functions of users whose sessions have gone are let go", async () => {
	const { client } = edge();
	const one = client({ maxSessions: 2 });
	const refs = [];
	for (let i = 0; i < 20; i++) {
		const signedIn = { user: `u${i}` };
		refs.push(new WeakRef(signedIn));
		await one.getToken({ edge: url, connection: "chat", subject: signedIn.user, authorization: async () => `JWT-${signedIn.user}-1` });
	}
	assert.ok((await stillHeld(refs)) <= 5);
	one.close();
});

// Objects.

test("an object whose getters change with who is signed in is always whom it names at the moment of the call", async () => {
	const { client } = edge();
	const one = client();
	const mine = signIn();
	const identity = {
		edge: url,
		connection: "chat",
		get subject() {
			return mine.user;
		},
		get authorization() {
			const name = mine.user;
			return async () => `JWT-${name}-1`;
		},
	};
	for (const name of ["A", "B", "A", "C"]) {
		mine.user = name;
		assert.equal(await whose(one, identity), name);
		assert.equal(await calledAs(one, identity), name);
	}
});

test("an object that names another user each time that it is read is one user for each call, whom the token is of", async () => {
	const { fetch, requests } = lenient();
	const one = createClient(module, { fetch });
	let reads = 0;
	const shifty = { ...identities.isales, baseUrl: "https://vendor.test" };
	Object.defineProperty(shifty, "user", { enumerable: true, get: () => `u${++reads}` });
	const byUser = new Map();
	for (let i = 0; i < 5; i++) {
		const { value } = await one.getToken(shifty);
		byUser.set(value, JSON.parse(requests.at(-1).body).user);
	}
	assert.deepEqual([byUser.size, new Set(byUser.values()).size], [5, 5]);
	for (const [value, name] of byUser) {
		assert.equal((await one.getToken({ ...identities.isales, user: name })).value, value);
	}
});

test("an object that names one user to be remembered and another to be sent cannot be answered with the other's token", async () => {
	const { fetch } = lenient();
	const one = createClient(module, { fetch });
	const of = (name) => ({ ...identities.isales, user: name });
	const tokens = { u1: (await one.getToken(of("u1"))).value, u2: (await one.getToken(of("u2"))).value };
	for (let turn = 1; turn < 8; turn++) {
		let reads = 0;
		const shifty = of("");
		Object.defineProperty(shifty, "user", { enumerable: true, get: () => (++reads < turn ? "u1" : "u2") });
		await one.getToken(shifty);
		Object.defineProperty(shifty, "user", { enumerable: true, value: "u2" });
		assert.equal((await one.getToken(shifty)).value, tokens.u2, `changed at reading ${turn}`);
	}
});

test("what an object inherits counts as what it says, and when that changes it is somebody else at once", async () => {
	const { fetch } = lenient();
	const one = createClient(module, { fetch });
	const { user: name, ...rest } = identities.isales;
	const prototype = { user: name };
	const object = Object.assign(Object.create(prototype), rest);
	const token = await one.getToken(object);
	assert.equal(await one.getToken({ ...rest, user: name }), token);
	prototype.user = "u3";
	const other = await one.getToken(object);
	assert.notEqual(other.value, token.value);
	assert.equal(await one.getToken({ ...rest, user: "u3" }), other);
	object.user = name; // its own word counts for more
	assert.equal(await one.getToken(object), token);
	delete object.user;
	delete prototype.user;
	await assert.rejects(one.getToken(object), tokenError("invalid_identity", { field: "user" }));
});

for (const [what, make, field] of [
	["toJSON of its own", () => ({ ...identities.isales, toJSON: () => ({ ...identities.isales, user: "u2" }) })],
	[
		"toJSON in its params",
		() => ({ ...identities.cubedrive, params: { ...identities.cubedrive.params, toJSON: () => ({ app: "a", user: "u2" }) } }),
	],
	["a value with toJSON", () => ({ ...identities.isales, user: { toJSON: () => "u2" } }), "user"],
	["a value in params with toJSON", () => ({ ...identities.cubedrive, params: { app: "a", user: { toJSON: () => "u2" } } }), "params"],
	[
		"a URL, which can be changed and stay the same object",
		() => ({ ...identities.isales, baseUrl: new URL("https://vendor.test") }),
		"baseUrl",
	],
]) {
	test(`an object with ${what} ${field ? "is refused" : "is whom its fields name"}`, async () => {
		const { fetch, requests } = lenient();
		const one = createClient(module, { fetch });
		const identity = make();
		for (let i = 0; i < 2; i++) {
			if (field) {
				await assert.rejects(one.getToken(identity), tokenError("invalid_identity", { field }));
			} else {
				await one.getToken(identity);
				assert.match(String(requests[0].body), /\bu1\b/);
			}
		}
		assert.equal(requests.length, field ? 0 : 1);
	});
}

test("a handle stays with who it was made for, and so does its function, whatever becomes of the object", async () => {
	const { client } = edge();
	const one = client();
	const identity = { edge: url, connection: "chat", subject: "A", authorization: async () => "JWT-A-1" };
	const handle = one.session(identity);
	Object.assign(identity, { subject: "B", authorization: async () => "JWT-B-1" });
	assert.equal(await whose(one, identity), "B");
	assert.equal((await handle.getToken()).value.split("-")[1], "A");
	assert.equal((await (await handle.fetch("/x")).json()).as, "A");
	handle.forget();
	assert.equal((await (await handle.fetch("/x")).json()).as, "A");
	assert.equal(await calledAs(one, identity), "B");
});

// Tokens, clients and what they are given.

test("a token that another client is asked about is its own user's there too, by that user's function", async () => {
	const [first, second] = [edge(), edge()];
	const [one, two] = [first.client(), second.client()];
	const of = (subject) => ({ edge: url, connection: "chat", subject, authorization: async () => `JWT-${subject}-1` });
	const token = await one.getToken(of("A"));
	await two.getToken(of("B")); // its first function, as A's is of the other client
	assert.equal((await two.verifyToken(token)).valid, true);
	assert.deepEqual(second.requests.map(bearer), ["JWT-B-1", "JWT-A-1"]);
	assert.equal(await whose(two, of("A")), "A");
	assert.equal(await whose(two, of("B")), "B");
});

test("a token that another client is asked about takes no other user's function in that user's place", async () => {
	const [first, second] = [edge(), edge()];
	const arrived = held();
	const one = first.client();
	const two = second.client({
		fetch: async (...request) => {
			const response = second.fetch(...request);
			await (String(request[1].body).includes("T-B") && arrived.promise);
			return response;
		},
	});
	const of = (subject) => {
		let asked = 0;
		return { edge: url, connection: "chat", subject, authorization: async () => `JWT-${subject}-${++asked}` };
	};
	const token = await one.getToken(of("A"));
	second.over.add("JWT-B-1");
	const slow = two.verifyToken("T-B", of("B"));
	await settled();
	await two.verifyToken(token);
	arrived.resolve(undefined);
	await slow;
	assert.deepEqual(second.requests.map(bearer), ["JWT-B-1", "JWT-A-2", "JWT-B-2"]);
});

test("each client sends by its own fetch, and asks its own functions", async () => {
	const clients = ["A", "B"].map((name) => {
		const { client, requests } = edge();
		return {
			name,
			requests,
			one: client(),
			identity: { edge: url, connection: "chat", subject: "the same", authorization: async () => `JWT-${name}-1` },
		};
	});
	await Promise.all(
		clients.map(async ({ name, one, identity, requests }) => {
			assert.equal(await whose(one, identity), name);
			assert.equal(await calledAs(one, identity), name);
			assert.ok(requests.length === 2 && requests.every((request) => bearer(request) === `JWT-${name}-1`));
		}),
	);
});

// AccessTokens: one function stands for an app.

/** Which AccessToken each request to a host of the vendor carried. */
function apps() {
	const dead = new Set();
	let issued = 0;
	const made = vendor((request) =>
		dead.has(bearer(request))
			? json({ exceptionInfo: "auth fail! illegal or expired token info." }, { status: 403 })
			: json({ resultCode: "0", token: `T${++issued}` }),
	);
	return {
		...made,
		dead,
		one: createClient(module, { fetch: made.fetch }),
		used: () => made.requests.map((request) => [request.url.host, bearer(request)]),
	};
}

test("two apps, and two tenants of one app key at different hosts, have functions of their own", async () => {
	const { one, used } = apps();
	const of = (host, appKey) => ({ ...user, baseUrl: `https://${host}.test`, appKey, accessToken: async () => `AT-${host}-${appKey}` });
	const all = [
		["t1", "k1"],
		["t1", "k2"],
		["t2", "k1"],
	];
	await Promise.all(all.map((app) => one.getToken(of(...app))));
	assert.deepEqual(
		used().sort(),
		all.map(([host, key]) => [`${host}.test`, `AT-${host}-${key}`]),
	);
	for (const app of all) {
		one.session(of(...app)).forget();
	}
	await Promise.all(all.map((app) => one.getToken({ ...of(...app), userId: "u2" })));
	assert.ok(used().every(([host, token]) => token.startsWith(`AT-${host.split(".")[0]}-`)));
});

test("of two functions for one app the one is asked that came with the call that needs it, not a guest's of before", async () => {
	const { one, dead, used } = apps();
	const working = one.session({ ...user, userId: "u1", accessToken: async () => "AT-good" });
	const guest = one.session({ ...user, userId: "u2", accessToken: async () => Promise.reject(new Error("my sign-in is over")) });
	await working.getToken();
	await guest.getToken(); // which needs no function, as the app has its AccessToken
	dead.add("AT-good");
	await working.fetch("/call").catch(() => {});
	dead.delete("AT-good");
	assert.equal((await working.fetch("/call")).status, 200);
	assert.ok(used().every(([, token]) => token === "AT-good"));
});

test("whatever AccessToken a function gives, each user gets a token for their own userId", async () => {
	const { one, requests } = apps();
	const tokens = await Promise.all(
		["u1", "u2", "u3"].map((userId) => one.getToken({ ...user, userId, accessToken: async () => `AT-of-${userId}` })),
	);
	assert.equal(new Set(tokens.map(({ value }) => value)).size, 3);
	assert.deepEqual(requests.map(({ body }) => JSON.parse(body).userId).sort(), ["u1", "u2", "u3"]);
	assert.equal(new Set(requests.map(bearer)).size, 1, "it is the app's");
});

test("where each user has a function of their own, a client for each keeps them apart", async () => {
	const all = ["u1", "u2"].map((userId) => ({ ...apps(), identity: { ...user, userId, accessToken: async () => `AT-of-${userId}` } }));
	await Promise.all(all.map(({ one, identity }) => one.getToken(identity)));
	assert.deepEqual(
		all.map(({ used }) => used()[0][1]),
		["AT-of-u1", "AT-of-u2"],
	);
});

for (const [how, own] of [
	["a secret", { appSecret: "secret" }],
	["a function", { accessToken: async () => "A1" }],
	["a text", { accessToken: "A1" }],
]) {
	test(`forgetting one user of an app whose AccessToken comes by ${how} costs the others nothing`, async () => {
		const { fetch, requests } = lenient();
		const one = createClient(module, { fetch });
		const of = (userId) => ({ ...user, ...own, userId });
		const [first, other] = [await one.getToken(of("u1")), await one.getToken(of("u2"))];
		const before = requests.length;
		one.session(of("u1")).forget();
		assert.equal(await one.getToken(of("u2")), other);
		assert.equal((await one.fetch(of("u2"), "/call")).status, 404);
		assert.notEqual((await one.getToken(of("u1"))).value, first.value);
		assert.deepEqual(
			requests.slice(before).map(({ url }) => url.pathname.split("/").at(-1)),
			["call", "applyToken"],
		);
	});
}
