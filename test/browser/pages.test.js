// Pages of one origin in a real browser, with sessions of their own at the vendor: what holds for processes that have a store holds for
// them, over the browser's own locks and channel.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { sandboxed } from "../sandboxed.js";
import { actionsOf } from "../store/actions.js";
import { startMembers, until } from "../store/members.js";
import { together } from "../store/together.js";
import { launchChromium } from "./chromium.js";
import { keepsNothing } from "./storage.js";

/** @type {import("playwright-core").Browser} */ let browser;
const sandbox = sandboxed();
before(async () => {
	browser = await launchChromium();
});
after(() => browser?.close());

/** Each is a browser of its own, as far as pages can see. @type {Set<import("playwright-core").BrowserContext>} */
const contexts = new Set();
const newContext = async () => {
	const context = await browser.newContext();
	contexts.add(context);
	return context;
};
const endAll = async () => {
	await Promise.all([...contexts].map((context) => context.close()));
	contexts.clear();
};
afterEach(endAll);

/**
 * Opens a page with a client that does what it is asked for (actionsOf).
 * @param {{ store: Promise<import("playwright-core").BrowserContext>, url: string }} setting
 */
async function openPage({ store, url }) {
	const page = await (await store).newPage();
	await page.goto(`${url}/none.html`); // of the sandbox's origin, and empty
	await page.evaluate(`globalThis.actionsOf = ${actionsOf}`);
	await page.evaluate(async () => {
		const { createClient, initialize } = await import(/** @type {any} */ ("/js/browser.js"));
		await initialize();
		const seen = { events: /** @type {object[]} */ ([]), store: /** @type {string[]} */ ([]) };
		const client = createClient({
			onEvent: (/** @type {any} */ { type, system, step, logins }) => void seen.events.push({ type, system, step, logins }),
			onStore: (/** @type {any} */ { type }) => void seen.store.push(type),
		});
		const { actionsOf } = /** @type {any} */ (globalThis);
		Object.assign(globalThis, { seen, actions: actionsOf(client) });
	});
	return {
		page,
		/** @param {string} does @param {object} [asked] @returns {Promise<any>} */
		ask: (does, asked = {}) =>
			page.evaluate(async ([does, asked]) => {
				const { actions, seen } = /** @type {any} */ (globalThis);
				try {
					return does === "seen" ? seen : await actions[does](asked);
				} catch (error) {
					return { error: /** @type {any} */ (error).code ?? String(error) };
				}
			}, /** @type {[string, object]} */ ([does, asked])),
		end: () => page.close(),
	};
}

together("pages of one browser", newContext, { members: 6, called: "pages", start: openPage, endAll, lasting: false });

/** @param {string} system */
const counts = async (system) => (await sandbox.state()).counts[system];
/** @param {number} count */
const openPages = async (count) => {
	const store = newContext();
	const { members } = await startMembers(count, { store, url: sandbox.url }, openPage);
	return /** @type {Awaited<ReturnType<typeof openPage>>[]} */ (members);
};

test("20 pages at once make one login", async () => {
	const pages = await openPages(20);
	const { identity } = sandbox.own("ccmessaging");
	const answers = await Promise.all(pages.map((page) => page.ask("get", { identity, callers: 50 })));
	assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], []);
	assert.equal(new Set(answers.flatMap(({ values }) => values)).size, 1);
	assert.equal((await counts("ccmessaging")).logins, 1);
});

