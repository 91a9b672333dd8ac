// One description a system: what is written by hand knows none by name, nor anything of one's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { systems } from "../js/generated/systems.js";
import { names, namesIn, rare, words } from "./names.js";

const root = new URL("../", import.meta.url);

/** What may know systems, and why. @type {[RegExp, string][]} */
const apart = [
	[/^(core|sandbox)\//, "there a system's own files are; that no other of the sandbox's names one is looked at by sandbox/systems_test.go"],
	[/^test\/|_test\.go$|^tools\/bench\//, "tests and measurements know what they test"],
	[/^docs\/|\.md$/, "documents are for people"],
	[/^js\/generated\/|^web\/pictures\/|^package-lock\.json$|^go\.sum$/, "written by a program"],
];

/** The comments in these are the reference of the API, docs/api.md, which may take a system for its example. */
const reference = /^js\/([^/]+$|client\/(?!(tabs|pages)\.js)|sandbox\/)/;

/** Names that are somebody else's as well, where they stand. @type {Record<string, string[]>} */
const others = {
	"tools/build/brotli.js": ["params"], // Node's: the options of its brotli
};

/** A source without its comments, which go with the white space; then that is put back. @param {string} source */
const codeOf = (source) =>
	transformSync(transformSync(source, { minifyWhitespace: true, legalComments: "none", charset: "utf8" }).code, { charset: "utf8" }).code;

/** All that is in the repository, or will be. */
const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
	cwd: fileURLToPath(root),
	encoding: "utf8",
})
	.split("\0")
	.filter((name) => name !== "" && existsSync(new URL(name, root)));

test("no file that is written by hand, but for core, the sandbox, tests and documents, names a system, or anything of one's own", () => {
	const looked = tracked.filter((name) => !apart.some(([path]) => path.test(name)));
	for (const name of [
		"package.json",
		"Makefile",
		"wrangler.jsonc",
		"web/index.html",
		"web/console/form.go",
		"js/edge/worker.js",
		"js/client/tabs.js",
		"keeper/driver.go",
		"wasm/module/main.go",
		"tools/demo/run.js",
	]) {
		assert.ok(looked.includes(name), name);
	}
	assert.ok(looked.length > 180, String(looked.length));
	for (const name of looked) {
		const source = readFileSync(new URL(name, root), "utf8");
		assert.deepEqual(namesIn(reference.test(name) ? codeOf(source) : source), others[name] ?? [], name);
	}
});

test("what is left out of that is there, each for its reason", () => {
	for (const [path, reason] of apart) {
		assert.ok(
			tracked.some((name) => path.test(name)),
			reason,
		);
	}
	assert.ok(tracked.some((name) => reference.test(name)));
	assert.deepEqual(
		namesIn(codeOf('class A {\n/** isales */\naccept = "*/*"; // appcube\na = "cubedrive"; /* isales */ }\nconst { user } = identity;')),
		["cubedrive", "user"],
	);
});

test("what would name one is found, however it is written", () => {
	for (const { name } of systems) {
		const found = namesIn(`if (system === "${name}") {`); // one may be the beginning of another
		assert.ok(found.includes(name) && found.every((other) => name.startsWith(other)), `${name}: ${found}`);
	}
	for (const [source, name] of [
		["// CubeDrive's parameters", "cubedrive"],
		["ApiFabricObject string", "apifabric"],
		['"x-app-key"', "X-APP-Key"],
		["identity.appSecret", "appSecret"],
		["const { params = {} } = identity", "params"],
		["the passwd of", "passwd"],
		['["cookie", "guid", "set-guid"]', "Set-GUID"],
		['"/gateway/applyToken"', "applyToken"],
		["/** authUrl, where it differs */", "authUrl"],
		['members["user"]', "user"],
		["identity.method", "method"],
		["answer.exceptionInfo", "exceptionInfo"],
		['headers.get("x-auth-token")', "X-Auth-Token"],
	]) {
		assert.ok(namesIn(source).includes(name), `${source} names ${name}: ${namesIn(source)}`);
	}
	assert.deepEqual(namesIn('{ method: "POST" }, user, baseUrl, "token", `authorization: Bearer`, shareAppToken, storageKeys'), []);
});

test("of the fields, only those of one word may stand where no identity is asked for them", () => {
	assert.deepEqual(
		rare.filter((word) => !systems.some(({ fields }) => fields.some(({ name }) => name === word))),
		[],
	);
	assert.ok(words.includes("user") && words.includes("method") && words.every((word) => /^[a-z]+$/.test(word)), words.join());
	assert.ok(names.length > 30, String(names));
});
