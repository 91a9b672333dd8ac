// The agent console against the edge, in a real browser: what a person does there, and that nothing that the edge keeps
// to itself is in the page's memory, its document, its storage or its traffic.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { systems as described } from "../../js/generated/systems.js";
import { controls, startServer } from "../../tools/demo/server.js";
import { launch } from "../browser/chromium.js";
import { openConsole, stored } from "../browser/console.js";
import { startFront } from "../browser/front.js";
import { heapOf, wasmMemoriesOf, wholeStrings } from "../browser/memory.js";
import { startEdge } from "./edge.js";
import { startRelay } from "./relay.js";

/** What each system's business call is, as the form takes it. */
const calls = {
	appcube: { method: "POST", path: "/oifde/rest/appcube/api/business" },
	ccmessaging: { method: "GET", path: "/apiaccess/ccmessaging/poll?channel=WEB" },
	isales: { method: "GET", path: "/rest/isales/v1/openapi/obs/business" },
	cubedrive: { method: "GET", path: "/commonPage?page=formData" },
};
const systems = /** @type {(keyof typeof calls)[]} */ (Object.keys(calls));
/** Those whose vendor can be asked about a token. @type {string[]} */
const asked = described.filter(({ verifies }) => verifies).map(({ name }) => name);

/** What nobody at the page may see, and what it is. @type {Map<string, string>} */
const canaries = new Map();
/** The edge's secrets, of which all are canaries. @type {Record<string, string>} */
const bindings = {
	NAME_KEY: secret("name key", unique("name-key")),
	STORAGE_KEYS: `k1:${secret("storage key", randomBytes(32).toString("base64url"))}`,
	MACHINE_KEY: secret("key of a machine", unique("machine-key")),
};
/** The relays to the vendors: each with connections of its own, so that their tokens can be told apart. */
const vendors = /** @type {Record<"open" | "sealed" | "shared", import("./relay.js").Relay>} */ ({});

/** @type {import("./relay.js").Relay} between the page and the edge */
let wire;
/** @type {import("../browser/front.js").Front} */
let front;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let behind;
/** @type {ReturnType<typeof controls>} */
let sandbox;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("../browser/driver.js").Browser} */
let browser;
/** The latest page, and what it has sent and received. @type {Watched} */
let watched;

before(async () => {
	wire = await startRelay();
	front = await startFront(["-connect", wire.url]);
	behind = await startServer("127.0.0.1:0");
	sandbox = controls(behind.url);
	for (const group of /** @type {const} */ (["open", "sealed", "shared"])) {
		vendors[group] = Object.assign(await startRelay(), { target: behind.url });
	}
	const connections = Object.fromEntries(
		Object.keys(vendors).flatMap((group) => systems.map((system) => [`${group}-${system}`, connection(group, system)])),
	);
	edge = await startEdge({
		sandbox: behind.url,
		bindings,
		origins: [front.url],
		configure: (config) => ({ ...config, connections }),
	});
	wire.target = edge.url;
	browser = await launch({ args: [wholeStrings], opened: (page) => (watched = watch(page)) });
});
after(async () => {
	await browser?.close();
	await edge?.close();
	await front?.stop();
	await behind?.stop();
	await Promise.all([wire, ...Object.values(vendors)].map((relay) => relay?.close()));
});

/** @param {string} what */
function unique(what) {
	return `canary-${what}-${randomBytes(16).toString("hex")}`;
}

/** @param {string} what @param {string} value */
function secret(what, value) {
	canaries.set(value, what);
	return value;
}

/**
 * A connection with credentials that nobody else has. The sandbox's rule makes the secret from the key.
 * @param {string} group
 * @param {keyof typeof calls} system
 */
