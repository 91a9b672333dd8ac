// Measures the edge in plain workerd, side by side with a Worker that returns a constant, and with a Go program that is
// instantiated for every request, as the template of the library that the keeper is built with does it; and the edge in Node, side by
// side with a plain server in Node that returns a constant.
//
//	make bench-edge
//
// All run at once and are loaded in turns, so that whatever else the machine does meets all of them alike.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { startServer } from "../demo/server.js";
import { audience, demoConfig } from "../edge/demo.js";
import { startIssuer } from "../edge/issuer.js";
import { freshKeys } from "../edge/keys.js";
import { startWorkerd } from "../edge/workerd.js";
import { connectionsTo, sandboxSecrets } from "../../test/edge/connections.js";
import { centre, cpuMs, residentMiB } from "./edge/centre.js";
import { load, summary } from "./edge/load.js";
import { startNode } from "./edge/node.js";
import { milli, us } from "./report.js";
import { table } from "./table.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = 4;
const roundMs = 2500;
const manyUsers = 1000;

const folder = await mkdtemp(join(tmpdir(), "cctoken-bench-edge-"));
/** What is to be ended, last first. @type {(() => Promise<unknown>)[]} */
const ends = [() => rm(folder, { recursive: true, force: true })];
try {
	console.log(table(await measure()));
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}

