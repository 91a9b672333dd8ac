// The command serves whatever is described: no hand-written file of it names a system, or anything that is one's own.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { parts, texts } from "../../js/generated/texts.js";
import { optionsOf } from "../../js/cli/arguments.js";
import { common, isParticular, particular as everywhere } from "../names.js";
import { catalogue, catalogueOf, general, tokenEnv } from "../../js/cli/settings.js";

const folder = new URL("../../js/cli/", import.meta.url);

/** Every text that a value holds. @returns {string[]} */
const textsIn = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(textsIn));

const own = catalogue.settings.filter(({ name }) => !common.includes(name));

/** What is a system's own also as a flag, in the environment, and in what is said of it. @type {[string, RegExp][]} */
const particular = [
	...everywhere,
	...own.filter(({ name }) => isParticular(name)).flatMap(({ name, flag, env }) => [[name, new RegExp(`\\b(${flag}|${env})\\b`)]]),
	...own.filter(({ name }) => !isParticular(name)).map(({ name, flag, env }) => [name, new RegExp(`\\b${env}\\b|--${flag}\\b(?!-)`)]),
	...[...new Set(textsIn([texts, parts]).flatMap((text) => text.match(/\b\w+\b/g) ?? []))]
		.filter((name) => isParticular(name) && !common.includes(name))
		.map((name) => [name, new RegExp(`(?<![\\w-])${name}(?![\\w-])`)]),
];

/** @param {string} source */
const namesIn = (source) => particular.filter(([, expression]) => expression.test(source)).map(([name]) => name);

test("no hand-written file of the command names a system, or anything of one's own", async () => {
	const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
	assert.ok(files.includes("configuration.js") && files.some((name) => /^doctor\Wlogin\.js$/.test(name)), files.join());
	for (const name of files) {
		const source = await readFile(new URL(name.replaceAll("\\", "/"), folder), "utf8");
		assert.deepEqual(namesIn(source), [], `js/cli/${name}`);
	}
});

test("what would name one is found, however it is written", () => {
	for (const [source, name] of [
		['if (system === "isales") {', "isales"],
		["// CubeDrive's parameters", "cubedrive"],
		["identity.appKey", "appKey"],
		["the --app-secret is", "appSecret"],
		['env["CCTOKEN_USER_ID"]', "userId"],
		["identity.passwd", "passwd"],
		['values["params"]', "params"],
		["const { params, method } = identity", "params"],
		["CCTOKEN_PARAMS", "params"],
		["use --locale", "locale"],
		["ApiFabric", "apifabric"],
		['path.endsWith("/tokenByAkSk")', "tokenByAkSk"],
		["/getLogin", "getLogin"],
		["answer.exceptionInfo", "exceptionInfo"],
		['headers["X-Auth-Token"]', "X-Auth-Token"],
	]) {
		assert.ok(namesIn(source).includes(name), `${source} names ${name}: ${namesIn(source)}`);
	}
	assert.deepEqual(namesIn('the user\'s method: { method: "GET" }, baseUrl, --param, fetch(url, { method })'), []);
});

test("no field takes a name from the command, or from another field", () => {
	for (const command of ["get", "verify", "call", "doctor"]) {
		const none = optionsOf(command, catalogueOf([]));
		const all = optionsOf(command);
		const flags = catalogue.settings.flatMap(({ flag, kind, secret }) =>
			kind === "flag" ? [flag, `no-${flag}`] : secret || kind === "parameters" ? [] : [flag],
		);
		assert.deepEqual(Object.keys(all).sort(), [...Object.keys(none), ...flags].sort(), command);
		for (const [name, option] of Object.entries(none)) {
			assert.deepEqual(all[name], option, `--${name} of ${command}`);
		}
	}
	const variables = [...Object.values(general), tokenEnv, ...catalogue.settings.map(({ env }) => env)];
	assert.equal(new Set(variables).size, variables.length, variables.join());
});

test("flags and variables have the words of the field's name", () => {
	const named = Object.fromEntries(catalogue.settings.map(({ name, flag, env }) => [name, [flag, env]]));
	assert.deepEqual(
		[named.baseUrl, named.userId, named.passwd, named.params],
		[
			["base-url", "CCTOKEN_BASE_URL"],
			["user-id", "CCTOKEN_USER_ID"],
			["passwd", "CCTOKEN_PASSWD"],
			["params", "CCTOKEN_PARAMS"],
		],
	);
});
