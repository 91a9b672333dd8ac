// What all tests of the agent console share: opening it, and what must hold after each of them, whatever it did.
import assert from "node:assert/strict";
import { person } from "./person.js";

/** @typedef {Awaited<ReturnType<typeof openConsole>>} Console */

/** The sandbox's systems, in the order in which the page opens one of each. */
export const systems = ["appcube", "ccmessaging", "isales", "cubedrive"];

/** What the sandbox's own identities hold that nobody may see: tools/demo/identities.js. */
export const secrets = ["api-password-of-tenant001", "app-secret-of-app001", "123456", "app-secret-of-demo-app"];

/**
 * Opens the console, and waits until it works.
 * @param {import("./driver.js").Browser} browser
 * @param {import("./front.js").Front} front
 * @param {Partial<import("./driver.js").Look>} [look]
 */
export async function openConsole(browser, front, look) {
	const tab = await browser.open(look);
	const page = {
		...person(tab),
		front,
		/** One session's card. @param {number} n @param {string} [system] */
		card: (n, system = /** @type {string} */ (systems[n - 1])) => ({ role: "article", name: `Session ${n}: ${system}` }),
		/** A button, field or list of one session's card. @param {string} what @param {number} n @param {string} [role] */
		of: (what, n, role = "button") => ({ role, name: `${what}: session ${n}` }),
		/** Waits until the live region says something. @param {RegExp} pattern */
		hear: (pattern) =>
			page.wait(
				async () => (await page.lookAt({ role: "status" })).some(({ text }) => pattern.test(text)),
				`the live region must say ${pattern}`,
			),
		/** Waits until the page's own program runs. */
		async ready() {
			const state = () => tab.evaluate(() => document.documentElement.dataset.state);
			// While one page goes and another comes, there is none to ask.
			await page.wait(async () => (await state().catch(() => undefined)) === "ready", "the console must start");
			await page.hear(/^(Ready\.|就绪。)$/);
		},
		/** Waits until what has happened is drawn. */
		frames: () =>
			tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))),
		/** Opens a session of each system, and waits until each has its token. */
		async openAll() {
			await page.click({ role: "button", name: "Open one of each" });
			for (const n of [1, 2, 3, 4]) {
				await page.see(page.card(n), ({ text }) => /\bLive\b/.test(text));
			}
			await page.frames();
		},
	};
	try {
		await tab.goto(front.url);
		await page.ready();
	} catch (error) {
		await tab.close();
		throw error;
	}
	return page;
}

/**
 * What must hold at the end of every test: nothing went wrong that the test did not cause, nothing was asked of anybody
 * else, and nothing is stored.
 * @param {Console} page
 * @param {RegExp} [expected] the problems that the test has caused
 */
export async function sound(page, expected) {
	const { tab, front } = page;
	assert.deepEqual(
		(await page.problems()).filter((problem) => !expected?.test(problem)),
		[],
	);
	// What a browser says by itself of an answer that is no success, and of a connection that broke, is no fault of the page.
	const complaints = (await tab.complaints()).filter((line) => !/^Failed to load resource|net::ERR_/.test(line));
	assert.deepEqual(
		complaints.filter((line) => !expected?.test(line)),
		[],
	);

	const addresses = await tab.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
	assert.deepEqual(
		addresses.filter((address) => !address.startsWith(`${front.url}/`) && !address.startsWith("data:")),
		[],
	);
	for (const { url } of front.asked) {
		for (const secret of secrets) {
			assert.ok(!url.includes(secret), `a secret is in ${url.split("?")[0]}`);
		}
	}

	assert.deepEqual(await stored(page), { localStorage: [], sessionStorage: [], cookie: "", databases: [], caches: [] });
}

/**
 * All that the page has left with the browser, but for what it may: a language, and a number of sessions.
 * @param {Console} page
 */
export function stored({ tab }) {
	return tab.evaluate(async () => {
		const entries = (/** @type {Storage} */ storage) => Object.keys(storage).map((key) => [key, storage.getItem(key)].join("="));
		return {
			localStorage: entries(localStorage).filter((entry) => !/^language=(en|zh-Hans)$/.test(entry)),
			sessionStorage: entries(sessionStorage).filter((entry) => !/^sessions=\d{1,3}$/.test(entry)),
			cookie: document.cookie,
			databases: ((await indexedDB.databases?.()) ?? []).map(({ name }) => name),
			caches: "caches" in globalThis ? await caches.keys() : [],
		};
	});
}
