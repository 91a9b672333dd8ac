// One session serves many users at an edge: what one of them says or meets costs the others nothing, whatever it is.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startEdge } from "./edge.js";
import { json, startVendor } from "./vendor.js";

/** @type {Awaited<ReturnType<typeof startVendor>>} */
let vendor;
/** @type {Awaited<ReturnType<typeof startEdge>>} */
let edge;
/** The consoles' own tokens of two users. @type {string} */
let alice;
/** @type {string} */
let bob;

// Each test has a session of its own for all its users: another account at the same vendor.
const accounts = ["says", "says too", "forces", "meets"];
before(async () => {
	vendor = await startVendor();
	edge = await startEdge({
		sandbox: vendor.url,
		configure: (config) => ({
			...config,
			connections: Object.fromEntries(
				accounts.flatMap((account) => {
					const { appcube, isales } = config.connections;
					const name = account.replaceAll(" ", "-");
					const open = account === "meets" ? { call: { methods: ["POST"], paths: ["/business/"] } } : { sealed: false };
					return [
						[`appcube-${name}`, { ...appcube, ...open, identity: { ...appcube.identity, appKey: account } }],
						[`isales-${name}`, { ...isales, ...open, identity: { ...isales.identity, user: account } }],
					];
				}),
			),
		}),
	});
	[alice, bob] = await Promise.all([edge.tokenFor("alice"), edge.tokenFor("bob")]);
});
after(async () => {
	await edge?.close();
	await vendor?.close();
});

/** @param {string} who @param {object} body */
async function token(who, body) {
	const response = await edge.post("/v1/token", who, body);
	const { token: value, code, field } = await response.json();
	return {
		status: response.status,
		value,
		code,
		field,
		after: Number(response.headers.get("retry-after")),
		request: response.headers.get("cctoken-request"),
	};
}

/** Vendor logins and refreshes from now on. */
function counted() {
	const before = vendor.tokens.length;
	return () => vendor.tokens.length - before;
}

// A token that was refreshed and is refused again may be the refresh token's fault: CC-iSales then logs in once.
for (const [system, renewals] of /** @type {const} */ ([
	["appcube", 1],
	["isales", 2],
])) {
	describe(system, () => {
		test("who says of each token that it was rejected renews it once in five minutes; the other has a token all the time", async () => {
			const connection = `${system}-says`;
			const logins = counted();
			const first = await token(alice, { connection });
			let named = first.value;
			const statuses = [];
			for (let i = 0; i < 12; i++) {
				const { status, value, code, after: seconds } = await token(alice, { connection, rejected: named });
				statuses.push(status);
				if (status === 429) {
					assert.equal(code, "token_rejected");
					assert.ok(seconds >= 1 && seconds <= 300, `retry after ${seconds} s`);
				}
				named = value ?? named;
				const other = await token(bob, { connection });
				assert.equal(other.status, 200);
				named = other.value ?? named;
			}
			const believed = statuses.filter((status) => status === 200).length;
			assert.equal(believed, renewals, statuses.join());
			assert.ok(
				statuses.slice(believed).every((status) => status === 429),
				statuses.join(),
			);
			assert.equal(logins(), 1 + renewals, "the first, and what she was believed");
			assert.equal((await token(alice, { connection })).status, 200, "who asks for no other token gets the one that there is");
		});

		test("who names the token that another's word has brought is not believed on top, but has it all the time; the log tells whose words they were", async () => {
			const connection = `${system}-says-too`;
			const logins = counted();
			const first = await token(alice, { connection });
			const second = await token(alice, { connection, rejected: first.value });
			const third = await token(bob, { connection, rejected: second.value });
			assert.deepEqual([second.status, third.status, third.code], [200, 429, "token_rejected"]);
			assert.equal((await token(bob, { connection })).value, second.value);
			assert.equal(logins(), 2, "a thousand who say so must not be a thousand logins");
			const lines = await Promise.all([first, second, third].map(({ request }) => edge.lineOf(request)));
			assert.match(lines[0]?.user, /^[\w-]{16,}$/);
			assert.equal(lines[0]?.user, lines[1]?.user);
			assert.notEqual(lines[0]?.user, lines[2]?.user);
			assert.doesNotMatch(JSON.stringify(lines), /alice|bob/);
		});

		test("who forces a renewal again and again is told to wait; the other has a token all the time", async () => {
			const connection = `${system}-forces`;
			const logins = counted();
			assert.equal((await token(alice, { connection })).status, 200);
			assert.equal((await token(alice, { connection, force: true })).status, 200);
			for (let i = 0; i < 8; i++) {
				const { status, code, field } = await token(alice, { connection, force: true });
				assert.deepEqual([status, code, field], [429, "rate_limited", "force"]);
				assert.equal((await token(bob, { connection })).status, 200);
			}
			assert.equal(logins(), 2);
		});

		test("who calls an interface that refuses every token costs what one word costs; the other's calls go on with what they had", async () => {
			const connection = `${system}-meets`;
			const logins = counted();
			vendor.business = (_request, response, { url }) => json(response, {}, { status: url.endsWith("/closed") ? 401 : 200 });
			const call = async (/** @type {string} */ who, /** @type {string} */ path) =>
				(await edge.post(`/v1/call/${connection}/business/${path}`, who, {})).status;
			assert.equal(await call(bob, "open"), 200);
			for (let i = 0; i < 12; i++) {
				assert.equal(await call(alice, "closed"), 401);
				assert.equal(await call(bob, "open"), 200);
			}
			assert.ok(logins() <= 1 + renewals, `${logins()} logins`);
		});
	});
}
