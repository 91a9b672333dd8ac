// The console as an operator has it, in a real browser, against a real edge: what is seen there, what is done, and that no secret, no
// token and no subject is on the page.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch } from "../browser/chromium.js";
import { openConsole, stored } from "../browser/console.js";
import { startFront } from "../browser/front.js";
import { scan } from "../browser/scan.js";
import { secrets, startEdge } from "./edge.js";
import { startRelay } from "./relay.js";
import { json, startVendor } from "./vendor.js";

/** @type {import("./relay.js").Relay} between the page and the edge */
let wire;
/** @type {import("../browser/front.js").Front} */
let front;
/** @type {import("./vendor.js").Vendor} */
let vendor;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("../browser/driver.js").Browser} */
let browser;
let bearer = "";

before(async () => {
	wire = await startRelay();
	front = await startFront(["-connect", wire.url]);
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => ({
			...config,
			// Fewer than there can be, so that a person could look at them.
			connections: { chat: connections["open-messaging"], drive: connections["open-drive"] },
			operators: { allow: [{ by: "staff", claim: "groups", values: ["operators"] }], origins: [front.url] },
		}),
	});
	wire.target = edge.url;
	bearer = await edge.tokenFor("boss-canary", { claims: { groups: ["operators"] } });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await edge?.close();
	await Promise.all([wire, vendor].map((one) => one?.close()));
	await front?.stop();
});
beforeEach(async () => {
	wire.cut = false;
	vendor.login = undefined;
	await edge.restart();
	wire.target = edge.url;
});

/** What is on the page, in English and in Chinese. @type {Record<string, string>} */
const chinese = {
	Edge: "边缘",
	Operators: "运维",
	"Edge URL": "边缘地址",
	Bearer: "令牌（Bearer）",
	Look: "查看",
	"Look again": "刷新",
	Forget: "清除",
	Subject: "用户标识",
	"Signs in by": "登录方式",
	On: "范围",
	"Stop this user": "停用该用户",
	"End the stop": "解除停用",
};

/** An operator's page, before it has looked. @param {Partial<import("../browser/driver.js").Look>} [look] */
async function openPage(look) {
	const page = await openConsole(browser, front, look);
	const say = (/** @type {string} */ english) => (look?.locale === "zh-CN" ? (chinese[english] ?? english) : english);
	const operator = {
		...page,
		say,
		button: (/** @type {string} */ name) => ({ role: "button", name: say(name) }),
		field: (/** @type {string} */ name) => ({ role: "textbox", name: say(name) }),
		list: (/** @type {string} */ name) => ({ role: "combobox", name: say(name) }),
		/** A connection's part. @param {string} name */
		connection: (name) => ({ role: "article", name }),
		async begin(url = wire.url, token = bearer) {
			await page.fill(operator.field("Edge URL"), url);
			await operator.give(token);
			await page.click(operator.button("Look"));
		},
		/** Types a bearer: what is concealed has no role. @param {string} token */
		async give(token) {
			await page.tab.evaluate(() => {
				const input = /** @type {HTMLInputElement} */ (document.querySelector("#operators-bearer"));
				input.focus();
				input.select();
			});
			await page.tab.press("Delete");
			await page.tab.type(token);
		},
		look: async () => {
			await operator.begin();
			await page.hear(/^(Connections: 2|连接：2)/);
		},
	};
	await page.click({ role: "radio", name: say("Edge") });
	await page.click({ role: "radio", name: say("Operators") });
	return operator;
}

/** A user's token. @param {string} subject @param {string} connection */
async function token(subject, connection) {
	const response = await edge.post("/v1/token", await edge.tokenFor(subject, { claims: { name: "An Agent" } }), { connection });
	return response.json();
}

/** How often there were users. */
let times = 0;

/** Three users with a token, and one whose login was refused: nobody had met them before. */
async function busy() {
	times++;
	const named = (/** @type {string} */ name) => `agent-canary-${name}-${times}`;
	const answers = [];
	for (const name of ["one", "two", "three"]) {
		answers.push(await token(named(name), "drive"));
	}
	answers.push(await token(named("one"), "chat"));
	vendor.login = (response) => json(response, {}, { status: 401 });
	assert.equal((await token(named("cool"), "drive")).code, "credentials_refused");
	vendor.login = undefined;
	return { named, tokens: answers.map((answer) => String(answer.token)) };
}

/** What the page complains of, beside what a browser says by itself of an answer that is no success. @param {{ problems: () => Promise<string[]>, tab: import("../browser/driver.js").Tab }} page */
async function complaints(page) {
	const all = [...(await page.problems()), ...(await page.tab.complaints())];
	return all.filter((line) => !/^Failed to load resource|net::ERR_/.test(line));
}