function connection(group, system) {
	const key = `k${randomBytes(8).toString("hex")}`;
	if (group !== "shared") {
		// with the AccessToken goes the key, as each call has both
		secret(`key of ${group}-${system}`, key);
	}
	const binding = `${group}_${system}`.toUpperCase();
	const rule = { appcube: "api-password-of-", ccmessaging: "app-secret-of-", isales: "passwd-of-", cubedrive: "app-secret-of-" }[system];
	bindings[binding] = secret(`secret of ${group}-${system}`, rule + key);
	const identity = {
		appcube: { appKey: key, appSecret: { secret: binding } },
		ccmessaging: {
			appKey: key,
			appSecret: { secret: binding },
			userId: { subject: true },
			userName: { claim: "name" },
			channelId: "channel001",
			locale: "en",
		},
		isales: { user: key, passwd: { secret: binding } },
		cubedrive: { params: { appId: key, appSecret: { secret: binding }, user: { subject: true } } },
	}[system];
	const { method, path } = calls[system];
	return {
		system,
		identity,
		baseUrl: vendors[group].url + (system === "cubedrive" ? "/lite" : ""),
		allow: [{ by: "staff" }],
		sealed: group === "sealed",
		shareAppToken: group === "shared" && system === "ccmessaging",
		call: { methods: [method], paths: [path.replace(/\?.*/, "")] },
	};
}

/** The tokens that the vendors have issued to a group of connections. @param {keyof typeof vendors} group */
function issuedTo(group) {
	/** @type {Record<"access" | "refresh" | "user", string[]>} */
	const issued = { access: [], refresh: [], user: [] };
	const kinds = /** @type {const} */ ({
		AccessToken: "access",
		refreshToken: "refresh",
		token: "user",
		authToken: "user",
		"x-auth-token": "user",
	});
	for (const { answerBody } of vendors[group].exchanges) {
		for (const [, name, value] of answerBody.matchAll(/"(AccessToken|refreshToken|token|authToken|x-auth-token)"\s*:\s*"([^"]{8,})"/g)) {
			issued[kinds[/** @type {keyof typeof kinds} */ (name)]].push(String(value));
		}
	}
	return issued;
}

/** All that the page may not see, after what was issued so far. */
function forbidden() {
	for (const group of /** @type {const} */ (["open", "sealed", "shared"])) {
		const { access, refresh, user } = issuedTo(group);
		refresh.forEach((value) => secret(`refresh token of ${group}`, value));
		group !== "shared" && access.forEach((value) => secret(`AccessToken of ${group}`, value));
		group === "sealed" && user.forEach((value) => secret("token of a sealed connection", value));
	}
	return canaries;
}

/** @typedef {{ where: string, text: string }} Place */
/** @typedef {{ page: import("playwright-core").Page, seen: Promise<Place>[] }} Watched */

/**
 * Follows all that a page sends and receives: addresses, headers, bodies, and what it says to the browser's console.
 * @param {import("playwright-core").Page} page
 * @returns {Watched}
 */
function watch(page) {
	/** @type {Promise<Place>[]} */
	const seen = [];
	page.on("request", (request) => {
		const told = async () => JSON.stringify([request.method(), request.url(), await request.allHeaders().catch(() => request.headers())]);
		seen.push(told().then((head) => ({ where: "a request", text: `${head}\n${request.postData() ?? ""}` })));
	});
	page.on("response", (response) => {
		const told = async () =>
			JSON.stringify([response.status(), response.url(), await response.allHeaders().catch(() => response.headers())]);
		const body = response.body().then(
			(bytes) => bytes.toString("latin1"),
			() => "",
		); // the browser keeps some; the wire has them all
		seen.push(Promise.all([told(), body]).then(([head, text]) => ({ where: "an answer", text: `${head}\n${text}` })));
	});
	page.on("console", (message) => seen.push(Promise.resolve({ where: "the browser's console", text: message.text() })));
	return { page, seen };
}

/** The forms in which a value could stand somewhere. @param {string} value */
function forms(value) {
	const base64 = [0, 1, 2].map((offset) =>
		Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
			.toString("base64")
			.slice(offset && offset + 1, -4),
	);
	return [
		...new Set([
			value,
			encodeURIComponent(value),
			JSON.stringify(value).slice(1, -1),
			Buffer.from(value).toString("hex"),
			...base64,
			...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
		]),
	];
}