test("two pages of one agent do not take each other's token, over many calls with new tokens and rejections among them", async () => {
	const pages = await openPages(2);
	const { identity, path, method, body } = sandbox.own("ccmessaging");
	const init = { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } };
	const call = async (/** @type {typeof pages} */ ...some) => {
		const answers = await Promise.all(some.map((page) => page.ask("call", { identity, path, init })));
		assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
	};
	const rejections = 3;
	for (let round = 0; round < rejections; round++) {
		for (let calls = 0; calls < 10; calls++) {
			await call(...pages);
		}
		await sandbox.revoke({ system: "ccmessaging", all: true });
		await call(...pages);
		for (const [one, other] of [pages, pages.toReversed()]) {
			await sandbox.post("roll", { system: "ccmessaging" });
			await call(one);
			const { values } = await one.ask("get", { identity });
			await until(
				() => other.ask("get", { identity }),
				(answer) => answer.values[0] === values[0],
				"the other's new token",
			);
			await call(...pages);
		}
	}
	const { logins, failed } = await counts("ccmessaging");
	assert.equal(logins, 1 + rejections);
	assert.ok(failed <= 2 * rejections, `${failed} calls were refused, of two pages that had a dead token`);
});

/** Until a login is on its way to a vendor that does not answer; and then has others ask who see that it is. */
async function whileOneLogsIn(/** @type {any} */ identity, /** @type {Awaited<ReturnType<typeof openPage>>[]} */ [one, ...others]) {
	const { system } = identity;
	await sandbox.fault({ system, endpoint: "login", fault: "delay", delayMs: 600_000 });
	one.ask("get", { identity }).catch(() => {}); // the page may be closed
	await until(
		() => sandbox.state(),
		({ pendingFaults }) => pendingFaults === 0,
		"its login on the way",
	);
	const asked = Promise.all(others.map((page) => page.ask("get", { identity })));
	await until(
		async () =>
			others[0].page.evaluate(async () => (await navigator.locks.query()).held?.filter(({ name }) => name?.includes(" has ")).length),
		(holders) => holders === 1 + others.length,
		"what it has noted with the others",
	);
	return { asked };
}

test("a page that is closed while it logs in leaves it to the others at once, and its login counts", async () => {
	const pages = await openPages(3);
	const { identity } = sandbox.own("cubedrive");
	const { asked } = await whileOneLogsIn(identity, pages);
	const [closed, ...others] = pages;
	await closed.end();
	const answers = await asked;
	assert.equal(new Set(answers.flatMap(({ values }) => values)).size, 1, JSON.stringify(answers));
	const seen = await Promise.all(others.map((page) => page.ask("seen")));
	const made = seen.flatMap(({ events }) => events).filter(({ type, step }) => type === "acquired" && step === "login");
	assert.deepEqual(
		made.map(({ logins }) => logins),
		[2],
	);
});

test("a page that hangs while it logs in holds up the others for a bounded time, and has their token when it goes on", async () => {
	const pages = await openPages(2);
	const { identity } = sandbox.own("cubedrive");
	const { asked } = await whileOneLogsIn(identity, pages);
	const hung = pages[0].page;
	const session = await hung.context().newCDPSession(hung);
	await session.send("Debugger.enable");
	await session.send("Debugger.pause"); // the whole page, its timers too
	const [{ values, errors }] = await asked;
	assert.equal(values.length, 1, String(errors));
	await session.send("Debugger.disable"); // which resumes it
	await until(
		() => pages[0].ask("seen"),
		({ events }) => events.some((/** @type {any} */ { type }) => type === "adopted"),
		"the other's token",
	);
	assert.deepEqual((await pages[0].ask("get", { identity })).values, values);
});

test("nothing is left in the browser's storage, and nothing of a session when its last page is closed", async () => {
	const [one, two] = await openPages(2);
	const { identity } = sandbox.own("isales");
	const { values } = await one.ask("get", { identity });
	assert.deepEqual((await two.ask("get", { identity })).values, values);
	await keepsNothing(one.page);
	const context = one.page.context();
	await Promise.all([one.end(), two.end()]);
	const next = await openPage({ store: Promise.resolve(context), url: sandbox.url });
	const held = () => next.page.evaluate(async () => (await navigator.locks.query()).held?.length);
	await until(held, (locks) => locks === 0, "the locks of pages that are closed");
	assert.notDeepEqual((await next.ask("get", { identity })).values, values);
});