test("an operator sees how each connection is, resets a waiting time, and stops a user and lets them in again", async () => {
	const { named, tokens } = await busy();
	const page = await openPage();
	try {
		await page.look();
		const { text } = await page.see(page.connection("drive"));
		assert.match(text, /live\s+3\s/);
		assert.match(text, /cooling down\s+1\s/);
		assert.match(text, /logins in the last hour\s+4\s/);
		assert.match(text, /credentials_refused login · HTTP 401\s+until \d\d:\d\d:\d\d/);
		assert.match(text, /Login budgets of \d sessions/);
		await page.see(page.connection("chat"), (seen) => /live\s+1\s/.test(seen.text) && /shared token/.test(seen.text));

		const reset = { role: "button", name: "Reset: session", part: true };
		await page.click(reset);
		await page.hear(/^The waiting time of \S+…\S+ has ended\.$/);
		await page.gone(reset);
		assert.deepEqual(await page.focused(), { role: "heading", name: "drive" });
		assert.ok((await token(named("cool"), "drive")).token, "the vendor is asked again");

		await page.fill(page.field("Subject"), named("one"));
		await page.choose(page.list("On"), "drive");
		await page.click(page.button("Stop this user"));
		await page.hear(/^Stopped: [\w-]{22}, drive\.$/);
		await page.see(page.field("Subject"), ({ value }) => value === "");
		assert.deepEqual([(await token(named("one"), "drive")).code, (await token(named("one"), "chat")).code], ["stopped", undefined]);
		const end = { role: "button", name: "End the stop: ", part: true };
		await page.click(end);
		await page.hear(/^The stop has ended: [\w-]{22}, drive\.$/);
		await page.gone(end);
		assert.ok((await token(named("one"), "drive")).token);

		await page.choose(page.list("On"), "all connections");
		await page.fill(page.field("Subject"), named("two"));
		await page.tab.press("Enter");
		await page.hear(/^Stopped: [\w-]{22}, all connections\. Tokens of chat are forgotten when this user next comes\.$/);
		assert.equal((await token(named("two"), "drive")).code, "stopped");
		await page.fill(page.field("Subject"), named("two"));
		await page.click(page.button("End the stop"));
		await page.hear(/^The stop has ended: [\w-]{22}, all connections\.$/);
		assert.ok((await token(named("two"), "drive")).token);

		// Nothing of whom it is about, and of what opens anything, is anywhere but on its way to the edge.
		const seen = await page.tab.evaluate(() =>
			[
				document.documentElement.outerHTML,
				location.href,
				...[...document.querySelectorAll("input, select, textarea")].map((one) => one.value),
			].join("\n"),
		);
		for (const hidden of ["canary", ...tokens, ...Object.values(secrets)]) {
			assert.ok(!seen.replaceAll(bearer, "").includes(hidden), hidden);
		}
		assert.ok(wire.exchanges.every(({ url, answerBody }) => !/canary/.test(url + answerBody) && !url.includes(bearer)));
		assert.deepEqual(await stored(page), { localStorage: [], sessionStorage: [], cookie: "", databases: [], caches: [] });

		await page.click(page.button("Forget"));
		await page.hear(/^The bearer and what it showed are off the page\.$/);
		await page.gone(page.connection("drive"));
		const left = await page.tab.evaluate(() => [...document.querySelectorAll("input")].map(({ value }) => value).join("\n"));
		assert.ok(!left.includes(bearer));
		assert.deepEqual(await complaints(page), []);
	} finally {
		await page.tab.close();
	}
});

test("what an edge refuses, and what is typed wrong, is told in words; a stop of oneself is not made", async () => {
	const page = await openPage();
	try {
		await page.click(page.button("Look"));
		await page.see(
			page.field("Edge URL"),
			({ attributes, description }) => attributes["aria-invalid"] === "true" && /https URL/.test(description),
		);
		await page.begin("http://edge.example.com");
		await page.see(page.field("Edge URL"), ({ attributes }) => attributes["aria-invalid"] === "true");
		assert.deepEqual(
			wire.exchanges.filter(({ url }) => url.includes("example")),
			[],
		);
		await page.begin(wire.url, await edge.tokenFor("agent-canary"));
		await page.hear(/^The edge shows nothing to this bearer/);
		await page.begin();
		await page.hear(/^Connections: 2, as of/);
		await page.see(page.field("Edge URL"), ({ attributes }) => attributes["aria-invalid"] === undefined);
		await page.click(page.button("Stop this user"));
		await page.see(page.field("Subject"), ({ attributes }) => attributes["aria-invalid"] === "true");
		await page.fill(page.field("Subject"), "boss-canary");
		await page.click(page.button("Stop this user"));
		await page.hear(/^No operator can stop itself/);
		wire.cut = true;
		await page.click(page.button("Look again"));
		await page.hear(/^No answer that this page may read/);
		await page.gone(page.connection("drive"));
		assert.deepEqual(await complaints(page), []);
	} finally {
		await page.tab.close();
	}
});