/**
 * Which values are where, in any form.
 * @param {Place[]} places
 * @param {Map<string, string>} values
 */
function found(places, values) {
	const hits = new Set();
	for (const [value, what] of values) {
		const all = forms(value);
		for (const { where, text } of places) {
			if (all.some((form) => text.includes(form))) {
				hits.add(`${what} in ${where}`);
			}
		}
	}
	return [...hits];
}

/**
 * All that somebody at the page could read: from it, and from the wire.
 * @param {import("../browser/console.js").Console} page
 * @returns {Promise<Place[]>}
 */
async function everywhere(page) {
	const { seen, page: tab } = watched;
	const heap = await heapOf(tab); // first: what is looked at otherwise is in the heap afterwards
	const memories = await wasmMemoriesOf(tab);
	const fields = await tab.evaluate(() =>
		[...document.querySelectorAll("input, textarea, select")].map((field) => /** @type {any} */ (field).value),
	);
	const places = [
		{ where: "the heap", text: heap },
		...memories.map((text) => ({ where: "the memory of a WebAssembly program", text })),
		{ where: "the document", text: await tab.content() },
		{ where: "a field of the document", text: fields.join("\n") },
		{ where: "the address", text: tab.url() },
		{
			where: "the storage",
			text: JSON.stringify([await stored(page), await tab.evaluate(() => [{ ...localStorage }, { ...sessionStorage }])]),
		},
		{ where: "a cookie", text: JSON.stringify(await tab.context().cookies()) },
		...(await Promise.all(seen)),
	];
	for (const { head, body, answerHead, answerBody } of wire.exchanges) {
		places.push(
			{ where: "a request on the wire", text: `${head}\n${body}` },
			{ where: "an answer on the wire", text: `${answerHead}\n${answerBody}` },
		);
	}
	return places;
}

/** What the search must find the values of, to be believed where it finds nothing. @param {Place[]} places @param {string} value */
const placesOf = (places, value) => new Set(found(places, new Map([[value, "it"]])).map((hit) => hit.replace("it in ", "")));

const button = (/** @type {string} */ name) => ({ role: "button", name });
const events = { role: "list", name: "The same as a list, newest first" };
const field = (/** @type {string} */ name) => ({ role: "textbox", name });

/**
 * A console whose form for the edge has all but a connection, as a person fills it in.
 * @param {string} authorization
 * @param {string} [url] the page's
 */
async function openForm(authorization, url = front.url) {
	const page = await openConsole(browser, { ...front, url });
	await page.click({ role: "radio", name: "Edge" });
	await page.fill(field("Edge URL"), wire.url);
	await page.fill(field("Authorization"), authorization);
	return page;
}

/**
 * Opens a session of a connection. The form keeps what else was filled in.
 * @param {import("../browser/console.js").Console} page
 * @param {string} connection
 * @param {{ method: string, path: string }} [call]
 */
async function openSession(page, connection, { method, path } = calls.ccmessaging) {
	await page.fill(field("Connection"), connection);
	await page.choose({ role: "combobox", name: "Method of the business call" }, method);
	await page.fill(field("Business call"), path);
	await page.click(button("Open session"));
}

/** What the page complains of, beside what a browser says by itself of an answer that is no success. @param {import("../browser/console.js").Console} page */
async function complaints(page) {
	const all = [...(await page.problems()), ...(await page.tab.complaints())];
	return all.filter((line) => !/^Failed to load resource|net::ERR_/.test(line));
}

/**
 * Waits until the edge has logged a request. A line may be late, and come after those that a test has counted.
 * @param {import("../browser/console.js").Console} page
 * @param {number} before how many lines there were
 * @param {Record<string, unknown>} line what it says, and may say more
 */
const logged = (page, before, line) =>
	page.wait(
		async () =>
			edge
				.logs()
				.slice(before)
				.some((one) => Object.entries(line).every(([name, value]) => one[name] === value)),
		`the edge must log ${JSON.stringify(line)}`,
	);

