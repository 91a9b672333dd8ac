// What stands before a vendor refuses: whose answer that is, and whom it stops.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

const page = "<html><head><title>403 Forbidden</title></head><body>illegal or expired token info</body></html>";

/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** @type {import("./vendor.js").Vendor} */
let vendor;
let apps = 0;

before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: ({ connections, ...config }) => {
			const identity = { ...connections.messaging.identity, appKey: { claim: "app" } }; // one of its own for each test
			const messaging = { ...connections.messaging, identity };
			return {
				...config,
				connections: { ...connections, messaging, "shared-messaging": { ...connections["shared-messaging"], identity } },
			};
		},
	});
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});
beforeEach(() => {
	apps++;
	vendor.login = undefined;
	vendor.business = (_request, response) => json(response, {});
});

/** @param {string} subject */
const agent = (subject) => edge.tokenFor(subject, { claims: { app: `app-${apps}` } });

/** @param {import("node:http").ServerResponse} response */
const forbid = (response, status = 403) => void response.writeHead(status, { "content-type": "text/html" }).end(page);

/**
 * Lets all pass that get a token, but those of one interface that a test names, of one user or of all.
 * @param {string} path its end
 * @param {string} [user]
 * @returns {{ made: string[] }} the interfaces that were called
 */
function block(path, user = "") {
	/** @type {string[]} */
	const made = [];
	vendor.login = (response, { url, body }) => {
		const name = url.split("/").at(-1) ?? "";
		made.push(name);
		if (name === path && body.includes(user)) {
			return forbid(response);
		}
		const token = `passed-${made.length}`;
		json(response, name === "applyToken" ? { resultCode: "0", token } : { AccessToken: token, Expires: "3600" });
	};
	return { made };
}

for (const [connection, path] of [
	["isales", "/rest/isales/v1/openapi/obs/business"],
	["messaging", "/apiaccess/ccmessaging/poll"],
	["drive", "/commonPage"],
]) {
	for (const status of [403, 418]) {
		test(`a page of HTML with ${status} on a sealed call of ${connection} is the vendor's side's answer, and kills no token`, async () => {
			const token = await agent(`page-${connection}-${status}`);
			const call = () => edge.fetch(`/v1/call/${connection}${path}`, { headers: { authorization: `Bearer ${token}` } });
			assert.equal((await call()).status, 200);
			const issued = vendor.tokens.length;
			vendor.business = (_request, response) => forbid(response, status);
			const blocked = await call();
			assert.deepEqual(
				[blocked.status, blocked.headers.get("content-type"), blocked.headers.get("cctoken-replay"), await blocked.text()],
				[status, "text/html", null, page],
			);
			vendor.business = (_request, response) => json(response, {});
			assert.equal((await call()).status, 200);
			assert.equal(vendor.tokens.length, issued, "nothing was got anew");
		});
	}
}

for (const connection of ["messaging", "shared-messaging"]) {
	test(`one user's blocked login stops no other user of ${connection}, and leaves the AccessToken alone`, async () => {
		const { made } = block("applyToken", "blocked-user");
		const ask = async (/** @type {string} */ user) => {
			const token = await agent(user);
			return connection === "messaging"
				? edge.fetch("/v1/call/messaging/apiaccess/ccmessaging/poll", { headers: { authorization: `Bearer ${token}` } })
				: edge.post("/v1/token", token, { connection });
		};
		assert.equal((await ask("first-user")).status, 200);
		const answer = await ask("blocked-user");
		assert.equal(answer.status, 502);
		const { code, system, step, vendorStatus, retryable, retryAfter } = await answer.json();
		assert.deepEqual([code, system, step, vendorStatus, retryable], ["blocked", "ccmessaging", "apply", 403, false]);
		assert.ok(retryAfter > 10 && retryAfter <= 75, String(retryAfter));
		const again = await ask("blocked-user");
		assert.deepEqual([again.status, (await again.json()).cause], [503, "blocked"]);
		assert.equal((await ask("second-user")).status, 200);
		assert.equal((await ask("first-user")).status, 200);
		assert.deepEqual(
			made,
			["tokenByAkSk", "applyToken", "applyToken", "applyToken"],
			"the AccessToken was not got anew, and the blocked user knocked once",
		);
	});
}

test("where tokenByAkSk itself is blocked, all users of the app are told so, and it is called once", async () => {
	const { made } = block("tokenByAkSk");
	for (const user of ["a", "b", "c"]) {
		const answer = await edge.post("/v1/token", await agent(`user-${user}`), { connection: "shared-messaging" });
		const { code, cause, step, vendorStatus } = await answer.json();
		assert.deepEqual([cause ?? code, step, vendorStatus], ["blocked", "access_token", 403]);
	}
	assert.deepEqual(made, ["tokenByAkSk"]);
});
