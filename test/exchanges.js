// Every failure at every exchange: for each request that the core can make, a client whose vendors, edge and functions do
// all well but that one.
import { createClient } from "../js/client/client.js";
import { manualClock, settled } from "./clock.js";
import { identities, json, lenient } from "./vendor.js";

const timeoutMs = 4000;
const edge = { edge: "https://edge.test", connection: "web", subject: "agent-7", authorization: "JWT" };
const { appSecret, ...messaging } = identities.ccmessaging;
const isales = { result: "0", resultData: { token: "T0", tokenExpirationTime: 300 } };

/**
 * What a test does at an exchange: it answers the request, or is in the place of a caller's function. `well` is how it is
 * answered otherwise.
 * @typedef {(at: { well: () => any, clock: ReturnType<typeof manualClock>, lifeMs: number, forget: () => void }) => any} Deed
 */

const answer =
	(/** @type {number} */ status, body = {}, headers = {}) =>
	() =>
		json(body, { status, headers });
const problem = (/** @type {number} */ status, /** @type {string} */ code) =>
	answer(status, { type: `urn:cctoken:error:${code}`, code, status, retryable: false }, { "content-type": "application/problem+json" });

/** What a vendor, or an edge, can do to a request. @type {Record<string, Deed>} */
const answers = {
	"refuses": answer(401),
	"refuses as forbidden": answer(403),
	"does not admit the address": answer(403, { exceptionInfo: "The client IP is not in the whitelist." }),
	"finds the request wrong": answer(400),
	"has no such interface": answer(404),
	"fails": answer(500),
	"answers an unknown status": answer(451),
	"is behind what refuses": () => new Response("<html>", { status: 403, headers: { "content-type": "text/html" } }),
	"is called by address": answer(418),
	"has had too many calls": answer(429, {}, { "retry-after": "3600" }),
	"is not available": answer(503),
	"redirects": answer(307, {}, { location: "https://elsewhere.test/" }),
	"answers a page": () => new Response("<html>", { headers: { "content-type": "text/html" } }),
	"answers without an end": () => new Response(" ".repeat((1 << 20) + 1)),
	"cannot be reached": () => Promise.reject(new TypeError("fetch failed")),
	"is asked by a fetch that fails by itself": () => Promise.reject(new TypeError("Cannot read properties of undefined")),
	"is asked by a fetch that gives nothing": () => undefined,
	"as an edge does not accept the authorization": problem(401, "unauthorized"),
	"as an edge does not give the connection": problem(403, "forbidden"),
	"as an edge has sealed the connection": problem(403, "sealed"),
	"as an edge has stopped the user": problem(403, "stopped"),
	"as an edge tells of a locked account": problem(502, "account_locked"),
	"as an edge tells of an address that is not admitted": problem(502, "address_not_admitted"),
	"as an edge is not configured": problem(503, "not_configured"),
};

/** What can happen to any exchange. @type {Record<string, Deed>} */
const happens = {
	"does not come to an end": () => new Promise(() => {}),
	"comes to its end when the token is over": ({ well, clock, lifeMs }) => (clock.set(lifeMs), well()),
	"is under way when the session is forgotten": ({ well, forget }) => (forget(), well()),
};

/** What a caller's function can do. @type {Record<string, Deed>} */
const functions = {
	"throws": () => Promise.reject(new Error("no token today")),
	"gives nothing": () => undefined,
};

/** Where it happens, and who gets there: by `true` in the place of a function, and `ago` milliseconds after a first token. */
const exchanges = [
	{ at: "tokenByAkSk", identity: identities.ccmessaging },
	{ at: "applyToken", identity: identities.ccmessaging },
	{ at: "getAppCubeToken", identity: identities.appcube },
	{ at: "login", identity: identities.isales },
	{ at: "refresh", identity: identities.isales, ago: 290_000, lifeMs: 300_000 },
	{ at: "getLogin", identity: identities.cubedrive },
	{ at: "verifyAuthToken", identity: identities.cubedrive, verifies: true },
	{ at: "token", identity: edge },
	{ at: "token", identity: { ...edge, authorization: true } },
	{ at: "verify", identity: edge, verifies: true },
	{ at: "verify", identity: { ...edge, authorization: true }, verifies: true },
	{ at: "function", identity: { ...messaging, accessToken: true } },
	{ at: "function", identity: { ...identities.isales, passwd: undefined, token: true } },
	{ at: "function", identity: { ...edge, authorization: true } },
	{ at: "function", identity: { ...edge, authorization: true }, verifies: true },
];

/**
 * Brings every failure about at every exchange, once more while it is remembered, and reports what came of it.
 * @param {import("../js/module/module.js").Module} module
 * @param {(error: unknown) => void} told of every error that a caller or a watcher gets
 * @returns {Promise<number>} how many there were
 */
export async function failEverywhere(module, told) {
	let played = 0;
	for (const exchange of exchanges) {
		for (const deed of Object.values({ ...(exchange.at === "function" ? functions : answers), ...happens })) {
			await play(module, exchange, deed, told);
			played++;
		}
	}
	return played;
}

/**
 * @param {import("../js/module/module.js").Module} module
 * @param {any} exchange
 * @param {Deed} deed
 * @param {(error: unknown) => void} told
 */
async function play(module, { at, identity, ago = 0, lifeMs = 3_600_000, verifies = false }, deed, told) {
	const clock = manualClock();
	const vendors = lenient();
	let failing = false;
	const meet = (/** @type {string} */ here, /** @type {() => any} */ well) =>
		failing && here === at ? deed({ well, clock, lifeMs, forget: () => session.forget() }) : well();
	const client = createClient(
		module,
		{
			timeoutMs,
			onEvent: ({ error }) => error && told(error),
			async fetch(url, init) {
				const here = /** @type {string} */ (new URL(url).pathname.split("/").at(-1));
				return meet(here, () => wellDone(here) ?? vendors.fetch(url, init));
			},
		},
		clock,
	);
	const supplier = async () => meet("function", () => ({ token: "T0", expiresIn: 3600 }));
	const who = Object.fromEntries(Object.entries(identity).map(([name, value]) => [name, value === true ? supplier : value]));
	const session = client.session(/** @type {any} */ (who));
	const ask = () => (verifies ? session.verifyToken("T1") : session.getToken());
	if (ago) {
		await session.getToken();
		await clock.pass(ago);
	}
	failing = true;
	for (let i = 0; i < 2; i++) {
		let waiting = true;
		ask()
			.catch(told)
			.finally(() => (waiting = false));
		for (await settled(); waiting;) {
			await clock.pass(500);
		}
	}
	client.close();
}

/** What the lenient vendors do not know. @param {string} at */
function wellDone(at) {
	switch (at) {
		case "refresh":
			return json(isales); // without another refresh token: the old one is still good
		case "token":
			return json({ system: "isales", token: "T0", headers: {}, expiresIn: 3600 });
		case "verify":
			return json({ valid: true, source: "vendor", reason: "confirmed" });
	}
	return undefined;
}
