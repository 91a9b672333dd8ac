// Finds a Firefox and drives it over WebDriver BiDi, which it speaks itself.
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { chord, find, usual } from "./driver.js";

const patienceMs = 60_000;

/** @returns {Promise<import("./driver.js").Browser>} */
export async function launch() {
	const executablePath = process.env.FIREFOX_PATH ?? find(["firefox-esr", "firefox"], ["/Applications/Firefox.app/Contents/MacOS/firefox"]);
	if (!executablePath || !existsSync(executablePath)) {
		throw new Error("There is no Firefox: install firefox-esr, or set FIREFOX_PATH to one.");
	}
	// Language and colours are settings of the whole browser here: there is one browser for each pair that is asked for.
	/** @type {Map<string, Promise<import("puppeteer-core").Browser>>} */
	const running = new Map();
	const browserFor = ({ locale, colorScheme }) => {
		const key = `${locale} ${colorScheme}`;
		let browser = running.get(key);
		if (!browser) {
			browser = start(executablePath, locale, colorScheme);
			running.set(key, browser);
		}
		return browser;
	};
	const first = await browserFor(usual);
	return {
		name: "firefox",
		version: (await first.version()).replace("firefox/", "Firefox "),
		open: async (look) => open(await browserFor({ ...usual, ...look }), { ...usual, ...look }),
		async close() {
			const all = await Promise.allSettled(running.values());
			await Promise.all(all.map((one) => one.status === "fulfilled" && one.value.close()));
		},
	};
}

async function start(executablePath, locale, colorScheme) {
	return puppeteer.launch({
		browser: "firefox",
		executablePath,
		headless: true,
		defaultViewport: null, // see resize
		extraPrefsFirefox: {
			"intl.accept_languages": `${locale}, ${locale.split("-")[0]}`,
			"layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
		},
	});
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("./driver.js").Look} look
 * @returns {Promise<import("./driver.js").Tab>}
 */
async function open(browser, look) {
	const context = await browser.createBrowserContext();
	const page = await context.newPage();
	/** @type {string[]} */
	const complaints = [];
	page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
	page.on("pageerror", (error) => complaints.push(String(/** @type {Error} */ (error).message ?? error)));
	await resize(page, look.width, look.height);
	return {
		async goto(url) {
			await page.goto(url);
		},
		async reload() {
			await page.reload();
		},
		evaluate: (work, arg) => page.evaluate(/** @type {any} */ (work), arg),
		click: (x, y) => page.mouse.click(x, y),
		async press(keys) {
			const { modifiers, key } = chord(keys);
			for (const modifier of modifiers) {
				await page.keyboard.down(/** @type {any} */ (modifier));
			}
			await page.keyboard.press(/** @type {any} */ (key === "Space" ? " " : key));
			for (const modifier of modifiers.reverse()) {
				await page.keyboard.up(/** @type {any} */ (modifier));
			}
		},
		type: (text) => page.keyboard.type(text),
		resize: (width, height) => resize(page, width, height),
		screenshot: async () => Buffer.from(await page.screenshot()),
		complaints: async () => complaints,
		close: () => context.close(),
	};
}

/**
 * Puppeteer sends two commands to set a size. This Firefox does the one, and does not know the other, which says how a
 * phone is held.
 */
async function resize(page, width, height) {
	await page.setViewport({ width, height }).catch((error) => {
		if (!/setScreenOrientationOverride.*unknown command/s.test(error.message)) {
			throw error;
		}
	});
	const end = performance.now() + patienceMs;
	while (!(await page.evaluate((w, h) => innerWidth === w && innerHeight === h, width, height))) {
		if (performance.now() > end) {
			throw new Error(`The window did not become ${width} by ${height}.`);
		}
		await wait(25);
	}
}