async function measure() {
	const sandbox = await startServer("127.0.0.1:0", ["-lifetime", "10m"]);
	ends.push(() => sandbox.stop());
	const issuer = await startIssuer(audience);
	ends.push(() => issuer.close());
	const token = await issuer.tokenFor("agent-7", { expires: "1h" });

	const make = {
		plain: await plainWorker(sandbox.url),
		template: await templateWorker(),
		edge: await edgeWorker("edge", sandbox.url, issuer.url),
	};
	const post = {
		method: "POST",
		headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
		body: '{"connection":"open-isales"}',
	};
	/** As many agents as a company has at one isolate, each with a session of their own. */
	const users = [];
	for (let i = 0; i < manyUsers; i++) {
		users.push(`Bearer ${await issuer.tokenFor(`agent-${i}`, { expires: "1h" })}`);
	}
	const byTurns = { ...post, users, body: '{"connection":"open-messaging"}' };
	const get = { headers: { authorization: `Bearer ${token}` } };
	const poll = "/apiaccess/ccmessaging/poll?channel=WEB";

	// From the start of the process to its first answer.
	const cold = { plain: 0, template: 0, edge: 0 };
	for (const name of /** @type {const} */ (["plain", "template", "edge"])) {
		/** @type {number[]} */
		const times = [];
		for (let i = 0; i < 3; i++) {
			const began = performance.now();
			const worker = await make[name]();
			await ask(`${worker.url}/v1/token`, post).catch((error) => {
				throw new Error(`${name}: ${error.message}\n${worker.output().slice(-2000)}`);
			});
			times.push(performance.now() - began);
			await worker.stop();
		}
		cold[name] = times.sort((a, b) => a - b)[1] ?? NaN;
	}

	const workers = { plain: await make.plain(), template: await make.template(), edge: await make.edge() };
	const inNode = {
		constant: await startNode(new URL("edge/constant.js", import.meta.url), join(folder, "constant.log")),
		edge: await startNode(
			new URL("../../test/edge/node-edge.js", import.meta.url),
			join(folder, "edge.log"),
			edgeEnvironment(sandbox.url, issuer.url),
		),
	};
	for (const { stop } of [...Object.values(workers), ...Object.values(inNode)]) {
		ends.push(stop);
	}
	const shared = JSON.parse(await ask(`${workers.edge.url}/v1/token`, { ...post, body: '{"connection":"shared-messaging"}' }));
	for (const authorization of users) {
		// their logins are measured elsewhere
		await ask(`${workers.edge.url}/v1/token`, { ...byTurns, headers: { ...post.headers, authorization } });
	}
	/** @type {Record<string, [string, Omit<Parameters<typeof load>[1], "ms">]>} */
	const targets = {
		plain: [`${workers.plain.url}/v1/token`, post],
		template: [`${workers.template.url}/v1/token`, post],
		edge: [`${workers.edge.url}/v1/token`, post],
		nodeConstant: [`${inNode.constant.url}/v1/token`, post],
		nodeEdge: [`${inNode.edge.url}/v1/token`, post],
		users: [`${workers.edge.url}/v1/token`, byTurns],
		plainUsers: [`${workers.plain.url}/v1/token`, byTurns],
		direct: [`${sandbox.url}${poll}`, { headers: shared.headers }],
		relayed: [`${workers.plain.url}/relay`, { headers: shared.headers }],
		sealed: [`${workers.edge.url}/v1/call/messaging${poll}`, get],
	};
	/** Whose processor time is looked at in a round; by default the edge's in workerd. @type {Record<string, number>} */
	const processes = { nodeConstant: inNode.constant.pid, nodeEdge: inNode.edge.pid };
	/** What it has used in all rounds; milliseconds. @type {Record<string, number>} */
	const used = {};
	/** @type {Record<string, Awaited<ReturnType<typeof load>>[]>} */
	const results = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
	for (let round = -1; round < rounds; round++) {
		// the first one warms up
		for (const [name, [url, options]] of Object.entries(targets)) {
			const pid = processes[name] ?? workers.edge.pid;
			const before = await cpuMs(pid);
			const result = await load(url, { ...options, ms: round < 0 ? roundMs / 5 : roundMs });
			if (round >= 0) {
				results[name]?.push(result);
				used[name] = (used[name] ?? 0) + (await cpuMs(pid)) - before;
			}
		}
	}
	const of = Object.fromEntries(Object.entries(results).map(([name, all]) => [name, summary(all)]));
	const each = (/** @type {string} */ name) =>
		/** @type {number} */ (used[name]) / (results[name] ?? []).reduce((sum, { times }) => sum + times.length, 0);
	const memory = Object.fromEntries(
		await Promise.all(Object.entries(workers).map(async ([name, { pid }]) => [name, await residentMiB(pid)])),
	);
	for (const { stop } of [...Object.values(workers), ...Object.values(inNode)]) {
		await stop(); // what follows has the machine for itself
	}
	const scale = await centre(await edgeWorker("centre", sandbox.url, issuer.url), (subject) => issuer.tokenFor(subject, { expires: "1h" }));

	const perSecond = (/** @type {any} */ { perSecond, p99 }) => `${perSecond.toFixed(0)}/s, p99 ${milli(p99)}`;
	const times = (/** @type {any} */ a, /** @type {any} */ b) => a.perSecond / b.perSecond;
	const row = (
		/** @type {string} */ what,
		/** @type {string} */ ours,
		/** @type {string} */ reference,
		/** @type {number} */ ratio,
		/** @type {number} */ bar,
	) => ({ what, ours, reference, ratio, ...(bar && { bar: `ratio at least ${bar.toFixed(2)}`, met: ratio >= bar }) });
	return [
		row(
			"edge: a live token, beside a Worker that returns a constant",
			perSecond(of.edge),
			perSecond(of.plain),
			times(of.edge, of.plain),
			1 / 3,
		),
		row(
			"edge: a live token, beside an instance for each request",
			perSecond(of.edge),
			perSecond(of.template),
			times(of.edge, of.template),
			8,
		),
		row(
			"edge in Node: a live token, beside a server in Node that returns a constant",
			perSecond(of.nodeEdge),
			perSecond(of.nodeConstant),
			times(of.nodeEdge, of.nodeConstant),
			1 / 2,
		),
		row(
			"edge in Node: its processor time, beside that of the constant",
			us(each("nodeEdge")),
			us(each("nodeConstant")),
			each("nodeEdge") / each("nodeConstant"),
			0,
		),
		row(
			"edge in Node: a live token, beside the edge in workerd",
			perSecond(of.nodeEdge),
			perSecond(of.edge),
			times(of.nodeEdge, of.edge),
			0,
		),
		row(
			`edge: a live token of ${manyUsers} users by turns, beside a Worker that returns a constant`,
			perSecond(of.users),
			perSecond(of.plainUsers),
			times(of.users, of.plainUsers),
			0,
		),
		row("edge: its processor time, beside that of one user's", milli(each("users")), milli(each("edge")), each("users") / each("edge"), 0),
		row(
			"edge: a sealed call, beside the vendor without an edge",
			perSecond(of.sealed),
			perSecond(of.direct),
			times(of.sealed, of.direct),
			0,
		),
		row(
			"edge: a sealed call, beside a Worker that only relays",
			perSecond(of.sealed),
			perSecond(of.relayed),
			times(of.sealed, of.relayed),
			0,
		),
		row("edge: process start to first token, beside the constant", milli(cold.edge), milli(cold.plain), cold.edge / cold.plain, 0),
		row("edge: process start to first token, beside the template", milli(cold.edge), milli(cold.template), cold.edge / cold.template, 0),
		row(
			"edge: memory under this load, beside the constant",
			`${memory.edge} MiB`,
			`${memory.plain} MiB`,
			(memory.edge ?? 0) / (memory.plain ?? 1),
			0,
		),
		{ what: "edge: memory of the template under this load", ours: `${memory.template} MiB` },
		...scale,
	];
}

