// The compose file of docs/edge.md, held against the command that it runs, which is started as it says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parsers } from "prettier/plugins/yaml";
import { readArguments } from "../../js/cli/arguments.js";
import { command, start } from "../cli/command.js";
import { secrets } from "../edge/edge.js";

const guide = await readFile(new URL("../../docs/edge.md", import.meta.url), "utf8");
const [, text = ""] = /```yaml\n(# compose\.yaml:[^]*?)```/.exec(guide) ?? [];

/** What a part of a YAML document says. Other kinds than these fail. @param {any} node @returns {any} */
function valueOf(node) {
	const { type, children = [], value } = node;
	switch (type) {
		case "root":
		case "mappingKey":
		case "mappingValue":
		case "sequenceItem":
		case "flowSequenceItem":
			return valueOf(children[0]);
		case "document":
			return valueOf(children[1]);
		case "documentBody":
			return valueOf(children[0]);
		case "mapping":
		case "flowMapping":
			return Object.fromEntries(children.map(({ children: [key, item] }) => [valueOf(key), valueOf(item)]));
		case "sequence":
		case "flowSequence":
			return children.map(valueOf);
		case "plain":
			return /^\d+$/.test(value) ? Number(value) : value;
		case "quoteDouble":
		case "quoteSingle":
			return value;
	}
	throw new Error(`the compose file has a ${type}, which this test does not read`);
}

const { services, secrets: files } = valueOf(parsers.yaml.parse(text, /** @type {any} */ ({})));
const { edge, valkey, proxy } = services;
/** @type {Record<string, string>} */
const environment = edge.environment;
const args = /** @type {string[]} */ (edge.command).slice(2);
const { rest, options } = readArguments(args);
const [order, file = "", ...more] = rest;

/** What the file of a secret holds. @type {Record<string, string>} */
const contents = { name_key: secrets.NAME_KEY, storage_keys: secrets.STORAGE_KEYS, aicc_secret: "a secret of the vendor" };

const folder = await mkdtemp(join(tmpdir(), "cctoken-compose-"));
before(async () => {
	await mkdir(join(folder, "secrets"));
	for (const [name, content] of Object.entries(contents)) {
		await writeFile(join(folder, "secrets", name), `${content}\n`);
	}
	const config = {
		authentication: {
			staff: { type: "jwt", issuer: "https://login.test/", audience: "a", algorithms: ["ES256"], jwksUrl: "https://login.test/keys" },
		},
		connections: {
			sales: {
				system: "isales",
				baseUrl: "https://aicc.example.com",
				identity: { user: "abcd", passwd: { secret: "AICC_SECRET" } },
				allow: [{ by: "staff" }],
				sealed: false,
			},
		},
	};
	await writeFile(join(folder, file), JSON.stringify(config));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The command as it stands there, but for where its files are, and where it listens: other tests may have that port. */
const adapted = args.map((arg) =>
	arg === file ? join(folder, arg) : arg === options["port"] ? "0" : arg === options["host"] ? "127.0.0.1" : arg,
);
/** Nothing answers at that port: an edge begins all the same, and is one by itself until the store is there. */
const env = Object.fromEntries(
	Object.entries(environment).map(([name, value]) => [
		name,
		value.startsWith("redis:") ? "redis://127.0.0.1:1" : value.replace("/run/secrets", join(folder, "secrets")),
	]),
);
/** Where `redis` is installed, as the file has it in its folder. */
const cwd = fileURLToPath(new URL("../..", import.meta.url));

test("the compose file's command is the edge's, with options that it has", () => {
	assert.deepEqual(edge.command.slice(0, 2), ["npx", "cctoken"]);
	assert.deepEqual([readArguments(args).command, order, more], ["edge", "serve", []]);
	assert.deepEqual(Object.keys(options).sort(), ["host", "port", "store"]);
	assert.equal(options["host"], "0.0.0.0", "the proxy is in another container");
});

test("the compose file's command begins, with the environment that the file gives it, and says that its store is not there", async () => {
	const child = start(adapted, { env, cwd });
	try {
		let errors = "";
		child.stderr.setEncoding("utf8").on("data", (piece) => (errors += piece));
		const exited = once(child, "exit").then(() => assert.fail(errors));
		const [line] = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), exited]);
		const { event, url } = JSON.parse(line.split("\n")[0]);
		assert.equal(event, "listening");
		while (!/^The store does not answer\. .*\/readyz/m.test(errors)) {
			await once(child.stderr, "data");
		}
		assert.deepEqual((await (await fetch(`${url}/readyz`)).json()).lost, ["store"]);
	} finally {
		child.kill("SIGKILL");
	}
});

test("each variable of the compose file is one without which the command does not begin, and it says so", async () => {
	for (const name of Object.keys(environment)) {
		const { [name]: _, ...others } = env;
		const { code, stderr } = await command(adapted, { env: others, cwd });
		assert.equal(code, 2, name);
		assert.ok(stderr.includes(name.replace(/_FILE$/, "")), `${name}: ${stderr}`);
	}
});

test("each secret of the compose file is a file that the edge is given, and that a variable names", () => {
	const named = Object.entries(environment).flatMap(([name, value]) => (name.endsWith("_FILE") ? [value] : []));
	assert.deepEqual(
		named,
		edge.secrets.map((/** @type {string} */ name) => `/run/secrets/${name}`),
	);
	assert.deepEqual(Object.keys(files), edge.secrets);
	assert.deepEqual(Object.keys(contents), edge.secrets);
});

test("the compose file's services meet where they say", () => {
	const to = proxy.command[proxy.command.indexOf("--to") + 1];
	assert.equal(to, `edge:${options["port"]}`);
	assert.deepEqual(proxy.ports, ["443:443"]);
	assert.equal(edge.ports, undefined, "nobody reaches an edge but by the proxy");
	assert.deepEqual([edge.depends_on, proxy.depends_on], [["valkey"], ["edge"]]);
	assert.equal(environment["REDIS_URL"], "redis://valkey:6379");
	assert.ok(!valkey.command.includes("--port"), "it listens where it does by default");
	assert.equal(options["store"], "redis");
});

test("the compose file gives an edge longer to end than the edge gives those who are being answered", async () => {
	const source = await readFile(new URL("../../js/edge/node/server.js", import.meta.url), "utf8");
	const grace = Number(/defaultGraceMs = ([\d_]+);/.exec(source)?.[1]?.replaceAll("_", ""));
	assert.ok(Number(/^(\d+)s$/.exec(edge.stop_grace_period)?.[1]) * 1000 > grace, `${grace}`);
});
