// Tokens, sessions and clients inside other people's programs: in stores, proxies, copies and comparisons, in a second copy of
// the package, and in place of a test's own.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import * as immer from "immer";
import * as mobx from "mobx";
import * as pinia from "pinia";
import * as valtio from "valtio/vanilla";
import * as vue from "vue";
import * as one from "../js/node.js";
import { identities, json, lenient, vendor } from "./vendor.js";

const root = new URL("../", import.meta.url);
let folder, other, client, session, token;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-second-"));
	for (const path of ["package.json", "js", "dist/build.js", "dist/go.js", "dist/core.wasm"]) {
		await cp(new URL(path, root), join(folder, path), { recursive: true });
	}
	other = await import(pathToFileURL(join(folder, "js/node.js")).href);
	const secret = vendor(({ url }) =>
		url.pathname.endsWith("applyToken")
			? json({ resultCode: "0", token: "value-of-it" })
			: json({ AccessToken: "access-of-it", Expires: "3600" }),
	);
	client = one.createClient({ fetch: secret.fetch });
	session = client.session(identities.ccmessaging);
	token = await session.getToken();
});

after(async () => {
	client?.close();
	await rm(folder, { recursive: true, force: true });
});

/** What each store makes of what it is given. @type {Record<string, (value: any) => any>} */
const stores = {
	"Vue's ref": (value) => vue.ref(value).value,
	"Vue's reactive": (value) => vue.reactive({ value }).value,
	"Vue's readonly": (value) => vue.readonly({ value }).value,
	"Pinia": (value) => {
		const { createPinia, defineStore, setActivePinia } = pinia;
		setActivePinia(createPinia());
		return defineStore("s", { state: () => ({ value }) })().value;
	},
	"MobX": (value) => mobx.observable({ value }).value,
	"Valtio": (value) => valtio.proxy({ value }).value,
	"a snapshot of Valtio": (value) => valtio.snapshot(valtio.proxy({ value })).value,
	"Immer": (value) => immer.produce({ value: null }, (draft) => void (draft.value = value)).value,
	"a draft of Immer": (value) => {
		let seen;
		immer.produce({ value }, (draft) => void (seen = immer.current(draft).value));
		return seen;
	},
	"a proxy": (value) => new Proxy(value, {}),
	"a proxy of all that is read": function deep(value) {
		const wrap = (/** @type {any} */ what) => (typeof what === "object" && what !== null && !(what instanceof Date) ? deep(what) : what);
		return new Proxy(value, { get: (target, name, receiver) => wrap(Reflect.get(target, name, receiver)) });
	},
	"an object that inherits from it": (value) => Object.create(value),
};

for (const [name, put] of Object.entries(stores)) {
	describe(`in ${name}`, () => {
		test("a token says what it is, and is understood", async () => {
			const kept = put(token);
			assert.equal(kept.value, token.value);
			assert.deepEqual(kept.headers, token.headers);
			assert.equal(+kept.expiresAt, +token.expiresAt);
			assert.equal(+kept.usableUntil, +token.usableUntil);
			assert.equal(JSON.stringify(kept), JSON.stringify(token));
			assert.equal(`${kept}`, "[token of ccmessaging]");
			assert.ok(!inspect(kept, { showHidden: true, depth: 9 }).includes("of-it"));
			assert.equal((await client.verifyToken(kept)).reason, "live");
			assert.equal((await session.verifyToken(kept)).reason, "live");
		});

		test("a token that was rejected is named by it", async () => {
			const own = one.createClient({ fetch: lenient().fetch });
			const rejected = await own.getToken(identities.isales);
			assert.notEqual((await own.getToken(identities.isales, { rejected: put(rejected) })).value, rejected.value);
			own.close();
		});

		test("a client and a session work", async () => {
			assert.equal(await put(client).getToken(identities.ccmessaging), token);
			assert.equal(await put(client).session(identities.ccmessaging).getToken(), token);
			assert.equal((await put(session).verifyToken()).reason, "live");
			assert.equal(put(session).id, session.id);
			const own = one.createClient({ fetch: vendor(() => json({ errorCode: 0, authToken: "T", expireTime: 3600 })).fetch });
			assert.equal((await put(own).fetch(identities.appcube, "/x", { method: "POST" })).status, 200);
			put(own).close();
			await assert.rejects(own.getToken(identities.appcube), { code: "closed" });
		});

		test("an identity is the same one", async () => {
			assert.equal(await client.getToken(put({ ...identities.ccmessaging })), token);
		});
	});
}

