// The agent console for everybody: the accessibility scan in every state, by keyboard, in both languages and colours, on
// a phone's width, and with nothing that jumps while numbers tick.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch, names } from "./browsers.js";
import { numberOf, openConsole, sound, systems } from "./console.js";
import { startFront } from "./front.js";
import { scan } from "./scan.js";

/** @type {Awaited<ReturnType<typeof startFront>>} */
let front;
before(async () => {
	front = await startFront();
});
after(() => front?.stop());

/**
 * Leads the page through its states, and calls look at each.
 * @param {import("./console.js").Console} page
 * @param {(state: string) => Promise<void>} look
 */
async function throughAllStates(page, look) {
	const { tab } = page;
	const radio = (name) => ({ role: "radio", name });
	await look("empty");

	for (const system of systems) {
		await page.click(radio(system));
		await look(`the form of ${system}`);
	}
	await page.click(radio("ccmessaging"));
	await page.fill({ role: "textbox", name: page.word("User ID") }, "x".repeat(33));
	await page.see({ role: "textbox", name: page.word("User ID") }, ({ attributes }) => attributes["aria-invalid"] === "true");
	await look("a field at fault");
	await page.click(radio(page.word("Vendor directly")));
	await look("the vendor's warning");
	await page.click(radio(page.word("Edge")));
	await look("the edge's form");
	await page.click(radio(page.word("Sandbox")));

	await front.sandbox.post("refuse", { system: "cubedrive", credential: "user22", refuse: true });
	await page.openAll("cubedrive");
	await page.click(page.of("Call", numberOf("ccgateway"))); // which has a long path
	await page.see(page.card(numberOf("ccgateway")), ({ text }) => /POST \/\S+\/handshake/.test(text));
	await page.click(page.of("Reveal", numberOf("ccmessaging")));
	await look("sessions that live, one with its token shown, and one that was refused");

	await tab.evaluate(() => globalThis.instruments.sleep(7_200_000));
	await page.wait(
		() => tab.evaluate(() => document.querySelector("article").dataset.state === "expired"),
		"the first session must have ended",
	);
	await look("sessions that have ended");

	await tab.evaluate(() => globalThis.instruments.killCore());
	await page.click(page.of("Verify", 1));
	await page.see({ role: "button", name: page.word("Restart the core") });
	await look("a core that has died");

	await tab.reload();
	await page.ready();
	await look("after a reload");
}

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		before(async () => {
			browser = await launch(name);
		});
		after(() => browser?.close());
		beforeEach(() => front.renew());

		for (const look of /** @type {const} */ ([
			{ locale: "en-US", colorScheme: "light", width: 1280, height: 900 },
			{ locale: "zh-CN", colorScheme: "dark", width: 1280, height: 900 },
			{ locale: "en-US", colorScheme: "dark", width: 360, height: 740 },
			{ locale: "zh-CN", colorScheme: "light", width: 360, height: 740 },
		])) {
			const { locale, colorScheme, width } = look;
			test(`in every state, axe finds no violation and nothing needs sideways scrolling or leaves its form or card: ${locale}, ${colorScheme}, ${width} pixels`, async () => {
				const page = await openConsole(browser, front, look);
				try {
					await throughAllStates(page, async (state) => {
						const { violations, passed } = await scan(page.tab);
						assert.deepEqual(violations, [], state);
						assert.ok(passed > 25, `${passed} rules were kept in state: ${state}`);
						const over = await page.tab.evaluate(() => {
							const { clientWidth, scrollWidth } = document.documentElement;
							const right = (element) => element.getBoundingClientRect().right;
							const wide = [...document.body.querySelectorAll("*")].filter((element) => {
								const around = element.closest(".unseen") ? null : element.closest("form, .session");
								return (scrollWidth > clientWidth && right(element) > clientWidth + 1) || (around && right(element) > right(around) + 1);
							});
							return wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
						});
						assert.deepEqual(over, [], `${state}: wider than the page, or than the form or card that it is in`);
					});
					await sound(page);
				} finally {
					await page.tab.close();
				}
			});
		}

		if (name !== "webkit") {
			// whose window cannot be as narrow
			test("at 320 pixels, which is 1280 at four times the size, nothing needs sideways scrolling", async () => {
				const page = await openConsole(browser, front, { width: 320, height: 640 });
				try {
					await page.openAll();
					const [needed, shown] = await page.tab.evaluate(() => [
						document.documentElement.scrollWidth,
						document.documentElement.clientWidth,
					]);
					assert.ok(needed <= shown, `${needed} pixels in ${shown}`);
				} finally {
					await page.tab.close();
				}
			});
		}

		test("Tab goes through all controls in the order of the page, each named, seen, uncovered and marked", async () => {
			const page = await openConsole(browser, front);
			try {
				await page.openAll();
				const { tab } = page;
				await tab.evaluate(() => document.querySelector("a").focus());
				await tab.press("Tab"); // a focus is marked for those who use the keyboard
				await tab.press("Shift+Tab");
				/** @type {Set<string>} */
				const reached = new Set();
				let before = -1;
				for (let i = 0; i < 50 + 30 * systems.length; i++) {
					if (i > 0) {
						await tab.press("Tab");
					}
					const stop = await tab.evaluate(async (outline) => {
						const { nameOf, roleOf } = await import(outline);
						const element = document.activeElement;
						if (element === document.body || element === document.documentElement) {
							return undefined;
						}
						const all = [...document.querySelectorAll("*")];
						// A radio button may be drawn by what stands next to it.
						const shown = element.matches("input[type=radio], input[type=checkbox]") ? (element.closest("label") ?? element) : element;
						const marked = (part) => {
							const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
							return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
						};
						const { left, top, width, height } = shown.getBoundingClientRect();
						const hit = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
						return {
							at: all.indexOf(element),
							id: `${roleOf(element) ?? element.localName} "${nameOf(element)}"`,
							named: nameOf(element) !== "",
							seen: shown.checkVisibility?.() !== false && width >= 24 && height >= 16 && top < innerHeight && top + height > 0,
							covered: !(shown.contains(hit) || hit?.contains(shown)),
							marked: [shown, ...shown.querySelectorAll("*")].some(marked),
						};
					}, "/-test/outline.js");
					if (!stop || stop.at < before) {
						break; // to the browser's own controls, or around
					}
					const { at, id, ...is } = stop;
					assert.deepEqual(is, { named: true, seen: true, covered: false, marked: true }, id);
					before = at;
					reached.add(id);
				}
				for (const id of [
					'link "Skip to the sessions"',
					'combobox "Language · 语言"',
					'radio "Sandbox"',
					'radio "appcube"',
					'textbox "App key"',
					'button "Open session"',
					'button "Open one of each"',
					'button "Close: session 1"',
					'button "Get token: session 1"',
					'checkbox "Keep in use: session 1"',
					`combobox "Fault: session ${systems.length}"`,
					`button "Inject: session ${systems.length}"`,
					'combobox "Show"',
					'button "Save as JSON"',
					'list "The same as a list, newest first"',
				]) {
					assert.ok(reached.has(id), `${id} is not among ${[...reached].join(", ")}`);
				}
			} finally {
				await page.tab.close();
			}
		});

		test("nothing jumps when the program brings the forms", async () => {
			for (const look of [
				{ width: 1280, height: 900 },
				{ width: 360, height: 740 },
				{ locale: "zh-CN", width: 1280, height: 900 },
				{ locale: "zh-CN", width: 360, height: 740 },
			]) {
				const page = await openConsole(browser, front, look);
				try {
					await page.frames();
					const shifts = await page.tab.evaluate(() => globalThis.instruments.shifts);
					const sum = shifts.reduce((total, { value }) => total + value, 0);
					assert.ok(sum < 0.03, `a layout shift of ${sum} at ${look.width} pixels: ${JSON.stringify(shifts)}`);
				} finally {
					await page.tab.close();
				}
			}
		});

		test("nothing moves while numbers tick, from hours to seconds", async () => {
			const ticking = await startFront(["-lifetime", "appcube=3700s", "-lifetime", "ccmessaging=700s", "-lifetime", "isales=700s"]);
			const page = await openConsole(browser, ticking);
			try {
				const { tab } = page;
				await page.openAll();
				await page.hear(/a token is here/);
				// Everything but what is meant to move: a bar's filling, and the timeline's line of the present.
				const places = () =>
					tab.evaluate(() => {
						const still = [...document.querySelectorAll("header, main, main *")].filter((element) => !element.closest(".fill, #picture"));
						return still.map((element) => {
							const { x, y, width, height } = element.getBoundingClientRect();
							return [
								`${element.localName}.${element.className} ${element.dataset.slot ?? ""}`,
								[x, y + scrollY, width, height].map(Math.round).join(" "),
							];
						});
					});
				const texts = () =>
					tab.evaluate(() => [...document.querySelectorAll("[data-slot=left]")].map(({ textContent }) => textContent).join());
				const tick = async () => {
					const before = await texts();
					await page.wait(async () => (await texts()) !== before, "the numbers must tick");
				};
				// What opening the sessions has caused is drawn some frames later: from one tick to the next it is all there.
				let first = await places();
				await page.wait(async () => {
					await tick();
					return String(first) === String((first = await places()));
				}, "the page must come to rest");
				const seen = new Set([await texts()]);
				const shifted = await tab.evaluate(() => globalThis.instruments.shifts.length);
				// From 1:01:… to 59:…, and from 11:… to 9:…: no token ends, and none is due.
				for (const ms of [0, 60_000, 90_000, 50_000]) {
					await tab.evaluate((ms) => globalThis.instruments.sleep(ms), ms);
					await tick();
					seen.add(await texts());
					const now = await places();
					const moved = now.flatMap(([part, place], i) =>
						place === first[i]?.[1] ? [] : [`${part} was at ${first[i]?.[1]}, is at ${place}`],
					);
					assert.deepEqual(moved.slice(0, 10), [], await texts());
				}
				assert.match([...seen].join(" "), /1:0\d:\d\d.* 5\d:\d\d/);
				assert.match([...seen].join(" "), /1\d:\d\d.*\b[89]:\d\d/);
				const shifts = await tab.evaluate(() => globalThis.instruments.shifts);
				assert.deepEqual(shifts.slice(shifted), []);
			} finally {
				await page.tab.close();
				await ticking.stop();
			}
		});
	});
}
