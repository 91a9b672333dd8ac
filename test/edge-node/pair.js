// Two edges of the command with one store, over a sandbox, and a proxy before them: as docs/edge.md has them composed.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../tools/demo/server.js";
import { audience } from "../../tools/edge/demo.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { start } from "../cli/command.js";
import { connectionsTo } from "../edge/connections.js";
import { secrets } from "../edge/edge.js";

const metricsToken = "metrics-token-for-tests-0123456789abcdef";

/**
 * @param {string} store as --store takes it
 * @param {Record<string, string>} [env]
 * @param {string} [cwd] where the command is run
 */
export async function startPair(store, env = {}, cwd) {
	const sandbox = await startServer("127.0.0.1:0", []);
	const issuer = await startIssuer(audience);
	const folder = await mkdtemp(join(tmpdir(), "cctoken-pair-"));
	const file = join(folder, "edge.json");
	const staff = { type: "jwt", issuer: issuer.url, audience, algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` };
	const machines = { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } } };
	const operators = { allow: [{ by: "machines" }] };
	const config = { authentication: { staff, machines }, operators, connections: connectionsTo(sandbox.url, ["staff", "machines"]) };
	await writeFile(file, JSON.stringify(config));
	const serve = async () => {
		const args = ["edge", "serve", file, "--port", "0", "--store", store === "" ? join(folder, "store") : store];
		const child = start(args, { env: { ...secrets, METRICS_TOKEN: metricsToken, ...env }, ...(cwd && { cwd }) });
		let text = "";
		let errors = "";
		child.stderr.setEncoding("utf8").on("data", (piece) => (errors += piece));
		child.stdout.setEncoding("utf8");
		while (!text.includes("\n")) {
			const [piece] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [undefined])]);
			assert.notEqual(piece, undefined, errors);
			text += piece;
		}
		child.stdout.resume();
		return { child, url: /** @type {string} */ (JSON.parse(text.slice(0, text.indexOf("\n"))).url) };
	};
	const edges = [await serve(), await serve()];
	const proxy = await startProxy(edges.map(({ url }) => url));
	return {
		edges,
		proxy,
		tokenFor: issuer.tokenFor,
		/** How many logins the edges have made, by system and step. @returns {Promise<Record<string, number>>} */
		async logins(of = edges) {
			/** @type {Record<string, number>} */
			const sum = {};
			for (const { url } of of) {
				const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })).text();
				for (const [, system, step, n] of text.matchAll(/^cctoken_logins_total\{system="(\w+)",step="(\w+)"\} (\d+)$/gm)) {
					sum[`${system} ${step}`] = (sum[`${system} ${step}`] ?? 0) + Number(n);
				}
			}
			return sum;
		},
		async close() {
			proxy.close();
			for (const { child } of edges) {
				child.kill("SIGKILL");
			}
			await issuer.close();
			await sandbox.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/**
 * Takes turns, and tries the next one where one cannot be reached or breaks off before it has answered.
 * @param {string[]} upstreams
 */
async function startProxy(upstreams) {
	let turn = 0;
	let retries = 0;
	const server = createServer(async (request, response) => {
		const pieces = [];
		for await (const piece of request) {
			pieces.push(piece);
		}
		const body = Buffer.concat(pieces);
		const first = turn++;
		const attempt = (/** @type {number} */ tries) => {
			const onward = send(
				new URL(request.url ?? "/", upstreams[(first + tries) % upstreams.length]),
				{ method: request.method, headers: { ...request.headers, connection: "close" } },
				(answer) => {
					response.writeHead(answer.statusCode ?? 502, answer.headers);
					answer.pipe(response);
				},
			);
			onward.on("error", () => {
				if (!response.headersSent && tries + 1 < upstreams.length) {
					retries++;
					attempt(tries + 1);
				} else {
					response.destroy();
				}
			});
			onward.end(body);
		};
		attempt(0);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`,
		retries: () => retries,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

/**
 * @param {Awaited<ReturnType<typeof startPair>>} pair
 * @param {number} users
 */
export async function oneLoginEach(pair, users) {
	const { edges, proxy } = pair;
	const jwts = await Promise.all(Array.from({ length: users }, (_, i) => pair.tokenFor(`agent-${i}`, { expires: "1h" })));
	const ask = async (/** @type {string} */ url, /** @type {number} */ i) => {
		const response = await fetch(`${url}/v1/token`, {
			method: "POST",
			headers: { authorization: `Bearer ${jwts[i]}`, "content-type": "application/json", connection: "close" },
			body: JSON.stringify({ connection: "open-messaging" }),
		});
		const body = await response.json();
		assert.equal(response.status, 200, JSON.stringify(body));
		return body.token;
	};
	/** @param {(i: number) => Promise<string>} one */
	const all = async (one) => {
		/** @type {string[]} */
		const tokens = new Array(users);
		let next = 0;
		await Promise.all(
			Array.from({ length: 32 }, async () => {
				for (let i = next++; i < users; i = next++) {
					tokens[i] = await one(i);
				}
			}),
		);
		return tokens;
	};
	const before = await pair.logins();
	const at = (/** @type {number} */ n) => /** @type {{ url: string }} */ (edges[n % 2]).url;

	// At once through both, then the other way round.
	const first = await all(async (i) => {
		const [one, other] = await Promise.all([ask(at(i), i), ask(at(i + 1), i)]);
		assert.equal(one, other);
		return one;
	});
	assert.equal(new Set(first).size, users);
	assert.deepEqual(await all((i) => ask(at(i + 1), i)), first);
	const logins = await pair.logins();
	assert.equal(logins["ccmessaging apply"], (before["ccmessaging apply"] ?? 0) + users);
	assert.equal(logins["apifabric access_token"], 1);

	// One is killed in the middle of it. Tokens that are still the same cost nobody a login.
	let asked = 0;
	const after = await all(async (i) => {
		if (++asked === Math.floor(users / 3)) {
			edges[0]?.child.kill("SIGKILL");
		}
		return ask(proxy.url, i);
	});
	assert.deepEqual(after, first);
	assert.ok(proxy.retries() > 0);
	assert.deepEqual(await all((i) => ask(proxy.url, i)), first);
}
