// One description a system: the edge, its keeper, the tabs and the demonstration know none by name, nor anything of one's own.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { systems } from "../js/generated/systems.js";
import { names, namesIn, words } from "./names.js";

const root = new URL("../", import.meta.url);

/** @param {string} folder @returns {Promise<string[]>} the sources below it, without tests */
async function sourcesBelow(folder) {
	const files = (await readdir(new URL(folder, root), { recursive: true })).map((name) => `${folder}${name.replaceAll("\\", "/")}`);
	return files.filter((name) => /\.(js|go)$/.test(name) && !/_test\.go$/.test(name));
}

test("no hand-written file of the edge, its keeper, the tabs and the demonstration names a system, or anything of one's own", async () => {
	const folders = await Promise.all(["js/edge/", "keeper/", "wasm/keeper/", "tools/demo/"].map(sourcesBelow));
	folders.forEach((files) => assert.ok(files.length > 1, String(files)));
	for (const name of [...folders.flat(), "js/client/tabs.js"]) {
		assert.deepEqual(namesIn(await readFile(new URL(name, root), "utf8")), [], name);
	}
});

test("what would name one is found, however it is written", () => {
	for (const { name } of systems) {
		assert.deepEqual(namesIn(`if (system === "${name}") {`), [name]);
	}
	for (const [source, name] of [
		["// CubeDrive's parameters", "cubedrive"],
		["AccessTokenObject string", "accesstoken"],
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

test("each name that is also a word is a field of a system, so that none is passed over for nothing", () => {
	assert.deepEqual(
		words.filter((word) => !systems.some(({ fields }) => fields.some(({ name }) => name === word))),
		[],
	);
	assert.ok(names.length > 30, String(names));
});
