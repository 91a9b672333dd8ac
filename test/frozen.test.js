// A process that is stopped between two calls and goes on later, as functions are in a cloud: its timers fire late, and what it waited
// for is gone.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { manualClock } from "./clock.js";
import { sandboxed } from "./sandboxed.js";
import { identities, lenient } from "./vendor.js";

const timeoutMs = 1000;
/** A token's life, in milliseconds. */
const life = 2000;

const sandbox = sandboxed(["-lifetime", `appcube=${life}ms`]);
let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "cctoken-frozen-"))));
after(() => rm(folder, { recursive: true, force: true }));

/**
 * A function's process: what it is sent it does, and sends back what came of it.
 * @param {import("node:test").TestContext} t
 */
async function start(t) {
	const file = join(folder, "function.mjs");
	await writeFile(
		file,
		`import { createClient } from ${JSON.stringify(new URL("../js/node.js", import.meta.url).href)};
		const { identity, path, init } = ${JSON.stringify(sandbox.own("appcube"))};
		const events = [];
		const client = createClient({ timeoutMs: ${timeoutMs}, onEvent: ({ type }) => events.push(type) });
		const told = ({ code }) => ({ code });
		const does = {
			async call() {
				const token = await client.getToken(identity);
				const { status } = await client.fetch(identity, path, init);
				return { value: token.value, expiresAt: +token.expiresAt, status, events };
			},
			force: () => client.getToken(identity, { forceRefresh: true }),
		};
		process.on("message", async (what) => process.send({ what, ...(await does[what]().catch(told)) }));`,
	);
	const child = fork(file);
	t.after(() => child.kill("SIGKILL"));
	const heard = [];
	child.on("message", (message) => heard.push(message));
	return {
		stop: () => child.kill("SIGSTOP"),
		goOn: () => child.kill("SIGCONT"),
		send: (/** @type {string} */ what) => child.send(what),
		async hear(/** @type {string} */ what) {
			for (;;) {
				const at = heard.findIndex((message) => message.what === what);
				if (at >= 0) {
					return heard.splice(at, 1)[0];
				}
				await once(child, "message");
			}
		},
	};
}

test("a token past its life is not handed out after a stop, and no call carries it", async (t) => {
	const own = await start(t);
	own.send("call");
	const first = await own.hear("call");
	assert.equal(first.status, 200);
	own.stop();
	await pause(first.expiresAt - Date.now() + 1);
	own.goOn();
	own.send("call");
	const second = await own.hear("call");
	assert.equal(second.status, 200);
	assert.notEqual(second.value, first.value);
	assert.ok(!second.events.includes("rejected") && !second.events.includes("replayed"), second.events.join());
	assert.equal((await sandbox.state()).counts.appcube.logins, 2);
});

test("who was stopped as a login was under way gets a token at once when it goes on", async (t) => {
	const own = await start(t);
	own.send("call");
	const first = await own.hear("call");
	await sandbox.fault({ system: "appcube", endpoint: "login", fault: "delay", delayMs: 60_000 });
	own.send("force");
	while ((await sandbox.state()).counts.appcube.logins < 2) {
		await pause(5);
	}
	own.stop();
	await pause(Math.max(first.expiresAt - Date.now(), timeoutMs + 2000) + 1); // its life, and the time in which a host's own timer would have fired
	own.goOn();
	own.send("call");
	const second = await own.hear("call");
	assert.equal(second.code, undefined, `${second.code} after ${second.events}`);
	assert.equal(second.status, 200);
	assert.notEqual(second.value, first.value);
});

test("where the monotonic clock stands still meanwhile, the time of day is enough", async () => {
	const clock = manualClock();
	const client = createClient(createModule(load), { fetch: lenient().fetch }, clock);
	for (const identity of [identities.appcube, identities.ccmessaging, identities.isales]) {
		const first = await client.getToken(identity);
		assert.equal(await client.getToken(identity), first, "from memory, for a second");
		clock.set(3_600_000);
		assert.notEqual((await client.getToken(identity)).value, first.value);
	}
});