/** @param {string} system */
const businessCalls = async (system) => (await sandbox.state()).counts[system].business;

test("connections that hand out tokens: got, verified, called with through the edge, and new after a revocation", async () => {
	const jwt = await edge.tokenFor("agent-1", { claims: { name: "Agent One" } });
	const page = await openForm(jwt);
	try {
		for (const [i, system] of systems.entries()) {
			const n = i + 1;
			await openSession(page, `open-${system}`, calls[system]);
			await page.see(page.card(n, "edge"), ({ text }) => /\bLive\b/.test(text) && /\S{1,4}…\S{1,4}/.test(text));
			await page.click(page.of("Verify", n));
			await page.hear(new RegExp(`^Session ${n}: valid \\((the vendor|the core) says: `));
			const before = await businessCalls(system);
			await page.click(page.of("Call", n));
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
			assert.equal(await businessCalls(system), before + 1);
			assert.equal(wire.exchanges.at(-1)?.url, `/v1/call/open-${system}${calls[system].path}`);
			await page.see(page.card(n, "edge"), ({ text }) => /Last exchange\s+\S+\s+(GET|POST) \/v1\/call\/\S+: 200/.test(text));
			await page.see(events, ({ text }) => !/A closed session/.test(text));

			const [former] = issuedTo("open").user.slice(-1);
			assert.ok((await sandbox.revoke({ system, all: true })).revoked >= 1);
			const lines = edge.logs().length;
			await page.click(page.of("Call", n));
			await page.wait(async () => (await businessCalls(system)) === before + 3, "the edge must have called, in vain, and called once more");
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
			await logged(page, lines, { route: "call", connection: `open-${system}`, status: 200, token: "dead", replayed: true });
			await page.click(page.of("Verify", n));
			const [latest] = issuedTo("open").user.slice(-1);
			assert.notEqual(latest, former);
			if (!asked.includes(system)) {
				// That one endpoint refused it is no word on the token itself: the page keeps its own until a call of its own fails.
				await page.hear(new RegExp(`^Session ${n}: cannot be told \\(the core says: superseded`));
				continue;
			}
			await page.hear(new RegExp(`^Session ${n}: not valid \\(the vendor says: `));
			await page.click(page.of("Get token", n));
			await page.hear(new RegExp(`^Session ${n}: a token is here`));
			await page.click(page.of("Reveal", n));
			await page.see(page.card(n, "edge"), ({ text }) => text.includes(String(latest)) && /\bLive\b/.test(text));
			await page.click(page.of("Verify", n));
			await page.hear(new RegExp(`^Session ${n}: valid \\(`));
		}
		const places = await everywhere(page);
		assert.deepEqual(found(places, forbidden()), []);
		for (const where of [
			"the heap",
			"a field of the document",
			"the memory of a WebAssembly program",
			"a request",
			"a request on the wire",
		]) {
			assert.ok(placesOf(places, jwt).has(where), `the console's own authorization is in ${where}, and must be found there`);
		}
		const { user, access, refresh } = issuedTo("open");
		for (const where of ["the heap", "the document", "the memory of a WebAssembly program", "an answer on the wire"]) {
			assert.ok(placesOf(places, String(user.at(-1))).has(where), `the last token is in ${where}, and must be found there`);
		}
		assert.ok(user.length >= 8 && access.length >= 1 && refresh.length >= 1, "all kinds of token were issued");
		assert.deepEqual(await complaints(page), []);
	} finally {
		await page.tab.close();
	}
});

