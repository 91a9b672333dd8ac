// docs/errors.md against what the package does: its codes are all there are, and what it says of each is so.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { createClient } from "../js/client/client.js";
import { TokenError } from "../js/client/error.js";
import { entry } from "../js/entry.js";
import { load } from "../js/module/load-node.js";
import { createModule } from "../js/module/module.js";
import { failEverywhere } from "./exchanges.js";
import { held, identities as own, json, lenient, vendor } from "./vendor.js";
import { readVectors } from "./vector-files.js";
import { play } from "./vectors.js";

const read = (path) => readFile(new URL(`../${path}`, import.meta.url), "utf8");
const page = await read("docs/errors.md");

/** The page's rows, by code. A row's cells are: code, steps, whether a retry helps, what happened, what to do. */
const rows = new Map(
	page
		.split("\n")
		.filter((line) => /^\| `\w+` \|/.test(line))
		.map((line) => {
			const cells = line
				.slice(1, -1)
				.split(/(?<!\\)\|/)
				.map((cell) => cell.trim());
			return [cells[0].replaceAll("`", ""), cells];
		})
		.filter(([, cells]) => cells.length === 5),
);
const steps = [
	"input",
	"access_token",
	"supply",
	"authorization",
	"edge",
	"apply",
	"login",
	"refresh",
	"verify",
	"call",
	"sign_out",
	"keep_alive",
];

test("every code of the core and the wrapper is in the declared type and on the page about errors, and no other", async () => {
	const wrapping = (await readdir(new URL("../js/", import.meta.url), { recursive: true })).filter((name) =>
		/^(?:(?:client|module)\/)?[\w-]+\.js$/.test(name),
	);
	const [core, wrapper, ...modules] = await Promise.all(
		["core/code.go", "js/generated/words.js", ...wrapping.map((name) => `js/${name}`)].map(read),
	);
	const declared = new Set(wrapper.match(/@typedef \{("[\s\S]*?)\} TokenErrorCode/)[1].match(/\w+/g));
	const used = new Set([...core.matchAll(/\bCode = "(\w+)"/g)].map(([, code]) => code));
	for (const text of modules) {
		for (const [, code] of text.matchAll(/new TokenError\(\s*"(\w+)"/g)) {
			used.add(code);
		}
	}
	assert.deepEqual([...used].sort(), [...declared].sort());
	assert.deepEqual([...rows.keys()].sort(), [...declared].sort());
});

test("each row is whole: known steps, a word on retries, a cause and a remedy", () => {
	for (const [code, [, at, retry, happened, todo]] of rows) {
		assert.match(retry, /^(yes|no|sometimes|as its cause)$/, code);
		assert.ok(happened && todo, code);
		for (const step of at.match(/\w+/g) ?? []) {
			assert.ok(steps.includes(step), `${code}: ${step} is no step`);
		}
	}
});

describe("what the page says is what comes", () => {
	/** Every error that came, by code. @type {Map<string, TokenError[]>} */
	const seen = new Map();
	/** @param {any} error */
	function note(error) {
		if (error instanceof TokenError) {
			seen.set(error.code, [...(seen.get(error.code) ?? []), error]);
			note(error.cause);
		}
	}

	// All the conformance cases, every failure at every exchange, and what only the wrapper can fail of.
	before(async () => {
		for (const { cases } of await readVectors()) {
			await play(load, cases, note);
		}
		const started = createModule(load);
		await started.start();
		assert.ok((await failEverywhere(started, note)) > 200);
		const { fetch } = vendor(() => new Promise(() => {}));
		const client = createClient(createModule(load), { fetch });
		const waiting = client.getToken(own.appcube);
		const logins = lenient();
		const noCall = async (url, init) => (url.endsWith("/business") ? undefined : logins.fetch(url, init));
		const life = held();
		const agent = createClient(started, {
			fetch: async (_, { method }) => (method === "PUT" ? json({ retcode: "0" }, { headers: { "set-guid": "JSESSIONID=g" } }) : undefined),
			onEvent: ({ error }) => error?.step === "keep_alive" && life.resolve(note(error)),
		}).session({ system: "ccgateway", baseUrl: "https://vendor.test", agentId: 101, password: "p", phonenum: "1" });
		await agent.signIn();
		agent.keepAlive();
		await life.promise;
		/** A client with room for one, who is in a call that does not end. */
		async function full() {
			const { fetch: answered } = lenient();
			const reached = held();
			const busy = createClient(createModule(load), {
				maxSessions: 1,
				timeoutMs: 50,
				fetch: (url, init) => (url.endsWith("/call") ? (reached.resolve(), new Promise(() => {})) : answered(url, init)),
			});
			busy.fetch(own.isales, "/call");
			await reached.promise;
			return busy.getToken(own.appcube);
		}
		const failing = [
			full,
			() => client.getToken(own.appcube, { signal: AbortSignal.abort() }),
			() => client.getToken(own.appcube, { rejected: 1 }),
			() => client.fetch(own.appcube, "https://elsewhere.test/"),
			() => client.fetch(own.appcube, "/business", { timeoutMs: 1 }),
			() => agent.signOut(),
			() => createClient(started, { fetch: noCall }).fetch(own.appcube, "/business"),
			() => (client.close(), waiting),
			async () => Array.from({ length: 2 }, entry(load).configure),
			() => started.initialize({ wasmBytes: new Uint8Array(8) }),
			() => createModule(load).initialize({ wasmUrl: "file:///nowhere/core.wasm" }),
			() => createModule(load).initialize({ wasmBytes: new Uint8Array(8) }),
			() => createModule(load, { build: { version: "0.0.0", core: "0".repeat(64) } }).initialize(),
			async () => started.running().call("verify", 1 << 20, 0, 0, 0, 0), // a client that there is not: Go panics
		];
		for (const fail of failing) {
			await fail().then(() => assert.fail("it must fail"), note);
		}
	});

	test("each code has come", () => {
		assert.deepEqual(
			[...rows.keys()].filter((code) => !seen.has(code)),
			[],
		);
	});

	for (const [code, [, at, retry, happened]] of rows) {
		test(`${code}: its steps, no other and no fewer, and whether a retry helps`, () => {
			const came = new Set(seen.get(code).map(({ step }) => step ?? "none"));
			const told = at === "" ? ["none"] : at.match(/\w+/g);
			assert.deepEqual([...came].sort(), [...told, ...(happened.includes("there is no step") ? ["none"] : [])].sort());
			if (retry === "yes" || retry === "no") {
				assert.ok(seen.get(code).every(({ retryable }) => retryable === (retry === "yes")));
			}
			if (retry === "as its cause") {
				assert.ok(seen.get(code).every(({ retryable, cause, system }) => (cause ? retryable === cause.retryable : system !== undefined)));
			}
		});
	}
});

test("where nobody has caught it, a program that is built says its name as it is", async () => {
	const { TokenError: built } = await import(new URL("../dist/node.js", import.meta.url).href);
	assert.equal(built.name, "TokenError");
	assert.match(new built("closed", "over").stack, /^(Token)?Error: over/);
});
