// The configuration: what is not understood makes all of it invalid, and its problems quote no value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfig, ConfigError, secretsOf } from "../../js/edge/config/config.js";
import { mayPass } from "../../js/edge/sealed/header-names.js";
import { connectionsTo } from "./connections.js";

const valid = () => ({
	authentication: {
		staff: { type: "jwt", issuer: "https://issuer.test", audience: "edge", algorithms: ["RS256"], jwksUrl: "https://issuer.test/keys" },
		machines: { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1" } } },
	},
	origins: ["https://console.test"],
	connections: connectionsTo("https://vendor.test", ["staff", "machines"]),
});

/** @param {(config: any) => void} change @returns {string[]} */
function problemsOf(change) {
	const config = valid();
	change(config);
	try {
		checkConfig(config);
	} catch (error) {
		assert.ok(error instanceof ConfigError);
		assert.equal(error.code, "not_configured");
		return error.problems;
	}
	return [];
}

test("a whole configuration is accepted, and what it leaves out takes the safe default", () => {
	assert.deepEqual(
		problemsOf(() => {}),
		[],
	);
	const { connections, authentication, operators } = checkConfig(valid());
	assert.deepEqual(operators, { allow: [], origins: [] });
	assert.equal(connections.messaging?.sealed, true);
	assert.equal(connections["open-messaging"]?.shareAppToken, false);
	assert.deepEqual(connections.messaging?.call?.requestHeaders, ["accept", "accept-language", "content-type"]);
	assert.ok(!connections.messaging?.call?.responseHeaders?.includes("set-cookie"));
	assert.equal(/** @type {any} */ (authentication.staff).maxAgeSeconds, 86_400);
});

test("the checked configuration is a copy: a later change of the object given changes nothing", () => {
	const config = valid();
	const checked = checkConfig(config);
	/** @type {any} */ (config.connections).messaging.baseUrl = "https://elsewhere.test";
	assert.equal(checked.connections.messaging?.baseUrl, "https://vendor.test");
});

const faults = /** @type {[string, string, (config: any) => void][]} */ ([
	["no authentication at all", "authentication", (c) => delete c.authentication],
	["an empty authentication", "authentication", (c) => (c.authentication = {})],
	["no connections", "connections", (c) => delete c.connections],
	["an unknown member", "orgins", (c) => (c.orgins = [])],
	["an operator of no way in", "operators.allow[0].by", (c) => (c.operators = { allow: [{ by: "nobody" }] })],
	["an operator's claim without values", "operators.allow[0].values", (c) => (c.operators = { allow: [{ by: "staff", claim: "groups" }] })],
	["a list of no operators", "operators.allow", (c) => (c.operators = { allow: [] })],
	[
		"an operators' page that is no origin",
		"operators.origins",
		(c) => (c.operators = { allow: [{ by: "staff" }], origins: ["https://a.test/"] }),
	],
	["what operators do not have", "operators.cookies", (c) => (c.operators = { allow: [{ by: "staff" }], cookies: true })],
	["a symmetric algorithm", "authentication.staff.algorithms", (c) => (c.authentication.staff.algorithms = ["HS256"])],
	["the algorithm none", "authentication.staff.algorithms", (c) => (c.authentication.staff.algorithms = ["RS256", "none"])],
	["no algorithm", "authentication.staff.algorithms", (c) => delete c.authentication.staff.algorithms],
	["no audience", "authentication.staff.audience", (c) => delete c.authentication.staff.audience],
	["an empty list of audiences", "authentication.staff.audience", (c) => (c.authentication.staff.audience = [])],
	["no issuer", "authentication.staff.issuer", (c) => delete c.authentication.staff.issuer],
	["keys over plain http", "authentication.staff.jwksUrl", (c) => (c.authentication.staff.jwksUrl = "http://issuer.test/keys")],
	["no keys", "authentication.staff.jwksUrl", (c) => delete c.authentication.staff.jwksUrl],
	["keys twice", "authentication.staff.jwksUrl", (c) => (c.authentication.staff.jwks = { keys: [{ kty: "EC" }] })],
	[
		"a private key among the keys",
		"authentication.staff.jwks",
		(c) => {
			delete c.authentication.staff.jwksUrl;
			c.authentication.staff.jwks = { keys: [{ kty: "EC", d: "private" }] };
		},
	],
	[
		"a symmetric key among the keys",
		"authentication.staff.jwks",
		(c) => {
			delete c.authentication.staff.jwksUrl;
			c.authentication.staff.jwks = { keys: [{ kty: "oct", k: "secret" }] };
		},
	],
	["a generous clock", "authentication.staff.clockToleranceSeconds", (c) => (c.authentication.staff.clockToleranceSeconds = 3600)],
	["two of one issuer", "authentication", (c) => (c.authentication.other = { ...c.authentication.staff, audience: "other" })],
	[
		"a signing key in the text",
		"authentication.machines.keys.robot.secret",
		(c) => (c.authentication.machines.keys.robot.secret = "not a name!"),
	],
	["a key ID twice", "authentication", (c) => (c.authentication.more = structuredClone(c.authentication.machines))],
	["an origin with a path", "origins", (c) => (c.origins = ["https://console.test/"])],
	["an origin in capitals", "origins", (c) => (c.origins = ["https://Console.test"])],
	["any origin", "origins", (c) => (c.origins = ["*"])],
	["the origin null", "origins", (c) => (c.origins = ["null"])],
	["an origin over plain http", "origins", (c) => (c.origins = ["http://console.test"])],
	["an unknown system", "connections.messaging.system", (c) => (c.connections.messaging.system = "accesstoken")],
	["a vendor over plain http", "connections.messaging.baseUrl", (c) => (c.connections.messaging.baseUrl = "http://vendor.test")],
	["credentials in a URL", "connections.messaging.baseUrl", (c) => (c.connections.messaging.baseUrl = "https://a:b@vendor.test")],
	["a query in a URL", "connections.messaging.baseUrl", (c) => (c.connections.messaging.baseUrl = "https://vendor.test/?a=b")],
	["dot segments in a URL", "connections.messaging.baseUrl", (c) => (c.connections.messaging.baseUrl = "https://vendor.test/a/../b")],
	[
		"an address of another system",
		"connections.isales.identity.authUrl",
		(c) => (c.connections.isales.identity.authUrl = "https://vendor.test"),
	],
	[
		"an address that a caller has a say in",
		"connections.messaging.identity.authUrl",
		(c) => (c.connections.messaging.identity.authUrl = { claim: "where" }),
	],
	[
		"an address over plain http",
		"connections.messaging.identity.authUrl",
		(c) => (c.connections.messaging.identity.authUrl = "http://vendor.test"),
	],
	["an address outside of the identity", "connections.messaging.authUrl", (c) => (c.connections.messaging.authUrl = "https://vendor.test")],
	[
		"a token in place of the secret",
		"connections.messaging.identity.accessToken",
		(c) => (c.connections.messaging.identity.accessToken = { secret: "A" }),
	],
	[
		"an app's token of a system that has none",
		"connections.open-isales.shareAppToken",
		(c) => (c.connections["open-isales"].shareAppToken = true),
	],
	["a secret in the text", "connections.messaging.identity.appSecret", (c) => (c.connections.messaging.identity.appSecret = "s3cret")],
	["a secret from a claim", "connections.isales.identity.passwd", (c) => (c.connections.isales.identity.passwd = { claim: "passwd" })],
	[
		"a field of another system",
		"connections.messaging.identity.passwd",
		(c) => (c.connections.messaging.identity.passwd = { secret: "A" }),
	],
	["a missing field", "connections.messaging.identity.userId", (c) => delete c.connections.messaging.identity.userId],
	[
		"a source with two meanings",
		"connections.messaging.identity.userId",
		(c) => (c.connections.messaging.identity.userId = { subject: true, claim: "a" }),
	],
	["a parameter that is no text", "connections.drive.identity.params", (c) => (c.connections.drive.identity.params.user = 7)],
	["nobody who may", "connections.messaging.allow", (c) => (c.connections.messaging.allow = [])],
	["a rule without a way in", "connections.messaging.allow[0].by", (c) => (c.connections.messaging.allow = [{ subjects: ["a"] }])],
	["a rule for a way that is not there", "connections.messaging.allow[0].by", (c) => (c.connections.messaging.allow = [{ by: "guests" }])],
	[
		"a claim without values",
		"connections.messaging.allow[0].values",
		(c) => (c.connections.messaging.allow = [{ by: "staff", claim: "groups" }]),
	],
	["a sealed connection without calls", "connections.messaging.call", (c) => delete c.connections.messaging.call],
	[
		"an AccessToken out of a sealed connection",
		"connections.messaging.shareAppToken",
		(c) => (c.connections.messaging.shareAppToken = true),
	],
	["sealed as a text", "connections.messaging.sealed", (c) => (c.connections.messaging.sealed = "false")],
	[
		"an origin that the edge does not have",
		"connections.messaging.origins",
		(c) => (c.connections.messaging.origins = ["https://other.test"]),
	],
	["the method TRACE", "connections.messaging.call.methods", (c) => (c.connections.messaging.call.methods = ["TRACE"])],
	["a path with dot segments", "connections.messaging.call.paths", (c) => (c.connections.messaging.call.paths = ["/a/../b/"])],
	["a path with escapes", "connections.messaging.call.paths", (c) => (c.connections.messaging.call.paths = ["/a%2fb"])],
	["a path that is none", "connections.messaging.call.paths", (c) => (c.connections.messaging.call.paths = ["apiaccess/"])],
	...["token", "username", "access-token", "Guid", "Set-GUID", "X-TenantSpaceID", "x-app-key"].map((name) => [
		`${name}, which is a login's or a token's, from a caller`,
		"connections.messaging.call.requestHeaders",
		(c) => (c.connections.messaging.call.requestHeaders = [name]),
	]),
	["cookies that pass", "connections.messaging.call.requestHeaders", (c) => (c.connections.messaging.call.requestHeaders = ["Cookie"])],
	[
		"a token's header that passes",
		"connections.messaging.call.requestHeaders",
		(c) => (c.connections.messaging.call.requestHeaders = ["ccmessaging-token"]),
	],
	[
		"the authorization that passes",
		"connections.messaging.call.requestHeaders",
		(c) => (c.connections.messaging.call.requestHeaders = ["authorization"]),
	],
	[
		"Set-Cookie that passes",
		"connections.messaging.call.responseHeaders",
		(c) => (c.connections.messaging.call.responseHeaders = ["set-cookie"]),
	],
	[
		"CORS headers that pass",
		"connections.messaging.call.responseHeaders",
		(c) => (c.connections.messaging.call.responseHeaders = ["access-control-allow-origin"]),
	],
	["an absurd bound", "connections.messaging.call.maxBodyBytes", (c) => (c.connections.messaging.call.maxBodyBytes = -1)],
	["a bound as a text", "connections.messaging.call.timeoutMs", (c) => (c.connections.messaging.call.timeoutMs = "30")],
]);

for (const [name, field, change] of faults) {
	test(`refused: ${name}`, () => {
		const problems = problemsOf(change);
		assert.ok(
			problems.some((problem) => problem.startsWith(`${field} `)),
			`not told: ${problems.join("; ") || "nothing"}`,
		);
	});
}

for (const nothing of [undefined, null, [], "text", 7, { authentication: () => {} }]) {
	test(`refused: ${typeof nothing === "object" ? JSON.stringify(nothing) : typeof nothing} in place of a configuration`, () => {
		assert.throws(() => checkConfig(nothing), ConfigError);
	});
}

test("a problem names fields and quotes no value, whatever stands where", () => {
	const canary = "canary-5d41402abc4b2a76";
	/** @param {any} node @returns {any[]} */
	const spoiled = (node) => {
		if (typeof node !== "object" || node === null) {
			return [canary, [canary], { [canary]: canary }, { secret: `${canary}!` }, `https://a:${canary}@h.test/?${canary}`];
		}
		return Object.keys(node).flatMap((key) =>
			spoiled(node[key]).map((value) =>
				Array.isArray(node) ? node.map((one, i) => (String(i) === key ? value : one)) : { ...node, [key]: value },
			),
		);
	};
	let refused = 0;
	for (const config of spoiled(valid())) {
		try {
			checkConfig(config);
		} catch (error) {
			refused++;
			assert.ok(!(/** @type {Error} */ (error).message.includes(canary)), /** @type {Error} */ (error).message);
		}
	}
	assert.ok(refused > 300, `${refused} spoiled configurations were refused`);
});

test("every secret that a configuration needs is known by its binding, also where a parameter is called secret", () => {
	const config = valid();
	/** @type {any} */ (config.connections).drive.identity.params.secret = "a text";
	assert.deepEqual([...secretsOf(checkConfig(config)).keys()].sort(), [
		"AICC_SECRET",
		"APPCUBE_SECRET",
		"DRIVE_SECRET",
		"ISALES_PASSWORD",
		"MACHINE_KEY",
	]);
});

test("no header passes that carries credentials, concerns the connection or speaks for the edge", () => {
	for (const name of [
		"authorization",
		"cookie",
		"set-cookie",
		"host",
		"connection",
		"keep-alive",
		"te",
		"trailer",
		"transfer-encoding",
		"upgrade",
		"proxy-authorization",
		"content-length",
		"content-encoding",
		"cf-connecting-ip",
		"cf-access-jwt-assertion",
		"x-forwarded-for",
		"forwarded",
		"x-http-method-override",
		"x-app-key",
		"ccmessaging-token",
		"x-auth-token",
		"authentication",
		"access-control-allow-origin",
		"content-security-policy",
		"sec-fetch-site",
		"location",
		"content-location",
		"refresh",
		"link",
		"set-guid",
		"access-token",
		"x_auth_token",
		"accesstoken",
		"refresh-token",
		"token",
		"x-original-url",
		"x-rewrite-url",
		"cctoken-replay",
		"clear-site-data",
		"",
		"a b",
		"a:b",
		"a\r\nb",
	]) {
		assert.equal(mayPass(name), false, name);
	}
	for (const name of ["accept", "content-type", "x-request-id", "if-none-match", "range"]) {
		assert.equal(mayPass(name), true, name);
	}
});

test("a misspelt name is told with the one that may have been meant, if that is not there as well", () => {
	const rename = (/** @type {any} */ record, /** @type {string} */ name, /** @type {string} */ to) => {
		record[to] = record[name];
		delete record[name];
	};
	for (const [change, told] of /** @type {[(config: any) => void, string][]} */ ([
		[(c) => rename(c, "connections", "conections"), "conections is not known here: is connections meant?"],
		[(c) => rename(c.connections.drive, "allow", "alow"), "connections.drive.alow is not known here: is allow meant?"],
		[(c) => (c.conections = c.connections), "conections is not known here"],
		[(c) => (c.secret = "x"), "secret is not known here"],
	])) {
		assert.ok(problemsOf(change).includes(told), `${told}: ${problemsOf(change).join("; ")}`);
	}
});
