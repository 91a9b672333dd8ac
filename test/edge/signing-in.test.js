// Somebody signs in through the edge: it is done where the edge gives the connection, the GUID stays with the keeper, which sees how
// it rolls, and nothing else ever signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { controls, startServer } from "../../tools/demo/server.js";
import { createClient } from "../../js/node.js";
import { checkConfig } from "../../js/edge/config/config.js";
import { target } from "../../js/edge/sealed/path.js";
import { tokenError } from "../expect.js";
import { startEdge } from "./edge.js";

const agents = "/agentgateway/resource/onlineagent";

/** @param {string} baseUrl @param {object} [more] */
const connection = (baseUrl, more) => ({
	system: "ccgateway",
	baseUrl,
	allow: [{ by: "staff" }],
	identity: { agentId: { claim: "agent" }, password: { secret: "AGENT_PASSWORD" }, phonenum: "70000" },
	call: { methods: ["GET", "POST", "PUT", "DELETE"], paths: ["/agentgateway/resource/"] },
	...more,
});

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {ReturnType<typeof controls>} */
let sandbox;
before(async () => {
	server = await startServer("127.0.0.1:0", ["-lifetime", "ccgateway=12s"]); // of which the core knows nothing: a poll is held for 1 s
	sandbox = controls(server.url);
	edge = await startEdge({
		sandbox: server.url,
		configure: (config) => ({ ...config, connections: { ...config.connections, agents: connection(server.url) } }),
		bindings: { AGENT_PASSWORD: "password-of-101" },
	});
});
after(async () => {
	await edge?.close();
	await server?.stop();
});

/** The next sign of life brings another GUID. */
const roll = () => sandbox.post("roll", { system: "ccgateway" });

const claims = { agent: 101 };
const mine = () => ({ edge: edge.url, connection: "agents", subject: "a-1", authorization: () => edge.tokenFor("a-1", { claims }) });
const problemOf = async (/** @type {any} */ response) => {
	const { code, system, reason, vendorCode } = await response.json();
	return { status: response.status, code, system, reason, vendorCode };
};

