// After an outage: the first token comes when the network does.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { afterEach, describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock, settled } from "./clock.js";
import { tokenError } from "./expect.js";
import { freePort } from "./free-port.js";
import { identities, lenient } from "./vendor.js";

const module = createModule(load);
await module.start();

/** A page as far as it tells of its network: targets that know who listens to them. */
function target(members) {
	const made = Object.assign(new EventTarget(), members, { listening: [] });
	for (const [name, change] of [
		["addEventListener", (type) => made.listening.push(type)],
		["removeEventListener", (type) => made.listening.splice(made.listening.indexOf(type), 1)],
	]) {
		made[name] = (type, heard) => {
			EventTarget.prototype[name].call(made, type, heard);
			change(type);
		};
	}
	return made;
}

const given = ["ononline", "onpageshow", "addEventListener", "removeEventListener", "document"];
const before = Object.fromEntries(given.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
afterEach(() => {
	for (const name of given) {
		delete globalThis[name];
		if (before[name]) {
			Object.defineProperty(globalThis, name, before[name]);
		}
	}
});

/** Makes this process look like a page, or like a worker, whose only word is `online`. */
function become(what) {
	const scope = target({});
	const members = { ononline: null, addEventListener: scope.addEventListener, removeEventListener: scope.removeEventListener };
	const document = what === "page" ? target({ visibilityState: "visible" }) : undefined;
	Object.assign(globalThis, members, document && { document, onpageshow: null });
	return { scope, document };
}

/** A client whose vendors cannot be reached until they can. */
function outage(identity = identities.appcube, options = {}) {
	const vendors = lenient();
	const clock = manualClock();
	const world = { down: true, cause: undefined, tries: 0 };
	const client = createClient(
		module,
		{
			...options,
			async fetch(url, init) {
				world.tries++;
				if (world.down) {
					throw new TypeError("fetch failed", { cause: world.cause });
				}
				return vendors.fetch(url, init);
			},
		},
		clock,
	);
	/** What somebody gets who asks: a token's value, or an error's code. */
	const ask = async (options, who = identity) => {
		let outcome;
		client.getToken(who, options).then(
			({ value }) => (outcome = value),
			({ code, retryAt }) => ((outcome = code), (world.retryIn = retryAt && retryAt - clock.wall())),
		);
		for (await settled(); outcome === undefined;) {
			await clock.pass(100);
		}
		return outcome;
	};
	return Object.assign(world, { client, clock, ask, vendors });
}

const moments = {
	"is online": ({ scope }) => scope.dispatchEvent(new Event("online")),
	"is looked at again": ({ document }) => document.dispatchEvent(new Event("visibilitychange")),
	"comes back from the back/forward cache": ({ scope }) => scope.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })),
};

for (const [what, happens] of Object.entries(moments)) {
	test(`a page that ${what} gets its token with the next call, and nothing is sent before`, async () => {
		const page = become("page");
		const world = outage();
		assert.equal(await world.ask(), "network");
		world.down = false;
		assert.equal(await world.ask(), "cooling_down");
		const { tries } = world;
		happens(page);
		await settled();
		assert.equal(world.tries, tries);
		assert.equal(await world.ask(), "T1");
		world.client.close();
	});
}

test("a page that is hidden, or shown for the first time, has no more network than before", async () => {
	const { scope, document } = become("page");
	const world = outage();
	await world.ask();
	document.visibilityState = "hidden";
	document.dispatchEvent(new Event("visibilitychange"));
	scope.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
	assert.equal(await world.ask(), "cooling_down");
	world.client.close();
});

test("a worker that is online gets its token with the next call", async () => {
	const { scope } = become("worker");
	const world = outage();
	assert.equal(await world.ask(), "network");
	world.down = false;
	scope.dispatchEvent(new Event("online"));
	assert.equal(await world.ask(), "T1");
	world.client.close();
	assert.deepEqual(scope.listening, []);
});

test("listeners are there while a client has a core, and gone when it is closed; none keeps a page out of the cache", async () => {
	const { scope, document } = become("page");
	const world = outage();
	assert.deepEqual([...scope.listening, ...document.listening], []);
	await world.ask();
	assert.deepEqual([...scope.listening, ...document.listening], ["online", "pageshow", "visibilitychange"]);
	world.client.close();
	assert.deepEqual([...scope.listening, ...document.listening], []);
});

test("where a platform has no such events nobody listens, be there a global addEventListener or not", async () => {
	const scope = target({});
	Object.assign(globalThis, { addEventListener: scope.addEventListener }); // as in workerd and Deno
	const world = outage();
	await world.ask();
	assert.deepEqual(scope.listening, []);
	world.client.close();
});

