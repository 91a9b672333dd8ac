// A system of three files and a line is served by the core, the package in Node and the command: with its flags, variables,
// secrets, help and advice. The sandbox, the edge and the console are looked at by the slow file beside this one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { command } from "../cli/command.js";
import { layTree } from "./tree.js";

/** @type {import("./tree.js").Tree} */
let tree;
let folder, program, gateway, url;
const logins = [];
const guid = "A-GUID-OF-THE-MADE-UP-GATEWAY";

before(async () => {
	tree = await layTree(["dist/core.wasm", "dist/go.js", "dist/build.js"]);
	folder = tree.folder;
	program = tree.path("js/cli/main.js");

	gateway = createServer(async (request, response) => {
		let body = "";
		for await (const part of request) {
			body += part;
		}
		response.setHeader("content-type", "application/json");
		if (request.method === "PUT") {
			logins.push([request.url, body]);
			response.end(JSON.stringify(JSON.parse(body).loginPassword === "Zx9-right" ? { retcode: "0", guid } : { retcode: "4" }));
		} else if (request.url === "/session") {
			response.end(JSON.stringify({ retcode: "0", alive: request.headers.guid === guid }));
		} else {
			response.statusCode = request.headers.guid === undefined ? 404 : 200;
			response.end("{}");
		}
	}).listen(0, "127.0.0.1");
	await once(gateway, "listening");
	url = `http://127.0.0.1:${gateway.address().port}`;
});
beforeEach(() => logins.splice(0));
after(async () => {
	gateway?.close();
	await tree?.remove();
});

const env = { CCTOKEN_LOGIN_PASSWORD: "Zx9-right" };
const agent = (args = [], how = {}) => command(args, { program, env, cwd: folder, ...how });
const identity = (...more) => ["-s", "frontdesk", "--base-url", url, "--agent-id", "101", ...more];

test("a token is got with fields of each kind, from flags, variables and a file", async () => {
	const { code, stdout, stderr } = await agent([
		"get",
		"--token-only",
		...identity("--phone-number", "5001", "--status", "4", "--auto-answer", "--mode", "static", "--param", "a=b c"),
	]);
	assert.deepEqual([code, stdout, stderr], [0, "A-GUID-OF-THE-MADE-UP-GATEWAY\n", ""]);
	const fromEnvironment = {
		CCTOKEN_SYSTEM: "frontdesk",
		CCTOKEN_BASE_URL: url,
		CCTOKEN_AGENT_ID: "102",
		CCTOKEN_SEAT_URL: "https://seat.test/",
		CCTOKEN_AUTO_ANSWER: "false",
		CCTOKEN_LABELS: '{"c":"d"}',
	};
	assert.equal((await agent(["get"], { env: { ...env, ...fromEnvironment } })).code, 0);
	await writeFile(
		join(folder, "settings.json"),
		JSON.stringify({
			system: "frontdesk",
			baseUrl: url,
			agentId: 103,
			phoneNumber: "5003",
			status: 5,
			autoAnswer: true,
			loginPassword: "Zx9-right",
		}),
		{ mode: 0o600 },
	);
	assert.equal((await agent(["get", "-c", "settings.json", "--no-auto-answer"], { env: {} })).code, 0);
	assert.deepEqual(logins, [
		["/sign-in/101?a=b+c", '{"loginPassword":"Zx9-right","phoneNumber":"5001","status":4,"autoAnswer":true,"mode":"static"}'],
		["/sign-in/102?c=d", '{"loginPassword":"Zx9-right","seatUrl":"https://seat.test","autoAnswer":false,"mode":"dynamic"}'],
		["/sign-in/103", '{"loginPassword":"Zx9-right","phoneNumber":"5003","status":5,"autoAnswer":false,"mode":"dynamic"}'],
	]);
});

test("what it does not take is told by its field, and nothing is sent", async () => {
	for (const [args, wanted] of [
		[["--phone-number", "5001", "--status", "6"], /status must be 3, 4 or 5/],
		[["--phone-number", "5001", "--status", "four"], /status must be a whole number/],
		[["--phone-number", "5001", "--auto-answer", "--no-auto-answer"], /--auto-answer and --no-auto-answer exclude each other/],
		[["--phone-number", "5001", "--auto-answer=yes"], /--auto-answer takes no value/],
		[
			["--phone-number", "5001", "--seat-url", "https://seat.test"],
			/phoneNumber and seatUrl exclude each other: the command line has both/,
		],
		[["--phone-number", "5001", "--mode", "other"], /mode must be "dynamic" or "static"/],
		[["--phone-number", "5001", "--user", "u"], /user, given by the command line, is not a field of frontdesk/],
		[["--phone-number", "5001", "--param", "password=Zx9"], /sounds like a secret.*CCTOKEN_LABELS.*"labels"/],
		[[], /frontdesk needs phoneNumber or seatUrl: use --phone-number or --seat-url, CCTOKEN_PHONE_NUMBER or CCTOKEN_SEAT_URL/],
	]) {
		const { code, stderr } = await agent(["get", ...identity(...args)]);
		assert.equal(code, 2, stderr);
		assert.match(stderr, wanted);
	}
	const { stderr } = await agent(["get", "-s", "frontdesk", "--base-url", url, "--agent-id", "0", "--phone-number", "5001"]);
	assert.match(stderr, /agentId must be a whole number from 1 to 999999/);
	const variable = await agent(["get", ...identity("--phone-number", "5001")], { env: { ...env, CCTOKEN_AUTO_ANSWER: "yes" } });
	assert.match(variable.stderr, /autoAnswer must be true or false/);
	assert.deepEqual(logins, []);
});

