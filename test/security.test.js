// What SECURITY.md says of the package as a whole, where no other test has reason to look.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { createClient } from "../js/client/client.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { identities, lenient } from "./vendor.js";

const root = new URL("../", import.meta.url);
const shipped = (await readdir(new URL("js/", root), { recursive: true })).filter((name) =>
	/^(?:(?:client|module|generated)\/)?[\w-]+\.js$/.test(name),
);
const sources = await Promise.all(shipped.map(async (name) => ({ name, text: await readFile(new URL(`js/${name}`, root), "utf8") })));

const module = createModule(load);

test("no request of an acquisition or a verification sends cookies, is cached, follows a redirect, or says where it comes from", async () => {
	const { fetch } = lenient();
	const seen = [];
	const client = createClient(module, {
		fetch: (url, init) => {
			seen.push({ path: new URL(url).pathname.split("/").at(-1), ...init });
			return fetch(url, init);
		},
	});
	for (const identity of Object.values(identities)) {
		await client.verifyToken(await client.getToken(identity));
	}
	await client.getToken(identities.isales, { forceRefresh: true });
	assert.deepEqual(
		seen.map(({ path }) => path),
		["getAppCubeToken", "tokenByAkSk", "applyToken", "login", "getLogin", "verifyAuthToken", "refresh", "login"], // whose refresh this vendor does not know
	);
	for (const { path, redirect, credentials, cache, referrerPolicy } of seen) {
		assert.deepEqual(
			{ redirect, credentials, cache, referrerPolicy },
			{ redirect: "manual", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" },
			path,
		);
	}
	client.close();
});

test("secrets travel in bodies: no URL of an acquisition has one, but where the caller chose GET", async () => {
	const { fetch } = lenient();
	const urls = [];
	const client = createClient(module, { fetch: (url, init) => (urls.push(url), fetch(url, init)) });
	const secret = "only-in-a-body";
	const { appcube, ccmessaging, isales, cubedrive } = identities;
	for (const identity of [
		{ ...appcube, appSecret: secret },
		{ ...ccmessaging, appSecret: secret },
		{ ...isales, passwd: secret },
		{ ...cubedrive, params: { app: "a", key: secret }, method: "POST" },
		{ ...cubedrive, params: { app: "b", key: secret }, method: undefined },
	]) {
		await client.getToken(identity);
	}
	assert.ok(urls.length >= 6);
	assert.deepEqual(
		urls.filter((url) => url.includes(secret)),
		[],
	);
	await client.getToken({ ...cubedrive, params: { app: "a", key: secret }, method: "GET" });
	assert.ok(urls.at(-1).includes(secret), "the test sees what it looks for");
	client.close();
});

test("what ships writes to no storage, log or cookie, and makes no code out of text", () => {
	const forbidden =
		/\b(localStorage|sessionStorage|indexedDB|caches(?=\.)|cookieStore|document\.cookie|writeFile|appendFile|console|(?<!-)eval|new Function|importScripts)\b|(?<!channel\??\.)\bpostMessage\b/;
	assert.ok(sources.length > 10);
	for (const { name, text } of sources) {
		const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
		assert.equal(forbidden.exec(code)?.[0], undefined, name);
	}
});

test("the package has no runtime dependency, and nothing runs when it is installed", async () => {
	const {
		dependencies,
		peerDependencies,
		optionalDependencies,
		bundledDependencies,
		scripts = {},
	} = JSON.parse(await readFile(new URL("package.json", root), "utf8"));
	assert.deepEqual([dependencies, peerDependencies, optionalDependencies, bundledDependencies].filter(Boolean), []);
	assert.deepEqual(
		Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name)),
		[],
	);
	for (const { name, text } of sources) {
		for (const [, from] of text.matchAll(/^(?:import|export)\b.*?\bfrom "([^"]+)"/gm)) {
			assert.match(from, name === "workerd.js" ? /^(\.|cloudflare:)/ : /^(\.|node:)/, name);
		}
	}
});