test("client.online() says it where the platform does not, also before the first use and after the end", async () => {
	const world = outage();
	world.client.online();
	assert.equal(await world.ask(), "network");
	world.down = false;
	assert.equal(await world.ask(), "cooling_down");
	world.client.online();
	assert.equal(await world.ask(), "T1");
	world.client.close();
	world.client.online();
});

test("forceRefresh does not wait until an outage may be over", async () => {
	const world = outage();
	assert.equal(await world.ask(), "network");
	world.down = false;
	assert.equal(await world.ask(), "cooling_down");
	assert.equal(await world.ask({ forceRefresh: true }), "T1");
});

test("a page that nobody tells of its network waits half a minute at most, however long the outage was", async () => {
	const world = outage();
	for (let n = 0; n < 40; n++) {
		assert.equal(await world.ask(), "network");
		assert.ok(world.retryIn > 0 && world.retryIn <= 30_000, String(world.retryIn));
		await world.clock.pass(world.retryIn);
	}
	world.down = false;
	assert.equal(await world.ask(), "T1");
});

test("a thousand sessions that are online again log in when they are asked for, and not before", async () => {
	const world = outage(identities.appcube, { maxSessions: 1000 });
	const all = Array.from({ length: 1000 }, (_, n) => ({ ...identities.appcube, appKey: `key${n}` }));
	const asked = all.map((identity) => world.client.getToken(identity).then(assert.fail, tokenError("network")));
	await settled();
	await world.clock.pass(10_000);
	await Promise.all(asked);
	world.down = false;
	const { tries } = world;
	world.client.online();
	await world.clock.pass(60_000);
	assert.equal(world.tries, tries);
	assert.equal(await world.ask(undefined, all[7]), "T1");
	assert.equal(world.tries, tries + 1);
});

test("a network that comes and goes makes no loop of logins", async () => {
	const world = outage();
	for (let ms = 0; ms < 60_000; ms += 100) {
		world.client.online();
		world.client.getToken(identities.appcube).catch(() => {});
		await settled();
		await world.clock.pass(100);
	}
	assert.ok(world.tries <= 60, String(world.tries));
});

describe("cubedrive: a login that has certainly not left the machine does not count among the five of ten minutes, where", () => {
	/** Whether ten tries in an outage leave a login for afterwards. */
	async function leavesALogin(cause) {
		const world = outage(identities.cubedrive);
		world.cause = cause;
		for (let n = 0; n < 10; n++) {
			await world.ask({ forceRefresh: true });
		}
		world.down = false;
		world.client.online();
		const outcome = await world.ask();
		world.client.close();
		return outcome === "T1";
	}
	const failure = (fields) => Object.assign(new Error(), fields);

	for (const [what, cause, certain] of [
		["a name is unknown", failure({ code: "ENOTFOUND" }), true],
		["a connection is refused", failure({ code: "ECONNREFUSED" }), true],
		["all of several addresses refuse it", failure({ errors: [failure({ code: "ECONNREFUSED" })] }), true],
		["there is no way to the host", failure({ code: "EHOSTUNREACH", syscall: "connect" }), true],
	]) {
		test(what, async () => assert.equal(await leavesALogin(cause), certain));
	}

	for (const [what, cause] of [
		["a connection breaks", failure({ code: "ECONNRESET" })],
		["a host is lost that was there", failure({ code: "EHOSTUNREACH", syscall: "read" })],
		["a browser gives no reason", undefined],
	]) {
		test(`and it does where ${what}`, async () => assert.equal(await leavesALogin(cause), false));
	}

	test("a browser says that it has no network", async (t) => {
		const real = Object.getOwnPropertyDescriptor(globalThis, "navigator");
		Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
		t.after(() => (real ? Object.defineProperty(globalThis, "navigator", real) : delete globalThis.navigator));
		assert.equal(await leavesALogin(undefined), true);
	});
});

test("over real connections: a vendor that was not there for ten tries is logged in to as soon as it is", async (t) => {
	const port = await freePort();
	const client = createClient(module);
	const identity = { ...identities.cubedrive, baseUrl: `http://127.0.0.1:${port}/lite` };
	for (let n = 0; n < 5; n++) {
		await assert.rejects(client.getToken(identity, { forceRefresh: true }), tokenError("network"));
	}
	const server = createServer((_, response) => response.end(JSON.stringify({ success: true, "x-auth-token": "T1" })));
	t.after(() => server.close());
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	assert.equal((await client.getToken(identity, { forceRefresh: true })).value, "T1");
	client.close();
});
