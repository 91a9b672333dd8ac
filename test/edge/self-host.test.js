// The bundle in plain workerd, with nothing in front of it: what it is sent is what was written on the wire.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { audience } from "../../tools/edge/demo.js";
import { compatibilityDate, compatibilityFlags } from "../../tools/edge/compatibility.js";
import { configuration, startWorkerd } from "../../tools/edge/workerd.js";
import { raw } from "./raw.js";
import { startSelfHost } from "./self-host.js";
import { json } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startSelfHost>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;

before(async () => {
	edge = await startSelfHost();
	({ vendor } = edge);
});
after(() => edge?.close());

const call = (/** @type {string} */ target) =>
	raw(
		edge.url,
		`
GET ${target} HTTP/1.1
Host: edge.test
Authorization: Bearer ${edge.token}`,
	);

test("it serves tokens and calls", async () => {
	const response = await fetch(`${edge.url}/v1/token`, {
		method: "POST",
		headers: { authorization: `Bearer ${edge.token}`, "content-type": "application/json" },
		body: '{"connection":"open-drive"}',
	});
	assert.equal(response.status, 200, edge.output());
	assert.equal((await response.json()).token, vendor.tokens.at(-1));
	assert.equal((await call("/v1/call/drive/commonPage")).status, 200);
});

for (const path of [
	"/../admin",
	"/apiaccess/ccmessaging/../../admin",
	"/apiaccess/ccmessaging/x/../poll",
	"/apiaccess/ccmessaging/%2e%2e/%2e%2e/admin",
	"/apiaccess/ccmessaging/.%2E/admin",
	"/apiaccess/ccmessaging/..%2f..%2fadmin",
	"/apiaccess/ccmessaging/..\\..\\admin",
	"/apiaccess/ccmessaging/%252e%252e/admin",
	"/apiaccess/ccmessaging/..;/admin",
	"//evil.test/apiaccess/ccmessaging/poll",
	"/apiaccess//ccmessaging/poll",
	"/@evil.test/",
	"/http://evil.test/",
	"/apiaccess/ccmessaging/poll%00",
	"/apiaccess/ccmessaging/applyToken",
]) {
	test(`as it was written, ${path} reaches nothing that is not open`, async () => {
		const called = vendor.calls.length;
		const logins = vendor.tokens.length;
		const { status, headers } = await call(`/v1/call/messaging${path}`);
		const urls = vendor.calls.slice(called).map(({ url }) => url);
		if (status === 200) {
			// where the runtime itself resolves a path, it is the resolved one that counts
			assert.deepEqual(urls, ["/apiaccess/ccmessaging/poll"]);
			return;
		}
		assert.ok([400, 403, 404].includes(status), String(status));
		assert.equal(headers["content-type"], "application/problem+json");
		assert.deepEqual(urls, []);
		assert.equal(vendor.tokens.length, logins);
	});
}

test("a request line in absolute form does not choose where a call goes", async () => {
	const called = vendor.calls.length;
	await call("http://evil.test/v1/call/messaging/apiaccess/ccmessaging/poll");
	for (const { headers, url } of vendor.calls.slice(called)) {
		assert.deepEqual([headers.host, url], [new URL(vendor.url).host, "/apiaccess/ccmessaging/poll"]);
	}
	assert.ok((await call("http://evil.test/")).status >= 400);
});

test("an answer whose length was declared and that breaks off does not look complete", async () => {
	vendor.business = (_request, response) => {
		response.writeHead(200, { "content-type": "text/plain", "content-length": 1000 }).write("begin");
		setTimeout(() => response.destroy(), 500);
	};
	await assert.rejects(async () =>
		(await fetch(`${edge.url}/v1/call/drive/commonPage`, { headers: { authorization: `Bearer ${edge.token}` } })).text(),
	);
	vendor.business = (_request, response) => json(response, {});
});

test("what is stored on the disk outlives the process: no second login", async () => {
	const ask = async () =>
		(
			await fetch(`${edge.url}/v1/token`, {
				method: "POST",
				headers: { authorization: `Bearer ${edge.token}`, "content-type": "application/json" },
				body: '{"connection":"open-drive"}',
			})
		).json();
	const first = await ask();
	const logins = vendor.tokens.length;
	await edge.restart();
	assert.equal((await ask()).token, first.token);
	assert.equal(vendor.tokens.length, logins);
});

test("the configuration that is written names secrets, and holds none", async () => {
	const { folder, worker, environment } = edge;
	const text = await readFile(join(folder, "config.capnp"), "utf8");
	assert.equal(text, configuration(worker));
	for (const [name, value] of Object.entries(environment)) {
		assert.ok(text.includes(`fromEnvironment = "${name}"`) && !text.includes(value), name);
	}
	assert.match(configuration({ ...worker, egress: ["192.0.2.0/24"] }), /network = \(allow = \["192\.0\.2\.0\/24"\]/);
});

test("an address that is not on the list of egress is not reached", async () => {
	const { folder, worker, environment, issuer } = edge;
	const other = await mkdtemp(join(tmpdir(), "cctoken-egress-"));
	try {
		for (const file of ["edge.js", "keeper.wasm"]) {
			await copyFile(join(folder, file), join(other, file));
		}
		const closed = await startWorkerd(
			{ ...worker, folder: other, egress: ["192.0.2.0/24"] },
			{
				...environment,
				CCTOKEN_CONFIG: JSON.stringify({
					...JSON.parse(environment.CCTOKEN_CONFIG ?? ""),
					authentication: {
						...JSON.parse(environment.CCTOKEN_CONFIG ?? "").authentication,
						staff: { type: "jwt", issuer: issuer.url, audience, algorithms: ["ES256"], jwks: { keys: [issuer.publicKey] } },
					},
				}),
			},
		);
		try {
			const called = vendor.tokens.length;
			const response = await fetch(`${closed.url}/v1/token`, {
				method: "POST",
				headers: { authorization: `Bearer ${edge.token}`, "content-type": "application/json" },
				body: '{"connection":"open-isales"}',
			});
			assert.equal(response.status, 502);
			assert.equal((await response.json()).code, "network");
			assert.equal(vendor.tokens.length, called);
		} finally {
			await closed.stop();
		}
	} finally {
		await rm(other, { recursive: true, force: true });
	}
});

test("wrangler and plain workerd run it by the same date and flags", async () => {
	const wrangler = await readFile(new URL("../../wrangler.jsonc", import.meta.url), "utf8");
	const plain = configuration({ folder: "", main: "edge.js" });
	assert.match(compatibilityDate, /^\d{4}-\d\d-\d\d$/);
	assert.ok(wrangler.includes(`"compatibility_date": "${compatibilityDate}"`));
	assert.ok(plain.includes(`compatibilityDate = "${compatibilityDate}"`));
	assert.ok(compatibilityFlags.length > 0);
	assert.ok(wrangler.includes(`"compatibility_flags": ${JSON.stringify(compatibilityFlags)}`));
	assert.ok(compatibilityFlags.every((flag) => plain.includes(`"${flag}"`)));
});
