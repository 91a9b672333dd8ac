// Everything that a vendor can do wrong, as the sandbox does it over HTTP: a typed error each, in bounded time, and no
// trace of it once the vendor is well.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createClient } from "../js/client/client.js";
import { platformClock } from "../js/client/clock.js";
import { startServer } from "../tools/demo/server.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { tokenError } from "./expect.js";
import { sandboxed } from "./sandboxed.js";

const module = createModule(load);

/** Pauses and time limits pass 20 times as fast. */
const hurried = { ...platformClock, timer: (wake, ms, idle) => platformClock.timer(wake, ms / 20, idle) };

const sandbox = sandboxed();

/** Fault, the error where it is met on each attempt, and its HTTP status. */
const faults = [
	["delay", "timeout"],
	["reset", "network"],
	["truncate", "network"],
	["html", "malformed_response", 200],
	["types", "malformed_response", 200],
	["huge", "response_too_large"],
	["empty", "malformed_response", 200],
	["redirect", "redirected", 307],
	["401", "credentials_refused", 401],
	["403", "credentials_refused", 403],
	["html403", "blocked", 403],
	["html418", "blocked", 418],
	["429", "rate_limited", 429],
	["500", "vendor_failure", 500],
	["502", "unavailable", 502],
	["503", "unavailable", 503],
	["504", "unavailable", 504],
];
const lasting = new Set(["credentials_refused", "blocked", "malformed_response", "response_too_large", "redirected", "vendor_failure"]);

for (const [system, endpoint, step] of [
	["appcube", "login", "login"],
	["ccmessaging", "login", "apply"],
	["ccmessaging", "apifabric", "access_token"],
	["isales", "login", "login"],
	["cubedrive", "login", "login"],
]) {
	describe(`${system}, ${step}:`, () => {
		for (const [fault, code, status] of faults) {
			test(`the fault ${fault} is ${code}, in time, and the same for all who wait`, async () => {
				// A 403 of the AICC means the AccessToken, which is renewed once; that it goes on is told as the vendor's refusal.
				await sandbox.fault({ system, endpoint, fault, count: 1000, ...(fault === "delay" && { delayMs: 60_000 }) });
				const client = createClient(module, { timeoutMs: fault === "delay" ? 2_000 : 60_000 }, hurried);
				const began = performance.now();
				const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => client.getToken(sandbox.own(system).identity)));
				assert.ok(performance.now() - began < 5_000);
				for (const { reason } of outcomes) {
					tokenError(code, { system, step, httpStatus: status })(reason);
					assert.ok(reason.retryAt > Date.now(), "it says when to try again");
				}
				const { counts, redirectsFollowed } = await sandbox.state();
				const made = counts[endpoint === "apifabric" ? "apifabric" : system].logins;
				assert.ok(made <= 3, `${made} requests`);
				assert.ok(!lasting.has(code) || made <= 2, `${made} requests for what repetition does not change`);
				assert.equal(redirectsFollowed, 0);
				await assert.rejects(client.getToken(sandbox.own(system).identity), (error) => {
					tokenError("cooling_down")(error);
					return tokenError(code)(error.cause);
				});
				client.close();
			});
		}
	});
}

for (const system of ["appcube", "ccmessaging", "isales"]) {
	for (const fault of ["reset", "503", "429"]) {
		test(`${system}: the fault ${fault}, once, is ridden out`, async () => {
			await sandbox.fault({ system, endpoint: "login", fault, ...(fault === "429" && { retryAfter: 0 }) });
			const events = [];
			const client = createClient(module, { onEvent: ({ type, step }) => step !== "access_token" && events.push(type) }, hurried);
			assert.ok((await client.getToken(sandbox.own(system).identity)).value);
			assert.deepEqual(events, ["retrying", "acquired"]);
		});
	}
}

test("cubedrive: a login that the vendor may have seen is not repeated", async () => {
	await sandbox.fault({ system: "cubedrive", endpoint: "login", fault: "503" });
	const client = createClient(module);
	await assert.rejects(client.getToken(sandbox.own("cubedrive").identity), tokenError("unavailable"));
	assert.equal((await sandbox.state()).counts.cubedrive.logins, 1);
});

test("cubedrive: the sixth login in ten minutes is not made, and the error says when it may be", async () => {
	const client = createClient(module);
	const { identity } = sandbox.own("cubedrive");
	for (let i = 0; i < 5; i++) {
		await client.getToken(identity, { forceRefresh: true });
	}
	await assert.rejects(client.getToken(identity, { forceRefresh: true }), (error) => {
		const wait = error.retryAt - Date.now();
		assert.ok(wait > 590_000 && wait <= 600_000, `${wait}`);
		return tokenError("login_budget")(error);
	});
	assert.ok((await client.getToken(identity)).value, "who can do with the current token gets it");
	client.session(identity).forget();
	await assert.rejects(client.getToken(identity), tokenError("login_budget"));
	assert.equal((await sandbox.state()).counts.cubedrive.logins, 5);
});

