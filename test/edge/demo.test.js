// What `make edge-dev` and `make edge-self-host` run: an edge over the sandbox, with whatever systems that has.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../../tools/demo/server.js";
import { demoConfig, instructions, sandboxConnections } from "../../tools/edge/demo.js";
import { systems } from "../../js/generated/systems.js";
import { startEdge } from "./edge.js";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let sandbox;
/** @type {Awaited<ReturnType<typeof sandboxConnections>>} */
let demo;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;

before(async () => {
	sandbox = await startServer("127.0.0.1:0");
	demo = await sandboxConnections(sandbox.url);
	edge = await startEdge({
		sandbox: sandbox.url,
		bindings: demo.secrets,
		configure: ({ authentication }) => ({
			...demoConfig({ connections: demo.connections, issuer: authentication.staff.issuer, origin: sandbox.url }),
		}),
	});
});
after(async () => {
	await edge?.close();
	await sandbox?.stop();
});

// Nobody is signed in by a question for a token: that has tests of its own.
for (const { name, bodyCarriesToken } of systems.filter(({ signsIn }) => !signsIn)) {
	test(`a token of ${name} is handed out, and a sealed call is made`, async () => {
		const token = await edge.tokenFor("agent-7");
		const handed = await edge.post("/v1/token", token, { connection: `open-${name}` });
		assert.equal(handed.status, 200, await handed.clone().text());
		assert.equal((await handed.json()).system, name);
		const { method = "", path, body } = demo.calls[name] ?? assert.fail("it has a call");
		const answer = await edge.fetch(`/v1/call/${name}${path}`, {
			method,
			headers: { authorization: `Bearer ${token}`, ...(bodyCarriesToken && { "content-type": "application/json" }) },
			body,
		});
		assert.equal(answer.status, 200, await answer.text());
		assert.equal((await edge.post("/v1/token", token, { connection: name })).status, 403);
	});
}

test("no secret of the sandbox's stands in the configuration, and what is to be typed is a call that is there", () => {
	const text = JSON.stringify(demo.connections);
	assert.ok(Object.keys(demo.secrets).length >= systems.length);
	for (const secret of Object.values(demo.secrets)) {
		assert.ok(!text.includes(JSON.stringify(secret)), secret);
	}
	const [, connection, path] =
		/\/v1\/call\/([^/]+)(\/[^']*)'/.exec(instructions({ edge: "http://edge.test", issuer: "http://issuer.test", calls: demo.calls })) ?? [];
	assert.equal(demo.calls[connection ?? ""]?.path, path);
});
