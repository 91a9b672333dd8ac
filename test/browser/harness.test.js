// The tests' own tools, in each browser: they do what they say, and they notice what the other tests rely on them to notice.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "../server.js";
import { launch, names } from "./browsers.js";
import { instrument, tag } from "./instruments.js";
import { person } from "./person.js";
import { scan } from "./scan.js";

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
const good = `<!doctype html><html lang="en"><head>${tag}<title>A page</title><link rel="stylesheet" href="/style.css"></head><body><main>
	<h1>A page</h1>
	<label>Name <input value="before"></label>
	<button type="button">Save <span aria-hidden="true">now</span></button>
	<p class="faint">Words</p>
	<div class="far"></div><button type="button" aria-label="Below">v</button>
	<div class="cover"></div><button type="button" class="under">Covered</button>
	<button type="button" hidden>Hidden</button>
</main></body></html>`;
const style = `
	.far { height: 3000px } button, input { font-size: 20px }
	main { position: relative } .cover, .under { position: absolute; left: 0; top: 300px; width: 200px; height: 50px } .cover { z-index: 1 }
	@media (prefers-color-scheme: dark) { :root { color-scheme: dark } }`;

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
	const html = (body) => ({ headers: { "content-type": "text/html", "content-security-policy": policy }, body });
	server = await serve((path) => {
		switch (path) {
			case "/good":
				return html(good);
			case "/bad":
				return html(good.replace("<label>Name ", "").replace("</label>", "").replace("faint", "fainter"));
			case "/style.css":
				return { headers: { "content-type": "text/css" }, body: `${style} .fainter { color: #ccc; background: #fff }` };
		}
		return instrument(path);
	});
});
after(() => server?.close());

for (const name of names) {
	describe(name, () => {
		/** @type {import("./driver.js").Browser} */
		let browser;
		before(async () => (browser = await launch(name)));
		after(() => browser?.close());

		async function open(t, path, look) {
			const tab = await browser.open(look);
			t.after(() => tab.close());
			await tab.goto(server.url + path);
			return { tab, page: person(tab) };
		}

		for (const look of [
			{ locale: "en-US", colorScheme: "light", width: 1280, height: 900 },
			{ locale: "zh-CN", colorScheme: "dark", width: 360, height: 740 },
		]) {
			test(`a page sees the look that was asked for: ${Object.values(look).join(" ")}`, async (t) => {
				const { tab } = await open(t, "/good", look);
				const { locale, colorScheme, width, height } = look;
				const seen = () =>
					tab.evaluate(() => ({
						locale: navigator.language,
						dark: matchMedia("(prefers-color-scheme: dark)").matches,
						size: [innerWidth, innerHeight],
					}));
				assert.deepEqual(await seen(), { locale, dark: colorScheme === "dark", size: [width, height] });
				await tab.resize(500, 600);
				assert.deepEqual((await seen()).size, [500, 600]);
				const png = await tab.screenshot();
				assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [500, 600]);
			});
		}

		test("things are found by role and name, clicked, filled and reached by keys", async (t) => {
			const { tab, page } = await open(t, "/good");
			await tab.evaluate(() =>
				document.addEventListener("click", ({ target, isTrusted }) => {
					document.title = `${target.textContent.trim()} ${isTrusted}`;
				}),
			);
			await page.click({ role: "button", name: "Save" });
			assert.equal(await tab.evaluate(() => document.title), "Save now true");
			await page.click({ role: "button", name: "Below" });
			assert.equal(await tab.evaluate(() => document.title), "v true");
			await page.fill({ role: "textbox", name: "Name" }, "Zhāng 三 a+b=c");
			assert.equal((await page.see({ role: "textbox", name: "Name" })).value, "Zhāng 三 a+b=c");
			await tab.press("Tab");
			assert.deepEqual(await page.focused(), { role: "button", name: "Save" });
			await tab.press("Shift+Tab");
			assert.deepEqual(await page.focused(), { role: "textbox", name: "Name" });
			assert.deepEqual(await page.lookAt({ role: "button", name: "Hidden" }), []);
			assert.equal((await page.lookAt({ role: "button", name: "Sav", part: true })).length, 1);
			await assert.rejects(page.click({ role: "button", name: "Covered" }), /is behind <div class="cover">/);
		});

		test("what goes wrong in a page is noticed", async (t) => {
			const { tab, page } = await open(t, "/good");
			assert.deepEqual(await page.problems(), []);
			const problems = await tab.evaluate(async () => {
				const script = document.createElement("script");
				script.textContent = "1";
				document.head.append(script);
				document.body.setAttribute("style", "color: red");
				await fetch("http://127.0.0.1:9/").catch(() => {});
				setTimeout(() => {
					throw new Error("thrown late");
				});
				Promise.reject(new Error("rejected"));
				console.error("said so");
				const image = new Image();
				image.src = "/missing.png";
				document.body.append(image);
				await new Promise((resolve) => (image.onerror = resolve));
				await new Promise((resolve) => setTimeout(resolve, 100));
				return globalThis.instruments.problems;
			});
			for (const pattern of [
				/^policy: script-src(-elem)? forbids inline/,
				/^policy: style-src(-attr)? forbids inline/,
				/^policy: connect-src forbids http:\/\/127\.0\.0\.1:9/,
				/^error: .*thrown late/s,
				/^rejection: .*rejected/s,
				/^console: said so/,
				/^not loaded: .*missing\.png/,
			]) {
				assert.equal(problems.filter((problem) => pattern.test(problem)).length, 1, `${pattern} in ${problems.join("\n")}`);
			}
			if (name !== "webkit") {
				// whose protocol does not tell
				assert.ok(
					(await tab.complaints()).some((line) => line.includes("said so")),
					"the browser says it too",
				);
			}
		});

		test("the accessibility scan passes a good page, and names what is wrong with a bad one", async (t) => {
			const { tab } = await open(t, "/good");
			const { violations, passed } = await scan(tab);
			assert.deepEqual(violations, []);
			assert.ok(passed > 10, `${passed} rules`);
			await tab.goto(`${server.url}/bad`);
			const found = (await scan(tab)).violations.map((line) => line.split(":")[0]).sort();
			assert.deepEqual(found, ["color-contrast", "label"]);
		});

		test("a sleep moves the wall's clock and no other, and a hidden tab is told", async (t) => {
			const { tab } = await open(t, "/good");
			const result = await tab.evaluate(() => {
				const { instruments } = globalThis;
				const read = () => [Date.now(), performance.now(), new Date().getTime(), Date.parse(`${new Date()}`)];
				const before = read();
				instruments.sleep(3_600_000);
				const after = read().map((value, i) => Math.round((value - before[i]) / 60_000));
				const seen = [];
				document.addEventListener("visibilitychange", () => seen.push(document.visibilityState, document.hidden));
				instruments.hide(true);
				instruments.hide(false);
				return { after, seen, fixed: new Date(0).toISOString(), is: new Date() instanceof Date };
			});
			assert.deepEqual(result, {
				after: [60, 0, 60, 60],
				seen: ["hidden", true, "visible", false],
				fixed: "1970-01-01T00:00:00.000Z",
				is: true,
			});
		});
	});
}
