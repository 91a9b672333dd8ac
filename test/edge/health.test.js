// Without a valid configuration the edge refuses everything, and says by name what is missing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createEdge } from "../../js/edge/edge.js";
import { ConfigError } from "../../js/edge/config/config.js";
import { connectionsTo } from "./connections.js";
import { secrets } from "./edge.js";

const config = () => ({
	authentication: {
		staff: { type: "jwt", issuer: "https://issuer.test", audience: "edge", algorithms: ["RS256"], jwksUrl: "https://issuer.test/keys" },
		machines: { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1" } } },
	},
	connections: connectionsTo("https://vendor.test", ["staff", "machines"]),
});
const namespace = { idFromName: (/** @type {string} */ name) => name, get: () => assert.fail("nothing is to be asked") };
const whole = () => ({ ...secrets, KEEPER: namespace, NONCES: namespace, CCTOKEN_CONFIG: JSON.stringify(config()) });

/** @param {object} bindings @param {string} path @param {RequestInit} [init] @param {ReturnType<typeof createEdge>} [edge] */
async function ask(bindings, path, init, edge = createEdge()) {
	const { log } = console;
	console.log = () => {};
	try {
		const response = await edge.fetch(new Request(`https://edge.test${path}`, init), /** @type {any} */ (bindings));
		return { status: response.status, headers: response.headers, body: JSON.parse((await response.text()) || "null") };
	} finally {
		console.log = log;
	}
}

test("with all that it needs it is well, and says nothing else", async () => {
	const { status, headers, body } = await ask(whole(), "/healthz");
	assert.deepEqual([status, body], [200, { status: "ok" }]);
	assert.equal(headers.get("cache-control"), "no-store");
});

describe("one thing is missing", () => {
	for (const [name, change, line] of /** @type {[string, (bindings: any) => void, RegExp][]} */ ([
		["the configuration", (b) => delete b.CCTOKEN_CONFIG, /^CCTOKEN_CONFIG is missing$/],
		["JSON in it", (b) => (b.CCTOKEN_CONFIG = '{"authentication": secret'), /^CCTOKEN_CONFIG is not JSON$/],
		["something in it", (b) => (b.CCTOKEN_CONFIG = "{}"), /^authentication must be/],
		["the keepers' namespace", (b) => delete b.KEEPER, /^KEEPER: /],
		["the nonces' namespace", (b) => delete b.NONCES, /^NONCES: /],
		["the name key", (b) => delete b.NAME_KEY, /^NAME_KEY: /],
		["a name key of some length", (b) => (b.NAME_KEY = "short"), /^NAME_KEY: /],
		["the storage keys", (b) => delete b.STORAGE_KEYS, /^STORAGE_KEYS: /],
		["a storage key of the right form", (b) => (b.STORAGE_KEYS = "k1:short"), /^STORAGE_KEYS: /],
		["a second storage key of the right form", (b) => (b.STORAGE_KEYS += ",k2"), /^STORAGE_KEYS: /],
		["a time that the keeper can use", (b) => (b.KEEPER_TIMEOUT_MS = "soon"), /^KEEPER_TIMEOUT_MS: /],
		["a time for bodies", (b) => (b.BODY_TIMEOUT_MS = "500"), /^BODY_TIMEOUT_MS: /],
		["a rate that is one", (b) => (b.RATE_LIMIT_PER_MINUTE = "0"), /^RATE_LIMIT_PER_MINUTE: /],
		["a secret of a connection", (b) => delete b.AICC_SECRET, /^AICC_SECRET: a secret, for connections\.messaging\.identity\.appSecret$/],
		["text in a secret", (b) => (b.AICC_SECRET = ""), /^AICC_SECRET: /],
		["a secret inside parameters", (b) => delete b.DRIVE_SECRET, /^DRIVE_SECRET: /],
		["a signing key of some length", (b) => (b.MACHINE_KEY = "short"), /^MACHINE_KEY: /],
	])) {
		test(name, async () => {
			const bindings = whole();
			change(bindings);
			const health = await ask(bindings, "/healthz");
			assert.equal(health.status, 503);
			assert.equal(health.body.status, "not_configured");
			assert.ok(
				health.body.missing.some((/** @type {string} */ one) => line.test(one)),
				JSON.stringify(health.body),
			);
			for (const value of Object.values(secrets)) {
				assert.ok(!JSON.stringify(health.body).includes(value));
			}
			for (const [path, method] of [
				["/v1/token", "POST"],
				["/v1/verify", "POST"],
				["/v1/call/messaging/apiaccess/ccmessaging/poll", "GET"],
				["/v1/token", "OPTIONS"],
				["/elsewhere", "GET"],
			]) {
				const { status, body, headers } = await ask(bindings, path ?? "", {
					method,
					headers: { authorization: "Bearer a.b.c", origin: "https://console.test" },
				});
				assert.deepEqual([status, body.code, body.type], [503, "not_configured", "urn:cctoken:error:not_configured"]);
				assert.equal(headers.get("access-control-allow-origin"), null);
			}
		});
	}
});

test("machines need no namespace for nonces where none may come", async () => {
	const {
		authentication: { staff },
	} = config();
	const { NONCES: _, MACHINE_KEY: __, ...bindings } = whole();
	const { status } = await ask(
		{ ...bindings, CCTOKEN_CONFIG: { authentication: { staff }, connections: connectionsTo("https://vendor.test", ["staff"]) } },
		"/healthz",
	);
	assert.equal(status, 200);
});

test("a configuration given in code is checked at once, and needs no variable", async () => {
	assert.throws(() => createEdge({}), ConfigError);
	assert.throws(() => createEdge(null), ConfigError);
	const { CCTOKEN_CONFIG: _, ...bindings } = whole();
	assert.equal((await ask(bindings, "/healthz", {}, createEdge(config()))).status, 200);
});

test("what fails inside is told without its text", async () => {
	const bindings = {
		...whole(),
		RATE_LIMITER: {
			limit: () => {
				throw new RangeError("a secret text");
			},
		},
	};
	const { jwk, token } = await issued();
	const given = {
		...config(),
		authentication: {
			staff: { type: "jwt", issuer: "https://issuer.test", audience: "edge", algorithms: ["ES256"], jwks: { keys: [jwk] } },
			machines: config().authentication.machines,
		},
	};
	/** @type {string[]} */
	const lines = [];
	const { log } = console;
	console.log = (line) => void lines.push(line);
	let response;
	try {
		response = await createEdge(given).fetch(
			new Request("https://edge.test/v1/token", { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" }),
			/** @type {any} */ (bindings),
		);
	} finally {
		console.log = log;
	}
	const text = await response.text();
	assert.equal(response.status, 500);
	assert.equal(JSON.parse(text).code, "internal");
	assert.equal(JSON.parse(lines[0] ?? "").reason, "RangeError");
	assert.ok(!`${text}${lines}`.includes("a secret text"));
});

test("whoever asks too often is told to wait, and the limiter is told nothing of who it is", async () => {
	/** @type {string[]} */
	const keys = [];
	const bindings = {
		...whole(),
		RATE_LIMITER: { limit: async (/** @type {{ key: string }} */ { key }) => (keys.push(key), { success: false }) },
	};
	const { jwk, token } = await issued();
	const given = {
		...config(),
		authentication: {
			staff: { type: "jwt", issuer: "https://issuer.test", audience: "edge", algorithms: ["ES256"], jwks: { keys: [jwk] } },
			machines: config().authentication.machines,
		},
	};
	const { status, body, headers } = await ask(
		bindings,
		"/v1/token",
		{ method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" },
		createEdge(given),
	);
	assert.deepEqual([status, body.code, body.retryable, headers.get("retry-after")], [429, "rate_limited", true, "60"]);
	assert.equal(keys.length, 1);
	assert.ok(!keys[0]?.includes("agent-7") && (keys[0]?.length ?? 0) >= 43);
});

async function issued() {
	const { exportJWK, generateKeyPair, SignJWT } = await import("jose");
	const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
	const token = await new SignJWT({})
		.setProtectedHeader({ alg: "ES256" })
		.setIssuer("https://issuer.test")
		.setAudience("edge")
		.setSubject("agent-7")
		.setIssuedAt()
		.setExpirationTime("5m")
		.sign(privateKey);
	return { jwk: await exportJWK(publicKey), token };
}
