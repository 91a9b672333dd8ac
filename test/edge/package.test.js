// What people do: install the package, export two names, and deploy.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { compatibilityDate } from "../../tools/edge/compatibility.js";
import { install, run } from "../package/packed.js";
import { startEdge } from "./edge.js";
import { startVendor } from "./vendor.js";

const wrangler = fileURLToPath(new URL("../../node_modules/.bin/wrangler", import.meta.url));
/** @type {Awaited<ReturnType<typeof install>>} */
let program;
/** @type {string} */
let folder;

before(async () => {
	program = await install();
	folder = program.folder;
	await writeFile(join(folder, "worker.js"), 'export { default, Keeper, Nonces } from "cctoken/edge";\n');
	await writeFile(
		join(folder, "in-code.js"),
		`
import { createEdge } from "cctoken/edge";
export { Keeper } from "cctoken/edge";
export default createEdge({
	authentication: { staff: { type: "jwt", issuer: "https://issuer.test", audience: "edge", algorithms: ["RS256"], jwksUrl: "https://issuer.test/keys" } },
	connections: {
		a: { system: "isales", baseUrl: "https://vendor.test", identity: { user: "u", passwd: { secret: "ISALES_PASSWORD" } }, allow: [{ by: "staff" }], sealed: false },
	},
});
`,
	);
});
after(() => program?.remove());

test("the package installs alone: nothing comes with it", async () => {
	const { packages } = JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"));
	assert.deepEqual(Object.keys(packages), ["node_modules/cctoken"]);
});

test("a Worker of one line hands out a token", async () => {
	const vendor = await startVendor();
	const edge = await startEdge({ sandbox: vendor.url, entry: pathToFileURL(join(folder, "worker.js")) });
	try {
		const response = await edge.post("/v1/token", await edge.tokenFor("agent-1"), { connection: "open-isales" });
		const text = await response.text();
		assert.equal(response.status, 200, text);
		assert.equal(JSON.parse(text).token, vendor.tokens.at(-1));
	} finally {
		await edge.close();
		await vendor.close();
	}
});

for (const main of ["worker.js", "in-code.js"]) {
	test(`wrangler bundles it as it would be deployed: ${main}`, async () => {
		const config = join(folder, `${main}.wrangler.json`);
		await writeFile(
			config,
			JSON.stringify({
				name: "edge",
				main,
				compatibility_date: compatibilityDate,
				durable_objects: { bindings: [{ name: "KEEPER", class_name: "Keeper" }] },
				migrations: [{ tag: "v1", new_sqlite_classes: ["Keeper"] }],
			}),
		);
		const out = join(folder, `out-${main}`);
		await mkdir(out);
		const { stdout, stderr } = await run(wrangler, ["deploy", "--dry-run", "--outdir", out, "-c", config], {
			cwd: folder,
			env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
		});
		assert.match(stdout, /env\.KEEPER \(Keeper\)/);
		assert.ok(!/warn/i.test(stdout + stderr.replace(/npm warn.*/g, "")), stdout + stderr);
		const [, megabytes] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? assert.fail(stdout);
		assert.ok(Number(megabytes) < 3 * 1024, "it fits into a free Worker");
	});
}

test("the signer runs in Node, from the package", async () => {
	const program = `
import { signedFetch, sign } from "cctoken/edge/sign";
const header = await sign({ keyId: "a", secret: "0".repeat(32) }, { method: "GET", url: "https://edge.test/" });
console.log(header.split(" ")[0], typeof signedFetch);`;
	const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
	assert.equal(stdout.trim(), "CCTOKEN-HMAC-SHA256 function");
});
