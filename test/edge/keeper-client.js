// A client of a keeper with the functions that the conformance cases want: what the front door does with a keeper's
// answers, over a keeper whose vendor, clocks and timers are the case's.
import { errorOf } from "../../js/client/error.js";
import { carryBody } from "../../js/client/members.js";
import { userOf } from "../vectors.js";

/**
 * What a keeper is made of here.
 * @typedef {object} Parts
 * @property {import("../../js/client/clock.js").Clock} clock
 * @property {number} timeoutMs
 * @property {number | undefined} maxSessions
 * @property {(url: string, init: any) => Promise<Response>} fetch
 * @property {(object: string) => Promise<Response>} ask
 * @property {(line: string) => void} log
 */

/** @typedef {(parts: Parts) => { fetch: (request: { method: string, url: string, text: () => Promise<string> }) => Promise<Response>, close?: () => void }} Make */

/**
 * @param {Make} make
 * @returns what makes a client of such a keeper, as playWith wants it
 */
export const clientOf = (make) => (/** @type {any} */ options, /** @type {any} */ clock) => keeperClient(make, options, clock);

/**
 * @param {Make} make
 * @param {{ fetch: typeof fetch, onEvent: (event: object) => void, timeoutMs?: number, maxSessions?: number }} options
 * @param {import("../../js/client/clock.js").Clock} clock
 */
function keeperClient(make, { fetch: send, onEvent, timeoutMs = 30_000, maxSessions }, clock) {
	/** When the requests were sent whose answers are seen here, and for whom. @type {{ user: number, at: number, text: string }[]} */
	const answers = [];
	/** The caller's AccessToken functions, in place of the keeper of an AccessToken. @type {Map<string, () => Promise<string>>} */
	const suppliers = new Map();
	/** A name for each identity, as the front door's keyed hash is one. @type {Map<string, string>} */
	const names = new Map();
	const nameOf = (identity) => {
		const text = JSON.stringify(Object.entries(identity).sort(), (_, value) => (typeof value === "function" ? "function" : value));
		names.has(text) || names.set(text, `session-${names.size}`);
		return names.get(text);
	};
	const keeper = make({
		clock,
		timeoutMs,
		maxSessions,
		fetch: watched,
		ask: async (object) => Response.json({ system: "accesstoken", value: await suppliers.get(object)(), serial: 1 }),
		log(line) {
			const { event, code } = JSON.parse(line);
			onEvent({ type: event, error: code && errorOf({ code, message: code }) });
		},
	});

	async function watched(url, init) {
		const at = clock.wall();
		const { user } = userOf(url);
		const response = await send(url, init);
		const headers = [...response.headers.values()].join(" ");
		response
			.clone()
			.text()
			.then(
				(text) => answers.push({ user, at, text: `${text} ${headers}` }),
				() => {},
			);
		return response;
	}

	async function post(path, identity, fields) {
		const { accessToken, ...members } = identity;
		const body = { identity, session: nameOf(identity), ...fields };
		if (typeof accessToken === "function") {
			const object = `object-${userOf(identity.baseUrl).user}`;
			suppliers.set(object, accessToken);
			Object.assign(body, { identity: { ...members, appSecret: "secret" }, dependencyObject: object });
		}
		// Not a Request: reading one takes turns of the event loop, which a case does not wait for.
		const response = await keeper.fetch({ method: "POST", url: `https://keeper${path}`, text: async () => JSON.stringify(body) });
		const answer = await response.json();
		if (response.ok) {
			return answer;
		}
		if (response.status !== answer.status || response.headers.get("content-type") !== "application/problem+json") {
			throw new Error(`not a problem: ${response.status} ${JSON.stringify(answer)}`);
		}
		const { title, vendorStatus, retryAfter, cause, status: _status, type: _type, ...problem } = answer;
		throw errorOf({
			...problem,
			message: title,
			httpStatus: vendorStatus,
			...(retryAfter && { retryAt: clock.wall() + retryAfter * 1000 }),
			...(cause && { cause: { code: cause, message: cause } }),
		});
	}

	async function getToken(identity, { rejected, forceRefresh, instead } = {}) {
		const token = await post("/token", identity, { rejected, force: forceRefresh, instead });
		const { user } = userOf(identity.baseUrl);
		const { at } = answers.findLast((one) => one.user === user && one.text.includes(token.value)) ?? { at: 0 };
		const expiresAt = token.expiresIn === undefined ? null : Math.round(clock.wall() + token.expiresIn * 1000);
		return { query: {}, body: {}, ...token, issuedAt: at, expiresAt };
	}

	/** A business call, as the front door makes it. */
	async function call(identity, path, { method, body }) {
		const streamed = typeof body !== "string";
		const content = streamed ? await new Response(body).text() : body;
		const reasons = new Set();
		let refused;
		for (;;) {
			const token = await getToken(identity, { instead: refused?.serial });
			if (token.serial === refused?.serial) {
				return { status: refused.status };
			}
			const sent = clock.mono();
			const response = await watched(new URL(identity.baseUrl).href.replace(/\/$/, "") + path, {
				method,
				headers: token.headers,
				body: carry(token, content),
			});
			const bytes = new Uint8Array(await response.arrayBuffer());
			const { replay, reason } = await post("/judge", identity, {
				serial: token.serial,
				call: `${method} ${path}`,
				sentAgo: clock.mono() - sent,
				status: response.status,
				rolled: token.rolls?.map((name) => response.headers.get(name)).find((value) => value !== null),
				body: btoa(String.fromCharCode(...bytes.subarray(0, 65536))),
			});
			if (!replay || reasons.has(reason) || streamed) {
				return { status: response.status };
			}
			reasons.add(reason);
			refused = { serial: token.serial, status: response.status };
			onEvent({ type: "replayed" });
		}
	}

	return {
		getToken,
		fetch: call,
		/** The token stays at the keeper, and is got from there. */
		async signIn(identity, { force } = {}) {
			await post("/sign-in", identity, { force });
			return getToken(identity);
		},
		signOut: (identity) => post("/sign-out", identity, {}),
		keepAlive: (identity) => void post("/keep-alive", identity, {}).catch(() => {}),
		verifyToken: (value, identity) => post("/verify", identity, { token: value }),
		session: (identity) => ({ forget: () => post("/forget", identity) }),
		close: () => keeper.close?.(),
	};
}

function carry({ system, body: members }, content) {
	if (Object.keys(members).length === 0) {
		return content;
	}
	const carrying = carryBody(members, content);
	if (carrying === undefined) {
		throw errorOf({ code: "invalid_request", message: "the body must be a JSON object", system, step: "call", field: "body" });
	}
	return carrying;
}
