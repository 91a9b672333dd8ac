// The pictures of the console in web/pictures: how each is brought about, taken and compared.
//
// They are compared by structure, not by pixels. A picture is of one browser, one set of fonts and one moment: two
// machines agree on none of them, times and tokens differ with every run, and who may only compare pixels learns to accept
// whatever is new. So next to each picture lies what was there to be seen: every part with its role and its name, in
// order, and where it was within the part around it. That must come out again, in any browser, within the tolerance that
// other fonts need. Of the pictures themselves it is checked that they are of the same size, light or dark as they were,
// and empty nowhere where there was something.
import { readFile } from "node:fs/promises";
import { PNG } from "pngjs";
import { openConsole, signsIn } from "./console.js";
import { prefix } from "./instruments.js";

export const folder = new URL("../../web/pictures/", import.meta.url);

/** @type {({ name: string } & import("./driver.js").Look)[]} */
export const views = [
	{ name: "desk-light-en", locale: "en-US", colorScheme: "light", width: 1280, height: 800 },
	{ name: "desk-dark-zh", locale: "zh-CN", colorScheme: "dark", width: 1280, height: 800 },
	{ name: "phone-light-zh", locale: "zh-CN", colorScheme: "light", width: 360, height: 740 },
	{ name: "phone-dark-en", locale: "en-US", colorScheme: "dark", width: 360, height: 740 },
];

/** Whose sessions a picture shows, by their numbers from 1: few enough to be looked at. */
const shown = ["ccmessaging", "ccgateway", "isales", "cubedrive"];

/**
 * Brings a view about, and hands it over: four sessions, of which one is an agent's, one has met a 401 and one was refused.
 * @param {import("./driver.js").Browser} browser
 * @param {import("./front.js").Front} front
 * @param {typeof views[number]} view
 * @returns {Promise<{ parts: import("./inside/structure.js").Part[], png: Buffer }>}
 */
export async function take(browser, front, view) {
	await front.renew();
	await front.sandbox.post("refuse", { system: "cubedrive", credential: "user22", refuse: true });
	const page = await openConsole(browser, front, view);
	const { tab } = page;
	const state = (/** @type {number} */ n) => tab.evaluate((n) => document.querySelector(`article[data-session="${n}"]`).dataset.state, n);
	const is = (/** @type {number} */ n, /** @type {string} */ wanted) =>
		page.wait(async () => (await state(n)) === wanted, `session ${n} must be ${wanted}`);
	try {
		for (const [i, system] of shown.entries()) {
			await page.click({ role: "radio", name: system });
			await page.click({ role: "button", name: page.word("Open session") });
			if (signsIn(system)) {
				await page.click(page.of("Sign in", i + 1));
			}
			await is(i + 1, system === "cubedrive" ? "paused" : "live");
		}
		await page.click({ role: "radio", name: "appcube" });
		// Time passes between what is done, so that the timeline shows one after the other, and bars that are not full.
		const pass = (/** @type {number} */ ms) => tab.evaluate((ms) => globalThis.instruments.sleep(ms), ms);
		await pass(20_000);
		await page.click(page.of("Verify", 1));
		await page.hear(/^(Session 1: valid|会话 1：有效)/);
		await pass(20_000);
		await page.click(page.of("Revoke", 3));
		await page.hear(/^(Session 3: tokens revoked|会话 3：沙箱已吊销)/);
		await pass(15_000);
		await page.click(page.of("Call", 3));
		await page.hear(/^(Session 3: the token was rejected and renewed|会话 3：令牌被拒绝并已更新)/);
		await pass(15_000);
		await page.click(page.of("Roll", 2));
		await page.hear(/^(Session 2: the next call|会话 2：下次调用)/);
		await page.click(page.of("Call", 2));
		await page.hear(/^(Session 2: the call was answered|会话 2：调用返回)/);
		await pass(15_000);
		const left = () => tab.evaluate(() => document.querySelector("article [data-slot=left]").textContent);
		await page.wait(async () => /58:[0-3]\d/.test(await left()), "a tick must come");
		// All of the page, up to what is seen first of it.
		await tab.evaluate(() => {
			document.activeElement?.blur();
			scrollTo(0, 0);
		});
		const height = await tab.evaluate(() => document.documentElement.scrollHeight);
		await tab.resize(view.width, Math.min(height, 2300));
		let parts = [];
		let before;
		await page.wait(async () => {
			before = JSON.stringify(parts);
			parts = await tab.evaluate(async (module) => (await import(module)).structure(), `${prefix}structure.js`);
			return JSON.stringify(parts) === before;
		}, "the page must come to rest");
		return { parts, png: await tab.screenshot() };
	} finally {
		await tab.close();
	}
}

/**
 * How two structures differ, a line for each difference.
 * @param {import("./inside/structure.js").Part[]} wanted
 * @param {import("./inside/structure.js").Part[]} got
 * @param {object} [options]
 * @param {boolean} [options.otherFonts] sizes may differ by more, and a button in a row may have gone to the next line
 * @returns {string[]}
 */
export function differences(wanted, got, { otherFonts = false } = {}) {
	const slack = otherFonts ? 0.45 : 0.06;
	const line = ({ role, name, depth }) => `${"  ".repeat(depth)}${role} "${name}"`;
	const [a, b] = [wanted.map(line), got.map(line)];
	const at = a.findIndex((text, i) => text !== b[i]);
	if (at >= 0 || a.length !== b.length) {
		const first = at >= 0 ? at : a.length;
		return [`part ${first} must be ${a[first] ?? "none"}, is ${b[first] ?? "none"}`];
	}
	return wanted.flatMap(({ box }, i) => {
		const its = /** @type {import("./inside/structure.js").Part} */ (got[i]).box;
		const alone = (wanted[i + 1]?.depth ?? 0) <= wanted[i].depth; // nothing is in it
		const far = (value, side) => Math.abs(value - its[side]) > 12 + slack * Math.max(Math.abs(value), Math.abs(its[side]));
		const off = box.findIndex((value, side) => !(otherFonts && alone && side < 2) && far(value, side));
		return off < 0 ? [] : [`${a[i]?.trim()}: ${["x", "y", "width", "height"][off]} must be about ${box[off]}, is ${its[off]}`];
	});
}

/**
 * What can be told of a picture without its details: its size, how bright it is on the whole, and which of its fields of
 * 40 by 40 pixels hold more than one colour.
 * @param {Buffer} file
 */
export function gist(file) {
	const { width, height, data } = PNG.sync.read(file);
	const size = 40;
	const fields = [];
	let light = 0;
	for (let top = 0; top + size <= height; top += size) {
		for (let left = 0; left + size <= width; left += size) {
			const first = data.readUInt32BE((top * width + left) * 4);
			let plain = true;
			for (let y = top; y < top + size; y++) {
				for (let x = left; x < left + size; x++) {
					const at = (y * width + x) * 4;
					plain &&= data.readUInt32BE(at) === first;
					light += data[at] + data[at + 1] + data[at + 2];
				}
			}
			fields.push(plain);
		}
	}
	return { width, height, brightness: light / (fields.length * size * size * 3 * 255), fields };
}

/** @param {string} name */
export async function kept(name) {
	return {
		parts: JSON.parse(await readFile(new URL(`${name}.json`, folder), "utf8")),
		png: await readFile(new URL(`${name}.png`, folder)),
	};
}
