// A whole run of the package over a sandbox, in a process of its own: successes, faults, refusals, mistakes of the
// caller, verification, rolling, eviction and death. Every secret and every token in it is unique: a canary. All that the
// run could have shown anybody is handed to the parent process, which looks for the canaries (canary.test.js).
//
//	fork("canary.js", [the sandbox's address, what to leak on purpose])
import { randomBytes } from "node:crypto";
import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import { createClient as createRawClient } from "../js/client/client.js";
import { platformClock } from "../js/client/clock.js";
import { sandboxIdentities } from "../tools/demo/identities.js";
import { controls } from "../tools/demo/server.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import * as cctoken from "../js/node.js";
import { faults } from "./faults.js";

const [, , sandboxUrl, plant] = process.argv;
const { Token, TokenError } = cctoken;
const sandbox = controls(sandboxUrl);
const listed = await sandboxIdentities(sandboxUrl);
const nodesOwn = new Set(Reflect.ownKeys(globalThis));

/** What must not be seen, and where it comes from. @type {Map<string, string>} */
const canaries = new Map();
/** All that somebody could have seen. @type {{ where: string, text: string }[]} */
const seen = [];
const codes = new Set();
const eventTypes = new Set();

function canary(origin) {
	const value = `canary-${randomBytes(12).toString("hex")}`;
	canaries.set(value, origin);
	return value;
}

// ---- What is looked at

function see(where, text) {
	seen.push({ where, text: String(text) });
}

/** The forms in which somebody sees an error's cause who asks for it. */
const showsCause = new Set(["plain inspect", "own properties", "clone", "serialized"]);

/** Every form in which a program may print, keep or send on a value, knowingly or not. */
function seeAll(where, value) {
	const forms = {
		string: () => `${value}`,
		json: () => JSON.stringify(value),
		"json of a wrapper": () => JSON.stringify({ value, list: [value] }),
		inspect: () => inspect(value),
		"deep inspect": () =>
			inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
		"plain inspect": () => inspect(value, { depth: Infinity, showHidden: true, customInspect: false }),
		format: () => format("%s %o %O %j", value, value, value, value),
		spread: () => inspect({ ...value }, { depth: Infinity, showHidden: true }),
		"own properties": () =>
			Reflect.ownKeys(value)
				.map((key) => `${String(key)}=${inspect(value[key], { depth: 9, showHidden: true })}`)
				.join(),
		"enumerable properties": () => {
			const found = [];
			for (const key in value) {
				found.push(`${key}=${value[key]}`);
			}
			return found.join();
		},
		clone: () => inspect(structuredClone(value), { depth: Infinity, showHidden: true }),
		serialized: () => serialize(value).toString("latin1"),
	};
	for (const [form, make] of Object.entries(forms)) {
		if (value?.code === "fetch_failed" && showsCause.has(form)) {
			continue; // its cause is the caller's own error, which may say what it likes
		}
		let text;
		try {
			text = make();
		} catch (error) {
			text = `${error.message} ${error.stack}`; // what cannot be cloned says so
		}
		see(`${where}: ${form}`, text);
	}
}

function seeError(error) {
	codes.add(error.code ?? error.name);
	seeAll("error", error);
	for (let e = error; e instanceof Error; e = e.cause) {
		see("error: message and stack", `${e.name} ${e.message} ${e.stack}`);
	}
	console.log("an error:", error);
	console.error(error);
}

function seeToken(token) {
	canaries.set(token.value, "a token");
	seeAll("token", token);
	console.log("a token:", token, String(token), [token], new Map([["token", token]]));
	console.dir(token, { showHidden: true, depth: null });
	console.table([token]);
}

function seeEvent(event) {
	eventTypes.add(event.type);
	seeAll("event", event);
	console.log(event);
	if (event.error) {
		seeError(event.error);
	}
}

// ---- What the run uses

const module = createModule(load);
const hurried = { ...platformClock, timer: (wake, ms, idle) => platformClock.timer(wake, ms / 50, idle) };

/** Sees the URL, and learns each token that a vendor sends. */
async function watchedFetch(input, init) {
	const url = new URL(input);
	const login = url.pathname.endsWith("/getLogin") && init.method === "GET";
	const verification = url.pathname.endsWith("/verifyAuthToken");
	if (!login && !verification) {
		// the two that the vendor's document has so
		see("url", url.href);
	}
	const response = await fetch(input, init);
	learn(response.headers.get("ccmessaging-token"));
	const text = await response
		.clone()
		.text()
		.catch(() => "");
	for (const [, , value] of text.matchAll(/"(authToken|token|AccessToken|refreshToken|x-auth-token)"\s*:\s*"([^"]{8,})"/g)) {
		learn(value);
	}
	return response;
}

function learn(token) {
	token && canaries.set(token, "a token on the wire");
}

