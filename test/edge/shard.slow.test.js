// The faults of a keeper, where it has the sessions of a whole company: one shard in real workerd, with 1,000 sessions in it.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { startVendor } from "./vendor.js";
import { startWorker } from "./workerd.js";

const many = 1000;

/** So many requests are held up at the vendor at once: each is a few open files of this process and of workerd. */
const few = 200;

/** @type {import("./vendor.js").Vendor} */
let vendor;
/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;
/** What the vendor has seen of each user, and the last token that it gave. @type {Map<string, number>} */
const logins = new Map();
/** The vendor's answers that a test holds back; undefined where it holds none. @type {(() => void)[] | undefined} */
let held;
/** How many of a hundred connections the vendor resets, once the login was made. */
let resets = 0;
let issued = 0;
/** @type {string[]} */
let tokens;

/** Of a system without a budget, and of one that tolerates five logins in ten minutes. */
const isales = (/** @type {number} */ i) => ({ system: "isales", baseUrl: vendor.url, user: `user-${i}`, passwd: "passwd" });
const cubedrive = (/** @type {number} */ i) => ({ system: "cubedrive", baseUrl: vendor.url, params: { user: `drive-${i}` } });
const asks = (/** @type {any} */ identity, more = {}) => ({ session: `${identity.user ?? identity.params.user}`, identity, ...more });
const range = (count = many) => Array.from({ length: count }, (_, i) => i);

before(async () => {
	vendor = await startVendor();
	vendor.login = (response, { body }) => {
		const user = /(user|drive)-\d+/.exec(body)?.[0] ?? "refreshes";
		logins.set(user, (logins.get(user) ?? 0) + 1);
		const n = ++issued;
		if ((n * 7919) % 100 < resets) {
			response.socket?.destroy();
			return;
		}
		const token = `token-${n}`;
		const answer = () =>
			response
				.writeHead(200, { "content-type": "application/json" })
				.end(
					JSON.stringify(
						user.startsWith("drive")
							? { success: true, "x-auth-token": token }
							: { result: "0", resultData: { token, tokenExpirationTime: 3600, refreshToken: `R${token}`, refreshExpirationTime: 7200 } },
					),
				);
		held ? held.push(answer) : answer();
	};
	worker = await startWorker({
		entry: new URL("keeper-worker.js", import.meta.url),
		bindings: { STORAGE_KEYS: `k1:${"A".repeat(43)}`, KEEPER_TIMEOUT_MS: "120000", KEEPER_CONNECTIONS: "1000", GRACE_MS: "60000" },
	});
	tokens = values(await all(range().map((i) => asks(isales(i)))));
});
after(async () => {
	await worker?.close();
	await vendor?.close();
});
beforeEach(() => {
	logins.clear();
	held = undefined;
});

/**
 * Asks the shard for all of them, so many at once.
 * @param {object[]} bodies
 * @param {{ path?: string, lanes?: number }} [how]
 * @returns {Promise<{ status: number, code?: string, value?: string }[]>}
 */
async function all(bodies, { path = "/token", lanes = 200 } = {}) {
	const response = await worker.fetch("/shard/_all", { method: "POST", body: JSON.stringify({ path, bodies, lanes }) });
	return JSON.parse(await response.text());
}

/** Tokens that must have come. @param {{ status: number, code?: string, value?: string }[]} answers */
function values(answers) {
	return answers.map(({ status, code, value }) => {
		assert.equal(status, 200, code);
		return String(value);
	});
}

/** Those who have a token get it, and nobody logs in again. */
async function nobodyElseNotices() {
	assert.deepEqual(values(await all(range().map((i) => asks(isales(i))))), tokens);
	assert.deepEqual(
		[...logins.keys()].filter((user) => !user.startsWith("drive")),
		[],
	);
}

/** @param {object} faults */
const fault = (faults) => worker.fetch("/shard/_fault", { method: "POST", body: JSON.stringify(faults) });

