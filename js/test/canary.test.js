// Every secret and every token of a whole run is one of a kind, and none of them is found where it must not be.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { controls, startServer } from "../demo/server.js";

let server;

before(async () => {
	server = await startServer("127.0.0.1:0", ["-cubedrive-logins", "50"]);
});
after(() => server?.stop());

/** Lives a whole life in a process of its own, so that all that it prints is known. Runs there, not here. */
async function life(url, leak) {
	const { inspect } = await import("node:util");
	const { createClient, Token, TokenError } = await import(`${process.cwd()}/js/node.js`);
	const random = () => `canary${crypto.randomUUID().replaceAll("-", "")}`;
	const secrets = new Set();
	const tokens = new Set();
	const texts = [];
	const note = (what, value) => {
		texts.push([what, String(value)], [what, inspect(value, { depth: 9, showHidden: true, getters: false })]);
		try {
			texts.push([what, JSON.stringify(value) ?? ""], [what, JSON.stringify({ ...value })], [what, inspect(structuredClone(value))]);
		} catch {
			// What cannot be cloned shows nothing that way.
		}
		if (value instanceof Error) {
			texts.push([what, value.stack], [what, value.message], [what, inspect(value.cause)]);
		}
	};
	const urls = [];
	const settle = async (what, promise) => {
		try {
			const value = await promise;
			note(what, value);
			if (Token.is(value)) {
				tokens.add(value.value);
				Object.values(value.headers).forEach((text) => tokens.add(text.replace(/^Bearer /, "")));
			}
			return value;
		} catch (error) {
			if (!(error instanceof TokenError)) throw error;
			note(what, error);
		}
	};
	const control = (name, body) =>
		fetch(`${url}/_sandbox/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

	const client = createClient({
		maxSessions: 6,
		timeoutMs: 3000,
		onEvent: (event) => note("event", event),
		fetch: (href, init) => (urls.push([href, init.method]), fetch(href, init)),
	});
	const key = random();
	const secret = (text) => (secrets.add(text), text);
	const identities = {
		appcube: { system: "appcube", baseUrl: url, appKey: key, appSecret: secret(`api-password-of-${key}`) },
		ccmessaging: { system: "ccmessaging", baseUrl: url, appKey: key, appSecret: secret(`app-secret-of-${key}`), userId: "u", userName: "n", channelId: "c", locale: "en" },
		isales: { system: "isales", baseUrl: url, user: key, passwd: secret(`passwd-of-${key}`) },
		cubedrive: { system: "cubedrive", baseUrl: `${url}/lite`, params: { appId: key, appSecret: `app-secret-of-${key}`, user: "u" } },
	};
	const paths = {
		appcube: ["/oifde/rest/appcube/api/business", { method: "POST" }], ccmessaging: ["/apiaccess/ccmessaging/poll"],
		isales: ["/rest/isales/v1/openapi/obs/business"], cubedrive: ["/commonPage?page=x"],
	};
	for (const [system, identity] of Object.entries(identities)) {
		const session = client.session(identity);
		const token = await settle("token", client.getToken(identity));
		await settle("verification", client.verifyToken(token));
		await settle("verification", client.verifyToken(secret(random()), identity));
		await control("revoke", { system, all: true });
		await client.fetch(identity, ...paths[system]); // a response is the vendor's: it may well hold a new token
		if (system === "ccmessaging") {
			await control("roll", { system });
			await client.fetch(identity, ...paths[system]);
		}
		await settle("token", session.getToken());
		for (const fault of ["html", "types", "truncate", "403", "500", "reset"]) {
			const mine = { ...identity };
			if (mine.params) {
				mine.params = { ...mine.params, user: secret(random()) };
			} else {
				mine[system === "isales" ? "passwd" : "appSecret"] = secret(random());
			}
			await control("faults", { system, endpoint: "login", fault, count: 3 });
			await settle(fault, client.getToken(mine));
			await settle(fault, client.getToken(mine));
			await fetch(`${url}/_sandbox/faults`, { method: "DELETE" });
			await settle("refused", client.getToken({ ...mine, passwd: mine.passwd && secret(random()) }));
		}
		await settle("invalid", client.getToken({ ...identity, [secret(random())]: secret(random()) }));
		await settle("invalid", client.getToken({ ...identity, baseUrl: `https://user:${secret(random())}@host` }));
		await settle("invalid call", client.fetch(identity, `@${secret(random())}`));
		note("session", session);
	}
	const down = createClient({ fetch: () => Promise.reject(new TypeError(`Failed to parse URL from https://x/?key=${secret(random())}`)) });
	await settle("down", down.getToken({ ...identities.cubedrive, method: "GET" }));
	const given = secret(random());
	await settle("given", client.getToken({ ...identities.ccmessaging, appSecret: undefined, accessToken: given }));
	await settle("failing function", client.getToken({ ...identities.ccmessaging, appKey: "k", appSecret: undefined, accessToken: () => Promise.reject(new Error(secret(random()))) })
		.catch((error) => { error.cause = undefined; throw error; })); // the caller's own error is the caller's
	note("client", client);
	client.close();
	console.log(inspect(client, { depth: 9, showHidden: true }), [...tokens].length > 0 ? new Token({ system: "isales", value: [...tokens][0], issuedAt: 0 }, given) : "");
	if (leak) {
		texts.push(["leak", `prefix ${[...tokens].at(-1)} suffix`]);
	}
	const canaries = [...secrets, ...tokens].filter((text) => text !== key && text !== "u");
	const found = [];
	for (const [what, text] of texts) {
		for (const canary of canaries) {
			if (text.includes(canary)) found.push(what);
		}
	}
	const inUrls = urls.filter(([href]) => canaries.some((canary) => decodeURIComponent(href).includes(canary))).map(([href]) => new URL(href).pathname);
	process.stderr.write(JSON.stringify({ found, inUrls: [...new Set(inUrls)], canaries: canaries.length, texts: texts.length, tokens: tokens.size, printed: canaries }));
}

async function live(leak) {
	const { stdout, stderr } = await promisify(execFile)(
		process.execPath,
		["--input-type=module", "-e", `await (${life})(${JSON.stringify(server.url)}, ${leak})`],
		{ cwd: fileURLToPath(new URL("../..", import.meta.url)), maxBuffer: 1 << 26, timeout: 60_000 },
	);
	const report = JSON.parse(stderr);
	return { ...report, inOutput: report.printed.filter((canary) => stdout.includes(canary)) };
}

test("no secret and no token is found in any error, event, printed or serialised form, nor in a URL but the vendor's own", async () => {
	const { found, inUrls, inOutput, canaries, texts, tokens } = await live(false);
	assert.deepEqual(found, []);
	assert.deepEqual(inOutput, []);
	assert.deepEqual(inUrls, ["/lite/verifyAuthToken"], "CubeDrive's own interface takes a token there");
	assert.ok(canaries > 40 && tokens >= 9 && texts > 300, `${canaries} canaries, ${tokens} tokens, ${texts} texts`);
});

test("the search above finds a token where there is one", async () => {
	assert.deepEqual((await live(true)).found, ["leak"]);
});