function createClient(options = {}) {
	const client = createRawClient(module, { fetch: watchedFetch, onEvent: seeEvent, ...options }, hurried);
	clients.push(client);
	return client;
}
const clients = [];

/** Does something that may fail, and sees how it ends. */
async function attempt(work) {
	try {
		const result = await work();
		if (result instanceof Token) {
			seeToken(result);
		} else if (result instanceof Response) {
			await result.arrayBuffer().catch(() => {});
		} else {
			seeAll("result", result);
		}
		return result;
	} catch (error) {
		seeError(error);
	}
}

/** The sandbox's identities, with secrets that nobody else has. */
function fresh() {
	const id = randomBytes(8).toString("hex");
	const own = ["appcube", "ccmessaging", "isales", "cubedrive"].map((system) =>
		structuredClone(listed.find(({ identity }) => identity.system === system)),
	);
	const [appcube, ccmessaging, isales, cubedrive] = own.map(({ identity }) => identity);
	Object.assign(appcube, { appKey: `k${id}`, appSecret: `api-password-of-k${id}` });
	Object.assign(ccmessaging, { appKey: `k${id}`, appSecret: `app-secret-of-k${id}` });
	Object.assign(isales, { user: `u${id}`, passwd: `passwd-of-u${id}` });
	cubedrive.params = { appId: `a${id}`, appSecret: `app-secret-of-a${id}`, user: "user22" };
	for (const secret of [appcube.appSecret, ccmessaging.appSecret, isales.passwd, cubedrive.params.appSecret]) {
		canaries.set(secret, "a secret");
	}
	return own;
}

// ---- The run

/** The ordinary life of a token. */
async function life() {
	const client = createClient();
	for (const { identity, path, init } of fresh()) {
		const token = await attempt(() => client.getToken(identity));
		const session = client.session(identity);
		seeAll("session", session);
		await attempt(() => client.verifyToken(token));
		await attempt(() => client.fetch(identity, path, init));
		await attempt(() => client.getToken(identity, { forceRefresh: true }));
		await attempt(() => client.getToken(identity, { rejected: token.value }));
		await sandbox.revoke({ system: identity.system, all: true });
		await attempt(() => client.fetch(identity, path, init));
		await attempt(() => session.verifyToken());
		await attempt(() => session.verifyToken(token));
		if (identity.system === "ccmessaging") {
			await sandbox.post("roll", { system: "ccmessaging" });
			await attempt(() => client.fetch(identity, path));
			await attempt(() => client.getToken(identity));
			await sandbox.revoke({ system: "apifabric", all: true });
			await attempt(() => client.fetch(identity, path));
		}
		session.forget();
		await attempt(() => session.getToken());
		seeAll("client", client);
	}
	const byGet = fresh()[3].identity;
	await attempt(() => client.getToken({ ...byGet, method: "GET" }));
	for (const { identity } of fresh()) {
		seeToken(await cctoken.getToken(identity)); // as a program has it
		await attempt(() => cctoken.verifyToken(cctoken.getToken(identity)));
	}
	seeAll("package", cctoken);
	see(
		"globals",
		inspect(
			Reflect.ownKeys(globalThis)
				.filter((key) => !nodesOwn.has(key))
				.map((key) => globalThis[key]),
			{ depth: 9 },
		),
	);
}

/** All that a vendor can do wrong, and what it says then. */
async function faulty() {
	for (const [at, system, endpoint] of [
		[0, "appcube", "login"],
		[1, "ccmessaging", "login"],
		[1, "ccmessaging", "apifabric"],
		[2, "isales", "login"],
		[3, "cubedrive", "login"],
	]) {
		for (const fault of faults) {
			const aicc = system === "ccmessaging" && Number(fault);
			await sandbox.fault({
				system,
				endpoint,
				fault,
				count: 9,
				...(fault === "delay" && { delayMs: 60_000 }),
				...(aicc && { exceptionInfo: canary("a vendor's text") }),
			});
			const client = createClient({ timeoutMs: fault === "delay" ? 1_000 : 60_000 });
			const { identity } = fresh()[at];
			await attempt(() => client.getToken(identity));
			await attempt(() => client.getToken(identity)); // in its pause
			client.close();
			await fetch(`${sandboxUrl}/_sandbox/faults`, { method: "DELETE" });
		}
	}
	for (const fault of ["401", "500", "html", "truncate", "reset", "huge"]) {
		const client = createClient();
		for (const { identity, path, init } of fresh()) {
			await attempt(() => client.getToken(identity));
			await sandbox.fault({ system: identity.system, endpoint: "business", fault, count: 2 });
			await attempt(() => client.fetch(identity, path, init));
		}
		const { identity } = fresh()[3];
		await attempt(() => client.getToken(identity));
		await sandbox.fault({ system: "cubedrive", endpoint: "verify", fault });
		await attempt(() => client.session(identity).verifyToken());
		await sandbox.fault({ system: "isales", endpoint: "refresh", fault });
		await attempt(() => client.getToken(fresh()[2].identity, { forceRefresh: true }));
	}
}