/**
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, body?: string }} init
 */
async function ask(url, init) {
	const response = await fetch(url, init);
	const text = await response.text();
	if (response.status !== 200) {
		throw new Error(`${new URL(url).pathname} answers ${response.status}: ${text}`);
	}
	return text;
}

/** A constant, and a relay that adds nothing. @param {string} vendor */
async function plainWorker(vendor) {
	const at = join(folder, "plain");
	await mkdir(at);
	await writeFile(
		join(at, "worker.js"),
		`
const headers = { "content-type": "application/json" };
export default {
	async fetch(request) {
		if (new URL(request.url).pathname === "/relay") {
			const response = await fetch(${JSON.stringify(`${vendor}/apiaccess/ccmessaging/poll?channel=WEB`)}, { headers: request.headers });
			return new Response(response.body, { status: response.status, headers });
		}
		return new Response('{"system":"isales","token":"constant","expiresIn":300,"headers":{}}', { headers });
	},
};
`,
	);
	return () => startWorkerd({ folder: at, main: "worker.js" });
}

/** The library's own worker.mjs and runtime, around a program that returns a constant. */
async function templateWorker() {
	const at = join(folder, "template");
	await mkdir(at);
	const { stdout } = await run("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/syumai/workers"], { cwd: root });
	const assets = join(stdout.trim(), "cmd/workers-assets-gen/assets");
	await copyFile(join(assets, "common/worker.mjs"), join(at, "worker.mjs"));
	await copyFile(join(assets, "runtime/cloudflare.mjs"), join(at, "runtime.mjs"));
	await copyFile(join(assets, "wasm_exec_go.js"), join(at, "wasm_exec.js")); // patched by the library
	await run("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", join(at, "app.wasm"), "./tools/bench/edge/template"], {
		cwd: root,
		env: { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" },
	});
	await build({
		entryPoints: [join(at, "worker.mjs")],
		outfile: join(at, "worker.js"),
		bundle: true,
		format: "esm",
		logLevel: "error",
		external: ["cloudflare:sockets", "./app.wasm"],
	});
	return () => startWorkerd({ folder: at, main: "worker.js", wasm: ["app.wasm"] });
}

/** What an edge has in its environment, wherever it runs. @param {string} sandbox @param {string} issuer */
function edgeEnvironment(sandbox, issuer) {
	return {
		...sandboxSecrets,
		...freshKeys(),
		KEEPER_CONNECTIONS: "64", // workerd itself allows any number
		CCTOKEN_CONFIG: JSON.stringify(demoConfig({ connections: connectionsTo(sandbox, ["staff"]), issuer, origin: sandbox })),
	};
}

/** @param {string} name @param {string} sandbox @param {string} issuer */
async function edgeWorker(name, sandbox, issuer) {
	const at = join(folder, name);
	await mkdir(at);
	for (const file of ["edge.js", "keeper.wasm"]) {
		await copyFile(join(root, "dist", file), join(at, file));
	}
	const environment = edgeEnvironment(sandbox, issuer);
	return () =>
		startWorkerd(
			{
				folder: at,
				main: "edge.js",
				wasm: ["keeper.wasm"],
				environment: Object.keys(environment),
				objects: { KEEPER: "Keeper", NONCES: "Nonces" },
			},
			environment,
		);
}
