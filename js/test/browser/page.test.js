// The served page, as a person uses it.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { controls, startServer } from "../../demo/server.js";
import { launchChromium, openPage } from "./chromium.js";

const systems = ["appcube", "ccmessaging", "isales", "cubedrive"];

let browser;
let server;
let sandbox;

before(async () => {
	server = await startServer("127.0.0.1:0");
	sandbox = controls(server.url);
	browser = await launchChromium();
});

after(async () => {
	await browser?.close();
	await server?.stop();
});

async function open(options) {
	await sandbox.reset();
	const opened = await openPage(browser, options);
	return opened;
}

const row = (page, system) => page.locator(`tr[data-system=${system}]`);

test("the page gets and verifies a token of each system, with one login each", async () => {
	const { page, problems } = await open();
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	const { counts } = await sandbox.state();
	for (const system of systems) {
		assert.match(await row(page, system).locator(".token").textContent(), /^\S{4}…\S{4}$/);
		assert.match(await row(page, system).locator(".verified").textContent(), /^valid \(/);
		assert.equal(await row(page, system).locator(".logins").textContent(), "1");
		assert.equal(counts[system].logins, 1);
	}
	assert.match(await row(page, "cubedrive").locator(".verified").textContent(), /vendor/);
	assert.deepEqual(problems, []);
	const screenshot = process.env.SCREENSHOT ?? join(tmpdir(), "cctoken-page.png");
	await page.screenshot({ path: screenshot, fullPage: true });
	await page.context().close();
});

test("a revoked token is renewed at the 401, and the call sent once more", async () => {
	const { page } = await open();
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	for (const system of systems) {
		const before = await row(page, system).locator(".token").textContent();
		await page.getByRole("button", { name: `Revoke and call: ${system}` }).click();
		await page.getByText(`${system}: the token was revoked, renewed at the 401, and the call was sent once more: 200.`).waitFor();
		assert.match(await row(page, system).locator(".verified").textContent(), /^valid \(/);
		if (system !== "ccmessaging") { // whose tokens begin and end alike
			assert.notEqual(await row(page, system).locator(".token").textContent(), before);
		}
	}
	await page.context().close();
});

test("the page can be used by keyboard alone", async () => {
	const { page } = await open();
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Verify: appcube");
	await page.keyboard.press("Enter");
	await page.getByText("appcube: valid (core: live).").waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Verify: appcube");
	await page.context().close();
});

test("a refused login is shown with its code, its advice and the time of the next try", async () => {
	const { page } = await open();
	await sandbox.post("refuse", { system: "isales", credential: "abcd", refuse: true });
	await page.goto(server.url);
	await page.getByText(/credentials_refused: isales: login: .* Next try at /).waitFor();
	await page.context().close();
});

test("a token that is gone and could not be renewed is not shown as valid any more", async () => {
	const { page } = await open();
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	await sandbox.post("refuse", { system: "isales", credential: "abcd", refuse: true });
	await page.getByRole("button", { name: "Revoke and call: isales" }).click();
	await page.getByText(/^credentials_refused: /).waitFor();
	assert.equal(await row(page, "isales").locator(".verified").textContent(), "credentials_refused");
	await page.context().close();
});

test("a module that is served with a wrong MIME type still loads, and one that is missing is a clear error", async () => {
	const { page } = await open();
	await page.route("**/core.wasm", async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, headers: { ...response.headers(), "content-type": "text/plain" } });
	});
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	await page.unroute("**/core.wasm");
	await page.route("**/core.wasm", (route) => route.fulfill({ status: 404, body: "" }));
	await page.goto(server.url);
	await page.getByText(/module_not_found: .*core\.wasm.*initialize\(\{ wasmUrl \}\)/).waitFor();
	await page.context().close();
});

test("on a phone of 360 pixels nothing needs sideways scrolling", async () => {
	const { page } = await open({ viewport: { width: 360, height: 740 } });
	await page.goto(server.url);
	await page.getByText("Every token was fetched and verified.").waitFor();
	const [needed, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
	assert.ok(needed <= shown, `${needed} pixels in ${shown}`);
	if (process.env.SCREENSHOT) {
		await page.screenshot({ path: process.env.SCREENSHOT.replace(".png", "-phone.png"), fullPage: true });
	}
	await page.context().close();
});
