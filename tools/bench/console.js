// What the agent console costs: until it can be read, and while nothing happens but time.
import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "../demo/server.js";
import { launchChromium } from "../../test/browser/chromium.js";
import { compareTold } from "./compare.js";
import { compared, milli, report } from "./report.js";

const sessions = 50;
const idleSeconds = 10;

const server = await startServer("127.0.0.1:0");
const browser = await launchChromium();
try {
	report(
		compared("the console's first contentful paint; the same page without WebAssembly", await firstPaints(), milli, 1.3),
		await idle(),
	);
} finally {
	await browser.close();
	await server.stop();
}

/** Loads the page with and without WebAssembly, in turns. What is timed is the browser's own word, not the load. */
async function firstPaints() {
	const page = await (await browser.newContext()).newPage();
	// Both ways go through here, so that what this costs is the same for both.
	let without = false;
	await page.route("**/*.wasm", (route) => (without ? route.abort() : route.continue()));
	const paint = async () => {
		await page.goto(server.url, { waitUntil: "load" });
		return page.evaluate(
			() =>
				new Promise((resolve) => {
					new PerformanceObserver((list) => {
						const entry = list.getEntriesByName("first-contentful-paint")[0];
						if (entry) {
							resolve(entry.startTime);
						}
					}).observe({ type: "paint", buffered: true });
				}),
		);
	};
	const measure = (/** @type {boolean} */ wanted) => async () => {
		without = wanted;
		return paint();
	};
	try {
		return await compareTold(measure(false), measure(true), { rounds: 15, warmUp: 2 });
	} finally {
		await page.context().close();
	}
}

/** The processor's time, of all the page's threads, in a second in which 50 sessions are on it and nothing happens to them. */
async function idle() {
	const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
	await page.goto(server.url);
	await page.locator("html[data-state=ready]").waitFor();
	await page.evaluate(async (count) => {
		for (let i = 0; i < count; i++) {
			const system = i % 2 ? "isales" : "appcube";
			const form = /** @type {any} */ (document.querySelector(`form[data-form=${system}]`));
			const [name, secret, prefix] = i % 2 ? ["user", "passwd", "passwd-of-"] : ["appKey", "appSecret", "api-password-of-"];
			form.elements[name].value = `bench${i}`;
			form.elements[secret].value = `${prefix}bench${i}`;
			form.requestSubmit();
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}, sessions);
	await page.locator(`article[data-session="${sessions}"][data-state=live]`).waitFor();
	const live = await page.locator("article[data-state=live]").count();
	if (live !== sessions) {
		throw new Error(`${live} of ${sessions} sessions are live`);
	}
	await pause(2000); // what opening them left to do
	const cdp = await page.context().newCDPSession(page);
	await cdp.send("Performance.enable");
	const spent = async () => {
		const { metrics } = await cdp.send("Performance.getMetrics");
		const value = (/** @type {string} */ name) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
		return { processor: value("ProcessTime"), at: value("Timestamp") };
	};
	const before = await spent();
	await pause(idleSeconds * 1000);
	const after = await spent();
	const share = (after.processor - before.processor) / (after.at - before.at);
	await page.context().close();
	return {
		what: `  processor time of idle ticking, ${sessions} sessions`,
		ours: `${(share * 100).toFixed(2)} %`,
		bar: "under 2 % of a core",
		met: share < 0.02,
	};
}
