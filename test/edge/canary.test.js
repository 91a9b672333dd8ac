// No secret, token or subject is in any answer, log line or stored byte of a whole run, but where one is handed out on purpose.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { signedFetch } from "../../js/edge/sign.js";
import { consoleOrigin, startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";
import { contentsOf } from "./workerd.js";

const unique = (/** @type {string} */ what) => `canary-${what}-${randomBytes(12).toString("hex")}`;
const bindings = {
	NAME_KEY: unique("name-key"),
	STORAGE_KEYS: `k1:${randomBytes(32).toString("base64url")}`,
	APPCUBE_SECRET: unique("appcube"),
	AICC_SECRET: unique("aicc"),
	ISALES_PASSWORD: unique("isales"),
	DRIVE_SECRET: unique("drive"),
	MACHINE_KEY: unique("machine"),
};

/** What must not be seen, and what it is. @type {Map<string, string>} */
const canaries = new Map([
	...Object.entries(bindings).map(([name, value]) => /** @type {const} */ ([value.replace("k1:", ""), `the secret ${name}`])),
]);
/** What somebody could have seen. @type {{ where: string, text: string, open: boolean }[]} */
const seen = [];
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;

before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		bindings,
		configure: ({ connections, ...config }) => ({
			...config,
			connections: {
				...connections,
				quick: {
					...connections.drive,
					identity: { params: { ...connections.drive.identity.params, appId: "quick" } },
					call: { ...connections.drive.call, timeoutMs: 300 },
				},
			},
		}),
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

/** The forms in which a value could stand somewhere. @param {string} value */
const forms = (value) => [
	value,
	encodeURIComponent(value),
	JSON.stringify(value).slice(1, -1),
	Buffer.from(value).toString("hex"),
	Buffer.from(value)
		.toString("base64")
		.replace(/.?.?=*$/, ""),
	...(value.length > 40 ? [value.slice(-24)] : []),
];

/** @param {{ where: string, text: string, open: boolean }[]} where */
function found(where) {
	for (const token of vendor.tokens) {
		canaries.set(token, "a vendor's token");
	}
	const hits = [];
	for (const [value, what] of canaries) {
		for (const { where: place, text, open } of where) {
			if (!(open && what === "a vendor's token") && forms(value).some((form) => text.includes(form))) {
				hits.push(`${what} in ${place}`);
			}
		}
	}
	return [...new Set(hits)];
}

/**
 * @param {string} where
 * @param {Response} response
 * @param {boolean} [open] whether a token is handed out on purpose
 */
async function see(where, response, open = false) {
	const text = await response.text().catch(() => "");
	seen.push({ where, open, text: `${response.status} ${JSON.stringify([...response.headers])} ${text}` });
	return { status: response.status, text };
}

async function agent() {
	const subject = unique("subject").slice(0, 32); // as long as a userId may be
	canaries.set(subject, "a subject");
	const claim = unique("claim");
	canaries.set(claim, "a claim");
	const token = await edge.tokenFor(subject, { claims: { name: claim, email: claim } });
	canaries.set(token, "a console's own token");
	return token;
}

const calls = [
	["appcube", "/oifde/rest/appcube/api/business", "POST"],
	["messaging", "/apiaccess/ccmessaging/poll", "GET"],
	["isales", "/rest/isales/v1/openapi/obs/business", "GET"],
	["drive", "/commonPage", "GET"],
];

test("a whole run: successes, refusals, faults of vendors and of callers", async () => {
	const token = await agent();
	const call = (/** @type {string} */ path, /** @type {any} */ init = {}) =>
		edge.fetch(path, { ...init, headers: { authorization: `Bearer ${token}`, origin: consoleOrigin, ...init.headers } });
	await see("healthz", await edge.fetch("/healthz"));
	for (const name of ["open-appcube", "open-messaging", "shared-messaging", "open-isales", "open-drive"]) {
		const { status, text } = await see("token", await edge.post("/v1/token", token, { connection: name }), true);
		assert.equal(status, 200, text);
		const value = JSON.parse(text).token;
		await see("verify", await edge.post("/v1/verify", token, { connection: name, token: value }));
		await see("verify another", await edge.post("/v1/verify", token, { connection: name, token: unique("no-token") }));
		await see("token, rejected", await edge.post("/v1/token", token, { connection: name, rejected: value }), true);
		await see("token, forced", await edge.post("/v1/token", token, { connection: name, force: true }), true);
	}
	for (const [name, path, method] of calls) {
		assert.equal((await see("call", await call(`/v1/call/${name}${path}`, { method }))).status, 200);
		let left = 1;
		vendor.business = (_request, response) => (left-- > 0 ? json(response, {}, { status: 401 }) : json(response, {}));
		await see("call, replayed", await call(`/v1/call/${name}${path}`, { method }));
		const rolled = unique("rolled");
		vendor.tokens.push(rolled);
		vendor.business = (_request, response) => json(response, { token: rolled }, { headers: { "ccmessaging-token": rolled } });
		name === "messaging" &&
			(await see("call, rolled", await edge.fetch(`/v1/call/${name}${path}`, { headers: { authorization: `Bearer ${await agent()}` } })));
		for (const status of [302, 400, 403, 404, 500, 503]) {
			vendor.business = (_request, response) =>
				json(response, { errorCode: 1 }, { status, headers: { location: `${vendor.url}/${unique("location")}` } });
			await see(`call, vendor ${status}`, await call(`/v1/call/${name}${path}`, { method }));
		}
		vendor.business = (_request, response) => response.destroy();
		await see("call, broken", await call(`/v1/call/${name}${path}`, { method }));
		vendor.business = (_request, response) => json(response, {});
		await see("call, refused path", await call(`/v1/call/${name}/..%2f${token}`, { method }));
		await see("call, refused method", await call(`/v1/call/${name}${path}`, { method: "DELETE" }));
	}
	vendor.business = () => {};
	await see("call, hanging", await call("/v1/call/quick/commonPage"));
	vendor.business = (_request, response) => json(response, {});

	// Vendors that repeat all that they were told, as they refuse it.
	for (const status of [200, 400, 401, 403, 404, 429, 500, 503]) {
		vendor.login = (response, { url, headers, body }) =>
			json(
				response,
				{
					errorCode: 7,
					errorMsg: body,
					resultCode: body,
					exceptionInfo: `${url} ${JSON.stringify(headers)} ${body}`,
					result: 1,
					success: false,
				},
				{ status, headers: { "retry-after": "1", "x-echo": url } },
			);
		const other = await agent();
		for (const connection of ["open-appcube", "open-messaging", "open-isales", "open-drive"]) {
			await see(`token, login answers ${status}`, await edge.post("/v1/token", other, { connection, force: true }));
		}
		for (const [name, path, method] of calls) {
			await see(
				`call, login answers ${status}`,
				await edge.fetch(`/v1/call/${name}${path}`, { method, headers: { authorization: `Bearer ${other}` } }),
			);
		}
	}
	vendor.login = undefined;

	// Callers' mistakes, with a secret in every place where none belongs.
	const stray = () => {
		const value = unique("stray");
		canaries.set(value, "a stray secret");
		return value;
	};
	for (const authorization of [
		stray(),
		`Bearer ${stray()}`,
		`Basic ${stray()}`,
		`CCTOKEN-HMAC-SHA256 ${stray()}`,
		`Bearer ${token.slice(0, -8)}AAAAAAAA`,
		`Bearer ${await edge.tokenFor(stray(), { claims: { aud: stray() } })}`,
	]) {
		await see("refused authorization", await edge.fetch("/v1/token", { method: "POST", headers: { authorization }, body: "{}" }));
	}
	for (const body of [
		{ connection: stray() },
		{ [stray()]: stray() },
		{ connection: "open-drive", rejected: `${stray()} ` },
		{ connection: "open-drive", userId: stray() },
		[stray()],
		stray(),
	]) {
		await see(
			"refused body",
			await call("/v1/token", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
		);
		await see(
			"refused verification",
			await call("/v1/verify", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
		);
	}
	await see("refused query", await call(`/v1/call/drive/commonPage?x-auth-token=${stray()}`));
	await see("unknown path", await call(`/${stray()}`));
	await see("unknown connection", await call(`/v1/call/${stray()}/x`));
	await see("unlisted origin", await call("/v1/token", { method: "POST", headers: { origin: `https://${stray()}.test` } }));
	await see("unlisted header", await call("/v1/call/drive/commonPage", { headers: { [stray()]: stray(), cookie: stray() } }));
	await see("appcube body", await call(`/v1/call/appcube${calls[0]?.[1]}`, { method: "POST", body: stray() }));
	const robot = signedFetch({ keyId: "robot", secret: bindings.MACHINE_KEY });
	await see(
		"signed",
		await robot(`${edge.url}/v1/token`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"connection":"open-isales"}',
		}),
		true,
	);
	await see("badly signed", await signedFetch({ keyId: "robot", secret: stray() })(`${edge.url}/v1/token`, { method: "POST", body: "{}" }));

	await edge.restart();
	assert.equal((await see("token, after a restart", await edge.post("/v1/token", token, { connection: "open-drive" }), true)).status, 200);
	const lines = edge.logs();
	seen.push({ where: "the log", text: edge.output(), open: false });
	seen.push({ where: "the storage", text: (await contentsOf(edge.persist)).toString("latin1"), open: false });

	// The run was a whole one.
	assert.ok(seen.length > 120 && lines.length > 120, `${seen.length} answers, ${lines.length} lines`);
	assert.ok(canaries.size > 50 && vendor.tokens.length > 12, `${canaries.size} canaries, ${vendor.tokens.length} tokens`);
	assert.ok(lines.some(({ replayed }) => replayed) && lines.some(({ token }) => token === "rolled"), "a replay and a roll");
	const codes = new Set(lines.map(({ code }) => code));
	for (const code of [
		undefined,
		"unauthorized",
		"forbidden",
		"invalid_request",
		"not_found",
		"method_not_allowed",
		"redirected",
		"network",
		"timeout",
		"credentials_refused",
		"cooling_down",
	]) {
		assert.ok(codes.has(code), `${code} did not occur: ${[...codes]}`);
	}
	assert.deepEqual(found(seen), []);
});

test("the search finds each kind of canary where one is planted", () => {
	for (const [value, what] of canaries) {
		for (const form of forms(value)) {
			assert.ok(found([{ where: "a plant", text: `{"a":"${form}"}`, open: false }]).includes(`${what} in a plant`), what);
		}
	}
});

test("every line of the log is JSON of known members, with words of the program's own", () => {
	for (const line of edge.logs()) {
		const { event, request, method, route, by, user, connection, vendorStatus, token, replayed, code, reason, status, ms, ...more } = line;
		assert.deepEqual(more, {});
		assert.equal(event, "request");
		assert.match(request, /^[0-9a-f-]{36}$/);
		assert.match(method, /^[A-Z]+$/);
		assert.match(route, /^(healthz|token|verify|call|unknown)$/);
		assert.ok(by === undefined || by === "staff" || by === "machines");
		assert.ok(user === undefined || /^[A-Za-z0-9_-]{22}$/.test(user), user); // a keyed hash
		assert.ok(connection === undefined || /^(open-|shared-)?(appcube|messaging|isales|drive|quick)$/.test(connection), connection);
		assert.ok(vendorStatus === undefined || Number.isInteger(vendorStatus));
		assert.ok(token === undefined || token === "dead" || token === "rolled");
		assert.ok(replayed === undefined || replayed === true);
		assert.ok(
			[code, reason].every((word) => word === undefined || /^[a-z_]{1,40}$/.test(word)),
			`${code} ${reason}`,
		);
		assert.ok(Number.isInteger(status) && Number.isFinite(ms));
	}
});