/** A vendor, and a platform, that repeat all that they were told, wherever there is room. */
async function echoes() {
	const echo = (url, { headers, body }) => {
		const text = `${url} ${JSON.stringify(headers instanceof Headers ? [...headers] : headers)} ${body}`;
		return { text, safe: text.replace(/[^\x20-\x7e]/g, "") };
	};
	const answers = [200, 307, 400, 401, 403, 404, 418, 429, 451, 500, 503].map((status) => (url, init) => {
		const { text, safe } = echo(url, init);
		const body = JSON.stringify({
			errorCode: 7,
			errorMsg: text,
			resultCode: text,
			resultDesc: text,
			result: 1,
			success: false,
			exceptionInfo: text,
			authToken: text,
		});
		return new Response(body, {
			status,
			headers: { "content-type": safe, "retry-after": safe, date: safe, location: safe, "x-reason": safe },
		});
	});
	answers.push(
		(url, init) => {
			throw new TypeError(echo(url, init).text, {
				cause: Object.assign(new Error(echo(url, init).text), { code: echo(url, init).text, url }),
			});
		},
		(url, init) => new Response(new ReadableStream({ pull: (c) => c.error(new Error(echo(url, init).text)) })),
		(url, init) => new Response(echo(url, init).text),
		(url, init) => {
			throw echo(url, init).text;
		},
		(url, init) => {
			throw Object.assign(new Error("x"), echo(url, init));
		},
	);
	for (const answer of answers) {
		const client = createClient({ fetch: async (url, init) => answer(url, init) });
		for (const { identity } of fresh()) {
			await attempt(() => client.getToken(identity));
			await attempt(() => client.verifyToken(canary("a token to verify"), identity));
		}
		client.close();
	}
}

/** Mistakes of a caller, with a secret in every place where none belongs. */
async function mistakes() {
	const client = createClient();
	for (const { identity, path } of fresh()) {
		const secret = () => canary("a secret in a wrong place");
		for (const field of [...Object.keys(identity), "accessToken", "authUrl", "accessTokenSupplier"]) {
			for (const value of [
				secret(),
				[secret()],
				{ [secret()]: secret() },
				`${secret()} ${secret()}`,
				`https://a:${secret()}@h.test`,
				`https://h.test/?k=${secret()}`,
				`https://h.test/#${secret()}`,
				`https://${secret()}:99999`,
			]) {
				if (field !== "user" || identity.system !== "isales") {
					await attempt(() =>
						client.getToken({ ...identity, [field]: value, ...(field === "baseUrl" ? {} : { baseUrl: "http://127.0.0.1:1" }) }),
					);
				}
			}
		}
		await attempt(() => client.getToken({ ...identity, [secret()]: secret() }));
		await attempt(() => client.getToken(secret()));
		await attempt(() => client.getToken(identity, { rejected: secret() }));
		await attempt(() => client.getToken(identity, { rejected: [secret()] }));
		await attempt(() => client.getToken(identity, { signal: secret() }));
		await attempt(() => client.verifyToken(secret(), identity));
		await attempt(() => client.verifyToken(`${secret()} ${secret()}`, identity));
		await attempt(() => client.verifyToken({ value: secret() }, identity));
		await attempt(() => client.verifyToken(secret()));
		for (const wrong of [`../${secret()}`, `//${secret()}@h.test/../..`, `/../${secret()}`, `https://${secret()}`]) {
			await attempt(() => client.fetch({ ...identity, baseUrl: `${sandboxUrl}/lite` }, wrong));
		}
		await attempt(() => client.fetch(identity, path, { redirect: secret() }));
		await attempt(() => client.fetch(identity, path, { redirect: "follow", body: secret() }));
	}
	const { identity, path } = fresh()[0];
	for (const init of [
		{ body: canary("a body") },
		{ body: `{"a":"${canary("a body")}"` },
		{ method: "GET" },
		{ body: new URLSearchParams({ a: canary("a body") }) },
	]) {
		await attempt(() => client.fetch(identity, path, init));
	}
	for (const options of [
		{ timeoutMs: canary("an option") },
		{ maxSessions: [canary("an option")] },
		{ fetch: canary("an option") },
		{ onEvent: { a: canary("an option") } },
	]) {
		await attempt(async () => createRawClient(module, options));
	}
}