test("a page signs its person in, calls, gives signs of life and signs out, and never sees the GUID", async () => {
	await sandbox.reset();
	/** @type {string[]} */
	const seen = [];
	const client = createClient({
		fetch: async (input, init) => {
			const response = await fetch(input, init);
			seen.push(JSON.stringify([...response.headers]), await response.clone().text());
			return response;
		},
	});
	const session = client.session(mine());
	const gone = await session.fetch(`${agents}/101/saybusy`, { method: "POST" });
	assert.deepEqual(await problemOf(gone), {
		status: 409,
		code: "signed_out",
		system: "ccgateway",
		reason: "never_signed_in",
		vendorCode: undefined,
	});
	await assert.rejects(session.getToken(), tokenError("sealed"));

	assert.equal(await session.signIn(), null);
	assert.equal((await sandbox.state()).counts.ccgateway.logins, 1);
	const busy = () => session.fetch(`${agents}/101/saybusy`, { method: "POST" }).then((response) => response.json());
	assert.equal((await busy()).retcode, "0");
	await roll();
	assert.equal((await session.fetch("/agentgateway/resource/agentevent/101")).status, 200); // the poll brings another GUID
	const { tokens } = await sandbox.state();
	assert.equal(tokens.length, 2);
	await roll();
	const stop = session.keepAlive();
	for (let i = 0; (await sandbox.state()).tokens.length < 3; i++) {
		assert.ok(i < 200, "a sign of life is given");
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	stop();
	assert.equal((await busy()).retcode, "0");
	await session.signOut();
	assert.equal((await problemOf(await session.fetch(`${agents}/101/saybusy`, { method: "POST" }))).reason, "by_caller");
	assert.equal((await sandbox.state()).counts.ccgateway.logins, 1);
	assert.ok(seen.length > 10);
	for (const text of seen) {
		assert.doesNotMatch(text, /AgentGateway0|set-guid/i);
	}
	client.close();
});

test("somebody who is signed in elsewhere is told so, and decides on force", async () => {
	await sandbox.reset();
	const elsewhere = createClient();
	const agent = { system: "ccgateway", baseUrl: server.url, agentId: 101, password: "password-of-101", phonenum: "7" };
	await elsewhere.signIn(agent);
	const client = createClient();
	await assert.rejects(
		client.signIn(mine()),
		tokenError("already_signed_in", { system: "ccgateway", vendorCode: "100-002", step: "login" }),
	);
	assert.equal(await client.signIn(mine(), { force: true }), null);
	await (await elsewhere.fetch(agent, `${agents}/101/saybusy`, { method: "POST" })).text();
	await assert.rejects(elsewhere.getToken(agent), tokenError("signed_out", { vendorCode: "100-006" }));
	await client.signOut(mine());
	client.close();
	elsewhere.close();
});

test("a supervisor throws somebody out: the next call says so, all after it are told, and nothing signs in", async () => {
	await sandbox.reset();
	const client = createClient();
	await client.signIn(mine());
	await sandbox.revoke({ system: "ccgateway" });
	const said = await client.fetch(mine(), "/agentgateway/resource/agentevent/101");
	assert.equal((await said.json()).retcode, "100-006");
	for (const path of ["/agentgateway/resource/agentevent/101", `${agents}/101/handshake`]) {
		const response = await client.fetch(mine(), path, { method: path.endsWith("handshake") ? "POST" : "GET" });
		assert.deepEqual(await problemOf(response), {
			status: 409,
			code: "signed_out",
			system: "ccgateway",
			reason: "token_dead",
			vendorCode: "100-006",
		});
	}
	assert.equal((await sandbox.state()).counts.ccgateway.logins, 1);
	client.close();
});

test("who is signed in goes on where the edge is started anew", async () => {
	await sandbox.reset();
	const client = createClient();
	await client.signIn(mine());
	await edge.restart();
	const response = await client.fetch(mine(), `${agents}/101/saybusy`, { method: "POST" });
	assert.equal((await response.json()).retcode, "0");
	assert.equal((await sandbox.state()).counts.ccgateway.logins, 1);
	await client.signOut(mine());
	client.close();
});

test("only who may use the connection signs in there, with no more said than needs be", async () => {
	await sandbox.reset();
	const token = await edge.tokenFor("a-1", { claims });
	for (const [path, body, status] of /** @type {[string, object, number][]} */ ([
		["/v1/sign-in", { connection: "agents", force: "yes" }, 400],
		["/v1/sign-in", { connection: "agents", agentId: 102 }, 400],
		["/v1/sign-out", { connection: "agents", force: true }, 400],
		["/v1/keep-alive", { connection: "agents", force: true }, 400],
		["/v1/sign-in", { connection: "isales" }, 400],
		["/v1/keep-alive", {}, 400],
		["/v1/sign-in", { connection: "nowhere" }, 403],
		["/v1/signin", { connection: "agents" }, 404],
	])) {
		assert.equal((await edge.post(path, token, body)).status, status, `${path} ${JSON.stringify(body)}`);
	}
	for (const path of ["/v1/sign-in", "/v1/sign-out", "/v1/keep-alive"]) {
		assert.equal((await edge.post(path, "no token", { connection: "agents" })).status, 401);
		assert.equal((await edge.post(path, token, { connection: "agents" }, { origin: "https://evil.test" })).status, 403);
		assert.equal((await edge.fetch(path, { headers: { authorization: `Bearer ${token}` } })).status, 405);
	}
	assert.equal((await edge.post("/v1/sign-in", await edge.tokenFor("a-1"), { connection: "agents" })).status, 403, "without the claim");
	assert.equal((await sandbox.state()).counts.ccgateway.logins, 0);
});

test("no sealed call reaches what signs somebody in or hands out a GUID, and the rest of a session is open", () => {
	const outcome = (/** @type {string} */ path, base = "https://vendor.test") => {
		try {
			return target(base, path, "", ["/agentgateway/resource/", "/"]).href === base + path ? "open" : "moved";
		} catch (error) {
			return /** @type {any} */ (error).code;
		}
	};
	for (const path of [
		"/101/logout",
		"/101/handshake",
		"/101/saybusy",
		"/101/autoanswer/true",
		"/999999/releasephone",
		"/101/saybusy.json",
	]) {
		assert.equal(outcome(agents + path), "open", path);
		assert.equal(outcome(agents + path, "https://vendor.test/gateway"), "open", path);
	}
	assert.equal(outcome("/agentgateway/resource/agentevent/101"), "open");
	for (const path of [
		"",
		"/",
		"/101",
		"/101/",
		"/102",
		"/101.json",
		"/101%20",
		"/me",
		"/101/forcelogin",
		"/101/updateGuid",
		"/101/FORCELOGIN",
		"/101/updateguid/",
		"/101/update-guid",
		"/101/+",
		"/101/.x",
		"/101/%21",
		"/101/saybusy/forcelogin",
		"/101/force%EF%BD%8Cogin",
		"/101/%E6%96%87",
		"/%EF%BC%91",
	]) {
		assert.notEqual(outcome(agents + path), "open", path);
	}
	assert.equal(outcome("/agentgateway/resource/OnlineAgent/101"), "forbidden");
	assert.equal(outcome("/agentgateway/resource/online-agent/101"), "forbidden");
	assert.equal(outcome("/agentgateway/resource/onlineagents/101"), "open", "another interface");
});

test("a connection in which somebody signs in hands out no token: only the edge sees how it changes", () => {
	const config = (/** @type {object} */ more) => ({
		authentication: {
			staff: { type: "jwt", issuer: "https://i.test/", audience: "a", algorithms: ["RS256"], jwksUrl: "https://i.test/keys" },
		},
		connections: { agents: connection("https://vendor.test", more) },
	});
	assert.equal(checkConfig(config({})).connections.agents?.sealed, true);
	assert.throws(() => checkConfig(config({ sealed: false })), /connections\.agents\.sealed must be true for this system/);
});
