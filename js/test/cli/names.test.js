// The command serves whatever is described: no hand-written file of it names a system, or anything that is one's own.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { systems } from "../../generated/systems.js";
import { parts, texts } from "../../generated/texts.js";
import { dependencies, tokens } from "../../generated/tokens.js";
import { optionsOf } from "../../cli/arguments.js";
import { catalogue, catalogueOf, general, tokenEnv } from "../../cli/settings.js";

const folder = new URL("../../cli/", import.meta.url);

/** Every text that a value holds. @returns {string[]} */
const textsIn = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(textsIn));

/** Whether a name is one that nobody writes by accident: of several words, in whatever way they are put together. */
const isParticular = (name) => /[a-z][A-Z]|[-_]/.test(name);

const everywhere = systems[0].fields.map(({ name }) => name).filter((name) => systems.every(({ fields }) => fields.some((field) => field.name === name)));
const own = catalogue.settings.filter(({ name }) => !everywhere.includes(name));

/** What is a system's own, each as an expression that finds it. @type {[string, RegExp][]} */
const particular = [
	...[...systems.map(({ name }) => name), ...Object.values(dependencies).map(({ system }) => system)].map((name) => [name, new RegExp(name, "i")]),
	...own.filter(({ name }) => isParticular(name)).flatMap(({ name, flag, env }) => [[name, new RegExp(`\\b(${name}|${flag}|${env})\\b`)]]),
	// A name that is also a word is one's own where it is looked for in an identity, a file, the environment or the arguments.
	...own.filter(({ name }) => !isParticular(name)).map(({ name, flag, env }) => [name, new RegExp(`\\b(identity|values|fields)\\b(\\.|\\?\\.|\\[")${name}\\b|\\b${env}\\b|--${flag}\\b(?!-)|\\{[^{}]*\\b${name}\\b[^{}]*\\} = identity\\b`)]),
	...[...new Set([
		...Object.values(tokens).flatMap(({ paths, carriers, answers, codes, explains }) => [...paths.flatMap((path) => path.split("/")), ...carriers, ...answers, ...codes, ...explains]),
		...textsIn([texts, parts]).flatMap((text) => text.match(/\b\w+\b/g) ?? []),
	])].filter((name) => isParticular(name) && !everywhere.includes(name)).map((name) => [name, new RegExp(`(?<![\\w-])${name}(?![\\w-])`)]),
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
		['if (system === "isales") {', "isales"], ["// CubeDrive's parameters", "cubedrive"], ["identity.appKey", "appKey"], ["the --app-secret is", "appSecret"], ['env["CCTOKEN_USER_ID"]', "userId"],
		["identity.passwd", "passwd"], ['values["params"]', "params"], ["const { params, method } = identity", "params"], ["CCTOKEN_PARAMS", "params"], ["use --locale", "locale"], ["AccessToken", "accesstoken"],
		['path.endsWith("/tokenByAkSk")', "tokenByAkSk"], ["/getLogin", "getLogin"], ["answer.exceptionInfo", "exceptionInfo"], ['headers["X-Auth-Token"]', "X-Auth-Token"],
	]) {
		assert.ok(namesIn(source).includes(name), `${source} names ${name}: ${namesIn(source)}`);
	}
	assert.deepEqual(namesIn('the user\'s method: { method: "GET" }, baseUrl, error.step === "access_token", --param, fetch(url, { method })'), []);
});

test("no field takes a name from the command, or from another field", () => {
	for (const command of ["get", "verify", "call", "doctor"]) {
		const none = optionsOf(command, catalogueOf([]));
		const all = optionsOf(command);
		const flags = catalogue.settings.flatMap(({ flag, kind, secret }) => (kind === "flag" ? [flag, `no-${flag}`] : secret || kind === "parameters" ? [] : [flag]));
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
	assert.deepEqual([named.baseUrl, named.userId, named.passwd, named.params], [["base-url", "CCTOKEN_BASE_URL"], ["user-id", "CCTOKEN_USER_ID"], ["passwd", "CCTOKEN_PASSWD"], ["params", "CCTOKEN_PARAMS"]]);
});