test("sealed connections: the edge makes the calls, and no token of a vendor is anywhere at the page", async () => {
	const jwt = await edge.tokenFor("agent-2", { claims: { name: "Agent Two" } });
	const page = await openForm(jwt);
	try {
		for (const [i, system] of systems.entries()) {
			const n = i + 1;
			await openSession(page, `sealed-${system}`, calls[system]);
			await page.hear(new RegExp(`^Session ${n}: sealed\\. The edge keeps this token to itself: let it make the call\\.$`));
			await page.see(page.card(n, "edge"), ({ text }) => /Last error\s+sealed · HTTP 403/.test(text) && /\bFailed\b/.test(text));
			await page.click(page.of("Call", n));
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
			assert.ok((await sandbox.revoke({ system, all: true })).revoked >= 1);
			const lines = edge.logs().length;
			await page.click(page.of("Call", n));
			await logged(page, lines, { route: "call", connection: `sealed-${system}`, status: 200, token: "dead", replayed: true });
			await page.hear(new RegExp(`^Session ${n}: the call was answered with HTTP 200`));
			await page.click(page.of("Verify", n));
			await page.hear(new RegExp(`^Session ${n}: sealed\\.`));
		}
		const places = await everywhere(page);
		const { user, access, refresh } = issuedTo("sealed");
		assert.ok(user.length >= 8 && access.length >= 1 && refresh.length >= 1, "all kinds of token were issued");
		assert.deepEqual(found(places, forbidden()), []);
		assert.ok(
			placesOf(places, jwt).has("the heap") && placesOf(places, jwt).has("a request"),
			"the console's own authorization must be found",
		);
		assert.deepEqual(await complaints(page), []);
	} finally {
		await page.tab.close();
	}
});

test("where a connection shares the app's AccessToken, the same search finds it", async () => {
	const page = await openForm(await edge.tokenFor("agent-3"));
	try {
		await openSession(page, "shared-ccmessaging");
		await page.see(page.card(1, "edge"), ({ text }) => /\bLive\b/.test(text));
		const places = await everywhere(page);
		const [access] = issuedTo("shared").access;
		for (const where of ["the heap", "the memory of a WebAssembly program", "an answer on the wire"]) {
			assert.ok(placesOf(places, String(access)).has(where), `the AccessToken is in ${where}, and must be found there`);
		}
		assert.deepEqual(found(places, forbidden()), []);
	} finally {
		await page.tab.close();
	}
});

test("the search finds each secret in each form", () => {
	assert.ok(canaries.size >= 14, `${canaries.size} secrets`);
	for (const [value, what] of canaries) {
		for (const form of [
			value,
			`"${value}"`,
			encodeURIComponent(value),
			Buffer.from(value).toString("hex"),
			...["", "x", "xy"].flatMap((before) =>
				["base64", "base64url"].map((as) => Buffer.from(`${before}${value} and more`).toString(/** @type {BufferEncoding} */ (as))),
			),
		]) {
			assert.deepEqual(found([{ where: "a plant", text: `before ${form} after` }], new Map([[value, what]])), [`${what} in a plant`]);
		}
	}
});

test("the heap's strings are read whole: long ones, and those that are held in pieces", async () => {
	const tab = await browser.open();
	try {
		// Where the two meet is nowhere but in the sum, which nobody has read yet.
		const [end, beginning] = await tab.evaluate(() => {
			const random = () => Array.from(crypto.getRandomValues(new Uint8Array(5000)), (byte) => byte.toString(16).padStart(2, "0")).join("");
			const [first, second] = [random(), random()];
			Object.assign(globalThis, { kept: first + second });
			return [first.slice(-20), second.slice(0, 20)];
		});
		assert.ok((await heapOf(watched.page)).includes(end + beginning));
	} finally {
		await tab.close();
	}
});

