// The agent console, by what a person does and sees, in each browser.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch, names } from "./browsers.js";
import { numberOf, openConsole, signsIn, sound, systems } from "./console.js";
import { startFront } from "./front.js";

const button = (name) => ({ role: "button", name });
const link = (name) => ({ role: "link", name });
const field = (name) => ({ role: "textbox", name });
const choice = (name) => ({ role: "radio", name });
const events = { role: "list", name: "The same as a list, newest first" };

const shortened = /\S{1,4}…\S{1,4}/;

/** The token that a card shows shortened. */
async function shortOn(page, card) {
	const { text } = await page.see(card, ({ text }) => shortened.test(text));
	return /** @type {RegExpMatchArray} */ (text.match(shortened))[0];
}

/** The same token whole, if the card shows it. @param {string} text @param {string} short */
function wholeIn(text, short) {
	const [begin, end] = short.split("…");
	return text.split(/\s+/).find((word) => word.startsWith(begin) && word.endsWith(end) && word.length > 12 && !word.includes("…"));
}

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
		beforeEach(() => front.renew());

		/** A test on a console of its own, which must be sound at the end. `problems` are those that it causes itself. */
		function onConsole(what, use, { look = undefined, problems = undefined } = {}) {
			test(what, async () => {
				const page = await openConsole(browser, front, look);
				try {
					await use(page);
					await sound(page, problems);
				} finally {
					await page.tab.close();
				}
			});
		}

		onConsole("each system's session gets its token with one login, can be verified, and carries a call", async (page) => {
			await page.openAll();
			for (const [i, system] of systems.entries()) {
				const n = i + 1;
				await shortOn(page, page.card(n));
				await page.click(page.of("Verify", n));
				await page.hear(new RegExp(`^Session ${n}: valid \\((the vendor|the core) says: `));
				await page.click(page.of("Call", n));
				await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
				await page.see(page.card(n), ({ text }) => /HTTP|200/.test(text) && /Logins\s+1\b/.test(text));
				const { counts } = await front.sandbox.state();
				assert.deepEqual({ ...counts[system] }, { ...counts[system], logins: 1, business: 1, failed: 0 });
			}
		});

		onConsole("the main job is done by keyboard alone", async (page) => {
			const { tab } = page;
			await tab.press("Tab");
			assert.deepEqual(await page.focused(), { role: "link", name: "Skip to the sessions" });
			await page.tabTo(choice("Sandbox"));
			await page.tabTo(choice("appcube"));
			for (let n = numberOf("appcube"); n < numberOf("isales"); n++) {
				await tab.press("ArrowDown");
			}
			assert.deepEqual(await page.focused(), { role: "radio", name: "isales" });
			await page.tabTo(field("User"));
			await tab.press("Control+a");
			await tab.press("Delete");
			await page.see(field("User"), ({ attributes }) => attributes["aria-invalid"] === "true");
			await tab.type("abcd");
			await page.see(field("User"), ({ attributes }) => !attributes["aria-invalid"]);
			await tab.press("Enter");
			await page.live(1, "isales");

			await page.tabTo(page.of("Verify", 1));
			await tab.press("Space");
			await page.hear(/^Session 1: valid \(/);
			assert.deepEqual(await page.focused(), page.of("Verify", 1), "the focus stays where it was");
			await page.tabTo(page.of("Revoke", 1));
			await tab.press("Enter");
			await page.hear(/^Session 1: tokens revoked at the sandbox: 1\./);
			await page.tabTo(page.of("Call", 1), "Shift+Tab");
			await tab.press("Enter");
			await page.hear(/^Session 1: the token was rejected and renewed, and the call sent once more: HTTP 200/);

			await page.tabTo({ role: "combobox", name: "Fault: session 1" });
			await page.choose({ role: "combobox", name: "Fault: session 1" }, "503 unavailable");
			await page.tabTo(page.of("Inject", 1));
			await tab.press("Enter");
			await page.hear(/^Session 1: 1 × “503 unavailable” waits at login\./);

			await page.tabTo(page.of("Close", 1), "Shift+Tab");
			await tab.press("Enter");
			await page.gone(page.card(1, "isales"));
			assert.deepEqual(await page.focused(), { role: "heading", name: "Sessions" }, "the focus is not lost with the card");
			await page.read(/No session is open/);
		});

		onConsole("a person can skip to the sessions", async (page) => {
			await page.tab.press("Tab");
			assert.deepEqual(await page.focused(), link("Skip to the sessions"));
			await page.tab.press("Enter");
			await page.tab.press("Tab");
			assert.deepEqual(await page.focused(), button("Open one of each"));
		});

		onConsole("a field is checked as it is typed, with the core's words, and the first wrong one keeps the form back", async (page) => {
			await page.click(choice("ccmessaging"));
			await page.fill(field("User ID"), "x".repeat(33));
			const wrong = await page.see(field("User ID"), ({ attributes }) => attributes["aria-invalid"] === "true");
			assert.match(wrong.description, /userId/, "the field is described by what is wrong with it");
			await page.click(button("Open session"));
			await page.hear(/^The form has something to correct: .*userId/);
			assert.deepEqual(await page.focused(), field("User ID"));
			assert.deepEqual(await page.lookAt({ role: "article" }), []);
			assert.equal((await front.sandbox.state()).counts.ccmessaging.logins, 0, "nothing was sent");

			await page.fill(field("User ID"), "user001");
			await page.see(field("User ID"), ({ attributes, description }) => !attributes["aria-invalid"] && !/userId/.test(description));
			await page.click(button("Open session"));
			await page.live(1, "ccmessaging");
		});

		onConsole("each target has its form, and the vendor's has a plain warning", async (page) => {
			const warning = /Secrets in a page are visible to its user/;
			assert.match((await page.see(field("Base URL"))).value, /^http:\/\/127\.0\.0\.1:\d+$/);
			assert.doesNotMatch(await page.text(), warning);
			await page.click(choice("Vendor directly"));
			await page.read(warning);
			assert.equal((await page.see(field("Base URL"))).value, "", "nothing of the sandbox is sent to a vendor");
			assert.equal((await page.see(field("App secret"))).value, "");
			await page.click(choice("Edge"));
			for (const name of ["Edge URL", "Connection", "Authorization"]) {
				await page.see(field(name));
			}
			assert.deepEqual(await page.lookAt(field("Base URL")), []);
			await page.click(choice("Sandbox"));
			await page.see(field("App secret"), ({ value }) => value === "api-password-of-tenant001");
		});

		onConsole("a token that was revoked is replaced at the 401, and the timeline tells it", async (page) => {
			await page.openAll();
			for (const system of systems.filter((system) => !signsIn(system))) {
				const n = numberOf(system);
				await page.click(page.of("Revoke", n));
				await page.hear(new RegExp(`^Session ${n}: tokens revoked at the sandbox: [1-9]`));
				await page.click(page.of("Call", n));
				await page.hear(new RegExp(`^Session ${n}: the token was rejected and renewed, and the call sent once more: HTTP 200`));
				assert.equal((await front.sandbox.state()).counts[system].business, 2);
				await page.click(page.of("Verify", n));
				await page.hear(new RegExp(`^Session ${n}: valid \\(`));
				const lines = (await page.see(events)).text.split("\n").filter((line) => line.includes(`Session ${n} · ${system}`));
				for (const word of ["acquired", "rejected", "replayed"]) {
					assert.ok(
						lines.some((line) => line.includes(word)),
						`"${word}" of ${system}: ${lines}`,
					);
				}
			}
		});

		onConsole("who signs in does it by a button, sees what is left, and is told when the vendor has signed them out", async (page) => {
			const logins = async () => (await front.sandbox.state()).counts.ccgateway.logins;
			const card = page.card(1, "ccgateway");
			await page.click(choice("ccgateway"));
			await page.click(button("Open session"));
			await page.see(card, ({ text }) => /No token yet/.test(text));
			const marks = () =>
				page.tab.evaluate(() => [...document.querySelectorAll(".life .mark")].filter((mark) => mark.checkVisibility()).length);
			assert.equal(await marks(), 0, "no life has no marks");
			await page.click(page.of("Get token", 1));
			await page.hear(/^Session 1: signed_out\. Sign in\./);
			assert.equal(await logins(), 0, "nothing but the button signs in");

			await page.click(page.of("Sign in", 1));
			await page.hear(/^Session 1: a token is here\.$/);
			const { text } = await page.see(card, ({ text }) => /\b(2:00|1:5\d) left/.test(text));
			assert.match(text, /handed out until it ends at \d\d:\d\d:\d\d/);
			assert.doesNotMatch(text, /renewed from/);
			await page.click({ role: "checkbox", name: "Keep in use: session 1" });
			await page.click(page.of("Revoke", 1)); // what a supervisor does
			await page.hear(/^Session 1: tokens revoked at the sandbox: 1\./);
			await page.click(page.of("Call", 1));
			await page.hear(/^Session 1: Signed out: the vendor has ended the session \(\S+\)\.$/);
			await page.see(card, ({ text }) => /Signed out: the vendor has/.test(text) && !/\bLive\b/.test(text) && !/\S…\S/.test(text));
			await page.see({ role: "checkbox", name: "Keep in use: session 1" }, ({ checked }) => !checked);
			await page.see(events, ({ text }) => /Session 1 · ccgateway signed out/.test(text));
			assert.equal(await logins(), 1, "the page does not sign in again");

			await page.click(page.of("Sign in", 1));
			await page.live(1, "ccgateway");
			await page.click(page.of("Sign out", 1));
			await page.hear(/^Session 1: signed out\.$/);
			await page.see(card, ({ text }) => /Signed out: as was asked for/.test(text));
			assert.equal(await logins(), 2);
		});

		onConsole(
			"the token that a system's requests carry beside its own is revoked by itself, and replaced at the next call",
			async (page) => {
				for (const [i, system] of ["ccmessaging", "appcube"].entries()) {
					await page.click(choice(system));
					await page.click(button("Open session"));
					await page.live(i + 1, system);
				}
				assert.deepEqual(await page.lookAt(page.of("Revoke AccessToken", 2)), [], "appcube has none");
				await page.click(page.of("Revoke AccessToken", 1));
				await page.hear(/^Session 1: tokens revoked at the sandbox: 1\./);
				await page.click(page.of("Call", 1));
				await page.hear(/^Session 1: the token was rejected and renewed, and the call sent once more: HTTP 200/);
				await page.see(events, ({ text }) => /AccessToken \(shared\)/.test(text));
				const { counts } = await front.sandbox.state();
				assert.deepEqual([counts.apifabric.logins, counts.ccmessaging.logins], [2, 1]);

				await page.click(choice("apifabric"));
				await page.click(button("Open session"));
				await page.live(3, "apifabric");
				assert.equal((await front.sandbox.state()).counts.apifabric.logins, 2, "it is the token that ccmessaging's requests carry");
			},
		);

		onConsole("a rolled token is adopted from the answer that brings it", async (page) => {
			const { systems: listed } = await (await fetch(`${front.url}/_sandbox/systems`)).json();
			const rolling = listed.filter(({ rolls }) => rolls).map(({ name }) => name);
			assert.ok(rolling.includes("ccmessaging"));
			await page.openAll();
			for (const system of systems) {
				const n = numberOf(system);
				if (!rolling.includes(system)) {
					assert.deepEqual(await page.lookAt(page.of("Roll", n)), [], `${system} never rolls`);
					continue;
				}
				await page.click(page.of("Roll", n));
				await page.hear(new RegExp(`^Session ${n}: the next call brings a new token \\(1 waiting\\)`));
				await page.click(page.of("Call", n));
				await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
				await page.see(events, ({ text }) => new RegExp(`Session ${n} · ${system} rolled`).test(text));
				await page.click(page.of("Verify", n));
				await page.hear(new RegExp(`^Session ${n}: valid \\(`));
				assert.equal((await front.sandbox.state()).counts[system].logins, 1);
			}
		});

		onConsole("a refused login shows its code, what to do, and when the next try is", async (page) => {
			await front.sandbox.post("refuse", { system: "isales", credential: "abcd", refuse: true });
			await page.click(choice("isales"));
			await page.click(button("Open session"));
			await page.hear(/^Session 1: credentials_refused\. Check key, secret/);
			const { text } = await page.see(page.card(1, "isales"), ({ text }) => /Last error\s+credentials_refused/.test(text));
			assert.match(text, /Cooling down/);
			assert.match(text, /Nothing is tried before \d\d:\d\d:\d\d/);
			const { logins } = (await front.sandbox.state()).counts.isales;
			await page.click(page.of("Get token", 1));
			await page.hear(/^Session 1: (credentials_refused|cooling_down)\./);
			assert.equal((await front.sandbox.state()).counts.isales.logins, logins, "it is left alone");
		});

		onConsole("an injected fault is met where it was put, and can be taken back", async (page) => {
			const n = numberOf("appcube");
			await page.openAll();
			await page.choose({ role: "combobox", name: `Where: session ${n}` }, "business call");
			await page.choose({ role: "combobox", name: `Fault: session ${n}` }, "503 unavailable");
			await page.fill({ role: "textbox", name: `How often: session ${n}` }, "3");
			await page.click(page.of("Inject", n));
			await page.hear(new RegExp(`^Session ${n}: 3 × “503 unavailable” waits at business call\\.`));
			await page.click(page.of("Call", n));
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 503`));
			await page.live(n);
			await page.click(button("Clear faults"));
			await page.hear(/^Faults that waited at the sandbox are cleared: 2\.$/);
			await page.click(page.of("Call", n));
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
			await page.fill({ role: "textbox", name: `How often: session ${n}` }, "0");
			await page.click(page.of("Inject", n));
			await page.hear(/^How often must be a whole number from 1 to 100\.$/);
		});

		onConsole("a token is shown whole only on request, and copied whole", async (page) => {
			await page.click(choice("isales"));
			await page.click(button("Open session"));
			const card = page.card(1, "isales");
			const { text } = await page.live(1, "isales");
			const short = await shortOn(page, card);
			assert.equal(wholeIn(text, short), undefined);
			await page.click(page.of("Copy", 1));
			await page.hear(/^Session 1: the token is on the clipboard\.$/);
			await page.click(page.of("Reveal", 1));
			const token = wholeIn((await page.see(card, ({ text }) => wholeIn(text, short))).text, short);
			await page.click(field("User"));
			await page.tab.press("Control+a");
			await page.tab.press("Control+v");
			await page.see(field("User"), ({ value }) => value === token);
			await page.click(page.of("Reveal", 1));
			await page.see(card, ({ text }) => !wholeIn(text, short));
		});

		onConsole("the timeline is narrowed to a session, and saved without a secret or a token", async (page) => {
			const { tab } = page;
			const [all, chosen] = [systems.map(numberOf), numberOf("isales")];
			await page.openAll();
			await page.click(page.of("Revoke", chosen));
			await page.hear(new RegExp(`^Session ${chosen}: tokens revoked`));
			await page.click(page.of("Call", chosen));
			await page.hear(new RegExp(`^Session ${chosen}: the token was rejected and renewed`));
			const tokens = [];
			for (const n of all) {
				const short = await shortOn(page, page.card(n));
				await page.click(page.of("Reveal", n));
				tokens.push(wholeIn((await page.see(page.card(n), ({ text }) => wholeIn(text, short))).text, short));
			}
			assert.equal(new Set(tokens).size, all.length);

			const saved = async () => {
				await page.click(button("Save as JSON"));
				await page.hear(/^The timeline was saved: \d+ events\.$/);
				return tab.evaluate(() => globalThis.instruments.blobs.at(-1).text());
			};
			const file = await saved();
			const { events: told } = JSON.parse(file);
			assert.deepEqual(new Set(told.map(({ session }) => session).filter(Boolean)), new Set(all));
			for (const type of ["acquired", "rejected", "replayed", "exchange"]) {
				assert.ok(
					told.some((event) => event.type === type),
					type,
				);
			}
			const { text: listed } = await page.see(events);
			const drawn = await tab.evaluate(() => document.querySelector("svg").outerHTML);
			for (const secret of [...page.secrets, ...tokens]) {
				for (const [where, text] of Object.entries({ "the file": file, "the list": listed, "the picture": drawn })) {
					assert.ok(!text.includes(secret), `a secret is in ${where}`);
				}
			}
			for (const { url } of front.asked) {
				assert.ok(!tokens.some((token) => decodeURIComponent(url).includes(token)) || /verifyAuthToken/i.test(url), "a token is in a URL");
			}

			const marks = () =>
				tab.evaluate(() =>
					[...new Set([...document.querySelectorAll("svg [data-event]")].map((mark) => mark.getAttribute("data-session")))].sort(),
				);
			assert.ok((await marks()).length >= all.length);
			await page.choose({ role: "combobox", name: "Show" }, `Session ${chosen} · isales`);
			await page.wait(async () => String(await marks()) === String(chosen), "only that session must be drawn");
			assert.ok((await page.lookAt({ role: "listitem", within: events })).length > 3);
			assert.doesNotMatch((await page.see(events)).text, /appcube/);
			const { events: one } = JSON.parse(await saved());
			assert.deepEqual([...new Set(one.map(({ session }) => session))], [chosen]);
		});

		onConsole("equal identities share one login, and closing one leaves the other its token", async (page) => {
			for (const n of [1, 2]) {
				await page.click(button("Open session"));
				await page.live(n, "appcube");
			}
			assert.equal((await front.sandbox.state()).counts.appcube.logins, 1);
			await page.click(page.of("Close", 1));
			await page.gone(page.card(1, "appcube"));
			await page.click(page.of("Get token", 2));
			await page.hear(/^Session 2: a token is here\.$/);
			assert.equal((await front.sandbox.state()).counts.appcube.logins, 1);
		});

		onConsole(
			"a Chinese browser gets a Chinese page, and the choice of another language outlives a reload",
			async (page) => {
				const { tab } = page;
				const language = () => tab.evaluate(() => document.documentElement.lang);
				assert.match(await language(), /^zh/);
				await page.see({ role: "heading", name: "会话" });
				await page.openAll();
				await page.click(page.of("Verify", 1));
				await page.hear(/^会话 1：有效/);
				const rest = (await page.text())
					.split("\n")
					.filter((line) => /\b(Session|Token|Live|Logins|Sign|Verify|Renewed|acquired|Open|Close|left|Show)\b/.test(line));
				assert.deepEqual(rest, [], "nothing is left in English");

				await page.choose({ role: "combobox", name: "Language · 语言" }, "English");
				await page.see({ role: "heading", name: "Sessions" });
				await page.see({ role: "article", name: `Session 1: ${systems[0]}` }, ({ text }) => /\bLive\b/.test(text));
				assert.equal(await language(), "en");
				assert.doesNotMatch(
					(await page.text()).replaceAll("中文", "").replaceAll("语言", ""),
					/\p{Script=Han}/u,
					"nothing is left in Chinese",
				);
				await tab.reload();
				await page.ready();
				await page.see({ role: "heading", name: "Sessions" });
			},
			{ look: { locale: "zh-CN" } },
		);
	});
}
