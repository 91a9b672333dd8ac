// The package in a process of its own: what an import does, what a use leaves behind, and what reaches the process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sandboxIdentities } from "../tools/demo/identities.js";
import { systems } from "../js/generated/systems.js";
import { startServer } from "../tools/demo/server.js";

let folder, server;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "cctoken-process-"));
	server = await startServer("127.0.0.1:0");
});
after(async () => {
	await server?.stop();
	await rm(folder, { recursive: true });
});

let scripts = 0;

/**
 * Runs a module's text in a Node of its own. It has the package as `cctoken`, and the sandbox's identities.
 * @param {string} script
 */
async function run(script) {
	const from = (path) => JSON.stringify(new URL(path, import.meta.url).href);
	const file = join(folder, `${++scripts}.mjs`); // not by --eval, which puts modules on globalThis itself
	await writeFile(
		file,
		`await (await fetch(${JSON.stringify(server.url)})).text(); // Node's first fetch adds a global of its own
		do { // until its connection is at rest
			await new Promise((resolve) => setTimeout(resolve, 5));
		} while (process.getActiveResourcesInfo().includes("TCPSocketWrap"));
		const names = () => Reflect.ownKeys(globalThis).map(String).sort().join();
		const atFirst = names();
		const resources = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|CloseReq/.test(name));
		const cctoken = await import(${from("../js/node.js")});
		const all = ${JSON.stringify(await sandboxIdentities(server.url))};
		const identity = all[0].identity;
		const check = (condition, what) => { if (!condition) throw new Error(what); };
		${script}`,
	);
	const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"]) {
		child[name].on("data", (data) => (output[name] += data));
	}
	const stuck = setTimeout(() => child.kill("SIGKILL"), 10_000);
	const [code, signal] = await once(child, "close");
	clearTimeout(stuck);
	return { code, signal, ...output };
}

const quiet = { code: 0, signal: null, stdout: "", stderr: "" };

test("an import alone starts nothing, reads no file, adds no global, and prints nothing", async () => {
	assert.deepEqual(
		await run(`
			check(names() === atFirst, "a global was added");
			check(resources().length === 0, "running: " + resources());
			check(Object.keys(cctoken).sort().join() === "Client,Session,Token,TokenError,configure,createClient,getToken,initialize,systems,validateIdentity,verifyToken", Object.keys(cctoken).join());
			const compile = WebAssembly.compile;
			WebAssembly.compile = () => { throw new Error("started"); };
			await new Promise((resolve) => setTimeout(resolve, 20));
			WebAssembly.compile = compile;`),
		quiet,
	);
});

test("a client that is only made starts nothing either", async () => {
	assert.deepEqual(
		await run(`
			WebAssembly.compile = () => { throw new Error("started"); };
			cctoken.createClient().session(identity);
			await new Promise((resolve) => setTimeout(resolve, 20));
			check(resources().length === 0, "running: " + resources());`),
		quiet,
	);
});

test("after its use the process ends by itself, with no global added and nothing printed", async () => {
	const began = performance.now();
	assert.deepEqual(
		await run(`
			for (const { identity, path, init } of all) {
				if (cctoken.systems.find(({ name }) => name === identity.system).signsIn) {
					const client = cctoken.createClient({ onEvent: () => {} });
					await client.signIn(identity);
					client.keepAlive(identity); // and whoever is signed in is no reason to go on
					await (await client.fetch(identity, path, init)).text();
					continue;
				}
				const token = await cctoken.getToken(identity);
				check(await cctoken.getToken({ ...identity }) === token, "the functions share a client");
				check((await cctoken.verifyToken(token)).valid === true, "valid");
				const client = cctoken.createClient();
				await (await client.fetch(identity, path, init)).text();
				await client.getToken(identity);
				await client.getToken(identity); // by the fast way, which sets a timer
			}
			check(names() === atFirst, "a global was added");
			check(!resources().includes("Timeout"), "a timer keeps the process");`),
		quiet,
	);
	assert.ok(performance.now() - began < 6_000, "it did not wait for a timer");
});

test("a process waits for a login in flight, even where nothing else keeps it", async () => {
	assert.deepEqual(await run(`cctoken.getToken(identity).then(() => process.stdout.write("here"));`), { ...quiet, stdout: "here" });
});

test("a watcher that throws is heard by the process, and harms neither callers nor later events", async () => {
	const { code, stdout } = await run(`
		const heard = [];
		process.on("uncaughtException", (error) => heard.push(error.message));
		const types = [];
		const client = cctoken.createClient({ onEvent({ type }) { types.push(type); throw new Error("watcher " + type); } });
		const tokens = await Promise.all([client.getToken(identity), client.getToken({ ...identity })]);
		check(tokens[0] === tokens[1] && tokens[0].value, "token");
		await client.getToken(identity, { rejected: tokens[0] });
		await new Promise((resolve) => setTimeout(resolve, 5));
		console.log(types.join(), heard.join());`);
	assert.deepEqual([code, stdout], [0, "acquired,rejected,acquired watcher acquired,watcher rejected,watcher acquired\n"]);
});

test("a failure that nobody takes care of is the caller's unhandled rejection, once, and no other", async () => {
	const { code, stdout } = await run(`
		const unhandled = [];
		process.on("unhandledRejection", (error) => unhandled.push(error.code));
		const client = cctoken.createClient();
		client.getToken({ ...identity, appSecret: "wrong" });
		const taken = client.getToken({ ...identity, appSecret: "wrong" });
		taken.catch(() => {});
		client.session({ ...identity, appSecret: "wrong" }).getToken().catch(() => {});
		await taken.catch(() => {});
		await new Promise((resolve) => setTimeout(resolve, 20));
		console.log(unhandled.join());`);
	assert.deepEqual([code, stdout], [0, "credentials_refused\n"]);
});

test("the demonstration shows a renewed token of each system, ends at SIGINT and SIGTERM with 0, and leaves no server", async () => {
	for (const signal of ["SIGINT", "SIGTERM"]) {
		const child = spawn(process.execPath, [new URL("../tools/demo/run.js", import.meta.url).pathname, "127.0.0.1:0"]);
		let output = "";
		for await (const data of child.stdout) {
			output += data;
			if (/The page is at/.test(output)) {
				break;
			}
		}
		const url = /listening on (\S+)/.exec(output)[1];
		const signsIn = systems.filter((system) => system.signsIn).length;
		const renewed = output.match(/ (true \((core|vendor)\)) +1 +renewed, replayed: 200$/gm);
		assert.equal(renewed?.length, systems.length - signsIn, output);
		assert.equal(output.match(/ true \(core\) +1 +signed out, not replayed: 200$/gm)?.length, signsIn, output);
		assert.equal((await fetch(url)).status, 200);
		child.kill(signal);
		assert.deepEqual(await once(child, "close"), [0, null]);
		await assert.rejects(fetch(url));
	}
});

test("the demonstration says in one line what is in its way", async () => {
	const { host } = new URL(server.url);
	const child = spawn(process.execPath, [new URL("../tools/demo/run.js", import.meta.url).pathname, host]);
	let said = "";
	child.stderr.on("data", (data) => (said += data));
	assert.deepEqual(await once(child, "close"), [1, null]);
	assert.equal(said, `serve: ${host} is in use: end what listens there, or choose another address with -addr\n`);
});
