// The edge in plain workerd on this machine (make edge-self-host): the same bundle as Cloudflare would run, its
// objects' storage on the local disk.
//
// With a configuration, and the secrets that it names in the environment, it serves those connections; EDGE_ADDRESS says
// where. The configuration is the file edge.json in the folder EDGE_CONFIG_FOLDER, which may change while the edge runs, or the text
// CCTOKEN_CONFIG. Without, it serves the sandbox, with an issuer to sign in at.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../demo/server.js";
import { checkConfig, secretsOf } from "../../js/edge/config/config.js";
import { audience, demoConfig, instructions, sandboxConnections } from "./demo.js";
import { startIssuer } from "./issuer.js";
import { freshKeys } from "./keys.js";
import { startWorkerd } from "./workerd.js";

const folder = fileURLToPath(new URL("../../dist/self-host", import.meta.url));
await mkdir(folder, { recursive: true });
for (const file of ["edge.js", "keeper.wasm"]) {
	await copyFile(join(folder, "..", file), join(folder, file));
}

const configFolder = process.env.EDGE_CONFIG_FOLDER && resolve(process.env.EDGE_CONFIG_FOLDER);
const given = configFolder ? await readFile(join(configFolder, "edge.json"), "utf8") : process.env.CCTOKEN_CONFIG;
const { environment, print, close } = given ? own(given) : await demo();
const edge = await startWorkerd(
	{
		folder,
		main: "edge.js",
		wasm: ["keeper.wasm"],
		environment: Object.keys(environment),
		...(configFolder && { folders: { CONFIGURATION: configFolder } }),
		objects: { KEEPER: "Keeper", NONCES: "Nonces" },
		address: process.env.EDGE_ADDRESS ?? "127.0.0.1:0",
	},
	environment,
	{ out: (line) => console.log(line), err: (line) => console.error(line) },
).catch(async (error) => {
	await close();
	throw error;
});
for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, () => edge.stop());
}
print(edge.url);
const code = await edge.ended;
await close();
process.exitCode = code ?? 0;

/**
 * One's own configuration, from the environment.
 * @param {string} text
 */
function own(text) {
	const names = [
		...(configFolder ? [] : ["CCTOKEN_CONFIG"]),
		"NAME_KEY",
		"STORAGE_KEYS",
		"KEEPER_TIMEOUT_MS",
		"KEEPER_CONNECTIONS",
		"BODY_TIMEOUT_MS",
		"METRICS_TOKEN",
		"RATE_LIMIT_PER_MINUTE",
		...secretsOf(checkConfig(JSON.parse(text))).keys(),
	];
	const environment = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? ""]] : [])));
	return {
		environment,
		print: (/** @type {string} */ url) => console.log(`The edge is at ${url}; ${url}/healthz says what is missing.`),
		close: async () => {},
	};
}

async function demo() {
	const sandbox = await startServer("127.0.0.1:0");
	const issuer = await startIssuer(audience, { signIn: true });
	const { connections, secrets, calls } = await sandboxConnections(sandbox.url);
	await rm(join(folder, "storage"), { recursive: true, force: true }); // of earlier keys
	return {
		environment: {
			...secrets,
			...freshKeys(),
			CCTOKEN_CONFIG: JSON.stringify(demoConfig({ connections, issuer: issuer.url, origin: sandbox.url })),
		},
		print: (/** @type {string} */ url) => console.log(instructions({ edge: url, issuer: issuer.url, calls })),
		async close() {
			await issuer.close();
			await sandbox.stop();
		},
	};
}
