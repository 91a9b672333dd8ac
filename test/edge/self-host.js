// Starts the bundle in plain workerd, with nothing in front of it, for tests: what it is sent is what was written on the wire.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audience, demoConfig } from "../../tools/edge/demo.js";
import { startIssuer } from "../../tools/edge/issuer.js";
import { startWorkerd } from "../../tools/edge/workerd.js";
import { connectionsTo } from "./connections.js";
import { secrets } from "./edge.js";
import { startVendor } from "./vendor.js";

/**
 * @param {{ environment?: Record<string, string>, configure?: (config: any) => any, sandbox?: string, file?: boolean }} [options] sandbox:
 *   the address of the vendors' systems, where it is not the one that comes with it; file: the configuration is in
 *   configuration/edge.json below the folder, and not in the environment
 */
export async function startSelfHost({ environment: more = {}, configure = (config) => config, sandbox, file = false } = {}) {
	const folder = await mkdtemp(join(tmpdir(), "cctoken-self-host-"));
	for (const file of ["edge.js", "keeper.wasm"]) {
		await copyFile(new URL(`../../dist/${file}`, import.meta.url), join(folder, file));
	}
	const vendor = await startVendor();
	const issuer = await startIssuer(audience);
	const token = await issuer.tokenFor("agent-7");
	const { authentication, connections, ...config } = demoConfig({
		connections: connectionsTo(sandbox ?? vendor.url, ["staff"]),
		issuer: issuer.url,
		origin: "https://console.test",
	});
	const configured = JSON.stringify(
		configure({
			...config,
			authentication: {
				...authentication,
				machines: { type: "signed", keys: { robot: { secret: "MACHINE_KEY", subject: "robot-1", claims: { name: "Robot" } } } },
			},
			connections: Object.fromEntries(
				Object.entries(connections).map(([name, one]) => [name, { ...one, allow: [...one.allow, { by: "machines" }] }]),
			),
		}),
	);
	/** @type {Record<string, string>} */
	const environment = { ...secrets, ...(!file && { CCTOKEN_CONFIG: configured }), ...more };
	if (file) {
		await mkdir(join(folder, "configuration"));
		await writeFile(join(folder, "configuration/edge.json"), configured);
	}
	/** @type {import("../../tools/edge/workerd.js").PlainWorker} */
	const worker = {
		folder,
		main: "edge.js",
		wasm: ["keeper.wasm"],
		environment: Object.keys(environment),
		...(file && { folders: { CONFIGURATION: "configuration" } }),
		objects: { KEEPER: "Keeper", NONCES: "Nonces" },
	};
	let edge = await startWorkerd(worker, environment);
	return {
		get url() {
			return edge.url;
		},
		get pid() {
			return edge.pid;
		},
		folder,
		worker,
		environment,
		vendor,
		issuer,
		/** A console's own token. */
		token,
		output: () => edge.output(),
		/** @param {string} path @param {RequestInit} [init] */
		call: (path, init = {}) =>
			fetch(edge.url + path, {
				redirect: "manual",
				...init,
				headers: { authorization: `Bearer ${token}`, connection: "close", ...init.headers },
			}),
		/**
		 * The line that a request has left in the log, once it is there.
		 * @param {string | null | undefined} request its ID, as the answer's header cctoken-request has it
		 * @param {string} [event] what kind of line
		 * @returns {Promise<Record<string, any>>}
		 */
		async lineOf(request, event = "request") {
			for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 10))) {
				const line = edge
					.output()
					.split("\n")
					.find((one) => one.startsWith(`{"event":"${event}","request":"${request}"`));
				if (line) {
					return JSON.parse(line);
				}
			}
			throw new Error(`the request ${request} has left no line`);
		},
		/** Ends the process and starts another over the same storage. */
		async restart() {
			await edge.stop();
			edge = await startWorkerd(worker, environment);
		},
		async close() {
			await edge.stop();
			await issuer.close();
			await vendor.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