test("what answers as no edge would ends no page, and what comes after Forget is not shown", async () => {
	const page = await openPage();
	try {
		for (const body of [
			{},
			{ authentication: 7, connections: [null, 7, {}] },
			{ connections: [{ connection: "x" }], keepers: [{}, null], stopped: "x" },
			[],
		]) {
			await page.tab.evaluate((answer) => {
				globalThis.fetch = async () => Response.json(answer);
			}, body);
			await page.begin();
			await page.hear(/^(Connections: |No answer)/);
			await page.tab.evaluate(() => (document.querySelector("#status").textContent = ""));
		}
		// The first answer is late, and those to what is asked for after it come at once.
		await page.tab.evaluate(() => {
			const answer = () =>
				Response.json({ authentication: [], connections: [{ connection: "late", system: "x" }], keepers: [], stopped: [] });
			globalThis.asked = 0;
			globalThis.fetch = async () => {
				if (globalThis.asked++ === 0) {
					await new Promise((resolve) => (globalThis.late = resolve));
				}
				return answer();
			};
		});
		await page.begin();
		await page.wait(() => page.tab.evaluate(() => "late" in globalThis), "it is asked");
		await page.click(page.button("Forget"));
		await page.hear(/^The bearer and what it showed/);
		await page.tab.evaluate(() => globalThis.late());
		await page.frames();
		await page.frames();
		const after = await page.tab.evaluate(() => [document.querySelector("#connections")?.innerHTML, globalThis.asked]);
		assert.deepEqual(after, ["", 1], "neither shown nor asked for further");
		await page.hear(/^The bearer and what it showed/);
		assert.equal(await page.tab.evaluate(() => document.documentElement.dataset.state), "ready");
		assert.deepEqual(await complaints(page), []);
	} finally {
		await page.tab.close();
	}
});

test("agents' sessions and the timeline are there again on the way back, and the operators' part is gone", async () => {
	const page = await openPage();
	try {
		await page.look();
		await page.gone({ role: "heading", name: "Timeline" });
		await page.click({ role: "radio", name: "Sandbox" });
		await page.see({ role: "heading", name: "Timeline" });
		await page.gone(page.button("Look again"));
		await page.click(page.button("Open session"));
		await page.live(1);
	} finally {
		await page.tab.close();
	}
});

describe("for everybody", () => {
	for (const look of /** @type {const} */ ([
		{ locale: "en-US", colorScheme: "light", width: 1280, height: 900 },
		{ locale: "zh-CN", colorScheme: "dark", width: 1280, height: 900 },
		{ locale: "en-US", colorScheme: "dark", width: 360, height: 740 },
		{ locale: "zh-CN", colorScheme: "light", width: 360, height: 740 },
		{ locale: "en-US", colorScheme: "light", width: 320, height: 640 },
	])) {
		test(`axe finds no violation and nothing needs sideways scrolling: ${look.locale}, ${look.colorScheme}, ${look.width} pixels`, async () => {
			const { named } = await busy();
			const page = await openPage(look);
			const check = async (/** @type {string} */ state) => {
				const { violations, passed } = await scan(page.tab);
				assert.deepEqual(violations, [], state);
				assert.ok(passed > 20, state);
				const [needed, shown] = await page.tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
				assert.ok(needed <= shown, `${state}: ${needed} pixels in ${shown}`);
			};
			try {
				await check("before a look");
				await page.look();
				await page.fill(page.field("Subject"), named("three"));
				await page.click(page.button("Stop this user"));
				await page.hear(/^(Stopped|已停用)/);
				await page.tab.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
				await check("an edge with a stop, waiting times and budgets");
			} finally {
				await page.tab.close();
			}
		});
	}

	test("all of it is done by keyboard, in the order of the page", async () => {
		const { named } = await busy();
		const page = await openPage();
		try {
			await page.tabTo(page.field("Edge URL"));
			await page.tab.type(wire.url);
			await page.tab.press("Tab");
			await page.tab.type(bearer);
			await page.tab.press("Enter");
			await page.hear(/^Connections: 2/);
			await page.tabTo(page.button("Look again"));
			await page.tabTo(page.list("Signs in by"));
			await page.tabTo(page.field("Subject"));
			await page.tab.type(named("three"));
			await page.tab.press("Enter");
			await page.hear(/^Stopped: /);
			await page.tab.press("Shift+Tab");
			const said = await page.lookAt({ role: "status" });
			const [hash = ""] = said.flatMap(({ text }) => /[\w-]{22}/.exec(text) ?? []);
			await page.tabTo({ role: "button", name: `End the stop: ${hash.slice(0, 4)}…${hash.slice(-4)}, all connections` });
			await page.tab.press("Enter");
			await page.hear(/^The stop has ended: /);
			assert.deepEqual(await page.focused(), { role: "heading", name: "Stop a user" });
		} finally {
			await page.tab.close();
		}
	});
});
