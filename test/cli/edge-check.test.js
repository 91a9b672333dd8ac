// cctoken edge check: what is told of an edge's configuration before an edge is given it.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { command } from "./command.js";

const config = {
	authentication: {
		staff: {
			type: "jwt",
			issuer: "https://login.example.com/",
			audience: "edge",
			algorithms: ["RS256"],
			jwksUrl: "https://login.example.com/keys",
		},
	},
	connections: {
		sales: {
			system: "isales",
			baseUrl: "https://aicc.example.com",
			identity: { user: "abcd", passwd: { secret: "SALES_PASSWD" } },
			allow: [{ by: "staff" }],
			sealed: false,
		},
	},
};

let folder = "";
before(async () => (folder = await mkdtemp(join(tmpdir(), "cctoken-edge-check-"))));
after(() => rm(folder, { recursive: true, force: true }));

/** @param {unknown} content a text, or what is written as JSON @param {string[]} [more] */
async function check(content, more = []) {
	const file = join(folder, "edge.json");
	await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
	return command(["edge", "check", file, ...more]);
}

test("a configuration that can be used is told as one, with the secrets that the edge then needs, its own among them", async () => {
	const people = await check(config);
	assert.deepEqual([people.code, people.stderr], [0, ""]);
	assert.equal(
		people.stdout,
		"The configuration can be used. These are the secrets that the edge then needs:\n" +
			"NAME_KEY      the edge itself: at least 32 random characters\n" +
			"STORAGE_KEYS  the edge itself: in Workers, and in Node with --store\n" +
			"SALES_PASSWD  connections.sales.identity.passwd\n",
	);
	const { code, stdout } = await check(config, ["--json"]);
	assert.equal(code, 0);
	const { usable, secrets } = JSON.parse(stdout);
	assert.deepEqual([usable, Object.keys(secrets)], [true, ["NAME_KEY", "STORAGE_KEYS", "SALES_PASSWD"]]);
	assert.equal(secrets.SALES_PASSWD, "connections.sales.identity.passwd");
});

test("of one that cannot, each fault is told by its field, no value is repeated, and it ends with 2", async () => {
	const wrong = {
		...config,
		origins: ["secret-text"],
		connections: { sales: { ...config.connections.sales, identity: { user: "abcd", passwd: "secret-text" } } },
	};
	const people = await check(wrong);
	assert.equal(people.code, 2);
	assert.match(people.stdout, /^The edge's configuration cannot be used:\n {2}origins .*\n {2}connections\.sales\.identity\.passwd .*\n$/);
	const { code, stdout } = await check(wrong, ["--json"]);
	assert.equal(code, 2);
	assert.equal(JSON.parse(stdout).problems.length, 2);
	assert.equal(JSON.parse(stdout).usable, false);
	assert.ok(!`${people.stdout}${people.stderr}${stdout}`.includes("secret-text"));
});

test("a name in it reaches no terminal as it came", async () => {
	const { stdout } = await check({ ...config, connections: { "\x1b[31mred": {} } });
	assert.doesNotMatch(stdout, /[^\n -~]/);
});

for (const [what, args, told] of /** @type {[string, () => Promise<{ code: number | null, stderr: string }>, RegExp][]} */ ([
	["no file", () => command(["edge", "check"]), /Which configuration\?/],
	["two files", () => command(["edge", "check", "a", "b"]), /Which configuration\?/],
	["a file that is not there", () => command(["edge", "check", join(folder, "none.json")]), /is not there/],
	["what is not JSON", () => check('{\n"secret-text'), /The edge's configuration is not valid JSON: look at line 2/],
	["what is no object", () => check("[]").then(({ code, stdout }) => ({ code, stderr: stdout })), /authentication/],
	["something else to do", () => command(["edge", "chck", "a"]), /edge does one of these/],
])) {
	test(`given ${what}, it says what is wrong, and ends with 2`, async () => {
		const { code, stderr } = await args();
		assert.equal(code, 2);
		assert.match(stderr, told);
		assert.ok(!stderr.includes("secret-text"));
	});
}