test("what the edge refuses, and an edge that is down, are told by code and advice", async () => {
	const jwt = await edge.tokenFor("agent-4");
	const page = await openForm(await edge.tokenFor("agent-4", { expires: Math.floor(Date.now() / 1000) - 60 }));
	try {
		await openSession(page, "open-ccmessaging");
		await page.hear(/^Session 1: unauthorized\. Sign in again; the edge does not accept this authorization\.$/);
		await page.see(
			page.card(1, "edge"),
			({ text }) => /Last error\s+unauthorized edge: .* Sign in again; /.test(text) && /Nothing is tried before/.test(text),
		);
		const asked = wire.exchanges.length;
		await page.click(page.of("Call", 1));
		await page.see(events, ({ text }) => /Authorization \(shared\)\s+rejected/.test(text) && !/A closed session/.test(text));

		await page.fill(field("Authorization"), jwt);
		await openSession(page, "no-such-connection");
		await page.hear(/^Session 2: forbidden\. Check the connection’s name, /);
		await page.see(page.card(2, "edge"), ({ text }) => /Last error\s+forbidden · HTTP 403/.test(text));
		const calledWith = wire.exchanges.slice(asked).filter(({ url }) => url.startsWith("/v1/call/"));
		assert.deepEqual(calledWith, [], "an authorization that was refused is not shown again");

		await openSession(page, "open-isales", calls.isales);
		await page.see(page.card(3, "edge"), ({ text }) => /\bLive\b/.test(text));
		wire.cut = true;
		await page.click(page.of("Get token", 3));
		await page.hear(/^Session 3: a token is here/);
		await page.click(page.of("Call", 3));
		await page.hear(/^Session 3: the call itself failed: no connection/);
		await openSession(page, "open-cubedrive", calls.cubedrive);
		await page.hear(/^Session 4: network\. Check the connection\. /);
		await page.see(
			page.card(4, "edge"),
			({ text }) => /Last error\s+network/.test(text) && /Nothing is tried before \d\d:\d\d:\d\d/.test(text),
		);
		wire.cut = false;
		await page.click(page.of("Call", 3));
		await page.hear(/^Session 3: the call was answered with HTTP 200/);
		assert.deepEqual(await complaints(page), []);
	} finally {
		wire.cut = false;
		await page.tab.close();
	}
});

test("a page reads the ID of each answer, of a refusal as well, and the log has its line", async () => {
	const page = await openForm(await edge.tokenFor("agent-8"));
	try {
		for (const [authorization, status] of /** @type {[string, number][]} */ ([
			[`Bearer ${await edge.tokenFor("agent-8")}`, 200],
			["Bearer a.b.c", 401],
		])) {
			const read = await page.tab.evaluate(
				async (/** @type {[string, string]} */ [url, authorization]) => {
					const headers = { authorization, "content-type": "application/json" };
					const response = await fetch(url, { method: "POST", headers, body: '{"connection":"open-isales"}' });
					return { status: response.status, id: response.headers.get("cctoken-request"), other: response.headers.get("referrer-policy") };
				},
				[`${wire.url}/v1/token`, authorization],
			);
			assert.deepEqual([read.status, read.other], [status, null], "and no header that is not listed");
			assert.equal((await edge.lineOf(read.id)).status, status);
		}
	} finally {
		await page.tab.close();
	}
});

test("a page of an origin that is not listed to the letter gets nothing, however its server is named", async () => {
	const other = front.url.replace("127.0.0.1", "localhost");
	const page = await openForm(await edge.tokenFor("agent-5"), other);
	try {
		const [lines, asked] = [edge.logs().length, wire.exchanges.length];
		await openSession(page, "open-ccmessaging");
		await page.hear(/^Session 1: network\. Check the connection\. In a page, the other side must allow the page’s origin/);
		await logged(page, lines, { code: "forbidden", reason: "origin", status: 403 });
		for (const { head, answerHead } of wire.exchanges.slice(asked)) {
			assert.ok(head.includes(other) && !/access-control-allow-origin/i.test(answerHead), "no header of CORS");
		}
	} finally {
		await page.tab.close();
	}
});

test("an edge that the page's own policy does not name is not called, and the page says how to allow it", async () => {
	const page = await openForm(await edge.tokenFor("agent-6"));
	try {
		const asked = wire.exchanges.length;
		await page.fill(field("Edge URL"), edge.url);
		await openSession(page, "open-ccmessaging");
		await page.see({ role: "alert" }, ({ text }) => text.includes(`Start the local server with -connect ${edge.url}.`));
		await page.hear(/^Session 1: network\. /);
		assert.equal(wire.exchanges.length, asked);
	} finally {
		await page.tab.close();
	}
});