for (const [system, credential] of [
	["appcube", "tenant001"],
	["ccmessaging", "user001"],
	["ccmessaging", "app001"],
	["isales", "abcd"],
	["cubedrive", "user22"],
	["apifabric", "app001"],
]) {
	test(`${system}: ${credential}, whom the vendor refuses, is an error that names the system, and others go on`, async () => {
		await sandbox.post("refuse", { system, credential, refuse: true });
		const client = createClient(module);
		const name = system === "apifabric" ? "ccmessaging" : system;
		await assert.rejects(client.getToken(sandbox.own(name).identity), ({ code, system }) => {
			assert.match(code, /^(credentials_refused|vendor_failure|address_not_admitted)$/);
			assert.equal(system, name);
			return true;
		});
		const other = sandbox.own(name === "appcube" ? "isales" : "appcube");
		assert.ok((await client.getToken(other.identity)).value);
	});
}

test("isales: a refresh that fails for good leads to a login, and the caller sees nothing of it", async () => {
	for (const fault of ["401", "403", "500", "html", "empty", "types"]) {
		await sandbox.reset();
		const client = createClient(module);
		const { identity } = sandbox.own("isales");
		const first = await client.getToken(identity);
		await sandbox.fault({ system: "isales", endpoint: "refresh", fault });
		const next = await client.getToken(identity, { forceRefresh: true });
		assert.notEqual(next.value, first.value);
		const { logins, refreshes } = (await sandbox.state()).counts.isales;
		assert.deepEqual([logins, refreshes], [2, 1], fault);
	}
});

test("a business call with a fault is the caller's to judge, and no login follows but after a 401", async () => {
	for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
		for (const fault of ["html", "html403", "html418", "empty", "types", "huge", "429", "500", "502", "503", "504"]) {
			await sandbox.reset();
			const client = createClient(module);
			const { identity, path, init } = sandbox.own(system);
			await sandbox.fault({ system, endpoint: "business", fault });
			const response = await client.fetch(identity, path, init);
			await response.text();
			assert.equal(response.status, Number(fault.replace("html", "")) || 200, `${system} ${fault}`);
			const { counts } = await sandbox.state();
			assert.deepEqual([counts[system].logins, counts[system].business], [1, 1], `${system} ${fault}`);
		}
		await sandbox.fault({ system, endpoint: "business", fault: "truncate" });
		const { identity, path, init } = sandbox.own(system);
		const client = createClient(module);
		await assert.rejects(
			client.fetch(identity, path, init).then((response) => response.text()),
			TypeError,
		);
		await sandbox.fault({ system, endpoint: "business", fault: "reset" });
		await assert.rejects(client.fetch(identity, path, init), TypeError);
	}
});

test("a server that is not there is a network error with the platform's word for it, in every form of the error and in its event", async () => {
	const { url, stop } = await startServer("127.0.0.1:0");
	await stop();
	const told = [];
	const client = createClient(module, { onEvent: ({ error }) => error && told.push(error.message) }, hurried);
	const identity = { ...sandbox.own("cubedrive").identity, baseUrl: `${url}/lite` };
	await assert.rejects(client.getToken(identity), (error) => {
		assert.equal(error.cause.code, "ECONNREFUSED");
		assert.equal(error.message, "cubedrive: login: no connection to the vendor, or it was lost (ECONNREFUSED)");
		assert.deepEqual(JSON.parse(JSON.stringify(error)).cause, { code: "ECONNREFUSED" });
		assert.match(inspect(error), /\(ECONNREFUSED\)/);
		return tokenError("network", { retryable: true })(error);
	});
	assert.ok(told.length > 0);
	assert.deepEqual(
		told.filter((message) => !message.endsWith("(ECONNREFUSED)")),
		[],
	);
});

test("a short life makes no loop of logins: a token of a second serves a burst, and the next second has another", async () => {
	await sandbox.post("lifetimes", { appcube: 1, isales: 1 });
	const client = createClient(module);
	await Promise.all(
		["appcube", "isales"].map(async (system) => {
			const { identity } = sandbox.own(system);
			const tokens = new Set();
			const until = Date.now() + 2500;
			while (Date.now() < until) {
				const token = await client.getToken(identity);
				assert.ok(token.expiresAt > Date.now());
				tokens.add(token.value);
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			const { logins, refreshes } = (await sandbox.state()).counts[system];
			assert.ok(tokens.size >= 2 && logins + refreshes <= 6, `${system}: ${tokens.size} tokens, ${logins} logins, ${refreshes} refreshes`);
		}),
	);
});
