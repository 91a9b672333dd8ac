// What holds for the processes of one application, over whatever store.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, suite, test } from "node:test";
import { signing } from "../../js/generated/identity.js";
import { sandboxIdentities } from "../../tools/demo/identities.js";
import { controls, startServer } from "../../tools/demo/server.js";
import { endAll, startMember, startMembers, until } from "./members.js";

/**
 * @param {string} where
 * @param {() => import("./members.js").Place} place an empty one each time
 * @param {{ processes: number }} size
 */
export function processes(where, place, { processes }) {
	suite(where, () => {
		/** @type {any} */ let server;
		/** @type {any} */ let sandbox;
		/** @type {any[]} */ let listed;
		before(async () => {
			server = await startServer("127.0.0.1:0");
			sandbox = controls(server.url);
			listed = await sandboxIdentities(server.url);
		});
		after(() => server?.stop());
		beforeEach(() => sandbox.reset());
		afterEach(endAll);
		/** @param {string} system */
		const own = (system) => structuredClone(listed.find(({ identity }) => identity.system === system));
		/** @param {string} system */
		const counts = async (system) => (await sandbox.state()).counts[system];

		test(`${processes} processes with 1,000 callers each make one login, of each system`, async () => {
			const group = await startMembers(processes, { store: place() });
			for (const { identity } of listed) {
				const { system } = identity;
				const before = await counts(system);
				if (signing.includes(system)) {
					const answers = await group.all("signIn", { identity });
					assert.equal(new Set(answers.map(({ value }) => value)).size, 1, system);
				}
				const answers = await group.all("get", { identity, callers: 1000 });
				assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], [], system);
				const stores = (await group.all("seen")).flatMap(({ store }) => store);
				assert.equal(new Set(answers.flatMap(({ values }) => values)).size, 1, `${system} ${stores}`);
				assert.ok((await counts(system)).logins - before.logins <= 1, `${system}: one login`);
			}
			const { counts: all } = await sandbox.state();
			for (const [system, { logins }] of Object.entries(all)) {
				assert.equal(logins, 1, `${system}, of which others may need a token`);
			}
			assert.deepEqual(
				(await group.all("seen")).flatMap(({ store }) => store),
				[],
			);
			await group.end();
		});

		test("a token that one finds dead is dead for all, and one gets the next", async () => {
			const group = await startMembers(3, { store: place() });
			const [first, ...others] = group.members;
			for (const system of ["appcube", "ccmessaging", "isales", "cubedrive"]) {
				const { identity } = own(system);
				const [{ values }] = await group.all("get", { identity });
				await sandbox.revoke({ system, all: true });
				const renewed = await first.ask("get", { identity, options: { rejected: values[0] } });
				assert.notEqual(renewed.values[0], values[0], system);
				for (const other of others) {
					await until(
						() => other.ask("get", { identity }),
						(answer) => answer.values[0] === renewed.values[0],
						`${system}: the other's token`,
					);
				}
				assert.equal((await counts(system)).logins, 2, system);
			}
			await group.end();
		});

		test("a token that one is sent with an answer is the others' within a moment", async () => {
			const group = await startMembers(3, { store: place() });
			const { identity, path, method, body } = own("ccmessaging");
			const [{ values }] = await group.all("get", { identity });
			await sandbox.post("roll", { system: "ccmessaging" });
			const init = { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } };
			const { status } = await group.members[0].ask("call", { identity, path, init });
			assert.equal(status, 200);
			const rolled = await group.members[0].ask("get", { identity });
			assert.notEqual(rolled.values[0], values[0]);
			for (const other of group.members) {
				await until(
					() => other.ask("get", { identity }),
					(answer) => answer.values[0] === rolled.values[0],
					"the other's token",
				);
				assert.equal((await other.ask("call", { identity, path, init })).status, 200);
			}
			assert.equal((await counts("ccmessaging")).logins, 1);
			await group.end();
		});

		test("a login budget is one for all: used up across them, it keeps each of them away", async () => {
			const group = await startMembers(processes, { store: place() });
			const { identity } = own("cubedrive");
			await group.all("get", { identity });
			for (let round = 0; round < 3; round++) {
				for (const member of group.members) {
					await member.ask("get", { identity, options: { forceRefresh: true } });
				}
			}
			assert.equal((await counts("cubedrive")).logins, 5);
			const answers = await group.all("get", { identity, options: { forceRefresh: true } });
			assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], ["login_budget"]);
			const plain = await group.all("get", { identity });
			assert.deepEqual([...new Set(plain.flatMap(({ errors }) => errors))], [], "who is content with the token that there is gets it");
			assert.equal((await counts("cubedrive")).logins, 5);
			await group.end();
		});

		test("a refused credential is not tried by the others, nor by those who come later", async () => {
			const setting = { store: place() };
			const group = await startMembers(3, setting);
			const { identity } = own("isales");
			await sandbox.post("refuse", { system: "isales", credential: identity.user, refuse: true });
			const answers = await group.all("get", { identity, callers: 10 });
			for (const { errors } of answers) {
				assert.ok(errors.length === 1 && ["credentials_refused", "cooling_down"].includes(errors[0]), String(errors));
			}
			const late = await startMember(setting);
			assert.deepEqual((await late.ask("get", { identity })).errors, ["cooling_down"]);
			assert.equal((await counts("isales")).logins, 1);
			await late.end();
			await group.end();
		});

		test("a refresh token is used once, by whoever renews", async () => {
			const group = await startMembers(4, { store: place() });
			const { identity } = own("isales");
			await sandbox.post("lifetimes", { isales: 2 });
			for (let i = 0; i < 8; i++) {
				const answers = await group.all("get", { identity, callers: 20 });
				assert.deepEqual([...new Set(answers.flatMap(({ errors }) => errors))], []);
				await new Promise((resolve) => setTimeout(resolve, 500));
			}
			const { logins, refreshes, failed } = await counts("isales");
			assert.equal(logins, 1);
			assert.ok(refreshes >= 1, "it was renewed");
			assert.equal(failed, 0, "no refresh token was refused");
			await group.end();
		});

		test("what one forgets, all forget; who asks then gets a new token", async () => {
			const group = await startMembers(2, { store: place() });
			const { identity } = own("appcube");
			const [{ values }] = await group.all("get", { identity });
			const late = group.members[0];
			await late.ask("forget", { identity });
			const next = await late.ask("get", { identity });
			assert.notEqual(next.values[0], values[0]);
			await until(
				() => group.members[1].ask("get", { identity }),
				(answer) => answer.values[0] === next.values[0],
				"the other's token",
			);
			await group.end();
		});

		test("who begins later needs no login, and counts the token's life from when it began", async () => {
			const setting = { store: place() };
			const first = await startMember(setting);
			const { identity } = own("appcube");
			await first.ask("get", { identity });
			const { leftMs } = await first.ask("lives", { identity });
			await first.end();
			const second = await startMember(setting);
			const later = await second.ask("lives", { identity });
			assert.ok(later.leftMs <= leftMs, `${later.leftMs} of ${leftMs}`);
			assert.ok(later.leftMs > leftMs / 2);
			const { events } = await second.ask("seen");
			assert.deepEqual(
				events.map(({ type, logins }) => [type, logins]),
				[["adopted", 1]],
				"a login, but none of its own",
			);
			assert.equal((await counts("appcube")).logins, 1);
			await second.end();
		});

		/**
		 * At each step of a login, in the order in which they come; and how many logins are known of when another has made one. A
		 * process that has not asked the store yet takes the lock alone; one that has notes its login in the same step.
		 */
		const steps = {
			"before it has the lock": { at: "take", number: 1, when: "before", logins: 1 },
			"when it has the lock alone": { at: "take", number: 1, when: "after", logins: 1 },
			"before the login is noted": { at: "write", number: 1, when: "before", logins: 1 },
			"when the login is noted": { at: "write", number: 1, when: "after", logins: 2 },
			"before it has the lock, and the login is noted": { at: "take", number: 2, when: "before", logins: 1 },
			"when it has the lock, and the login is noted": { at: "take", number: 2, when: "after", logins: 2 },
			"while the vendor has the login": { at: "vendor", step: "login", when: "before", logins: 2 },
			"when the vendor has answered": { at: "vendor", step: "login", when: "after", logins: 2 },
			"before the token is stored": { at: "write", number: 2, when: "before", logins: 2 },
			"when the token is stored": { at: "write", number: 2, when: "after", logins: 1 },
		};
		test("a process that is killed at any step of a login holds the others up for a bounded time, and its login counts", async () => {
			const { identity } = own("cubedrive");
			await Promise.all(
				Object.entries(steps).map(async ([step, { logins: expected, ...dies }], i) => {
					const store = place();
					const its = { ...identity, params: { ...identity.params, user: `${identity.params.user}${i}` } };
					const victim = await startMember({ store, dies });
					const other = await startMember({ store });
					if (dies.at === "take" && dies.number === 2) {
						const { errors } = await victim.ask("get", { identity: own("appcube").identity });
						assert.deepEqual(errors, []);
					}
					await victim.ask("get", { identity: its });
					assert.equal(await victim.killed, "SIGKILL", step);
					const { values, errors, ms } = await other.ask("get", { identity: its });
					assert.equal(values.length, 1, `${step}: ${errors}`);
					assert.ok(ms < 20_000, `${step}: ${ms} ms`);
					const { events } = await other.ask("seen");
					const { logins } = events.findLast(({ type }) => type === "acquired" || type === "adopted");
					assert.equal(logins, expected, `${step}: logins that are known of`);
					await other.end();
				}),
			);
		});
	});
}
