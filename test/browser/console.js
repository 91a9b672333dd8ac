// What all tests of the agent console share: opening it, and what must hold after each of them, whatever it did.
import assert from "node:assert/strict";
import { systems as described } from "../../js/generated/systems.js";
import { person } from "./person.js";

/** @typedef {Awaited<ReturnType<typeof openConsole>>} Console */

/** All systems, in the order in which the page opens one of each. */
export const systems = described.map(({ name }) => /** @type {string} */ (name));

/** Whether a system's token comes by a sign-in alone. @param {string} system */
export const signsIn = (system) => described.some(({ name, signsIn }) => name === system && signsIn);

/** The number of a system's session, once one of each is open. @param {string} system */
export function numberOf(system) {
	const at = systems.indexOf(system);
	assert.ok(at >= 0, `there is no system ${system}`);
	return at + 1;
}

/** What the page says where its reader has chosen Chinese. @type {Record<string, string>} */
const chinese = {
	"Open one of each": "每个系统各开一个",
	"Open session": "打开会话",
	"Restart the core": "重新启动核心",
	"Vendor directly": "直连厂商",
	Edge: "边缘",
	Sandbox: "沙箱",
	"User ID": "用户 ID",
	Sessions: "会话",
	Live: "有效",
	"Sign in": "签入",
	Verify: "校验",
	Reveal: "显示",
	Revoke: "吊销",
	Roll: "滚动",
	Call: "调用",
};

/**
 * What the sandbox's own identities hold that nobody may see.
 * @param {import("./front.js").Front} front
 * @returns {Promise<string[]>}
 */
async function secretsOf({ url }) {
	const { systems: listed } = await (await fetch(`${url}/_sandbox/systems`)).json();
	return described.flatMap(({ name, fields }) => {
		const { identity, credentials } = listed.find((/** @type {{ name: string }} */ system) => system.name === name);
		const shown = credentials.map((/** @type {{ example: string }} */ { example }) => example);
		return fields
			.filter(({ name, secret }) => secret && name in identity)
			.flatMap(({ name }) => (typeof identity[name] === "object" ? Object.values(identity[name]) : [identity[name]]))
			.filter((value) => !shown.includes(value));
	});
}

/**
 * Opens the console, and waits until it works.
 * @param {import("./driver.js").Browser} browser
 * @param {import("./front.js").Front} front
 * @param {Partial<import("./driver.js").Look>} [look]
 */
export async function openConsole(browser, front, look) {
	const tab = await browser.open(look);
	const inChinese = look?.locale === "zh-CN";
	const page = {
		...person(tab),
		front,
		secrets: await secretsOf(front),
		/** In the language of the page's reader. @param {string} english */
		word(english) {
			const word = inChinese ? chinese[english] : english;
			assert.ok(word, `the tests do not know "${english}" in Chinese`);
			return word;
		},
		/** One session's card. @param {number} n @param {string} [system] */
		card: (n, system = /** @type {string} */ (systems[n - 1])) => ({
			role: "article",
			name: `${inChinese ? "会话" : "Session"} ${n}: ${system}`,
		}),
		/** A button, field or list of one session's card. @param {string} what @param {number} n @param {string} [role] */
		of: (what, n, role = "button") => ({ role, name: inChinese ? `${page.word(what)}：会话 ${n}` : `${what}: session ${n}` }),
		/** Waits until a session has a token that can be used. @param {number} n @param {string} [system] */
		live: (n, system) => page.see(page.card(n, system), ({ text }) => text.split(/\s+/).includes(page.word("Live"))),
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
		/**
		 * Opens a session of each system, signs in where that takes a person, and waits until each has its token.
		 * @param {string} [refused] the system that refuses the login
		 */
		async openAll(refused) {
			await page.click({ role: "button", name: page.word("Open one of each") });
			for (const [i, system] of systems.entries()) {
				if (system === refused) {
					await page.see(page.card(i + 1), ({ text }) => /credentials_refused/.test(text));
				} else if (!signsIn(system)) {
					await page.live(i + 1);
				}
			}
			for (const system of systems.filter(signsIn)) {
				await page.click(page.of("Sign in", numberOf(system)));
				await page.live(numberOf(system));
			}
			// What the last of them says must not stand where the first one's answer is to be heard.
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
	const { tab, front, secrets } = page;
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
