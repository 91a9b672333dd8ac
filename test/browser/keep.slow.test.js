// A session that is kept in use, as a busy console keeps one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { launchChromium, openPage } from "./chromium.js";

let browser;
let server;

before(async () => {
	server = await startServer("127.0.0.1:0", ["-lifetime", "isales=5s", "-lifetime", "isalesRefresh=1h"]);
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await server?.stop();
});

test("it is renewed ahead of its end, again and again, with one login and a page that goes on answering", async () => {
	const { page, problems } = await openPage(browser, { locale: "en-US" });
	await page.goto(server.url);
	await page.locator("html[data-state=ready]").waitFor();
	await page.getByRole("button", { name: "Open one of each" }).click();
	const session = page.locator("article[data-system=isales]");
	await session.getByRole("checkbox", { name: "Keep in use" }).check();
	await page.locator("#events li[data-event=renewed] ~ li[data-event=renewed]").first().waitFor({ timeout: 60_000 });
	assert.match(await session.getAttribute("data-state"), /^(live|due)$/);
	const { counts } = await controls(server.url).state();
	assert.equal(counts.isales.logins, 1);
	assert.ok(counts.isales.refreshes >= 2);
	assert.equal(await page.locator("#events li[data-event=rejected]").count(), 0);

	await session.getByRole("checkbox").uncheck();
	await page.locator("article[data-system=isales][data-state=expired]").waitFor({ timeout: 60_000 });
	await page.locator("#changes", { hasText: `Session ${await session.getAttribute("data-session")}: Expired.` }).waitFor();
	assert.deepEqual(problems, []);
	await page.context().close();
});
