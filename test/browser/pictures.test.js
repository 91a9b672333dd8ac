// The pictures in web/pictures still show the console: why not pixel by pixel, pictures.js says.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { launch, names } from "./browsers.js";
import { chinese } from "./chromium.js";
import { startFront } from "./front.js";
import { differences, gist, kept, take, views } from "./pictures.js";

/** @type {Awaited<ReturnType<typeof startFront>>} */
let front;
before(async () => {
	front = await startFront();
});
after(() => front?.stop());

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		before(async () => {
			browser = await launch(name);
		});
		after(() => browser?.close());

		for (const view of views) {
			test(`the console is built as in the picture ${view.name}`, async () => {
				const wanted = await kept(view.name);
				assert.ok(wanted.png.length < 300 * 1024, "it is small enough to be kept");
				const got = await take(browser, front, view);
				// The pictures are Chromium's, with Chromium's fonts, and a Chinese one that not every machine has.
				const otherFonts = name !== "chromium" || (view.locale === "zh-CN" && !existsSync(chinese));
				assert.deepEqual(differences(wanted.parts, got.parts, { otherFonts }), []);

				const [picture, fresh] = [gist(wanted.png), gist(got.png)];
				assert.equal(fresh.width, view.width);
				assert.equal(picture.width, view.width);
				assert.ok(
					Math.abs(fresh.height - picture.height) <= picture.height * (otherFonts ? 0.25 : 0.06),
					`${fresh.height} pixels high, not ${picture.height}`,
				);
				assert.ok(Math.abs(fresh.brightness - picture.brightness) < 0.08, `brightness ${fresh.brightness}, not ${picture.brightness}`);
				if (!otherFonts) {
					const changed = picture.fields.filter((plain, i) => plain !== fresh.fields[i]).length;
					assert.ok(changed < picture.fields.length * 0.12, `${changed} of ${picture.fields.length} fields are empty, or are not`);
				}
			});
		}
	});
}

test("a difference is seen: a part that is gone, renamed, out of order, or elsewhere", async () => {
	const { parts, png } = await kept("desk-light-en");
	const changed = (change) => {
		const copy = structuredClone(parts);
		change(copy);
		return differences(parts, copy).length;
	};
	assert.equal(
		changed(() => {}),
		0,
	);
	assert.equal(
		changed((copy) => copy.splice(20, 1)),
		1,
	);
	assert.equal(
		changed((copy) => (copy[20].name += "!")),
		1,
	);
	assert.equal(
		changed((copy) => ([copy[20], copy[21]] = [copy[21], copy[20]])),
		1,
	);
	assert.equal(
		changed((copy) => (copy[20].box[0] += 200)),
		1,
	);
	const { fields, brightness } = gist(png);
	assert.ok(fields.includes(true) && fields.includes(false));
	assert.ok(brightness > 0.6, "a light page is bright");
	assert.ok(gist((await kept("desk-dark-zh")).png).brightness < 0.4, "a dark one is not");
});
