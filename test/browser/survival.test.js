// What the agent console lives through: a vendor that is down, a sleep, hours in the background, a reload, and its own
// programs' death.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch, names } from "./browsers.js";
import { numberOf, openConsole, signsIn, sound, systems } from "./console.js";
import { startFront } from "./front.js";
import { person } from "./person.js";

const button = (name) => ({ role: "button", name });
const hour = 3_600_000;
const minute = 60_000;

/** Systems that do not say when a token ends. */
const endless = ["cubedrive"];

/** @type {Awaited<ReturnType<typeof startFront>>} */
let front;
before(async () => {
	front = await startFront();
});
after(() => front?.stop());

/** The seconds that a card says are left. */
async function left(page, n, as = () => true) {
	const read = (text) => {
		const [, hours, minutes, seconds] = text.match(/(?:(\d+):)?(\d+):(\d\d) left/) ?? [];
		return seconds === undefined ? undefined : Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
	};
	const { text } = await page.see(page.card(n), ({ text }) => read(text) !== undefined && as(read(text)));
	return read(text);
}

const sleep = (page, ms) => page.tab.evaluate((ms) => globalThis.instruments.sleep(ms), ms);
const hide = (page, hidden) => page.tab.evaluate((hidden) => globalThis.instruments.hide(hidden), hidden);

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		before(async () => {
			browser = await launch(name);
		});
		after(() => browser?.close());
		beforeEach(() => front.renew());

		function onConsole(what, use, { problems = undefined } = {}) {
			test(what, async () => {
				const page = await openConsole(browser, front);
				try {
					await use(page);
					await sound(page, problems);
				} finally {
					await page.tab.close();
				}
			});
		}

		onConsole("a vendor that is down takes no live token away, is told with code and advice, and is found again", async (page) => {
			await page.openAll();
			front.down = true;
			await page.click(page.of("Get token", 1));
			await page.hear(/^Session 1: a token is here\.$/);
			await page.click(page.of("Call", 1));
			await page.hear(/^Session 1: the call itself failed: no connection/);
			await page.click(page.of("Revoke", 1));
			await page.hear(/^The sandbox could not be asked: /);

			const other = numberOf("isales");
			// The tokens of the other sessions end while nobody can be reached.
			await sleep(page, 12 * hour);
			await page.see(page.card(other), ({ text }) => /\bExpired\b/.test(text));
			await page.click(page.of("Get token", other));
			await page.hear(new RegExp(`^Session ${other}: (network|unavailable)\\. \\S`));
			const { text } = await page.see(page.card(other), ({ text }) => /Last error\s+(network|unavailable)/.test(text));
			assert.match(text, /Nothing is tried before \d\d:\d\d:\d\d/);

			front.down = false;
			await sleep(page, 10 * minute); // the pause is over
			await page.click(page.of("Get token", other));
			await page.hear(new RegExp(`^Session ${other}: a token is here\\.$`));
			await page.see(page.card(other), ({ text }) => /\bLive\b/.test(text) && /Last error\s+–/.test(text));
		});

		test("a server that is not there at all is told, and the page lives on", async () => {
			const own = await startFront();
			const page = await openConsole(browser, own);
			try {
				await page.openAll();
				await own.stop();
				await page.click(page.of("Call", systems.length));
				await page.hear(new RegExp(`^Session ${systems.length}: the call itself failed: no connection`));
				await page.click(page.of("Close", 1));
				await page.hear(/^Session 1 is closed/);
				await page.click({ role: "radio", name: "isales" });
				await page.click(button("Open session"));
				// Equal to the one that is open, whose token lives.
				await page.live(systems.length + 1, "isales");
				await page.fill({ role: "textbox", name: "User" }, "somebody");
				await page.click(button("Open session"));
				await page.hear(new RegExp(`^Session ${systems.length + 2}: (network|unavailable)\\. \\S`));
				await sound(page);
			} finally {
				await page.tab.close();
			}
		});

		onConsole("after a sleep the life that is shown is right with the next tick, and an ended token is not offered", async (page) => {
			await page.openAll();
			const hourly = numberOf("appcube");
			const before = await left(page, hourly);
			assert.ok(before > 3500 && before <= 3600, `${before} s of an hour`);
			await sleep(page, 20 * minute);
			const after = await left(page, hourly, (seconds) => seconds < 3000);
			assert.ok(before - after >= 1200 && before - after < 1300, `${before - after} s for a sleep of 1200 s`);
			await sleep(page, hour);
			for (const system of systems) {
				const n = numberOf(system);
				if (endless.includes(system)) {
					await page.live(n);
					continue;
				}
				await page.see(page.card(n), ({ text }) => /\bExpired\b/.test(text) && /\bover\b/.test(text));
				await page.click(page.of("Get token", n));
				if (signsIn(system)) {
					await page.hear(new RegExp(`^Session ${n}: signed_out\\. `));
					await page.see(page.card(n), ({ text }) => /Signed out/.test(text));
				} else {
					await page.hear(new RegExp(`^Session ${n}: a token is here\\.$`));
					await page.live(n);
				}
			}
		});

		onConsole("hidden for hours the page rests, and shows what is true as soon as it is seen", async (page) => {
			const { tab } = page;
			await page.openAll();
			await hide(page, true);
			await page.frames(); // of what happened before
			const changes = await tab.evaluate(async () => {
				let changes = 0;
				const watch = new MutationObserver((records) => (changes += records.length));
				watch.observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true, attributes: true });
				await new Promise((resolve) => setTimeout(resolve, 3500));
				watch.disconnect();
				return changes;
			});
			assert.equal(changes, 0, "nothing is drawn for nobody");
			await sleep(page, 3 * hour);
			// In the same turn: a person who comes back never sees the old state.
			const states = await tab.evaluate(() => {
				globalThis.instruments.hide(false);
				return [...document.querySelectorAll("article [data-slot=state]")].map(({ textContent }) => textContent === "Expired");
			});
			assert.deepEqual(
				states,
				systems.map((system) => !endless.includes(system)),
			);
			await page.click(page.of("Call", 1));
			await page.hear(/^Session 1: the call was answered with HTTP 200/);
		});

		onConsole("a reload loses the sessions, and the page says so once", async (page) => {
			const { tab } = page;
			await page.openAll();
			await tab.reload();
			await page.ready();
			await page.read(
				new RegExp(`${systems.length} sessions were open before this page was loaded\\. They were in memory only, and are gone`),
			);
			await page.read(/No session is open/);
			assert.deepEqual(await page.lookAt({ role: "article" }), []);
			await page.click(button("Open session"));
			await page.live(1, "appcube");
			assert.equal((await front.sandbox.state()).counts.appcube.logins, 2, "no token outlived the reload");
			await tab.reload();
			await page.ready();
			await page.read(/One session was open before/);
			await tab.reload();
			await page.ready();
			assert.doesNotMatch(await page.text(), /open before/);
		});

		onConsole("who was signed in when the page was reloaded signs in by force, and is told so", async (page) => {
			const signInAt = async () => {
				await page.click({ role: "radio", name: "ccgateway" });
				await page.click(button("Open session"));
				await page.click(page.of("Sign in", 1));
			};
			await signInAt();
			await page.live(1, "ccgateway");
			await page.tab.reload();
			await page.ready();
			await signInAt();
			await page.hear(/^Session 1: already_signed_in\. .*by force/);
			await page.click(page.of("Sign in by force", 1));
			await page.hear(/^Session 1: a token is here\.$/);
			await page.live(1, "ccgateway");
			assert.equal((await front.sandbox.state()).counts.ccgateway.logins, 3);
		});

		onConsole("a dead token core is told, and restarted on request", async (page) => {
			await page.openAll();
			await page.tab.evaluate(() => globalThis.instruments.killCore());
			await page.click(page.of("Verify", 1));
			await page.see({ role: "alert" }, ({ text }) => /The token core has died.*module_failed/.test(text));
			for (const n of systems.map(numberOf)) {
				await page.see(page.card(n), ({ text }) => /Failed|Token lost from memory/.test(text));
			}
			await page.click(button("Restart the core"));
			await page.hear(/^The token core is running again\.$/);
			assert.deepEqual(await page.lookAt({ role: "alert" }), []);
			for (const system of systems.filter((system) => !signsIn(system))) {
				const n = numberOf(system);
				await page.click(page.of("Get token", n));
				await page.hear(new RegExp(`^Session ${n}: a token is here\\.$`));
				assert.equal((await front.sandbox.state()).counts[system].logins, 2);
			}
		});

		onConsole(
			"a death of the page's own program is told, and a reload is offered",
			async (page) => {
				await page.openAll();
				await page.tab.evaluate(() => globalThis.instruments.breakClock()); // of which Go panics at the next tick
				await page.see({ role: "alert" }, ({ text }) => /program has stopped, and with it all sessions/.test(text));
				await page.click(button("Reload the page"));
				await page.ready();
				await page.click(button("Open session"));
				await page.live(1);
			},
			{ problems: /Go program has already exited/ }, // of what still comes to it, and is the browser's to report
		);

		for (const [what, path, instead, says] of /** @type {const} */ ([
			["the page's own program is missing", "/dist/console.wasm", { status: 404 }, /program has stopped.*console\.wasm: 404/s],
			[
				"the token core is missing",
				"/dist/core.wasm",
				{ status: 404 },
				/The token core does not start: .*core\.wasm: the server answered 404/,
			],
			[
				"a page is served for the token core",
				"/dist/core.wasm",
				{ headers: { "content-type": "text/html" }, body: "<!doctype html>" },
				/The token core does not start: .*is not WebAssembly/,
			],
		])) {
			test(`it is told when ${what}, and the page is still there to be read`, async () => {
				front.instead = (asked) => (asked === path ? instead : undefined);
				const tab = await browser.open();
				try {
					await tab.goto(front.url);
					const page = person(tab);
					await page.see({ role: "alert" }, ({ text }) => says.test(text));
					await page.see({ role: "heading", name: "Open a session" });
					front.instead = () => undefined;
					if (path === "/dist/core.wasm") {
						await page.click(button("Restart the core"));
						await page.read(/The token core is running again\./);
					}
				} finally {
					await tab.close();
				}
			});
		}

		test("programs that are served with a wrong type start all the same", async () => {
			const files = new Map();
			for (const path of ["/dist/core.wasm", "/dist/console.wasm"]) {
				files.set(path, await readFile(new URL(`../..${path}`, import.meta.url)));
			}
			front.instead = (path) => (files.has(path) ? { headers: { "content-type": "text/plain" }, body: files.get(path) } : undefined);
			const page = await openConsole(browser, front);
			await page.openAll();
			await page.tab.close();
		});
	});
}