test("its secret has a variable, a file and no flag, and is in no message", async () => {
	for (const args of [["--login-password", "Zx9-right"], ["--loginPassword=Zx9-right"], ["--password", "Zx9-right"]]) {
		const { code, stderr } = await agent(["get", ...identity("--phone-number", "5001", ...args)]);
		assert.equal(code, 2);
		assert.match(stderr, /not taken from the command line.*CCTOKEN_(LOGIN_)?PASSWORD/);
		assert.ok(!stderr.includes("Zx9-right"));
	}
	const alone = await agent(["get", ...identity("--phone-number", "5001", "--secrets", "-")], { env: {}, input: "Zx9-right\n" });
	assert.equal(alone.code, 0, alone.stderr);
	const none = await agent(["get", ...identity("--phone-number", "5001")], { env: {} });
	assert.match(none.stderr, /frontdesk needs loginPassword: give it as CCTOKEN_LOGIN_PASSWORD in the environment/);
});

test("help, a business call, a verification and the doctor's advice are its own", async () => {
	const { stdout } = await agent(["get", "--system", "frontdesk", "--help"]);
	for (const row of [
		/^frontdesk: A made-up agent's session$/m,
		/^ +--agent-id … +CCTOKEN_AGENT_ID +the agent's number; 1 to 999999$/m,
		/^ +loginPassword \(secret\) +CCTOKEN_LOGIN_PASSWORD of that agent$/m,
		/^ +--auto-answer, --no-auto-answer CCTOKEN_AUTO_ANSWER +whether calls .*; optional$/m,
		/^ +--status … +CCTOKEN_STATUS +to begin with; 3 or 4 or 5; optional$/m,
		/^ +--param NAME=VALUE +CCTOKEN_LABELS /m,
		/^ +--mode … +CCTOKEN_MODE .*; dynamic \(default\) or static$/m,
	]) {
		assert.match(stdout, row);
	}
	assert.ok(!stdout.includes("isales:"), "of the system that is asked for alone");
	assert.match((await agent(["get", "--help"])).stdout, /^isales: [^]*^frontdesk: /m);

	const call = await agent(["call", "GET", "/anything", ...identity("--phone-number", "5001")]);
	assert.deepEqual([call.code, call.stdout], [0, "{}"]);
	for (const [token, code] of [
		[guid, 0],
		["a-token", 1],
	]) {
		assert.equal(
			(await agent(["verify", ...identity("--phone-number", "5001")], { env: {}, input: token })).code,
			code,
			"the vendor says so",
		);
	}

	const well = await agent(["doctor", "--json", ...identity("--phone-number", "5001")]);
	assert.equal(well.json.verdict, "ok");
	const wrong = await agent(["doctor", "--json", ...identity("--phone-number", "5001")], { env: { CCTOKEN_LOGIN_PASSWORD: "Zx9-wrong" } });
	const { verdict, found, because, todo } = wrong.json.steps.at(-1);
	assert.deepEqual(
		[verdict, found, because, todo[0]],
		["wrong_credentials", "the agent's number or password is wrong", "/sign-in/101 answered 200 with retcode 4.", "Ask the supervisor."],
	);
});

test("its conformance cases are played by the core, by the keeper and by the module", async () => {
	const { cases } = JSON.parse(await readFile(tree.path("core/vectors/frontdesk.json"), "utf8"));
	const told = await tree.go("test", "-vet=off", "-trimpath", "-v", "-run", "TestVectors/frontdesk|TestEachVendor", "./core", "./keeper");
	// By the core, by a keeper, and by a keeper for several users at once.
	assert.equal(told.match(/^ +--- PASS: TestVectors\/frontdesk/gm)?.length, cases.length * 3, told);

	const [{ play }, { readVectors }, { load }] = await Promise.all(
		["test/vectors.js", "test/vector-files.js", "js/module/load-node.js"].map(tree.module),
	);
	const file = (await readVectors()).find(({ name }) => name === "frontdesk.json");
	assert.deepEqual(
		await play(load, file.cases),
		cases.map(({ name }) => ({ name })),
	);
});