/** @param {() => boolean} condition */
async function until(condition) {
	const end = Date.now() + 60_000; // a machine may be slow; what does not come at all costs a failure this long
	while (!condition()) {
		assert.ok(Date.now() < end, "it does not happen");
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

test("the process is killed between the logins and the answers of 200 sessions, again and again: each keeps its budget", async () => {
	for (let killed = 1; killed <= 5; killed++) {
		held = [];
		const asked = all(range(few).map((i) => asks(cubedrive(i)))).catch(() => {});
		await until(() => held?.length === few);
		await worker.restart();
		await asked;
	}
	held = undefined;
	const refused = await all(range(few).map((i) => asks(cubedrive(i))));
	assert.deepEqual([...new Set(refused.map(({ code }) => code))], ["login_budget"]);
	assert.deepEqual([...new Set(logins.values())], [5]);
	await nobodyElseNotices();
});

test("a storage that is full hands out nothing new and costs no login; those who have a token keep it", async () => {
	await fault({ put: true });
	const failed = await all(range().map((i) => asks(cubedrive(many + i))));
	assert.deepEqual([...new Set(failed.map(({ code }) => code))], ["storage_failed"]);
	assert.equal(logins.size, 0);
	await nobodyElseNotices();
	await fault({ put: false });
	values(await all(range().map((i) => asks(cubedrive(many + i)))));
	assert.deepEqual([...new Set(logins.values())], [1]);
	await nobodyElseNotices();
});

test("of 10,000 requests for new tokens the vendor resets every twentieth: each ends, and a reset costs its own session one login at most", async () => {
	resets = 5;
	let lost = 0;
	for (let round = 0; round < 10; round++) {
		const answers = await all(
			range().map((i) => asks({ ...isales(many + i) }, { force: true })),
			{ lanes: 200 },
		);
		for (const { status, code } of answers) {
			if (status !== 200) {
				assert.ok(code === "network" || code === "cooling_down", code);
				lost++;
			}
		}
	}
	resets = 0;
	assert.ok(lost < 500, `${lost} got none`);
	// Of 10,000 one in twenty is reset, and tried again.
	const sent = [...logins.values()].reduce((sum, n) => sum + n, 0);
	assert.ok(sent <= 10_000 * 1.12, `${sent} requests`);
	logins.clear();
	await nobodyElseNotices();
});

test("200 clients of as many sessions, of whom half leave in the middle: those who stay are served, by one login each", async () => {
	held = [];
	const stay = [];
	const left = range(few).map((i) => {
		const body = JSON.stringify(asks(cubedrive(3 * many + i)));
		const path = new URL("/shard/token", worker.url);
		if (i % 2) {
			stay.push(worker.fetch(path.pathname, { method: "POST", body }));
			return Promise.resolve();
		}
		return new Promise((resolve) => {
			const client = request(path, { method: "POST", agent: false });
			client.on("error", () => {}).on("close", resolve);
			client.end(body);
			until(() => (held?.length ?? 0) > i / 2).then(() => client.destroy(), resolve);
		});
	});
	await Promise.all(left);
	await until(() => (held?.length ?? 0) >= few / 2);
	const answer = setInterval(() => held?.splice(0).forEach((tell) => tell()), 20);
	try {
		for (const response of await Promise.all(stay)) {
			assert.equal(response.status, 200, await response.text());
		}
	} finally {
		clearInterval(answer);
		held?.forEach((tell) => tell());
		held = undefined;
	}
	assert.deepEqual([...new Set(logins.values())], [1]);
	await nobodyElseNotices();
});

test("one program that dies under a thousand sessions, and one session that is stuck: nobody logs in again", async () => {
	await fault({ trap: true });
	const answers = await all(range().map((i) => asks(isales(i))));
	assert.ok(answers.every(({ status, code }) => status === 200 || code === "module_failed"));
	await nobodyElseNotices();
	await fault({ load: true }); // of whoever is not in memory
	const stuck = all([asks(cubedrive(4 * many))]);
	await nobodyElseNotices();
	await fault({ load: false });
	assert.notEqual((await stuck)[0]?.status, 200);
	await nobodyElseNotices();
});

test("20,000 sessions that leave memory and come back grow no program, and come back as they were", async () => {
	await worker.restart({ MAX_SESSIONS: "100" });
	const round = async (times = 1) => {
		for (let n = 0; n < times; n++) {
			values(
				await all(
					range().map((i) => asks(isales(i))),
					{ lanes: 50 },
				),
			).forEach((token, i) => assert.equal(token, tokens[i]));
		}
		return (await (await worker.fetch("/shard/_isolate", { method: "POST" })).json()).largest;
	};
	const warm = await round(3);
	const later = await round(20);
	assert.ok(later - warm <= 1 << 20, `grew by ${later - warm} bytes over 20,000 evictions`);
	assert.equal(logins.size, 0);
	await worker.restart();
});

test("a clock that jumps two hours forward and back costs each session one login", async () => {
	await fault({ shift: 2 * 3_600_000 });
	const forward = values(await all(range().map((i) => asks(isales(i)))));
	assert.equal(new Set([...forward, ...tokens]).size, 2 * many, "they are over, as far as anybody can tell");
	await fault({ shift: 0 });
	assert.deepEqual(values(await all(range().map((i) => asks(isales(i))))), forward);
	await fault({ shift: 2 * 3_600_000 });
	assert.deepEqual(values(await all(range().map((i) => asks(isales(i))))), forward);
	const sent = [...logins.values()].reduce((sum, n) => sum + n, 0);
	assert.equal(sent, many);
});