test("Vue hands out the very token, as it is frozen", () => {
	assert.equal(vue.reactive({ token }).token, token);
	assert.throws(() => (token.system = "x"), TypeError);
	token.issuedAt.setTime(0);
	assert.notEqual(token.issuedAt.getTime(), 0, "nor can its dates be changed for others");
});

test("a structured clone of a token is what may be shown of it, and that of a client or a session an error", () => {
	assert.deepEqual(structuredClone(token), { system: "ccmessaging", issuedAt: token.issuedAt, expiresAt: token.expiresAt });
	assert.deepEqual(JSON.parse(JSON.stringify(structuredClone(token))), JSON.parse(JSON.stringify(token)));
	assert.throws(() => structuredClone(client), { name: "DataCloneError" });
	assert.throws(() => structuredClone({ session }), { name: "DataCloneError" });
});

test("two tokens are not equal to those who compare objects by their members, nor are two sessions or clients", async () => {
	const own = one.createClient({ fetch: vendor(({ url }) => json({ errorCode: 0, authToken: `T${url.port}`, expireTime: 3600 })).fetch });
	const now = Date.now;
	Date.now = () => 1_700_000_000_000;
	const [a, b] = await Promise.all([1, 2].map((port) => own.getToken({ ...identities.appcube, baseUrl: `https://vendor.test:${port}` })));
	Date.now = now;
	assert.deepEqual(JSON.stringify(a), JSON.stringify(b), "they differ in their values alone");
	assert.notDeepStrictEqual(a, b);
	assert.notDeepEqual(a, b);
	assert.deepStrictEqual(a, a);
	assert.notDeepStrictEqual(client, own);
	assert.notDeepStrictEqual(client.session(identities.isales), session);
	own.close();
});

describe("a second copy of the package", () => {
	test("is another one", () => {
		assert.notEqual(one.Token, other.Token);
		assert.ok(!(token instanceof other.Token));
	});

	test("understands a token of the first: whose it is, and which it is", async () => {
		const fetch = lenient().fetch;
		const second = other.createClient({ fetch });
		assert.equal((await second.verifyToken(token)).valid, null, "it did not get it, and cannot tell");
		const mine = await second.getToken(identities.ccmessaging);
		assert.equal((await client.verifyToken(mine, undefined)).source, "core");
		const renewed = await second.getToken(identities.ccmessaging, { rejected: token });
		assert.equal(renewed, mine, "another's token being rejected says nothing of this one");
		await assert.rejects(client.getToken(identities.ccmessaging, { rejected: { value: "x" } }), {
			code: "invalid_option",
			field: "rejected",
		});
		second.close();
	});

	test("asks the function that came with a token of the first, and never another of its own", async () => {
		const { appSecret, ...user } = identities.ccmessaging;
		const asked = [];
		const by = (/** @type {string} */ name) => () => (asked.push(name), `tok-${name}`);
		const [first, second] = [one, other].map((copy) => copy.createClient({ fetch: lenient().fetch }));
		await second.getToken({ ...user, appKey: "k2", accessToken: by("own") });
		const given = await first.getToken({ ...user, appKey: "k1", accessToken: by("given") });
		asked.length = 0;
		await second.verifyToken(given);
		await first.getToken({ ...user, appKey: "k1", userId: "u9", accessToken: by("given") });
		assert.ok(!asked.includes("own"));
		first.close();
		second.close();
	});

	test("knows the errors of the first by TokenError.is, and shows them as causes", () => {
		const error = new one.TokenError("closed", "The client is closed.");
		assert.ok(!(error instanceof other.TokenError));
		for (const copy of [one, other]) {
			assert.equal(copy.TokenError.is(error), true);
			for (const none of [undefined, null, "closed", new Error("x"), { code: "closed", name: "TokenError" }]) {
				assert.equal(copy.TokenError.is(none), false);
			}
		}
		assert.equal(new other.TokenError("cooling_down", "x", { cause: error }).toJSON().cause.code, "closed");
	});
});