/** Credentials that a vendor refuses. */
async function refusals() {
	const client = createClient();
	const [{ identity: appcube }, { identity: ccmessaging }, { identity: isales }, { identity: cubedrive }] = fresh();
	const { appSecret: _, ...user } = ccmessaging;
	const secret = () => canary("a wrong secret");
	for (const identity of [
		{ ...appcube, appSecret: secret() },
		{ ...ccmessaging, appSecret: secret() },
		{ ...isales, passwd: secret() },
		{ ...cubedrive, params: { ...cubedrive.params, appSecret: secret() } },
		{ ...cubedrive, method: "GET", params: { ...cubedrive.params, appSecret: secret() } },
		{ ...user, accessToken: secret() },
		{ ...user, userId: "u2", accessToken: async () => canary("a supplied AccessToken") },
		{ ...user, appKey: "k2", accessToken: async () => `${canary("a supplied AccessToken")}\r\n` },
		{ ...user, appKey: "k3", accessToken: async () => ({ [canary("a supplied AccessToken")]: canary("a supplied AccessToken") }) },
	]) {
		await attempt(() => client.getToken(identity));
		await attempt(() => client.getToken(identity));
		seeAll("session", client.session(identity));
	}
	for (let i = 0; i < 6; i++) {
		await attempt(() => client.getToken(cubedrive, { forceRefresh: true }));
	}
}

/** A fetch that no vendor answers, and when a request has left by it: what happens to a login meanwhile must not be a race. */
function unanswered() {
	let leaves;
	const left = new Promise((resolve) => (leaves = resolve));
	const fetch = (url, { signal }) => {
		see("url", url);
		leaves();
		return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
	};
	return { fetch, left };
}

/** Eviction, forgetting, aborting, closing, and the core's death. */
async function ends() {
	const small = createClient({ maxSessions: 1 });
	for (const { identity } of fresh()) {
		await attempt(() => small.getToken(identity));
	}
	await Promise.all(fresh().map(({ identity }) => attempt(() => small.getToken(identity)))); // more than fit, one after the other
	const [{ identity, path, init }, { identity: other }] = fresh();
	let begins;
	const begun = new Promise((resolve) => (begins = resolve));
	const full = createClient({
		maxSessions: 1,
		timeoutMs: 100_000,
		fetch: (url, request) => (url.endsWith(path) ? (begins(), new Promise(() => {})) : watchedFetch(url, request)),
	});
	const call = attempt(() => full.fetch(identity, path, init));
	await Promise.race([begun, call]);
	await attempt(() => full.getToken(other)); // the one place is that of a call that does not end
	full.close();
	const { fetch, left } = unanswered();
	const waits = createClient({ fetch, timeoutMs: 60_000 });
	const waiting = [attempt(() => waits.getToken(identity)), attempt(() => waits.getToken(identity, { signal: AbortSignal.abort() }))];
	await left;
	waits.session(identity).forget();
	await Promise.all(waiting);
	const last = attempt(() => waits.getToken(identity));
	await new Promise((resolve) => setTimeout(resolve, 0));
	waits.close();
	await last;
	const client = createClient();
	await attempt(() => client.getToken(other));
	try {
		module.running().call("verify", 1 << 20, 0, 0, 0, 0); // for a client that there is not: Go panics
	} catch (error) {
		seeError(error);
	}
	await attempt(() => client.getToken(other, { forceRefresh: true }));
	await attempt(() => client.getToken(other));
	client.close();
	await attempt(() => client.getToken(other));
}

/** Leaks on purpose, so that the search is known to find what is there. */
const leaks = {
	stdout: () => console.log(`%s`, canary("planted")),
	stderr: () => process.stderr.write(encodeURIComponent(`${canary("planted")}`)),
	error: () => seeError(new TokenError("network", `of ${canary("planted")}`)),
	cause: () => seeError(new TokenError("network", "lost", { cause: new Error(canary("planted")) })),
	field: () => seeError(Object.assign(new TokenError("network", "lost"), { [Symbol("hidden")]: canary("planted") })),
	event: () => seeEvent({ type: "acquired", token: canary("planted") }),
	url: () => see("url", `http://h.test/?t=${canary("planted")}`),
	base64: () => console.log(Buffer.from(canary("planted")).toString("base64")),
	"a token's JSON": () => {
		Token.prototype.toJSON = function () {
			return { value: this.value };
		};
	},
	"a token's inspection": () => {
		Token.prototype[inspect.custom] = function () {
			return this.value;
		};
	},
	"an error's JSON": () => {
		const secret = canary("planted");
		TokenError.prototype.toJSON = () => ({ secret });
	},
};

leaks[plant]?.();
await life();
if (!plant) {
	await faulty();
	await echoes();
	await mistakes();
	await refusals();
	await ends();
}
for (const client of clients) {
	seeAll("client", client);
	client.close();
}
process.send({ canaries: [...canaries], seen, codes: [...codes], eventTypes: [...eventTypes] }, () => process.disconnect());
