// What a program lets go of, and what stands beside a bounded cache, takes no memory for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { memoryStore } from "../js/store/index.js";
import * as cctoken from "../js/node.js";
import { tokenError } from "./expect.js";
import { identities, json, lenient, vendor } from "./vendor.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Has the collector look until it is so, or it has looked in vain for seconds: what was just asked is held for one of them. */
async function collected(/** @type {() => boolean} */ so) {
	for (let looks = 0; looks < 200 && !so(); looks++) {
		collect();
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return so();
}

/** A module whose cores' clients are counted. */
async function counted() {
	const shared = createModule(load);
	const real = await shared.start();
	const count = { made: 0, discarded: 0 };
	const instance = {
		...real,
		call(/** @type {string} */ name, /** @type {number[]} */ ...args) {
			count.made += Number(name === "create");
			count.discarded += Number(name === "discard");
			return real.call(name, ...args);
		},
	};
	return { count, module: { ...shared, start: async () => instance } };
}

test("clients that are dropped without being closed are dropped by the core, and those that are used are not", async () => {
	const { count, module } = await counted();
	const { fetch } = lenient();
	const kept = createClient(module, { fetch });
	const token = await kept.getToken(identities.appcube);
	let session = createClient(module, { fetch }).session(identities.isales); // of a client that nobody has
	const other = await session.getToken();
	for (let n = 0; n < 200; n++) {
		await createClient(module, { fetch }).getToken(identities.isales);
	}
	assert.equal(count.made, 202);
	assert.ok(await collected(() => count.discarded >= 195), `${count.discarded} of 200 were`);
	assert.equal(await kept.getToken(identities.appcube), token);
	assert.equal(await session.getToken(), other, "a session holds its client");
	session = undefined;
	assert.ok(await collected(() => count.discarded >= 196));
	kept.close();
});

test("a client that is dropped is held by no store that tells it of changes, and its store is told that nobody listens", async () => {
	const { count, module } = await counted();
	const { fetch } = lenient();
	const watched = { begun: 0, over: 0 };
	const store = memoryStore();
	const watch = (changed, signal) => {
		watched.begun++;
		signal.addEventListener("abort", () => watched.over++);
		return store.watch(changed, signal);
	};
	for (let n = 0; n < 20; n++) {
		await createClient(module, { fetch, store: { ...store, watch } }).getToken({ ...identities.appcube, appKey: `app ${n}` });
	}
	assert.deepEqual([count.made, watched.begun], [20, 20]);
	assert.ok(await collected(() => count.discarded >= 18), `${count.discarded} of 20 were`);
	assert.equal(watched.over, count.discarded);
});

test("a client that was closed is not ended once more, when another has its place", async () => {
	const { count, module } = await counted();
	const { fetch } = lenient();
	for (let n = 0; n < 20; n++) {
		const client = createClient(module, { fetch });
		await client.getToken(identities.isales);
		client.close();
	}
	const heir = createClient(module, { fetch });
	const token = await heir.getToken(identities.isales);
	await collected(() => false);
	assert.equal(count.discarded, 20);
	assert.equal(await heir.getToken(identities.isales), token);
	heir.close();
});

test("`using` closes a client", async () => {
	const client = cctoken.createClient({ fetch: lenient().fetch });
	await client.getToken(identities.isales);
	client[Symbol.dispose ?? Symbol.for("none")]();
	await assert.rejects(client.getToken(identities.isales), tokenError("closed"));
});

for (const [what, of] of /** @type {const} */ ([
	["users of an edge", (n, authorization) => ({ edge: "https://edge.test", connection: "web", subject: `agent-${n}`, authorization })],
	[
		"apps with an AccessToken of their own",
		(n, accessToken) => ({ ...identities.ccmessaging, appSecret: undefined, appKey: `k${n}`, accessToken }),
	],
])) {
	test(`of 2,000 ${what} on a cache of 10, the functions of a few are kept`, async () => {
		const { fetch } = vendor(({ url }) =>
			url.pathname.endsWith("applyToken")
				? json({ resultCode: "0", token: "T" })
				: json({ system: "isales", token: "T", headers: {}, expiresIn: 3600 }),
		);
		const client = createClient(createModule(load), { fetch, maxSessions: 10 });
		let alive = 0;
		const gone = new FinalizationRegistry(() => alive--);
		for (let n = 0; n < 2000; n++) {
			const supplier = async () => "given";
			gone.register(supplier, n);
			alive++;
			await client.getToken(of(n, supplier));
			await client.session(of(n, supplier)).getToken();
		}
		assert.ok(await collected(() => alive <= 40), `${alive} are`);
		gone.register(client, 0); // so that the registry is not what is collected
		client.close();
	});
}
