// Starts an edge over the sandbox, for tests: in real workerd, or where CCTOKEN_TEST_EDGE says "node" in Node. Consoles sign in with
// tokens of an issuer that the test is.
//
//	const edge = await startEdge({ sandbox: server.url });
//	const response = await edge.post("/v1/token", await edge.tokenFor("agent-7"), { connection: "messaging" });
//	await edge.close();
import { audience } from "../../tools/edge/demo.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { shown } from "../../tools/edge/runtime-lines.js";
import { connectionsTo, sandboxSecrets } from "./connections.js";
import { startNode } from "./node.js";
import { startWorker } from "./workerd.js";

/** Where the edge runs. @type {"workerd" | "node"} */
export const platform = process.env.CCTOKEN_TEST_EDGE === "node" ? "node" : "workerd";

/** The origin whose pages may call the edge, unless a test lists others. */
export const consoleOrigin = "https://console.test";

/** The secrets of the edge and of the sandbox's systems. All are for tests and open nothing else. */
export const secrets = {
	...sandboxSecrets,
	NAME_KEY: "name-key-for-tests-0123456789abcdef0123456789",
	STORAGE_KEYS: `k1:${Buffer.from("storage-key-for-tests-0123456789").toString("base64url")}`,
	MACHINE_KEY: "machine-key-for-tests-0123456789abcdef",
};

/**
 * @param {object} options
 * @param {string} options.sandbox the address of the vendors' systems
 * @param {(config: any) => any} [options.configure] changes the configuration
 * @param {Record<string, unknown>} [options.bindings] further or other bindings; undefined takes one away
 * @param {string[]} [options.origins] whose pages may call
 * @param {URL} [options.entry] the Worker, where it is not the edge's own
 * @param {object} [options.miniflare] further options of Miniflare
 */
export async function startEdge({ sandbox, configure = (config) => config, bindings = {}, origins = [consoleOrigin], entry, miniflare }) {
	const issuer = await startIssuer(audience);
	const config = configure({
		authentication: {
			staff: { type: "jwt", issuer: issuer.url, audience, algorithms: ["ES256"], jwksUrl: `${issuer.url}/keys` },
			machines: { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } } },
		},
		origins,
		connections: connectionsTo(sandbox, ["staff", "machines"]),
	});
	const all = { ...secrets, CCTOKEN_CONFIG: JSON.stringify(config), ...bindings };
	let worker;
	try {
		const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
		worker =
			platform === "node"
				? await startNode({ bindings: given })
				: await startWorker({
						entry: entry ?? new URL("../../js/edge/worker.js", import.meta.url),
						bindings: given,
						durableObjects: { KEEPER: "Keeper", NONCES: "Nonces" },
						miniflare,
					});
	} catch (error) {
		await issuer.close();
		throw error;
	}
	/**
	 * Each on a connection of its own: one that is kept may be ended by the server just as it is used again.
	 * @type {typeof worker.fetch}
	 */
	const send = (path, init = {}) => worker.fetch(path, { ...init, headers: { connection: "close", ...init.headers } });
	return {
		/** The edge's origin; another one after a restart. */
		get url() {
			return worker.url;
		},
		issuer,
		/** A console's own token, for a subject. @type {typeof issuer.tokenFor} */
		tokenFor: issuer.tokenFor,
		/**
		 * @param {string} path
		 * @param {string} token the console's own
		 * @param {object} body
		 * @param {Record<string, string>} [headers]
		 */
		post: (path, token, body, headers = {}) =>
			send(path, {
				method: "POST",
				headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
				body: JSON.stringify(body),
			}),
		fetch: send,
		/** Ends the process and starts another over the same storage. @type {typeof worker.restart} */
		restart: worker.restart,
		/** The folder of the objects' storage. */
		persist: worker.persist,
		/** All that the Worker and its runtime have written. */
		output: worker.output,
		/** What the front door has logged, a line for each request. @returns {Record<string, any>[]} */
		logs: () =>
			worker
				.output()
				.split("\n")
				.filter((line) => line.startsWith('{"event":"request"'))
				.map((line) => JSON.parse(line)),
		/**
		 * The line that a request has left in the log, once it is there.
		 * @param {string | null | undefined} request its ID, as the answer's header cctoken-request has it
		 * @returns {Promise<Record<string, any>>}
		 */
		async lineOf(request) {
			const until = Date.now() + 30_000;
			for (;;) {
				const line = this.logs().find((one) => one.request === request);
				if (line) {
					return line;
				}
				if (Date.now() > until) {
					throw new Error(`the request ${request} has left no line:\n${worker.output().slice(-2000).split("\n").map(shown).join("\n")}`);
				}
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		},
		async close() {
			await worker.close();
			await issuer.close();
		},
	};
}
