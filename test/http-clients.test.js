// The lines of the guide "With your HTTP client", each as it stands there: a 401 is replayed, and a rolled token taken over.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import axios from "axios";
import { GraphQLClient } from "graphql-request";
import ky from "ky";
import { ofetch } from "ofetch";
import createOpenAPIClient from "openapi-fetch";
import wretch from "wretch";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { stepsOf } from "./bundlers/steps.js";
import { sandboxed } from "./sandboxed.js";

const module = createModule(load);
const read = (/** @type {string} */ path) => readFile(new URL(`../${path}`, import.meta.url), "utf8");
const guide = await read("docs/guides/http-clients.md");
const { devDependencies } = JSON.parse(await read("package.json"));

const poll = "/apiaccess/ccmessaging/poll";
const send = "/apiaccess/ccmessaging/send";
const query = { channel: "WEB" };
const message = { content: "hello" };

/**
 * What is imported by each, and how it then gets and posts.
 * @type {Record<string, { imports: Record<string, any>, get: (api: any) => Promise<any>, post: (api: any) => Promise<any> }>}
 */
const clients = {
	"axios": {
		imports: { axios },
		get: async (api) => (await api.get(poll, { params: query })).data,
		post: async (api) => (await api.post(send, message)).data,
	},
	"ky": {
		imports: { ky },
		get: (api) => api.get(poll.slice(1), { searchParams: query }).json(),
		post: (api) => api.post(send.slice(1), { json: message }).json(),
	},
	"ofetch": {
		imports: { ofetch },
		get: (api) => api(poll, { query }),
		post: (api) => api(send, { method: "POST", body: message }),
	},
	"wretch": {
		imports: { wretch },
		get: (api) => api.get(`${poll}?channel=WEB`).json(),
		post: (api) => api.url(send).post(message).json(),
	},
	"openapi-fetch": {
		imports: { createOpenAPIClient },
		get: async (api) => (await api.GET(poll, { params: { query } })).data,
		post: async (api) => (await api.POST(send, { body: message })).data,
	},
	"graphql-request": {
		imports: { GraphQLClient },
		get: async (api) => JSON.parse((await api.rawRequest("{ agents { name } }")).body),
		post: async (api) => JSON.parse((await api.rawRequest("mutation { send }")).body),
	},
};

/** The statement of a client's program in the guide that hands the fetch over. @param {string} name */
function lineOf(name) {
	const file = stepsOf(guide).find((step) => step.kind === "file" && step.path === `${name}.js`);
	assert.ok(file?.kind === "file", `the guide has no ${name}.js`);
	const lines = file.text.split("\n").filter((line) => line.includes("session.fetch"));
	assert.equal(lines.length, 1, `${name} needs one line`);
	return lines[0];
}

describe("with one line each:", () => {
	const sandbox = sandboxed();

	for (const [name, { imports, get, post }] of Object.entries(clients)) {
		test(`${name}: its calls carry the token, a 401 is replayed, and a token that is rolled is the next call's`, async () => {
			const { identity } = sandbox.own("ccmessaging");
			const events = [];
			const session = createClient(module, { onEvent: ({ type, system }) => system === "ccmessaging" && events.push(type) }).session(
				identity,
			);
			const names = [...Object.keys(imports), "session", "baseURL"];
			const api = new Function(...names, `${lineOf(name)} return api;`)(...Object.values(imports), session, identity.baseUrl);

			assert.equal((await get(api)).resultCode, "0");
			await sandbox.revoke({ system: "ccmessaging", all: true });
			assert.equal((await post(api)).resultCode, "0");
			const renewed = await session.getToken();
			await sandbox.post("roll", { system: "ccmessaging" });
			assert.equal((await get(api)).resultCode, "0");
			const rolled = await session.getToken();
			assert.notEqual(rolled.value, renewed.value);
			assert.equal((await post(api)).resultCode, "0");
			assert.equal(await session.getToken(), rolled);
			assert.match(events.join(" "), /^acquired rejected replayed (renewed|acquired) rolled$/);
			assert.equal((await sandbox.state()).counts.ccmessaging.logins, 2);
		});

		test(`${name}: an address that is not under the base URL gets no token`, async () => {
			const seen = [];
			const fetch = async (/** @type {string} */ url, /** @type {any} */ init) => (seen.push(url), globalThis.fetch(url, init));
			const session = createClient(module, { fetch }).session(sandbox.own("ccmessaging").identity);
			const names = [...Object.keys(imports), "session", "baseURL"];
			const api = new Function(...names, `${lineOf(name)} return api;`)(...Object.values(imports), session, "https://elsewhere.example");
			await assert.rejects(post(api));
			assert.deepEqual(seen, []);
		});
	}
});

test("the guide installs, and says that it was tried with, the versions that are tested here", () => {
	for (const name of [...Object.keys(clients), "graphql"]) {
		assert.ok(guide.includes(` ${name}@${devDependencies[name]}`), name);
		const [major, minor] = devDependencies[name].split(".");
		assert.ok(name === "graphql" || guide.includes(`${name} ${major}.${minor}`), name);
	}
});
