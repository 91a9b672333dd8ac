// The light core where pages and Workers run: it is taken by the package's entries, plays the conformance cases, and answers as
// the package's own core does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { launch, names } from "../browser/browsers.js";
import { instrument, tag } from "../browser/instruments.js";
import { person } from "../browser/person.js";
import { startWorker } from "../edge/workerd.js";
import { serve } from "../server.js";
import { readVectors } from "../vector-files.js";

const cases = (await readVectors()).flatMap(({ cases }) => cases);
/** The seed is printed, and may be given: SEED=1. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const calls = 50_000;

const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html", json: "application/json" };
const policy = "default-src 'none'; connect-src 'self'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const login = JSON.stringify({ result: 0, resultData: { token: "T1", tokenExpirationTime: 3600, refreshToken: "R1" } });

/** The page, what it imports, and a vendor. @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
	server = await serve(async (path) => {
		if (path === "/") {
			return { headers: { "content-type": types.html, "content-security-policy": policy }, body: `<!doctype html>${tag}` };
		}
		if (path.endsWith("/auth/login")) {
			return { headers: { "content-type": types.json }, body: login };
		}
		const [, extension] = path.match(/^\/(?:js|dist|test)\/[\w./-]+\.(js|wasm)$/) ?? [];
		return extension
			? { headers: { "content-type": types[extension] }, body: await readFile(new URL(`../..${path}`, import.meta.url)) }
			: instrument(path);
	});
});
after(() => server?.close());

/**
 * @param {string} where
 * @param {(errand: string, given: object) => Promise<any>} ask
 */
function provedBy(where, ask) {
	test(`the package takes it, and gets a token, in ${where}`, async () => {
		assert.equal(await ask("door", { system: "isales", baseUrl: server.url, user: "u", passwd: "p" }), "T1");
	});

	test(`the conformance cases, with it in ${where}`, async (t) => {
		const results = await ask("play", { cases });
		for (const { name, error } of results) {
			await t.test(name, () => assert.equal(error, undefined));
		}
		assert.equal(results.length, cases.length);
	});

	test(`${calls.toLocaleString("en")} random calls are answered with the same texts, in ${where} (SEED=${seed})`, async () => {
		const { difference, calls: done } = await ask("differ", { cases, seed, calls });
		assert.equal(difference, undefined);
		assert.equal(done, calls);
	});
}

describe("workerd", () => {
	/** @type {import("../edge/workerd.js").Worker} */
	let worker;
	before(async () => (worker = await startWorker({ entry: new URL("worker.js", import.meta.url), durableObjects: {} })));
	after(() => worker?.close());

	provedBy("workerd", async (errand, given) => {
		const response = await worker.fetch("/", { method: "POST", body: JSON.stringify({ errand, ...given }) });
		assert.equal(response.status, 200, worker.output());
		return response.json();
	});
});

describe("browsers", () => {
	for (const name of names) {
		describe(name, () => {
			let browser, tab;
			before(async () => {
				browser = await launch(name);
				tab = await browser.open();
				await tab.goto(`${server.url}/`);
			});
			after(() => browser?.close());

			const errands = {
				async door(identity) {
					const { getToken, initialize } = await import("/js/browser.js");
					await initialize({ wasmUrl: "/dist/core.tiny.wasm" });
					return (await getToken(identity)).value;
				},
				async play({ cases }) {
					const [{ play }, { load }] = await Promise.all([import("/test/vectors.js"), import("/js/module/load-browser.js")]);
					return play(() => load({ wasmUrl: "/dist/core.tiny.wasm" }), cases);
				},
				async differ({ cases, seed, calls }) {
					const [{ differ, toldIn }, { load }] = await Promise.all([
						import("/test/tiny/differential.js"),
						import("/js/module/load-browser.js"),
					]);
					const from = (file) => () => load({ wasmUrl: `/dist/${file}` });
					return differ([from("core.wasm"), from("core.tiny.wasm")], toldIn(cases), seed, calls);
				},
			};
			provedBy(name, (errand, given) => tab.evaluate(errands[errand], given));

			test("the page has nothing to complain of", async () => {
				assert.deepEqual(await person(tab).problems(), []);
				assert.deepEqual(await tab.complaints(), []);
			});
		});
	}
});
