// The edge by wrangler dev (make edge-dev), over the sandbox, with an issuer to sign in at. Nothing is asked of Cloudflare.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../demo/server.js";
import { audience, demoConfig, instructions, sandboxConnections } from "./demo.js";
import { startIssuer } from "./issuer.js";
import { freshKeys } from "./keys.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = process.env.PORT ?? "8788";
const edge = `http://127.0.0.1:${port}`;
const sandbox = await startServer("127.0.0.1:0", ["-connect", edge]);
const issuer = await startIssuer(audience, { signIn: true });
const folder = await mkdtemp(join(tmpdir(), "cctoken-edge-dev-"));

const { connections, secrets, calls } = await sandboxConnections(sandbox.url);

// As a file: arguments can be read by everybody on the machine.
const variables = {
	...secrets,
	...freshKeys(),
	CCTOKEN_CONFIG: JSON.stringify(demoConfig({ connections, issuer: issuer.url, origin: sandbox.url })),
};
const file = join(folder, "variables.env");
await writeFile(
	file,
	Object.entries(variables)
		.map(([name, value]) => `${name}='${value}'\n`)
		.join(""),
	{ mode: 0o600 },
);

console.log(`${instructions({ edge, issuer: issuer.url, calls })}

The console, for agents and operators: ${sandbox.url}
`);
const wrangler = spawn(
	join(root, "node_modules/.bin/wrangler"),
	[
		"dev",
		"--ip",
		"127.0.0.1",
		"--port",
		port,
		"--env-file",
		file,
		"--persist-to",
		join(folder, "state"),
		"--show-interactive-dev-session=false",
	],
	{ cwd: root, stdio: "inherit", env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" } },
);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
	process.on(signal, () => wrangler.kill(signal));
}
const [code] = await once(wrangler, "close");
await issuer.close();
await sandbox.stop();
await rm(folder, { recursive: true, force: true });
process.exitCode = code ?? 0;
